"""The benchmark of loads and pages runs: every page that it names answers, for both viewers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.lists import PAGES
from benchmarks.past import COLUMNS

from tests.benchmarks.test_engine import DATABASE, run

pytestmark = pytest.mark.processes


def test_every_load_and_page_is_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ["--people", "400", "--jobs", "90", "--units", "100", "--times", "2", "--database", DATABASE]
    done = run("lists", *small, "--folder", str(tmp_path), "--output", str(figures))

    told = json.loads(figures.read_text())
    assert list(told["loads"]) == ["organizational_units", "users", "certifications", "enrollments"]
    assert {page: set(viewers) for page, viewers in told["pages"].items()} == {
        page: {"superuser", "constrained"} for page, _address in PAGES
    }
    assert set(told["rows"]) == set(COLUMNS)
    assert "| Removal Records |" in done
    assert "| a job of a million lines |" in done
