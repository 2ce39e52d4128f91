"""Draws what was measured: ``python -m benchmarks picture FIGURES.json … --to PICTURE.svg``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.engine import STAGES, best

INK, PRODUCT, BOUND = "#1f2937", "#0d6efd", "#9ca3af"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main(arguments: list[str]) -> None:
    """Draw the stages of the largest file beside the bound, and the time by the size of the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks picture", description=__doc__)
    parser.add_argument("figures", type=Path, nargs="+", help="what --output of engine wrote")
    parser.add_argument("--rows", type=int, default=1_000_000, help="the size whose stages are drawn")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args(arguments)
    figures = [one for path in options.figures for one in json.loads(path.read_text())["figures"]]
    _draw(figures, options.rows, options.to)


def _draw(figures: list[dict[str, Any]], rows: int, to: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "certremoval", "font.size": 9, "axes.edgecolor": INK, "text.color": INK})
    from matplotlib import pyplot as plt

    cases = list(
        dict.fromkeys((one["database"], one["ids"]) for one in figures if one["rows"] == rows and one["who"] == "bound")
    )
    drawing, axes = plt.subplots(1, len(cases) + 1, figsize=(3.1 * (len(cases) + 1), 3.4), layout="constrained")
    for axis, (database, ids) in zip(axes, cases, strict=False):
        _draw_stages(axis, figures, {"database": database, "ids": ids, "rows": rows})
    _draw_sizes(axes[-1], figures)
    drawing.savefig(to, metadata={"Date": None})


def _draw_stages(axis: Any, figures: list[dict[str, Any]], case: dict[str, Any]) -> None:
    places = range(len(STAGES))
    for who, colour, shift in (("product", PRODUCT, -0.2), ("bound", BOUND, 0.2)):
        found = [best(figures, **case, who=who, stage=stage) for stage in STAGES]
        seconds = [one["seconds"] if one else 0.0 for one in found]
        bars = axis.bar([place + shift for place in places], seconds, 0.4, color=colour, label=who)
        axis.bar_label(bars, fmt="%.0f", fontsize=7)
    axis.set_xticks(list(places), STAGES, rotation=30)
    axis.set_title(f"{DATABASES[case['database']]}, ids {case['ids']}\n{case['rows']:,} lines (s)", fontsize=9)
    axis.legend(frameon=False, fontsize=7)
    axis.spines[["top", "right"]].set_visible(False)


def _draw_sizes(axis: Any, figures: list[dict[str, Any]]) -> None:
    for database, ids in dict.fromkeys((one["database"], one["ids"]) for one in figures):
        points = []
        for rows in sorted({one["rows"] for one in figures}):
            taken = [
                best(figures, database=database, ids=ids, rows=rows, who="product", stage=stage) for stage in STAGES[1:]
            ]
            if all(taken):
                points.append((rows, sum(one["seconds"] for one in taken if one)))
        if len(points) > 1:
            axis.plot(*zip(*points, strict=True), marker="o", label=f"{DATABASES[database]}, ids {ids}")
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_title("a whole removal by lines (s)\nplan, keep, process, result", fontsize=9)
    if axis.lines:
        axis.legend(frameon=False, fontsize=7)
    axis.spines[["top", "right"]].set_visible(False)
