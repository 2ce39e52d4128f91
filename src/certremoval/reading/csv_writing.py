"""Rows to CSV as people's spreadsheets open it: UTF-8 with a byte order mark, comma, CRLF."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import Protocol

from certremoval.reading.cell_text import GUARDED_SIGNS, guard
from certremoval.reading.delimited import DELIMITERS

_PIECE = 1 << 16


class Target(Protocol):
    """What takes bytes: an open file, a response."""

    def write(self, data: bytes, /) -> object: ...


def csv_pieces(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces of some ten kilobytes. The first row is the header.

    Cells that begin with a formula sign are guarded; all cells read back as they were given. Raises
    ValueError for text that no file can hold: NUL, half of a surrogate pair.
    """
    buffer = io.StringIO(newline="")
    write_row = csv.writer(buffer, lineterminator="\r\n").writerow
    write_quoted = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow
    yield codecs.BOM_UTF8
    is_header = True
    for row in rows:
        cells = [guard(cell) if cell[:1] in GUARDED_SIGNS else cell for cell in row]
        # Quoted headings keep the reader from taking a semicolon in one of them for the delimiter.
        if is_header and any(delimiter in cell for cell in cells for delimiter in DELIMITERS):
            write_quoted(cells)
        else:
            write_row(cells)
        is_header = False
        if buffer.tell() > _PIECE:
            yield _take(buffer)
    yield _take(buffer)


def write_csv(target: Target, rows: Iterable[Iterable[str]]) -> None:
    """Write a CSV file; see ``csv_pieces``."""
    for piece in csv_pieces(rows):
        target.write(piece)


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    if "\0" in text:
        raise ValueError("a cell holds a NUL character, which no CSV file can hold")
    return text.encode()
