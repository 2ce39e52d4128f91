"""The benchmark runs: product, bound and what is usually done do the same work on the same rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.processes

DATABASE = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"


def test_every_stage_is_measured_beside_the_bound(tmp_path: Path) -> None:
    figures, picture = tmp_path / "figures.json", tmp_path / "picture.svg"
    small = ["--rows", "400", "--ids", "random", "--sample", "20", "--databases", DATABASE]
    done = run(*small, "--xlsx", "--folder", str(tmp_path), "--output", str(figures), "--picture", str(picture))

    told = json.loads(figures.read_text())
    stages = {"reading", "planning", "keeping", "processing", "result", "undo planning", "undo processing"}
    assert measured(told) == {
        *((who, stage) for who in ("product", "bound") for stage in stages),
        ("product", "reading XLSX"),
        ("product", "planning XLSX"),
        ("loop", "everything"),
        ("import_export", "everything"),
    }
    assert all(5 < one["memory_mb"] < 150 for one in told["figures"])
    assert {"processor", "cores", "memory_gb", "python", "sqlite"} <= set(told["machine"])
    assert ("synchronous_commit" in told["machine"].get("postgresql", {})) == (DATABASE == "postgresql")
    assert f"| {DATABASE} | 400 | random | processing |" in done
    assert picture.read_text().rstrip().endswith("</svg>")


def test_very_large_files_are_measured_without_undo(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ["--rows", "200", "--ids", "ordered", "--sample", "0", "--databases", DATABASE]
    run(*small, "--without-undo", "--folder", str(tmp_path), "--output", str(figures))

    stages = ("reading", "planning", "keeping", "processing", "result")
    assert measured(json.loads(figures.read_text())) == {(who, one) for who in ("product", "bound") for one in stages}


def measured(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["who"], one["stage"]) for one in told["figures"]}


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], capture_output=True, encoding="utf-8", timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
