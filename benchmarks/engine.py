"""The engine's stages against the bound and against what is usually done, side by side in one run."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import databases, filling, measuring
from benchmarks.machine import machine
from benchmarks.workbook import MOST_LINES

REMOVAL = ("planning", "keeping", "processing", "result")
"""The stages of a whole removal: planning reads the file itself."""
UNDO = ("undo planning", "undo processing")
STAGES = ("reading", *REMOVAL, *UNDO)
OF_WORKBOOK = ("reading XLSX", "planning XLSX")
SAMPLE = 2_000


def main(arguments: list[str]) -> None:
    """Measure, print, and write the figures where ``--output`` says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[55_000, 1_000_000], help="lines of the removal file")
    parser.add_argument("--ids", choices=filling.IDS, nargs="+", default=list(filling.IDS), help="order of ids")
    parser.add_argument("--databases", choices=databases.KINDS, nargs="+", default=list(databases.KINDS))
    parser.add_argument("--sample", type=int, default=SAMPLE, help="lines of what is usually done, scaled (0: not)")
    parser.add_argument("--repeat", type=int, default=1, help="times that product and bound are measured, in turn")
    parser.add_argument("--xlsx", action="store_true", help="also read and plan the file as a workbook")
    parser.add_argument("--without-undo", action="store_true", help="leave the undo out: less for very large files")
    parser.add_argument("--folder", type=Path, help="where the databases are made (a temporary one)")
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    parser.add_argument("--picture", type=Path, help="an SVG file for a picture of them")
    options = parser.parse_args(arguments)
    figures: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="benchmark-") as folder:
        for kind in options.databases:
            for rows in options.rows:
                for ids in options.ids:
                    case = {"database": kind, "rows": rows, "ids": ids}
                    figures += [{**case, **one} for one in _measure(kind, rows, ids, Path(folder), options)]
                    if options.output:
                        told = {"machine": machine(), "figures": figures}
                        options.output.write_text(json.dumps(told, indent=1), encoding="utf-8")
    if options.picture:
        from benchmarks.picture import draw

        draw(figures, options.picture)
    print()
    print("\n".join(table(figures)))


def _measure(kind: str, rows: int, ids: str, folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    _tell(f"{kind}, {rows:,} lines, ids {ids}: filling")
    original = databases.make_empty(kind, folder / "original", "benchmark")
    measuring.run("filling", str(rows), ids, str(original.folder), environment=original.environment)
    results: list[dict[str, Any]] = []
    try:
        for turn in range(options.repeat):
            for who in ("product", "bound"):
                results += _stages(who, original, folder / f"{who}-{turn}", without_undo=options.without_undo)
        if options.xlsx and rows > MOST_LINES:
            _tell(f"  not as a workbook: its sheet holds {MOST_LINES:,} lines")
        elif options.xlsx:
            results += _workbook(original)
        if options.sample:
            for usual in ("loop", "import_export"):
                results.append(_usual(usual, original, folder / usual, rows, min(options.sample, rows)))
    finally:
        databases.drop(original)
    return results


def _stages(who: str, original: databases.Database, folder: Path, *, without_undo: bool) -> list[dict[str, Any]]:
    results = []
    steps = ["reading", "planning", "processing", "result", *([] if without_undo else ["restoring"])]
    with databases.copied(original, folder) as copy:
        (folder / "removal.csv").hardlink_to(original.folder / "removal.csv")
        kind = [copy.kind] if who == "bound" else []
        if who == "bound":
            measuring.run("bound", copy.kind, "prepare", str(folder), environment=copy.environment)
        for step in steps:
            told = measuring.run(who, *kind, step, str(folder), environment=copy.environment)
            for name, taken in told["stages"].items():
                results.append(_taken(who, name, taken))
        if who == "product":
            measuring.run("product", "verify", str(folder), environment=copy.environment)
    return results


def _taken(who: str, stage: str, taken: dict[str, float]) -> dict[str, Any]:
    _tell(f"  {who:8} {stage:15} {taken['seconds']:8.2f} s  {taken['memory_mb']:5.0f} MB")
    return {"who": who, "stage": stage, **taken}


def _workbook(original: databases.Database) -> list[dict[str, Any]]:
    """Read and plan the file as a workbook. Neither writes anything that stays, so no copy is needed."""
    measuring.run("workbook", str(original.folder), environment={})
    results = []
    for step, stage in zip(("reading", "previewing"), OF_WORKBOOK, strict=True):
        told = measuring.run("product", step, str(original.folder), "removal.xlsx", environment=original.environment)
        (taken,) = told["stages"].values()
        results.append(_taken("product", stage, taken))
    return results


def _usual(usual: str, original: databases.Database, folder: Path, rows: int, sample: int) -> dict[str, Any]:
    with databases.copied(original, folder) as copy:
        (folder / "removal.csv").hardlink_to(original.folder / "removal.csv")
        told = measuring.run("usual", usual, str(folder), str(sample), environment=copy.environment)
    taken = told["stages"]["everything"]
    scaled = {name: taken[name] * rows / sample for name in ("seconds", "processor")}
    _tell(f"  {usual:13} {scaled['seconds']:10.1f} s, scaled from {sample:,} lines")
    return {"who": usual, "stage": "everything", "sample": sample, "memory_mb": taken["memory_mb"], **scaled}


def best(figures: list[dict[str, Any]], **which: Any) -> dict[str, Any] | None:
    """Return the quickest of the figures that fit."""
    fitting = [one for one in figures if all(one[key] == value for key, value in which.items())]
    return min(fitting, key=lambda one: one["seconds"], default=None)


def table(figures: list[dict[str, Any]]) -> list[str]:
    """Return the figures as a table in Markdown."""
    lines = [
        "| database | lines | ids | stage | product | bound | ratio | memory |",
        "|---|---:|---|---|---:|---:|---:|---:|",
    ]
    for database, rows, ids in dict.fromkeys((one["database"], one["rows"], one["ids"]) for one in figures):
        case = {"database": database, "rows": rows, "ids": ids}
        place = f"| {database} | {rows:,} | {ids}"
        total = {"product": 0.0, "bound": 0.0}
        for stage in STAGES:
            product = best(figures, **case, who="product", stage=stage)
            bound = best(figures, **case, who="bound", stage=stage)
            if product is None or bound is None:
                continue
            if stage in REMOVAL:
                total["product"] += product["seconds"]
                total["bound"] += bound["seconds"]
            ratio = product["seconds"] / bound["seconds"]
            lines.append(
                f"{place} | {stage} | {product['seconds']:.2f} s | {bound['seconds']:.2f} s | {ratio:.2f}"
                f" | {product['memory_mb']:.0f} MB |"
            )
        for stage in OF_WORKBOOK:
            taken = best(figures, **case, who="product", stage=stage)
            if taken:
                lines.append(f"{place} | {stage} | {taken['seconds']:.2f} s | | | {taken['memory_mb']:.0f} MB |")
        if total["bound"]:
            ratio = total["product"] / total["bound"]
            lines.append(f"{place} | **all** | {total['product']:.1f} s | {total['bound']:.1f} s | {ratio:.2f} | |")
        for usual, words in (("loop", "an ORM loop"), ("import_export", "django-import-export")):
            taken = best(figures, **case, who=usual)
            if taken and total["product"]:
                lines.append(
                    f"{place} | {words}, scaled from {taken['sample']:,} lines | | {taken['seconds']:,.0f} s"
                    f" | {taken['seconds'] / total['product']:.0f} times the product | {taken['memory_mb']:.0f} MB |"
                )
    return lines


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
