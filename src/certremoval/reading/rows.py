"""What a file is read into: rows of cells, and cells that are no plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from certremoval.problems import UnreadableFile

ROWS_AT_ONCE = 300
"""How many rows are read or written at once. More are slower: they leave the processor's cache, and with some 700 lists
alive Python looks for garbage again and again (measured: a third slower with 3,000)."""
_CHARS_AT_ONCE = 1 << 16


class Row(NamedTuple):
    """One row of the file. ``line`` is what an editor or a spreadsheet shows; short rows stay short."""

    line: int
    cells: list[str]


class RowBatch(NamedTuple):
    """Some rows of the file, at least one: their ``lines``, and beside these their ``cells``.

    What goes through millions of rows takes them so: to make a Row of each takes as long as to read it.
    """

    lines: Sequence[int]
    cells: list[list[str]]

    def rows(self) -> Iterator[Row]:
        """Yield them one by one."""
        return map(Row, self.lines, self.cells)


def row_batches(rows: Iterable[Row]) -> Iterator[RowBatch]:
    """Collect rows, fewer of them where they are long. Those before an error come before it too."""
    lines: list[int] = []
    cells: list[list[str]] = []
    chars = 0
    try:
        for row in rows:
            lines.append(row.line)
            cells.append(row.cells)
            chars += sum(map(len, row.cells))
            if len(lines) == ROWS_AT_ONCE or chars > _CHARS_AT_ONCE:
                yield RowBatch(lines, cells)
                lines, cells, chars = [], [], 0
    except UnreadableFile:
        if lines:
            yield RowBatch(lines, cells)
        raise
    if lines:
        yield RowBatch(lines, cells)


class SuspectCell(str):
    """A cell of a workbook that holds no text: what it shows and what it stores differ, or neither is an id.

    As a string it is what the sheet shows (a date in ISO form). ``reason`` is one of ``number_format``,
    ``rounded``, ``fraction``, ``date``, ``boolean``, ``error``, ``formula``; ``message`` a sentence with
    advice; ``candidates`` the ids that it may have been, the likeliest first. For ``date`` the candidate is
    the ISO date, for ``rounded`` the stored digits, from which ``rounded_range`` tells what they stood for.
    """

    __slots__ = ("candidates", "message", "reason")

    reason: str
    message: str
    candidates: tuple[str, ...]

    def __new__(cls, text: str, *, reason: str, message: str, candidates: tuple[str, ...] = ()) -> Self:
        cell = super().__new__(cls, text)
        cell.reason = reason
        cell.message = message
        cell.candidates = candidates
        return cell
