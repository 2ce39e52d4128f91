"""Writes the removal file as a workbook: ``python -m benchmarks.workbook FOLDER``."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from certremoval.reading import xlsx_pieces
from certremoval.reading.xlsx_writing import MAX_SHEET_ROWS

MOST_LINES = MAX_SHEET_ROWS - 1
"""Lines that a sheet holds below its headings. A removal file has one sheet, so none larger is measured."""


def write(folder: Path) -> None:
    """Write ``removal.xlsx`` beside ``removal.csv``; ValueError if it has more lines than a sheet holds."""
    with (
        (folder / "removal.csv").open(encoding="utf-8", newline="") as file,
        (folder / "removal.xlsx").open("wb") as to,
    ):
        for piece in xlsx_pieces(csv.reader(file)):
            to.write(piece)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
