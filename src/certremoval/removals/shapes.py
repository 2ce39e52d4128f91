"""What a file looks like, for the questions where it is not plain: which column, key, sheet, encoding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Literal

from certremoval.database.bulk import batches
from certremoval.organization.lowering import ascii_lower
from certremoval.organization.models import User
from certremoval.policy.file_limits import file_limits
from certremoval.problems import UnreadableFile
from certremoval.reading import Row, Table, trim_id
from certremoval.reading.encodings import words_not_in_utf_8
from certremoval.reading.workbook import Workbook
from certremoval.removals.files import open_stored_file
from certremoval.removals.models import Job
from certremoval.removals.options import Match, PlanOptions
from certremoval.removals.rows import CERTIFICATION_COLUMN, open_removal_table, user_column
from certremoval.removals.sql import preview

Question = Literal["column", "match", "sheet", "encoding"]

ROWS_SAMPLED = 1_000
ROWS_SHOWN = 5
COLUMNS_COMPARED = 30
LINES_OFFERED = 5
_LONGEST_ID = 255
_CELL_SHOWN = 60
_IDS_IN_A_QUERY = 5_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_FIELDS: tuple[tuple[Match, str], ...] = (("user_id", "user_id"), ("email", "email_key"), ("username", "username"))


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """How well one column names people, matched in one way: of ``sampled`` different cells, ``matched`` do."""

    heading: str
    match: Match
    matched: int
    sampled: int


@dataclass(frozen=True, slots=True)
class EncodingOffer:
    """An encoding in which a file may be read that cannot be read as UTF-8.

    ``lines`` are the first that cannot, ``words`` what of each reads differently, as it would read.
    """

    encoding: str
    lines: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileShape:
    """What was found in a file. All is empty for a file that cannot be read in any way.

    ``sheets`` are the visible ones of a workbook, ``sheet`` the one that was read. ``sample`` are the first rows, cell
    by heading; of a file with an ``encoding_offer`` the first that it changes, as they would read. ``matches`` are the
    columns that name anybody, the best first: those that name the most people. ``asks`` is what is not plain and must
    be asked; ``lacks_certification`` that no column names the certifications, and none was given.
    """

    headings: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    sample: tuple[tuple[str, ...], ...] = ()
    matches: tuple[ColumnMatch, ...] = ()
    encoding_offer: EncodingOffer | None = None
    asks: frozenset[Question] = frozenset()
    lacks_certification: bool = False

    @property
    def encoding(self) -> str | None:
        """The encoding that is offered."""
        return None if self.encoding_offer is None else self.encoding_offer.encoding

    @property
    def asks_anything(self) -> bool:
        """Whether there is a question whose answer could make the file usable."""
        return bool(self.asks) or self.lacks_certification


def is_plain(job: Job) -> bool:
    """Whether a draft's file needs no question: it was read, and it names somebody."""
    return not job.file_problems and (not job.row_count or known_people(job) > 0)


def known_people(job: Job) -> int:
    """Return how many rows of the job's file name a person who is known, whatever else is wrong with them."""
    return job.remove_count + preview.known_people_left(job=job.pk, plan=job.plan_number)


def match_rate(job: Job) -> tuple[int, int]:
    """Return how many rows name a person who is known, and of how many rows."""
    return known_people(job), job.row_count


def file_shape(job: Job) -> FileShape:
    """Return what a draft's file looks like. Never raises for a bad file."""
    if job.file is None:
        return FileShape()
    options = PlanOptions.from_json(job.options)
    with open_stored_file(job.file) as source:
        offer = _encoding_offer(job, source)
        sheets = _visible_sheets(source)
        found = FileShape(sheets=sheets, encoding_offer=offer)
        for sheet in dict.fromkeys((options.sheet, None)):
            reading = replace(options, sheet=sheet, encoding=offer.encoding if offer else options.encoding)
            try:
                table = open_removal_table(source, name=job.file.name, options=reading)
                found = _shape(table, _first_rows(table), reading, found)
            except UnreadableFile:
                continue
            break
    return replace(found, asks=frozenset(_questions(job, options, found)))


def _questions(job: Job, options: PlanOptions, shape: FileShape) -> Iterator[Question]:
    if is_plain(job):
        return
    if shape.encoding_offer is not None:
        yield "encoding"
    wanted = trim_id(user_column(options)).casefold()
    is_there = [heading.casefold() for heading in shape.headings].count(wanted) == 1
    unusable = not is_there or wanted == CERTIFICATION_COLUMN.casefold()
    nobody = not job.file_problems and bool(job.row_count)
    others = [one for one in shape.matches if one.heading.casefold() != wanted or one.match != options.match]
    if shape.headings and (unusable or nobody):
        yield "column"
        yield "match"
    if len(shape.sheets) > 1 and (unusable or (nobody and not others) or options.sheet not in (None, shape.sheet)):
        yield "sheet"


def _encoding_offer(job: Job, source: BinaryIO) -> EncodingOffer | None:
    """Return the encoding that the reader offered when it refused the file."""
    offered = (problem for problem in job.file_problems if problem["code"] == "file_format")
    encoding = next((problem["suggestion"] for problem in offered if problem.get("suggestion")), None)
    if encoding is None:
        return None
    try:
        words = words_not_in_utf_8(source, most=LINES_OFFERED) if encoding == "windows-1252" else []
    except UnreadableFile:
        words = []
    return EncodingOffer(encoding, lines=tuple(line for line, _ in words), words=tuple(word for _, word in words))


def _visible_sheets(source: BinaryIO) -> tuple[str, ...]:
    source.seek(0)
    if source.read(2) != b"PK":
        return ()
    try:
        sheets = Workbook(source, file_limits()).sheets
    except UnreadableFile:
        return ()
    return tuple(sheet.name for sheet in sheets if sheet.is_visible)


def _first_rows(table: Table) -> list[Row]:
    """Return the first rows, as many as can be read."""
    rows: list[Row] = []
    with suppress(UnreadableFile):
        for row in islice(table.rows(), ROWS_SAMPLED):
            rows.append(row)
    return rows


def _shape(table: Table, rows: list[Row], options: PlanOptions, found: FileShape) -> FileShape:
    shown = rows
    if found.encoding_offer is not None:
        shown = [row for row in rows if not all(cell.isascii() for cell in row.cells)] or rows
    places = {heading: at for at, heading in reversed(list(enumerate(table.header))) if heading}
    headings = tuple(sorted(places, key=lambda heading: places[heading]))
    certifications = CERTIFICATION_COLUMN.casefold()
    return replace(
        found,
        headings=headings,
        sheet=table.sheet,
        sample=tuple(
            tuple(
                str(row.cells[places[heading]])[:_CELL_SHOWN] if places[heading] < len(row.cells) else ""
                for heading in headings
            )
            for row in shown[:ROWS_SHOWN]
        ),
        matches=_matches(table, rows),
        lacks_certification=options.certification is None
        and certifications not in [heading.casefold() for heading in headings],
    )


def _matches(table: Table, rows: list[Row]) -> tuple[ColumnMatch, ...]:
    columns: dict[str, set[str]] = {}
    names = [heading.casefold() for heading in table.header]
    for at, heading in enumerate(table.header[:COLUMNS_COMPARED]):
        # A column whose name another has too cannot be chosen.
        if heading and names.count(names[at]) == 1 and names[at] != CERTIFICATION_COLUMN.casefold():
            cells = {trim_id(row.cells[at]) for row in rows if at < len(row.cells)}
            columns[heading] = {cell for cell in cells if cell}
    found = []
    for match, field in _FIELDS:
        as_compared = ascii_lower if match == "email" else str
        wanted = {as_compared(cell) for cells in columns.values() for cell in cells if _may_name_somebody(cell)}
        known = _known(field, wanted)
        for heading, cells in columns.items():
            matched = sum(as_compared(cell) in known for cell in cells)
            if matched:
                found.append(ColumnMatch(heading, match, matched, len(cells)))
    return tuple(sorted(found, key=lambda one: (-one.matched, -one.matched / one.sampled)))


def _may_name_somebody(cell: str) -> bool:
    return len(cell) <= _LONGEST_ID and not _UNSTORABLE.search(cell)


def _known(field: str, texts: Iterable[str]) -> set[str]:
    known: set[str] = set()
    for some in batches(texts, _IDS_IN_A_QUERY):
        known.update(User.objects.filter(**{f"{field}__in": some}).values_list(field, flat=True))
    return known
