"""A removal file as rows to be staged: which column is which, and what reading alone can tell of a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import BinaryIO

from django.utils.translation import gettext as _

from certremoval.organization.lowering import ascii_lower
from certremoval.policy.file_limits import file_limits
from certremoval.problems import Problem, UnreadableFile
from certremoval.reading import Limits, RowBatch, SuspectCell, Table, find_columns, is_surplus_fault, read_table
from certremoval.reading.cell_text import trim_ids
from certremoval.removals.options import PlanOptions
from certremoval.removals.sql.stage import COLUMNS, StagedBatch

CERTIFICATION_COLUMN = "Certification ID"
USER_COLUMN = "User ID"
PROGRESS_ROWS = 10_000


def user_column(options: PlanOptions) -> str:
    """Return the heading of the column that names the users."""
    return options.user_column or USER_COLUMN


def open_removal_table(source: BinaryIO, *, name: str, options: PlanOptions, limits: Limits | None = None) -> Table:
    """Read the header of a removal file; ``limits`` are those that hold now unless given. Raises UnreadableFile."""
    return read_table(
        source,
        name=name,
        known_columns=(CERTIFICATION_COLUMN, user_column(options)),
        encoding=options.encoding,
        sheet=options.sheet,
        limits=limits or file_limits(),
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

    def staged(self, progress: Callable[[int], None] | None = None) -> Iterator[StagedBatch]:
        """Yield the rows in the order of the file; ``progress`` is told now and then how many were read."""
        by_email = self._options.match == "email"
        count = 0
        for batch in self._table.batches():
            users, certifications = self._trimmed(batch, self._user_at), self._trimmed(batch, self._certification_at)
            if given := self._options.certification:
                certifications = [certification or given for certification in certifications]
            # Nearly every batch is without fault: what can be one is asked of all its rows at once.
            plain = all(users) and all(certifications) and self._is_plain(batch)
            values: list[Iterable[int | str]] = [batch.lines, certifications, users]
            if by_email or not plain:
                values.append(map(ascii_lower, users) if by_email else repeat(""))
            if not plain:
                faults = [self._fault(*row) for row in zip(batch.cells, users, certifications, strict=True)]
                values += zip(*faults, strict=True)
            yield COLUMNS[: len(values)], zip(*values)  # noqa: B905
            before, count = count, count + len(batch.lines)
            if progress is not None and count // PROGRESS_ROWS > before // PROGRESS_ROWS:
                progress(count)

    def _trimmed(self, batch: RowBatch, at: int | None) -> list[str]:
        """Return the ids in one column; an empty one where it is missing."""
        if at is None:
            return [""] * len(batch.lines)
        try:
            return trim_ids([cells[at] for cells in batch.cells])
        except IndexError:
            return trim_ids([cells[at] if at < len(cells) else "" for cells in batch.cells])

    def _is_plain(self, batch: RowBatch) -> bool:
        """Whether no row has a cell beyond the headings, or a cell that may be another id than it shows."""
        return self._table.format == "csv" and max(map(len, batch.cells)) <= len(self._table.header)

    def _fault(self, cells: list[str], user: str, certification: str) -> tuple[str, str]:
        """Return what reading alone tells of a row, and more of it as JSON; empty texts if there is nothing to tell."""
        if not user or not certification:
            return "blank", _detail("certification" if user else "user")
        if is_surplus_fault(cells, len(self._table.header)):
            return "invalid", _detail("surplus")
        for at, which in ((self._user_at, "user"), (self._certification_at, "certification")):
            if at is not None and at < len(cells) and isinstance(cell := cells[at], SuspectCell):
                return "invalid", _suspicion(cell, which)
        return "", ""


def _detail(cell: str) -> str:
    return json.dumps({"cell": cell})


def _suspicion(cell: SuspectCell, which: str) -> str:
    return json.dumps({"cell": which, "message": cell.message, "candidates": list(cell.candidates)})
