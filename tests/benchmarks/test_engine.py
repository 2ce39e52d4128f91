"""The benchmark runs: product, bound and what is usually done do the same work on the same rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

DATABASE = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"


def test_every_stage_is_measured_beside_the_bound(tmp_path: Path) -> None:
    figures, picture = tmp_path / "figures.json", tmp_path / "picture.svg"
    small = ["--rows", "400", "--ids", "random", "--sample", "20", "--databases", DATABASE]
    done = run(*small, "--xlsx", "--folder", str(tmp_path), "--output", str(figures))

    measured = {(one["who"], one["stage"]) for one in json.loads(figures.read_text())["figures"]}
    stages = {"reading", "planning", "keeping", "processing", "result", "undo planning", "undo processing"}
    assert measured == {
        *((who, stage) for who in ("product", "bound") for stage in stages),
        ("product", "reading XLSX"),
        ("loop", "everything"),
        ("import_export", "everything"),
    }
    assert f"| {DATABASE} | 400 | random | processing |" in done
    run("picture", str(figures), "--rows", "400", "--to", str(picture))
    assert picture.read_text().rstrip().endswith("</svg>")


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], capture_output=True, encoding="utf-8", timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
