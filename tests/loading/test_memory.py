"""A load's memory does not grow with its file."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from certremoval.loading.loads import load
from certremoval.loading.report import LoadReport
from tests.loading.files import USERS

pytestmark = pytest.mark.django_db


def people(count: int) -> Iterator[str]:
    yield f"{USERS},Manager ID\n"
    for number in range(count):
        yield f"{number:07},First {number % 100},Last {number},p{number}@example.org,yes,{number // 10:07}\n"


def peak_of_loading(path: Path, count: int) -> tuple[LoadReport, int]:
    """Return the report and the most memory that Python held, in bytes."""
    with path.open("w") as file:
        file.writelines(people(count))
    gc.collect()
    tracemalloc.start()
    try:
        with path.open("rb") as source:
            report = load("users", source, name=path.name, dry_run=True)
        return report, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_flat(tmp_path: Path) -> None:
    small, peak_of_small = peak_of_loading(tmp_path / "small.csv", 30_000)
    large, peak_of_large = peak_of_loading(tmp_path / "large.csv", 120_000)

    assert (small.created, large.created) == (30_000, 120_000)
    assert peak_of_large < 30_000_000
    assert peak_of_large < peak_of_small * 1.25
