"""Many lines at once: the quick way to the rows of an ordinary CSV file.

Row by row, Python takes longer to ask what must be known of a row than ``csv`` takes to read it. Here a batch of whole
lines is read in one call, and nearly all is asked of the batch. That is right only where every line is one row and
nothing is wrong. Lines that ``csv`` refuses, of which a cell goes on over several, or of which one is so long that it
may break a cap, are left alone: ``delimited`` reads on from there row by row, and tells what is wrong, and where.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

from certremoval.reading.cell_text import EDGE, trim_ids, unguard
from certremoval.reading.limits import Limits
from certremoval.reading.rows import RowBatch


def has_long_line(lines: list[str], limits: Limits) -> bool:
    """Whether a line may hold too long a cell or too many: a line shorter than both caps cannot."""
    return max(map(len, lines)) >= min(limits.max_cell_chars, limits.max_columns)


def read_plain_lines(lines: list[str], delimiter: str, limits: Limits, *, begins: int, after: int) -> RowBatch | None:
    """Return the rows of whole lines, the first of which is line ``begins``; None where row by row is needed.

    Those up to line ``after`` and those whose cells are all empty are left out; there may be none.
    """
    if has_long_line(lines, limits):
        return None
    try:
        cells = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(cells) != len(lines):
        return None
    text = "".join(lines)
    numbers: Sequence[int] = range(begins, begins + len(lines))
    if begins <= after:
        numbers, cells = numbers[after + 1 - begins :], cells[after + 1 - begins :]
    # A row whose first cell holds something is not empty.
    if not (all(cells) and all(trim_ids([row[0] for row in cells]))):
        filled = [at for at, row in enumerate(cells) if "".join(row).strip(EDGE)]
        numbers, cells = [numbers[at] for at in filled], [cells[at] for at in filled]
    if "'" in text:
        cells = [[unguard(cell) for cell in row] if "'" in "".join(row) else row for row in cells]
    return RowBatch(numbers, cells)
