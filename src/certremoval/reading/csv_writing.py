"""Rows to CSV as people's spreadsheets open it: UTF-8 with a byte order mark, comma, CRLF."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from certremoval.reading.cell_text import GUARDED_SIGNS, guard
from certremoval.reading.delimited import DELIMITERS

_PIECE = 1 << 16
_ROWS_AT_ONCE = 50


class Target(Protocol):
    """What takes bytes: an open file, a response."""

    def write(self, data: bytes, /) -> object: ...


def csv_pieces(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces of some ten kilobytes. The first row is the header.

    Cells that begin with a formula sign are guarded; all cells read back as they were given. Raises
    ValueError for text that no file can hold: NUL, half of a surrogate pair.
    """
    stream = iter(rows)
    buffer = io.StringIO(newline="")
    yield codecs.BOM_UTF8
    for header in islice(stream, 1):
        # Quoted headings keep the reader from taking a semicolon in one of them for the delimiter.
        is_misleading = any(delimiter in heading for heading in header for delimiter in DELIMITERS)
        csv.writer(
            buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL if is_misleading else csv.QUOTE_MINIMAL
        ).writerows(_guarded([header]))
    writer = csv.writer(buffer, lineterminator="\r\n")
    while batch := list(islice(stream, _ROWS_AT_ONCE)):
        writer.writerows(_guarded(batch))
        if buffer.tell() > _PIECE:
            yield _take(buffer)
    yield _take(buffer)


def write_csv(target: Target, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file; see ``csv_pieces``."""
    for piece in csv_pieces(rows):
        target.write(piece)


def _guarded(rows: list[Sequence[str]]) -> list[Sequence[str]]:
    beginnings = "".join([cell[:1] for row in rows for cell in row])
    if GUARDED_SIGNS.isdisjoint(beginnings):
        return rows
    return [[guard(cell) if cell[:1] in GUARDED_SIGNS else cell for cell in row] for row in rows]


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    if "\0" in text:
        raise ValueError("a cell holds a NUL character, which no CSV file can hold")
    return text.encode()
