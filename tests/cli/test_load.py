"""``load``."""

from __future__ import annotations

from pathlib import Path

import pytest

from certremoval.certifications.models import Certification
from tests.cli.conftest import Run, World

HEADING = "Certification ID,Title,Version,Active"


@pytest.fixture
def certifications(world: World, tmp_path: Path) -> Path:
    path = tmp_path / "certifications.csv"
    path.write_text(f"{HEADING},Colour\nHIPAA,Privacy,1,yes,blue\nLOTO,Lockout,,yes,red\n")
    return path


def test_it_tells_what_was_done_and_which_columns_were_not_used(certifications: Path, run: Run) -> None:
    ended = run("load", "certifications", certifications)

    assert ended.code == 0
    assert "certifications.csv: 2 lines: 1 created, 0 updated, 1 unchanged." in ended.out
    assert "Columns that were not used: Colour." in ended.out
    assert Certification.objects.filter(certification_id="HIPAA").exists()


def test_a_dry_run_writes_nothing(certifications: Path, run: Run) -> None:
    ended = run("load", "certifications", certifications, "--dry-run")

    assert ended.code == 0
    assert "1 to be created" in ended.out
    assert "Nothing was changed; this was a dry run." in ended.out
    assert not Certification.objects.filter(certification_id="HIPAA").exists()


def test_json(certifications: Path, run: Run) -> None:
    answer = run("load", "certifications", certifications, "--json").json

    assert answer["accepted"] is True
    assert answer["counts"] == {"rows": 2, "created": 1, "updated": 0, "unchanged": 1}


def test_a_file_with_problems_changes_nothing_and_tells_all(world: World, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "certifications.csv"
    path.write_text(f"{HEADING}\nHIPAA,Privacy,1,yes\n,Nothing,1,yes\nADR,Roads,1,perhaps\n")

    ended = run("load", "certifications", path)
    assert ended.code == 1
    assert ended.out == ""
    assert "line 3, Certification ID:" in ended.err
    assert "line 4, Active:" in ended.err
    assert "Nothing was changed." in ended.err
    assert not Certification.objects.filter(certification_id="HIPAA").exists()

    answered = run("load", "certifications", path, "--json")
    assert answered.code == 1
    assert answered.json["accepted"] is False
    assert [problem["line"] for problem in answered.json["problems"]] == [3, 4]


def test_an_unknown_kind_is_a_mistake_of_usage_that_names_the_kinds(certifications: Path, run: Run) -> None:
    ended = run("load", "people", certifications, "--json")

    assert ended.code == 2
    assert "organizational_units" in ended.err
