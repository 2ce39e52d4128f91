"""Draws what was measured: ``python -m benchmarks picture FIGURES.json … --to PICTURE.svg``.

One picture for light and dark: its colours are the light ones, and where darkness is preferred a style changes each
of them for its dark one.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.engine import REMOVAL, STAGES, UNDO, best

INK, PAPER, GRID = "#1f2937", "#fefefe", "#d7dbe0"
PRODUCT, BOUND = "#0d6efd", "#a3aab5"
COLOURS = {"sqlite": "#0f766e", "postgresql": "#b4530a"}
DARK = {
    INK: "#e6e9ee",
    PAPER: "#14181f",
    GRID: "#3a414c",
    PRODUCT: "#5aa2ff",
    BOUND: "#727b88",
    COLOURS["sqlite"]: "#3fd0bf",
    COLOURS["postgresql"]: "#f6a04d",
}
"""Each colour of the picture, and what it is in the dark."""
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
ORDERS = {"ordered": ("-", "o"), "random": ("--", "s")}
"""How the line of an order of ids is drawn, and its points."""

Figures = list[dict[str, Any]]


def main(arguments: list[str]) -> None:
    """Draw the stages of a file beside the bound, and the time by the size of the file beside what is linear."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks picture", description=__doc__)
    parser.add_argument(
        "figures", type=Path, nargs="+", help="what --output of engine wrote; of a case, the last counts"
    )
    parser.add_argument("--rows", type=int, help="the size whose stages are drawn (the largest that all cases have)")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args(arguments)
    draw(merged([json.loads(path.read_text())["figures"] for path in options.figures]), options.to, options.rows)


def merged(several: list[Figures]) -> Figures:
    """Return the figures of several runs as one: of a case (database, size, order of ids) those of the last run."""
    cases: dict[tuple[Any, ...], Figures] = {}
    for figures in several:
        run: dict[tuple[Any, ...], Figures] = {}
        for one in figures:
            run.setdefault((one["database"], one["rows"], one["ids"]), []).append(one)
        cases |= run
    return [one for figures in cases.values() for one in figures]


def seconds_of_removal(figures: Figures, who: str = "product", **case: Any) -> float | None:
    """Return what a whole removal takes, without its undo; None where a stage of it was not measured."""
    taken = [best(figures, **case, who=who, stage=stage) for stage in REMOVAL]
    return sum(one["seconds"] for one in taken if one) if all(taken) else None


def draw(figures: Figures, to: Path, rows: int | None = None) -> None:
    """Draw the picture. ``rows`` is the size whose stages are drawn; None: the largest that every case has."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update(
        {
            "svg.hashsalt": "certremoval",
            "font.size": 9,
            "axes.titlesize": 9,
            "legend.fontsize": 8,
            **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), INK),
            "figure.facecolor": PAPER,
            "axes.facecolor": "none",
            "grid.color": GRID,
            "legend.frameon": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "figure.constrained_layout.w_pad": 0.1,
        }
    )
    from matplotlib import pyplot as plt
    from matplotlib.patches import Patch

    orders = list(dict.fromkeys((one["database"], one["ids"]) for one in figures))
    rows = rows or _largest_of_all(figures, orders)
    columns = min(len(orders), 2)
    lines = [orders[first : first + columns] for first in range(0, len(orders), columns)]
    several = len({one["rows"] for one in figures}) > 1
    sizes = ["sizes"] if several else []
    mosaic: list[Any] = [[*map("/".join, line), *["."] * (columns - len(line)), *sizes] for line in lines]
    drawing, axes = plt.subplot_mosaic(
        mosaic,
        figsize=(3.8 * columns + 4.6 * several, max(2.8 * len(mosaic), 3.6) + 0.3),
        width_ratios=[3.8] * columns + [4.6] * several,
        layout="constrained",
    )
    for database, ids in orders:
        _draw_stages(axes[f"{database}/{ids}"], figures, {"database": database, "ids": ids, "rows": rows})
    drawing.legend(
        handles=[Patch(color=PRODUCT, label="product"), Patch(color=BOUND, label="bound")],
        loc="outside lower left",
        ncols=2,
    )
    if several:
        _draw_sizes(axes["sizes"], figures, orders)
    drawing.savefig(to, metadata={"Date": None})
    plt.close(drawing)
    to.write_text(_with_dark(to.read_text(encoding="utf-8")), encoding="utf-8")


def _largest_of_all(figures: Figures, orders: list[tuple[str, str]]) -> int:
    sizes: list[set[int]] = [
        {one["rows"] for one in figures if (one["database"], one["ids"]) == case} for case in orders
    ]
    return max(set.intersection(*sizes) or set.union(*sizes))


def _draw_stages(axis: Any, figures: Figures, case: dict[str, Any]) -> None:
    """Draw a removal's stages, and below them, apart, those of its undo."""
    places = {stage: place + (0.6 if stage in UNDO else 0.0) for place, stage in enumerate(STAGES)}
    longest = 0.0
    for who, colour, shift in (("product", PRODUCT, -0.2), ("bound", BOUND, 0.2)):
        found = {stage: best(figures, **case, who=who, stage=stage) for stage in STAGES}
        taken = {stage: one["seconds"] for stage, one in found.items() if one}
        bars = axis.barh([places[stage] + shift for stage in taken], list(taken.values()), 0.4, color=colour)
        axis.bar_label(bars, labels=[_seconds(value) for value in taken.values()], fontsize=7, padding=2)
        longest = max([longest, *taken.values()])
    measured = [stage for stage in STAGES if best(figures, **case, stage=stage)]
    axis.set_yticks([places[stage] for stage in measured], measured)
    axis.set_xlim(0, longest * 1.15 or 1)
    axis.invert_yaxis()
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_color(GRID)
    axis.set_xlabel("seconds")
    whole, bound = (seconds_of_removal(figures, who, **case) for who in ("product", "bound"))
    title = f"{DATABASES[case['database']]}, ids {case['ids']}: {case['rows']:,} lines"
    if whole and bound:
        title += f"\na removal {_seconds(whole)} s, {whole / bound:.2f} times the bound"
    axis.set_title(title)


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _draw_sizes(axis: Any, figures: Figures, orders: list[tuple[str, str]]) -> None:
    """Draw a whole removal's time by lines, each order of ids beside the straight line through its middle point."""
    linear = "in proportion to lines"
    for database, ids in orders:
        case = {"database": database, "ids": ids}
        sizes = sorted({one["rows"] for one in figures if (one["database"], one["ids"]) == (database, ids)})
        points = [(rows, taken) for rows in sizes if (taken := seconds_of_removal(figures, **case, rows=rows))]
        if not points:
            continue
        middle, at_middle = points[len(points) // 2]
        ends = [points[0][0], points[-1][0]]
        axis.plot(ends, [at_middle * end / middle for end in ends], color=BOUND, linewidth=1, label=linear)
        style, marker = ORDERS[ids]
        axis.plot(
            *zip(*points, strict=True),
            color=COLOURS[database],
            linestyle=style,
            marker=marker,
            markersize=4,
            label=f"{DATABASES[database]}, ids {ids}",
        )
        linear = "_nolegend_"
    axis.set(xscale="log", yscale="log", xlabel="lines of the file", ylabel="seconds")
    axis.set_title("A whole removal by the size of its file\nplanning, keeping, processing, result")
    axis.xaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    axis.yaxis.set_major_formatter(lambda value, _place: f"{value:,g}")
    axis.minorticks_off()
    axis.grid(linewidth=0.6)
    axis.set_axisbelow(True)
    if axis.lines:
        axis.legend(loc="upper left")


def _with_dark(svg: str) -> str:
    """Return the picture with a style that changes its colours where darkness is preferred."""
    rules = "".join(
        f'[style*="{what}: {light}"]{{{what}:{dark} !important}}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
    style = f'<style type="text/css">@media (prefers-color-scheme: dark){{{rules}}}</style>'
    return svg.replace("<defs>", f"<defs>\n  {style}", 1)
