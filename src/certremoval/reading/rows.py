"""What a file is read into: rows of cells, and cells that are no plain text."""

from __future__ import annotations

from typing import NamedTuple, Self


class Row(NamedTuple):
    """One row of the file. ``line`` is what an editor or a spreadsheet shows; short rows stay short."""

    line: int
    cells: list[str]


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
