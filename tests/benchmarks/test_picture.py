"""The benchmark's picture: a removal without its undo, several runs as one, light and dark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.picture import DARK, main, merged, seconds_of_removal

STAGES = ("reading", "planning", "keeping", "processing", "result", "undo planning", "undo processing")


def run_of(database: str, rows: int, seconds: float) -> list[dict[str, Any]]:
    """Return the figures of a run in which each stage took so long."""
    case = {"database": database, "rows": rows, "ids": "random", "seconds": seconds}
    return [{**case, "who": who, "stage": stage} for who in ("product", "bound") for stage in STAGES]


def test_a_removal_is_its_four_stages_without_reading_and_undo() -> None:
    assert seconds_of_removal(run_of("sqlite", 100, 1.5), rows=100) == 6.0


def test_a_removal_with_a_stage_that_was_not_measured_has_no_time() -> None:
    figures = [one for one in run_of("sqlite", 100, 1.5) if one["stage"] != "result"]

    assert seconds_of_removal(figures, rows=100) is None


def test_of_a_case_that_several_runs_measured_the_last_counts() -> None:
    figures = merged([run_of("sqlite", 100, 1.0), run_of("postgresql", 100, 3.0), run_of("sqlite", 100, 2.0)])

    assert seconds_of_removal(figures, database="sqlite", rows=100) == 8.0
    assert seconds_of_removal(figures, database="postgresql", rows=100) == 12.0


def test_several_runs_make_one_picture_for_light_and_dark(tmp_path: Path) -> None:
    paths = []
    for rows in (10_000, 100_000):
        paths.append(tmp_path / f"{rows}.json")
        paths[-1].write_text(json.dumps({"figures": [*run_of("sqlite", rows, 1.0), *run_of("postgresql", rows, 2.0)]}))
    main([*map(str, paths), "--to", str(tmp_path / "picture.svg")])

    picture = (tmp_path / "picture.svg").read_text()
    assert "@media (prefers-color-scheme: dark)" in picture
    drawn = picture.split("</style>", 1)[1]
    assert {light for light in DARK if light not in drawn} == set()
    assert "100,000 lines" in picture
