"""Writes the removal file as a workbook: ``python -m benchmarks.workbook FOLDER``."""

from __future__ import annotations

import csv
import sys
from itertools import chain
from pathlib import Path

from certremoval.reading import xlsx_pieces


def write(folder: Path) -> None:
    """Write ``removal.xlsx`` beside ``removal.csv``; a second sheet is begun where the format's limit is reached."""
    with (
        (folder / "removal.csv").open(encoding="utf-8", newline="") as file,
        (folder / "removal.xlsx").open("wb") as to,
    ):
        reader = csv.reader(file)
        for piece in xlsx_pieces(chain([next(reader)], reader)):
            to.write(piece)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
