"""``remove``: from a file to a job, or to nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from certremoval.certifications.models import Operation, RemovalRecord
from certremoval.cli.files import open_source
from certremoval.removals.models import Job, StoredFile
from tests.cli.conftest import Run, World


def nothing_was_done(world: World) -> bool:
    left = Job.objects.exists() or Operation.objects.exists() or StoredFile.objects.exists()
    return not left and world.on_forklift() == {"000123", "000124", "000125"}


def test_without_wait_the_job_is_queued_for_a_worker(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes")

    assert ended.code == 0
    assert "Leavers" in ended.out
    assert "Queued: 1 to be removed." in ended.out
    assert "It runs as soon as a worker is there: certremoval serve, or certremoval worker." in ended.out
    assert Job.objects.get().state == "queued"
    assert "000123" in world.on_forklift()


def test_with_wait_it_is_done_and_recorded(world: World, run: Run) -> None:
    ended = run(
        *("remove", world.file("000123"), "--title", "Leavers", "--reason", "Site closure", "--comment", "By HR"),
        *("--yes", "--wait", "--json"),
    )

    assert ended.code == 0
    assert ended.err == ""
    answer = ended.json
    assert answer["status"] == "processed"
    assert answer["created_by"] == {"user_id": "admin", "name": "Dana Osei"}
    assert (answer["title"], answer["reason"], answer["comment"]) == ("Leavers", "Site closure", "By HR")
    assert answer["counts"]["removed"] == 1
    assert world.on_forklift() == {"000124", "000125"}
    assert RemovalRecord.objects.get().user_id == "000123"


def test_wait_tells_the_result(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--yes", "--wait", "--skip-problems")

    assert ended.code == 0
    assert "Processed: 1 removed, 1 left out." in ended.out
    assert "certremoval results" in ended.out


def test_a_refused_file_leaves_nothing(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--yes", "--wait")

    assert ended.code == 1
    assert ended.out == ""
    assert "line 3, User ID: nobody is nobody here." in ended.err
    assert "--skip-problems" in ended.err
    assert nothing_was_done(world)


def test_a_refusal_as_json(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--yes", "--json")

    assert ended.code == 1
    assert set(ended.json) == {"accepted", "problems", "counts"}
    assert ended.json["accepted"] is False
    assert ended.json["problems"][0]["line"] == 3
    assert ended.json["counts"]["rows"] == 2


def test_nobody_to_remove_is_accepted(world: World, run: Run) -> None:
    file = world.file("000123")
    run("remove", file, "--title", "Leavers", "--yes", "--wait")

    ended = run("remove", file, "--title", "Again", "--yes", "--wait", "--json")
    assert ended.code == 0
    assert ended.json["status"] == "processed"
    assert ended.json["counts"]["already_removed"] == 1


def test_without_yes_and_without_a_terminal_nothing_is_done(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers")

    assert ended.code == 2
    assert "--yes" in ended.err
    assert nothing_was_done(world)


def test_at_a_terminal_it_asks_and_says_what_it_would_do(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123", "000124", "000123"), "--title", "Leavers", answer="y\n")

    assert ended.code == 0
    assert "Remove 2 users from Forklift Operator Safety?" in ended.err
    assert "1 of them holds it today." in ended.err
    assert "1 line is left out." in ended.err
    assert "Items on transcripts stay; nobody is mailed." in ended.err
    assert ended.err.rstrip().endswith("[y/N]")
    assert Job.objects.get().state == "queued"


@pytest.mark.parametrize("answer", ["\n", "n\n", "", "2\n", "yess\n"])
def test_any_answer_but_yes_does_nothing(world: World, run: Run, answer: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", answer=answer)

    assert ended.code == 1
    assert "Nothing was done." in ended.err
    assert ended.out == ""
    assert nothing_was_done(world)


def test_it_warns_an_administrator_who_is_in_the_list(world: World, run: Run) -> None:
    from certremoval.certifications.models import Certification, Enrollment

    forklift = Certification.objects.get(certification_id="FORKLIFT-3Y")
    Enrollment.objects.create(certification=forklift, user=world.admin, status="Certified")

    assert "You are one of them." in run("remove", world.file("admin"), "--title", "Me", answer="n\n").err


def test_a_refused_file_is_not_asked_about(world: World, run: Run) -> None:
    ended = run("remove", world.file("nobody"), "--title", "Leavers", answer="y\n")

    assert ended.code == 1
    assert "[y/N]" not in ended.err
    assert nothing_was_done(world)


@pytest.mark.parametrize("answered", ["--yes", None])
def test_whoever_may_not_is_refused_before_anything_is_shown(world: World, run: Run, answered: str | None) -> None:
    options = [answered] if answered else []
    ended = run(
        *("remove", world.file("000123"), "--title", "Leavers", "--as", "learner", "--json", *options), answer="y\n"
    )

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["not_permitted"]
    assert "Forklift" not in ended.err
    assert nothing_was_done(world)


def test_an_unknown_actor_is_a_mistake_of_usage(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--as", "000999", "--json")

    assert ended.code == 2
    assert ended.json["accepted"] is False
    assert "--as 000999" in ended.err


def test_a_title_that_is_too_long_is_refused(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "x" * 101, "--yes", "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["invalid_request"]
    assert nothing_was_done(world)


def test_a_missing_title_is_a_mistake_of_usage(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--yes", "--json")

    assert ended.code == 2
    assert "--title" in ended.err
    assert ended.json["problems"][0]["code"] == "invalid_request"


def test_wait_and_at_exclude_each_other(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--wait", "--at", "2030-01-01T00:00Z")

    assert ended.code == 2
    assert nothing_was_done(world)


# --- the number that is typed above a limit


def test_above_a_limit_yes_alone_does_not_pass(world: World, run: Run, many: Path) -> None:
    ended = run("remove", many, "--title", "Leavers", "--yes", "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["confirmation_required"]
    assert "More than 20 % of everyone on Forklift Operator Safety." in ended.json["problems"][0]["message"]
    assert ended.json["counts"]["remove"] == 6
    assert world.jobs() == 0
    assert len(world.on_forklift()) == 25


def test_the_right_number_passes_and_is_allowed_where_none_is_needed(world: World, run: Run, many: Path) -> None:
    assert run("remove", many, "--title", "Leavers", "--yes", "--confirm", "6", "--wait").code == 0
    assert len(world.on_forklift()) == 19
    one = world.file("000123", name="one.csv")
    assert run("remove", one, "--title", "Ana", "--yes", "--confirm", "1", "--wait").code == 0
    assert len(world.on_forklift()) == 18


def test_a_wrong_number_is_refused_even_where_none_is_needed(world: World, run: Run) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--confirm", "2", "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["confirmation_required"]
    assert nothing_was_done(world)


@pytest.mark.parametrize("typed", ["", "many", "-1", "1e3"])
def test_what_is_no_number_is_a_mistake_of_usage(world: World, run: Run, typed: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", f"--confirm={typed}")

    assert ended.code == 2
    assert nothing_was_done(world)


@pytest.mark.parametrize(("answer", "jobs"), [("6\n", 1), ("y\n", 0), ("5\n", 0), ("", 0)])
def test_at_a_terminal_the_number_is_asked_for(world: World, run: Run, many: Path, answer: str, jobs: int) -> None:
    ended = run("remove", many, "--title", "Leavers", answer=answer)

    assert "More than 20 % of everyone on Forklift Operator Safety." in ended.err
    assert "Type 6 to remove 6 users:" in ended.err
    assert ended.code == (0 if jobs else 1)
    assert world.jobs() == jobs


def test_the_preview_says_that_a_number_will_be_needed(world: World, run: Run, many: Path) -> None:
    assert "--confirm 6" in run("preview", many).out
    assert "--confirm" not in run("preview", world.file("000123", name="one.csv")).out


@pytest.mark.parametrize("option", ["--user-column", "--sheet", "--encoding", "--certification", "--as"])
def test_an_empty_value_does_not_mean_the_default(world: World, run: Run, option: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", option, "")

    assert ended.code == 2
    assert nothing_was_done(world)


def test_what_is_not_utf_8_is_a_mistake_of_usage(world: World, run: Run) -> None:
    ended = run("jobs", "--json", "--as", "caf\udce9")

    assert ended.code == 2
    assert ended.json["problems"][0]["code"] == "invalid_request"


def test_what_is_stored_is_what_was_planned_though_the_file_changes_meanwhile(world: World, run: Run) -> None:
    """Whoever is asked may still have the file open in a spreadsheet."""
    path = Path(world.file("000123"))
    before = path.read_bytes()

    with open_source(str(path)) as (source, _):
        path.write_bytes(b"something else")
        assert source.read() == before


def test_a_job_that_fails_ends_wait_with_1(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DatabaseError

    def broken(**chunk: object) -> None:
        raise DatabaseError("the table is broken")

    monkeypatch.setattr("certremoval.removals.processing.remove_chunk", broken)
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--wait")

    assert ended.code == 1
    assert "Failed: " in ended.out
    assert "the table is broken" in ended.out
    assert "Processed" not in ended.out


def test_a_database_that_goes_away_while_it_waits(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(job: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("certremoval.cli.waiting.claim_job", away)
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--wait")

    assert ended.code == 1
    assert "is not lost: it goes on with a worker" in ended.err
    assert ended.err.count("cannot be reached") == 1
    assert Job.objects.get().state == "queued"
