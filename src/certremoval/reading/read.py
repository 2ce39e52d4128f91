"""The one door: a file of any kind to a table."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from typing import BinaryIO

from certremoval.problems import Problem, UnreadableFile
from certremoval.reading.cell_text import trim_id
from certremoval.reading.delimited import find_layout, record_batches
from certremoval.reading.encodings import detect_encoding
from certremoval.reading.file_kinds import kind_of
from certremoval.reading.limits import Limits
from certremoval.reading.rows import Row, RowBatch, row_batches
from certremoval.reading.sheet import sheet_rows
from certremoval.reading.table import Table, file_empty
from certremoval.reading.workbook import Workbook

DEFAULT_LIMITS = Limits()


def read_table(
    source: BinaryIO,
    *,
    name: str,
    known_columns: Collection[str],
    encoding: str | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """Read the header of a file, so that its rows can be streamed.

    ``source`` is seekable and stays open as long as the table is read. What the file is, CSV or XLSX, its
    bytes say, not its ``name``. ``known_columns`` are headings that tell the delimiter of a CSV file.
    ``encoding`` matters to CSV only, ``sheet`` to XLSX only. Raises UnreadableFile.
    """
    size = source.seek(0, io.SEEK_END)
    if size > limits.max_file_bytes:
        raise file_too_large(size, limits.max_file_bytes)
    about_people = "user id" in {trim_id(column).casefold() for column in known_columns}
    if kind_of(source) == "zip":
        return _read_workbook(source, name, sheet, limits, about_people=about_people)
    return _read_text(source, name, known_columns, encoding, limits, about_people=about_people)


def _read_text(
    source: BinaryIO,
    name: str,
    known_columns: Collection[str],
    encoding: str | None,
    limits: Limits,
    *,
    about_people: bool,
) -> Table:
    text = detect_encoding(source, encoding)
    layout = find_layout(text, known_columns, limits)
    if layout is None:
        raise file_empty(about_people=about_people, has_header=False)
    header = layout.header
    return Table(
        name=name,
        format="csv",
        header=tuple(map(trim_id, header.cells)),
        header_line=header.line,
        limits=limits,
        about_people=about_people,
        records=lambda: record_batches(text, layout.delimiter, limits, after=header.line),
        encoding=text.encoding,
        delimiter=layout.delimiter,
    )


def _read_workbook(source: BinaryIO, name: str, sheet: str | None, limits: Limits, *, about_people: bool) -> Table:
    workbook = Workbook(source, limits)
    chosen = workbook.choose_sheet(sheet)
    formats = workbook.formats()
    strings = workbook.strings()

    def all_rows() -> Iterator[Row]:
        with workbook.open(chosen.part) as part:
            yield from sheet_rows(part, formats, strings, limits, since_1904=workbook.since_1904)

    header = next(all_rows(), None)
    if header is None:
        raise file_empty(about_people=about_people, has_header=False)

    def rows_below() -> Iterator[RowBatch]:
        rows = all_rows()
        next(rows, None)
        return row_batches(rows)

    return Table(
        name=name,
        format="xlsx",
        header=tuple(map(trim_id, header.cells)),
        header_line=header.line,
        limits=limits,
        about_people=about_people,
        records=rows_below,
        sheet=chosen.name,
        sheets=tuple(one.name for one in workbook.sheets),
    )


def size_words(size: int) -> str:
    """Return a size in bytes as it is said: "100 MB", "1.5 MB", "900 bytes"."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f}".removesuffix(".0") + f" {name}"
    return f"{size:,} bytes"


def file_too_large(size: int, limit: int) -> UnreadableFile:
    """Return the refusal of a file above the limit; both in bytes."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB"), (1, "bytes")):
        held, allowed = f"{size / unit:,.0f} {name}", f"{limit / unit:,.0f} {name}"
        if limit >= unit and held != allowed:
            break
    return UnreadableFile(
        Problem(
            "file_too_large",
            f"This file is {held}; the limit is {allowed}. "
            "Split it by certification, or delete columns that are not needed.",
        )
    )
