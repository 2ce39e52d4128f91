"""The text of a cell: what is trimmed of an id, and the apostrophe that guards a formula sign."""

from __future__ import annotations

import re
import sys

# Characters without width that copying leaves at the ends of an id: the byte order mark, zero-width
# space and joiners, word joiner, and the marks and brackets that set a writing direction.
ZERO_WIDTH = (
    "\ufeff\u200b\u200c\u200d\u2060\u180e\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

SPACE = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(sys.maxunicode + 1))))

EDGE = SPACE + ZERO_WIDTH
"""What is not part of an id at either end of a cell."""

_FORMULA_SIGNS = "=+-@\t\r"
GUARDED_SIGNS = frozenset("'" + _FORMULA_SIGNS)
"""How a cell begins that ``guard`` may change: to look at one character is quicker than to ask it of each cell."""

_guardable = re.compile(rf"'*[{re.escape(_FORMULA_SIGNS)}]").match
_guarded = re.compile(rf"'+[{re.escape(_FORMULA_SIGNS)}]").match


def trim_id(text: str) -> str:
    """Return the id in a cell: space, byte order mark and zero-width characters around it are taken off."""
    return text.strip(EDGE)


def trim_ids(cells: list[str]) -> list[str]:
    """Return the ids in many cells; see ``trim_id``."""
    # No character without width is in ASCII, and to take off space alone is three times as quick.
    return list(map(str.strip if "".join(cells).isascii() else trim_id, cells))


def guard(text: str) -> str:
    """Return text as a CSV file of ours holds it: a formula sign at its start is disarmed by ``'``."""
    return "'" + text if _guardable(text) else text


def guard_in_text_cell(text: str) -> str:
    """Return text as a workbook of ours holds it.

    A text cell is never run as a formula, so a formula sign needs no guard there. Only text that would
    be taken for guarded gets one more ``'``, since the reader takes one off.
    """
    return "'" + text if _guarded(text) else text


def unguard(text: str) -> str:
    """Return what ``guard`` (or ``guard_in_text_cell``) was given."""
    return text[1:] if _guarded(text) else text
