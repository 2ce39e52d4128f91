"""Load a file: the way that all kinds go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from certremoval.database.bulk import analyze, fill_table
from certremoval.database.dialect import dialect
from certremoval.database.transactions import reading_transaction
from certremoval.loading.agreeing import Agreement
from certremoval.loading.certifications import Certifications
from certremoval.loading.columns import CellError, Column, Value
from certremoval.loading.enrollments import Enrollments
from certremoval.loading.groups import Groups
from certremoval.loading.kind import Kind
from certremoval.loading.report import LoadReport, ProblemList
from certremoval.loading.sql.statements import index, make_table
from certremoval.loading.staging import changing, keep_others_out, version_read, work_area
from certremoval.loading.suggestions import with_suggestions
from certremoval.loading.units import OrganizationalUnits
from certremoval.loading.users import Users
from certremoval.policy.file_limits import file_limits
from certremoval.problems import InvalidRequest, Problem, UnreadableFile
from certremoval.reading import Limits, Row, SuspectCell, Table, find_columns, is_surplus_fault, read_table, trim_id

_KINDS: dict[str, type[Kind]] = {
    kind.name: kind for kind in (OrganizationalUnits, Users, Groups, Certifications, Enrollments)
}

KINDS = tuple(_KINDS)
"""What can be loaded, in the order in which an empty database is filled."""

_VALUE_SHOWN = 300
"""Characters of a cell that a problem repeats."""


def load(
    kind: str,
    source: BinaryIO,
    *,
    name: str,
    dry_run: bool = False,
    encoding: str | None = None,
    limits: Limits | None = None,
    snapshot: bool = False,
    readd: bool = False,
    typed: int | None = None,
    confirm: Callable[[LoadReport], bool] | None = None,
) -> LoadReport:
    """Take a whole file of one kind, or nothing of it; say what was done, or all that is wrong.

    ``source`` can be seeked in; ``name`` is the file's, for messages. Rows are created or updated by their id; rows
    that are equal are not touched, and nothing is deleted but what a row replaces (members of a named group, owners of
    a certification). A column that is not needed and not there leaves values, a blank cell clears them. A ``dry_run``
    writes nothing and counts what would be done. ``limits`` are those of the settings unless given. Acts for the
    system: who may load is asked by the caller.

    Of enrollments, whoever was removed and is held back is passed over, counted and named; with ``readd`` they are
    enrolled. A ``snapshot`` is a full file: whoever is on a certification and not named is taken off it, by one
    operation. ``typed`` is the number of these people, without which a limit is not passed. ``confirm`` is shown the
    report where anybody would be taken off, or held back no more, asks, and has the number typed itself; it is asked
    while nothing is locked, and if another number would be taken off when the answer comes, or a limit is passed of
    which it was not told, nothing is done.

    A file that cannot be used is answered by a report that is not accepted; no exception. Raises InvalidRequest for a
    kind that there is not or that has no snapshots; ConfirmationRequired, NotAgreed and ApprovalRequired, when
    nothing was done.

    On SQLite the write lock is held while rows are written, and not before. A call within a transaction of the
    caller's is part of it.
    """
    if kind not in _KINDS:
        raise InvalidRequest(f"{kind} cannot be loaded. Choose one of {', '.join(KINDS)}.")
    if (snapshot or readd) and kind != Enrollments.name:
        raise InvalidRequest(f"Only enrollments are loaded as a snapshot or enroll people again, not {kind}.")
    if kind == Enrollments.name:
        made: Kind = Enrollments(file_name=name, snapshot=snapshot, readd=readd)
    else:
        made = _KINDS[kind]()
    refused = LoadReport(kind=kind, file_name=name, dry_run=dry_run, accepted=False, snapshot=snapshot)
    agreement = Agreement(typed, confirm)
    try:
        with work_area():
            return _load(made, source, refused, agreement, encoding=encoding, limits=limits or file_limits())
    except UnreadableFile as error:
        return replace(refused, problems=error.problems, problem_count=len(error.problems))


def _load(
    kind: Kind, source: BinaryIO, report: LoadReport, agreement: Agreement, *, encoding: str | None, limits: Limits
) -> LoadReport:
    """Carry one load through; ``report`` is the empty one."""
    file = _open(kind.columns(), source, name=report.file_name, encoding=encoding, limits=limits)
    report = replace(report, ignored_columns=file.ignored_columns)
    of_cells = ProblemList()
    # Whoever is asked may take their time: nothing is locked before they have answered.
    asks = report.snapshot and agreement.confirm is not None
    with reading_transaction():
        # Nothing of the database is read until all is staged: SQLite's log could not shrink for so long.
        report = replace(report, rows=_stage(kind, file, of_cells))
        if not (report.dry_run or of_cells.count or asks):
            keep_others_out(kind.locked)
        answer = _compare(kind, file.present, of_cells, report)
        version = version_read()
    if answer.accepted and answer.dry_run:
        agreement.require_true_number(answer)
    if answer.accepted and not answer.dry_run:
        agreed = agreement.asked_for(answer)
        with changing(version=version) as still_so:
            if asks:
                keep_others_out(kind.locked)
            if not still_so or (asks and dialect() == "postgresql"):
                answer = _compare(kind, file.present, of_cells, report)
            if answer.accepted:
                agreement.require(answer, agreed)
                kind.apply(file.present)
                answer = replace(answer, operation=kind.operation)
                if answer.created or answer.updated or answer.removed:
                    for written in kind.written:
                        analyze(written)
        if answer.has_recorded:
            # These tables are large and the load has let go of all: whoever works at them is not waited for.
            for recorded in kind.recorded:
                analyze(recorded, wait=False)
    return answer


@dataclass(frozen=True, slots=True)
class _File:
    """A file whose columns are known: each with its place in the row."""

    table: Table
    columns: Sequence[tuple[int, Column]]
    ignored_columns: tuple[str, ...]

    @property
    def present(self) -> list[str]:
        """The fields that the file has."""
        return [column.field for _, column in self.columns]


def _open(columns: Sequence[Column], source: BinaryIO, *, name: str, encoding: str | None, limits: Limits) -> _File:
    """Read the header. Raises UnreadableFile."""
    headings = list(dict.fromkeys(column.heading for column in columns))
    table = read_table(source, name=name, known_columns=headings, encoding=encoding, limits=limits)
    needed = [column.heading for column in columns if column.needed]
    places = find_columns(table, needed=needed, optional=headings)
    ignored = [
        heading for place, heading in enumerate(table.header) if place not in places.values() and trim_id(heading)
    ]
    found = [(places[column.heading], column) for column in columns if column.heading in places]
    return _File(table, found, tuple(ignored))


def _stage(kind: Kind, file: _File, problems: ProblemList) -> int:
    """Fill ``load_rows`` with all rows, the unusable cells empty; return how many rows there are."""
    make_table("load_rows", ["line", *(f"{column.field} {column.type}" for _, column in file.columns)])
    count = fill_table("load_rows", ["line", *file.present], _values(file, problems))
    for fields in kind.indexes:
        index("load_rows", fields)
    analyze("load_rows")
    return count


class _Remembered(dict[str, Value]):
    """What cells were read as: dates, states and units repeat, and a look-up is quicker than to read them again."""

    MOST = 4096

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._read = column.read

    def __missing__(self, cell: str) -> Value:
        value = self._read(cell)
        if len(self) >= self.MOST:
            self.clear()
        self[cell] = value
        return value


def _values(file: _File, problems: ProblemList) -> Iterator[list[Value]]:
    """Yield line and values of each row; add what is wrong with its cells."""
    width = len(file.table.header)
    columns = [(place, column, _Remembered(column).__getitem__) for place, column in file.columns]
    for row in file.table.rows():
        line, cells = row
        if len(cells) != width:
            if is_surplus_fault(cells, width):
                problems.add(_surplus(row, width))
            cells = [*cells, *[""] * (width - len(cells))]
        values: list[Value] = [line]
        for place, column, remembered in columns:
            cell = cells[place]
            try:
                # A suspect cell equals its text, and must not be taken for it.
                values.append(column.read(cell) if isinstance(cell, SuspectCell) else remembered(cell))
            except CellError as fault:
                problems.add(Problem(fault.code, fault.message, line, column.heading, _shown(cell), fault.suggestion))
                values.append(None)
        yield values


def _surplus(row: Row, width: int) -> Problem:
    cells = [cell for cell in row.cells[width:] if trim_id(cell)]
    return Problem(
        "invalid",
        f"This line has more cells than the heading has columns ({len(row.cells):,} and {width:,})."
        " Put a text that holds the delimiter into quotation marks, or delete what is too much.",
        line=row.line,
        value=_shown(cells[0]),
    )


def _shown(cell: str) -> str:
    return str(cell) if len(cell) <= _VALUE_SHOWN else f"{cell[: _VALUE_SHOWN - 1]}…"


def _compare(kind: Kind, present: Sequence[str], of_cells: ProblemList, report: LoadReport) -> LoadReport:
    """Match the staged rows with what is stored; return the report with either problems or counts."""
    problems = of_cells.copy()
    kind.find(present)
    for check in kind.checks(present):
        check.into(problems)
    kind.further_problems(present, problems)
    if problems.count:
        first = tuple(with_suggestions(problems.first()))
        return replace(report, problems=first, problem_count=problems.count)
    counts = kind.counts(present)
    return replace(
        report,
        accepted=True,
        created=counts.created,
        updated=counts.updated,
        unchanged=report.rows - counts.created - counts.updated - (counts.holds.held_back if counts.holds else 0),
        removed=counts.removed,
        holds=counts.holds,
        gone=kind.gone(),
        limits=kind.limits(),
        limits_of_approval=kind.limits(approval=True),
        notes=tuple(kind.notes()),
    )
