"""A removal file as rows to be staged: which column is which, and what reading alone can tell of a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from certremoval.organization.lowering import ascii_lower
from certremoval.problems import Problem, UnreadableFile
from certremoval.reading import Limits, SuspectCell, Table, find_columns, is_surplus_fault, read_table, trim_id
from certremoval.removals.options import PlanOptions
from certremoval.removals.sql.stage import StagedRow

CERTIFICATION_COLUMN = "Certification ID"
USER_COLUMN = "User ID"


def file_limits() -> Limits:
    """Return the limits of this installation."""
    environment = settings.ENVIRONMENT
    return Limits(
        max_file_bytes=environment.max_file_bytes,
        max_rows=environment.max_rows,
        max_cell_chars=environment.max_cell_chars,
    )


def user_column(options: PlanOptions) -> str:
    """Return the heading of the column that names the users."""
    return options.user_column or USER_COLUMN


def open_removal_table(source: BinaryIO, *, name: str, options: PlanOptions) -> Table:
    """Read the header of a removal file. Raises UnreadableFile."""
    return read_table(
        source,
        name=name,
        known_columns=(CERTIFICATION_COLUMN, user_column(options)),
        encoding=options.encoding,
        sheet=options.sheet,
        limits=file_limits(),
    )


class RemovalRows:
    """The rows of one removal file, ready to be staged.

    Making it resolves the columns and raises UnreadableFile (``invalid_columns``) where one is missing or named
    twice; the certification column may be left out where ``options`` give a certification.
    """

    def __init__(self, table: Table, options: PlanOptions) -> None:
        self._table, self._options = table, options
        user = user_column(options)
        given = options.certification is not None
        columns = find_columns(
            table,
            needed=(user,) if given else (CERTIFICATION_COLUMN, user),
            optional=(CERTIFICATION_COLUMN,) if given else (),
        )
        self._user_at = columns[user]
        self._certification_at = columns.get(CERTIFICATION_COLUMN)
        if self._user_at == self._certification_at:
            raise UnreadableFile(
                Problem(
                    "invalid_columns",
                    _("%(column)s is the column of the certifications. Choose the column that holds the User ID.")
                    % {"column": user},
                    line=table.header_line,
                    column=user,
                )
            )

    @property
    def needed_columns(self) -> frozenset[int]:
        """The places of the columns that name the user and, where there is one, the certification."""
        return frozenset({self._user_at} if self._certification_at is None else {self._user_at, self._certification_at})

    def staged(self, progress: Callable[[int], None] | None = None) -> Iterator[StagedRow]:
        """Yield the rows in the order of the file; ``progress`` is told now and then how many were read."""
        given = self._options.certification or ""
        by_email = self._options.match == "email"
        width = len(self._table.header)
        user_at, certification_at = self._user_at, self._certification_at
        for count, (line, cells) in enumerate(self._table.rows(), 1):
            if progress is not None and count % 10_000 == 0:
                progress(count)
            length = len(cells)
            user_cell = cells[user_at] if user_at < length else ""
            certification_cell = (
                cells[certification_at] if certification_at is not None and certification_at < length else ""
            )
            user, certification = trim_id(user_cell), trim_id(certification_cell)
            fault = detail = None
            if not user or not (certification or given):
                fault, detail = "blank", _detail("certification" if user else "user")
            elif length > width and is_surplus_fault(cells, width):
                fault, detail = "invalid", _detail("surplus")
            elif isinstance(user_cell, SuspectCell):
                fault, detail = "invalid", _suspicion(user_cell, "user")
            elif isinstance(certification_cell, SuspectCell):
                fault, detail = "invalid", _suspicion(certification_cell, "certification")
            yield line, certification or given, user, ascii_lower(user) if by_email else user, fault, detail


def _detail(cell: str) -> str:
    return json.dumps({"cell": cell})


def _suspicion(cell: SuspectCell, which: str) -> str:
    return json.dumps({"cell": which, "message": cell.message, "candidates": list(cell.candidates)})
