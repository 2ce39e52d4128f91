"""Text for a terminal: wrapped to its width, aligned in columns, and harmless."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from typing import TextIO

NARROWEST, WIDEST = 40, 120
GAP = "  "

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}")
_CONTROLS |= {ord("\t"): " ", ord("\n"): " ", ord("\r"): " "}
# These turn the direction of what follows, or hide.
_CONTROLS |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")


def shown(text: object) -> str:
    """Return somebody's text as one line that a terminal only shows.

    A title or a cell may hold escape sequences; they must not move the cursor or colour what follows.
    """
    return str(text).translate(_CONTROLS)


def width_of(stream: TextIO) -> int | None:
    """Return how many characters a line of this terminal has; None if it is none, for then nothing is cut."""
    if not is_terminal(stream):
        return None
    return max(shutil.get_terminal_size().columns - 1, NARROWEST)


def is_terminal(stream: TextIO | None = None) -> bool:
    """Tell whether somebody looks at this stream; standard input if none is named."""
    try:
        return (stream or sys.stdin).isatty()
    except (AttributeError, ValueError):
        return False


def wrapped(text: str, width: int | None) -> str:
    """Break a line into lines of at most ``width`` (None: as long as it is); an indented one hangs."""
    if width is None or len(text) <= width:
        return text
    indent = " " * (len(text) - len(text.lstrip()))
    return "\n".join(
        textwrap.wrap(
            text,
            min(width, WIDEST),
            subsequent_indent=f"{indent}  " if indent else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def cells_of(text: str) -> int:
    """Return how many places of a terminal a text takes: letters of East Asia take two, accents none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def cut(text: str, width: int) -> str:
    """Return the text in at most ``width`` places, with an ellipsis where something is missing."""
    if cells_of(text) <= width:
        return text
    kept = ""
    for letter in text:
        if cells_of(kept + letter) > width - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def _left(text: str, width: int) -> str:
    return text + " " * (width - cells_of(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cells_of(text)) + text


def counted(rows: Sequence[tuple[int, str]]) -> list[str]:
    """Return lines of a number and what it counts, the numbers under each other."""
    numbers = [f"{count:,}" for count, _ in rows]
    width = max(map(len, numbers), default=0)
    return [f"  {number:>{width}}{GAP}{shown(what)}" for number, (_, what) in zip(numbers, rows, strict=True)]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, *, shrinking: int) -> list[str]:
    """Return rows under their headings, numbers to the right.

    Where the terminal is too narrow, the column ``shrinking`` is cut; where even that does not help, each row is told
    over several lines.
    """
    cells = [[shown(cell) for cell in row] for row in rows]
    widths = [max(cells_of(row[at]) for row in (headings, *cells)) for at in range(len(headings))]
    if width is not None:
        surplus = sum(widths) + len(GAP) * (len(widths) - 1) - width
        if surplus > 0:
            if widths[shrinking] - surplus < 15:
                return _stacked(headings, cells, width)
            widths[shrinking] -= surplus
    aligned: list[Callable[[str, int], str]] = [
        _right if rows and all(row[at].replace(",", "").isdecimal() for row in cells) else _left
        for at in range(len(headings))
    ]

    def line(row: Sequence[str]) -> str:
        parts = (align(cut(cell, size), size) for align, cell, size in zip(aligned, row, widths, strict=True))
        return GAP.join(parts).rstrip()

    return [line(row) for row in (headings, *cells)]


def _stacked(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        for at, (heading, cell) in enumerate(zip(headings, row, strict=True)):
            if cell:
                lines.append(cut(f"{'' if at == 0 else '  '}{heading}: {cell}", width))
    return lines
