"""``preview``: what a file would do, and nothing done."""

from __future__ import annotations

from certremoval.removals.models import Job, StoredFile
from tests.cli.conftest import Run, World


def test_it_tells_the_number_the_holders_the_names(world: World, run: Run) -> None:
    ended = run("preview", world.file("000123", "000124"))

    assert ended.code == 0
    assert "leavers.csv: 2 lines" in ended.out
    assert "2 users would be removed from Forklift Operator Safety." in ended.out
    assert "1 of them holds it today." in ended.out
    assert "2  Will be removed" in ended.out
    assert "1  Certified, holds it today" in ended.out
    assert "000123   Ana Ruiz  Certified" in ended.out
    assert "Nothing was changed" in ended.out
    assert ended.err == ""


def test_it_writes_nothing(world: World, run: Run) -> None:
    run("preview", world.file("000123"))

    assert world.on_forklift() == {"000123", "000124", "000125"}
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_file_with_problems_ends_with_1_and_tells_each_by_line(world: World, run: Run) -> None:
    ended = run("preview", world.file("000123", "123", "learner", "000123"))

    assert ended.code == 1
    assert "2 problems" in ended.out
    assert "line 3, User ID: 123 is nobody here, but 000123 (Ana Ruiz) is on this certification." in ended.out
    assert "line 4, User ID: learner (Tom Barlow) is not on Forklift Operator Safety." in ended.out
    assert "remove the other 1 person and leave these lines out" in ended.out


def test_many_problems_are_told_up_to_20(world: World, run: Run) -> None:
    ended = run("preview", world.file(*(f"nobody{number}" for number in range(25))))

    assert ended.code == 1
    assert "25 problems" in ended.out
    assert "line 21," in ended.out
    assert "line 22," not in ended.out
    assert "and 5 more; --json lists the first 1,000." in ended.out
    assert "Nobody would be removed." in ended.out


def test_json_is_a_jobs_without_what_only_a_stored_job_has(world: World, run: Run) -> None:
    ended = run("preview", world.file("000123", "nobody"), "--json")

    assert ended.code == 1
    answer = ended.json
    assert answer["accepted"] is False
    assert answer["counts"]["rows"] == 2
    assert answer["counts"]["remove"] == 1
    assert answer["counts"]["unknown_user"] == 1
    assert sum(count for code, count in answer["counts"].items() if code != "rows") == 2
    assert [(one["code"], one["line"], one["column"]) for one in answer["problems"]] == [("unknown_user", 3, "User ID")]
    assert answer["certifications"] == [
        {"certification_id": "FORKLIFT-3Y", "title": "Forklift Operator Safety", "planned": 1, "removed": 0}
    ]
    assert not {"id", "status", "created_by", "progress"} & set(answer)
    assert ended.err == ""


def test_a_file_that_cannot_be_read_is_refused_like_one_with_problems(world: World, run: Run) -> None:
    file = world.folder / "broken.csv"
    file.write_bytes(b"Certification ID,User ID\nFORKLIFT-3Y,M\xfcller\n")

    ended = run("preview", file, "--json")
    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["file_format"]

    assert "--encoding windows-1252" in run("preview", file).out
    assert [one["code"] for one in run("preview", file, "--encoding", "windows-1252", "--json").json["problems"]] == [
        "unknown_user"
    ]


def test_options_say_how_the_file_is_read_and_who_is_left_out(world: World, run: Run) -> None:
    file = world.folder / "names.csv"
    file.write_text("Name\n000123\n000124\n000125\n")

    ended = run(
        *("preview", file, "--certification", "FORKLIFT-3Y", "--user-column", "Name", "--match", "user_id"),
        *("--leave-out-status", "Expired", "--leave-out-user", "000123", "--json"),
    )

    assert ended.code == 0
    assert ended.json["counts"]["left_out"] == 2
    assert ended.json["counts"]["remove"] == 1


def test_a_choice_that_names_nobody_is_refused(world: World, run: Run) -> None:
    ended = run("preview", world.file("000123"), "--leave-out-unit", "Division=NOWHERE", "--json")

    assert ended.code == 1
    assert ended.json["accepted"] is False
    assert "Division NOWHERE" in ended.json["problems"][0]["message"]


def test_an_escape_sequence_in_a_file_does_not_reach_the_terminal(world: World, run: Run) -> None:
    ended = run("preview", world.file("\x1b[31mred"))

    assert ended.code == 1
    assert "\x1b" not in ended.out
    assert "[31mred is nobody here" in ended.out
