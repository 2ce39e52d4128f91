"""The benchmark of fairness runs: pages and jobs of ten lines are measured beside a large job that is worked on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.test_engine import DATABASE, run

pytestmark = pytest.mark.processes

SMALL = ("--rows", "3000", "--idle", "1", "--database", DATABASE)


def test_pages_and_small_jobs_are_measured_while_a_large_job_is_planned_and_processed(tmp_path: Path) -> None:
    phases, done = watched(tmp_path, "--every", "0.3")

    assert list(phases) == ["nothing runs", "planning", "processing"]
    assert set(phases["nothing runs"]["pages"]) == {"a page's write", "list of jobs", "page that writes"}
    for phase, becomes in (("planning", "draft"), ("processing", "processed")):
        assert phases[phase]["large job"] == becomes
        small = phases[phase]["small jobs"]
        assert small["times"] >= 1
        assert 0 <= small["starts"] <= small["ends"]
    assert "| processing |" in done


def test_a_large_job_is_cancelled_when_it_was_watched_for_long_enough(tmp_path: Path) -> None:
    phases, _done = watched(tmp_path, "--watch", "0")

    assert phases["planning"]["large job"] == "draft"
    assert phases["processing"]["large job"] == "cancelled"
    assert phases["processing"]["small jobs"]["times"] == 0


def watched(folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """Return what was measured, and what was printed."""
    figures = folder / "figures.json"
    done = run("fairness", *SMALL, *arguments, "--folder", str(folder), "--output", str(figures))
    told: dict[str, Any] = json.loads(figures.read_text())
    return told["phases"], done
