"""The Halden Group as written on one fixed day, read back from its files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest

from certremoval.demo.organisation import Organisation, generate

TODAY = date(2025, 11, 20)

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Read a file of the contract's form: UTF-8 with BOM, comma, CRLF."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Written:
    """An organisation and the rows of its load files, by kind."""

    organisation: Organisation
    rows: dict[str, list[Row]]

    @cached_property
    def users(self) -> dict[str, Row]:
        return {row["User ID"]: row for row in self.rows["users"]}

    @cached_property
    def enrolled(self) -> dict[tuple[str, str], Row]:
        return {(row["Certification ID"], row["User ID"]): row for row in self.rows["enrollments"]}


def write(folder: Path, users: int, today: date = TODAY) -> Written:
    organisation = generate(folder, today=today, users=users)
    return Written(organisation, {kind: read_rows(path) for kind, path in organisation.load_files.items()})


@pytest.fixture(scope="session")
def halden(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The organisation of the usual 5,000 people."""
    return write(tmp_path_factory.mktemp("halden"), 5000)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The smallest organisation that there can be."""
    return write(tmp_path_factory.mktemp("small"), 1000)


@pytest.fixture(scope="session", params=[1000, 5000, 20_000])
def any_size(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Organisations of several sizes: what must hold at each."""
    return write(tmp_path_factory.mktemp("any-size"), request.param)
