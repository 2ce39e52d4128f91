"""``results`` and ``enrollments``: files, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certremoval.removals.models import Job
from tests.cli.conftest import Run, World

BOM = "\ufeff"


@pytest.fixture
def job(world: World, run: Run) -> Job:
    run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--skip-problems", "--yes", "--wait")
    return Job.objects.get()


def test_results_go_to_standard_output(job: Job, run: Run) -> None:
    ended = run("results", job.id)

    assert ended.code == 0
    assert ended.err == ""
    heading, first, second = ended.out.splitlines()
    assert heading == f"{BOM}Certification ID,User ID,Outcome,Detail"
    assert first == "FORKLIFT-3Y,000123,removed,Removed"
    assert second.startswith("FORKLIFT-3Y,nobody,unknown_user,")


def test_results_go_to_a_file(job: Job, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "result.csv"
    ended = run("results", job.id, "--output", target)

    assert (ended.code, ended.out) == (0, "")
    assert f"{target} is written" in ended.err
    assert target.read_bytes().decode() == run("results", job.id).out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leavers.csv", "result.csv"]


def test_with_json_the_answer_names_the_file(job: Job, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "result.csv"
    ended = run("results", job.id, "--output", target, "--json")

    assert ended.json == {"id": job.id, "output": str(target), "size": target.stat().st_size}
    assert ended.err == ""


def test_json_and_the_file_cannot_share_standard_output(job: Job, run: Run) -> None:
    ended = run("results", job.id, "--json")

    assert ended.code == 2
    assert "--output" in ended.json["problems"][0]["message"]


def test_a_file_that_fails_half_way_leaves_the_old_one(
    job: Job, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "result.csv"
    target.write_text("the old one")

    def broken(job: Job) -> object:
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("certremoval.cli.management.commands.results.result_file", broken)
    ended = run("results", job.id, "--output", target)

    assert ended.code == 1
    assert "No space left on device" in ended.err
    assert target.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leavers.csv", "result.csv"]


def test_a_link_keeps_pointing_to_its_file_and_rights_stay(job: Job, run: Run, tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("")
    target.chmod(0o640)
    link.symlink_to(target)

    assert run("results", job.id, "--output", link).code == 0
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_not_replaced(job: Job, run: Run) -> None:
    assert run("results", job.id, "--output", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(("place", "words"), [("missing/result.csv", "its folder does not exist"), ("", "is a folder")])
def test_a_place_that_is_none_is_a_mistake_of_usage(job: Job, run: Run, tmp_path: Path, place: str, words: str) -> None:
    ended = run("results", job.id, "--output", tmp_path / place)

    assert ended.code == 2
    assert words in ended.err


def test_enrollments_are_everyone_as_a_file_that_can_be_sent_back(world: World, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "forklift.csv"
    assert run("enrollments", "FORKLIFT-3Y", "--output", target).code == 0

    assert run("preview", target, "--json").json["counts"]["remove"] == 3
    loaded = run("load", "enrollments", target, "--json").json
    assert (loaded["accepted"], loaded["counts"]["unchanged"]) == (True, 3)
    assert run("enrollments", "FORKLIFT-3Y").out.splitlines()[0].startswith(f"{BOM}Certification ID,User ID,Status")


def test_an_unknown_certification_is_refused_with_a_suggestion(world: World, run: Run, tmp_path: Path) -> None:
    ended = run("enrollments", "FORKLFT-3Y", "--output", tmp_path / "x.csv", "--json")

    assert ended.code == 1
    assert "Did you mean FORKLIFT-3Y?" in ended.json["problems"][0]["message"]
    assert not (tmp_path / "x.csv").exists()
