"""``undo``: what it asks, what it puts back, how it ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from certremoval.certifications.models import Enrollment
from certremoval.organization.models import User
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World


@pytest.fixture
def done(world: World, run: Run) -> Job:
    """Ana, whose certificate has run out since, and Kim, who is inactive, are off."""
    Enrollment.objects.filter(user__user_id="000123").update(expiration_date=date(2020, 5, 3))
    assert run("remove", world.file("000123", "000125"), "--title", "Leavers", "--yes", "--wait").code == 0
    return Job.objects.get()


def test_it_tells_who_comes_back_asks_and_puts_them_back(world: World, done: Job, run: Run) -> None:
    ended = run("undo", done.id, "--wait", answer="yes\n")

    assert ended.code == 0
    assert "Put 2 users back on Forklift Operator Safety?" in ended.err
    assert "1 of them comes back as Certified, with an expiry date that is past." in ended.err
    assert "1 of them comes back as an inactive person." in ended.err
    assert "all their values" in ended.err
    assert "Undo of Leavers" in ended.out
    assert "Processed: 2 put back." in ended.out
    assert world.on_forklift() == {"000123", "000124", "000125"}


def test_no_puts_nobody_back(world: World, done: Job, run: Run) -> None:
    ended = run("undo", done.id, answer="no\n")

    assert ended.code == 1
    assert "Nothing was done." in ended.err
    assert world.on_forklift() == {"000124"}
    assert world.jobs() == 1


def test_undoing_an_undo_above_a_limit_needs_the_number(world: World, run: Run, many: Path) -> None:
    gone = run("remove", many, "--title", "Six", "--yes", "--confirm", "6", "--wait", "--json").json["id"]
    back = run("undo", gone, "--yes", "--wait", "--json").json["id"]
    assert len(world.on_forklift()) == 25

    refused = run("undo", back, "--yes", "--json")
    assert refused.code == 1
    assert [one["code"] for one in refused.json["problems"]] == ["confirmation_required"]
    wrong = run("undo", back, answer="7\n")
    assert wrong.code == 1
    assert "The number typed is 7, but 6 users would be removed." in wrong.err
    assert len(world.on_forklift()) == 25

    assert run("undo", back, "--yes", "--confirm", "6", "--wait").code == 0
    assert len(world.on_forklift()) == 19


def test_without_yes_and_without_a_terminal_nothing_is_done(world: World, done: Job, run: Run) -> None:
    ended = run("undo", done.id)
    assert ended.code == 2
    assert "Add --yes" in ended.err
    assert world.jobs() == 1


def test_only_those_named(world: World, done: Job, run: Run) -> None:
    ended = run("undo", done.id, "--user-id", "000125", "--yes", "--wait", "--json")

    assert ended.code == 0
    assert (ended.json["kind"], ended.json["undo_of"]) == ("restore", done.id)
    assert ended.json["counts"]["restored"] == ended.json["counts"]["rows"] == 1
    assert ended.json["file"] is None
    assert world.on_forklift() == {"000124", "000125"}
    assert run("job", done.id, "--json").json["undone_by"] == [ended.json["id"]]


def test_somebody_who_was_not_removed_is_refused(world: World, done: Job, run: Run) -> None:
    ended = run("undo", done.id, "--user-id", "000124", "--yes", "--json")

    assert ended.code == 1
    assert ended.json["accepted"] is False
    assert [(one["code"], one["message"]) for one in ended.json["problems"]] == [
        ("invalid_request", "000124 was not removed by this job.")
    ]
    assert world.jobs() == 1


def test_who_is_left_alone_is_told_before(world: World, done: Job, run: Run) -> None:
    Enrollment.objects.create(
        certification=Enrollment.objects.get().certification, user=User.objects.get(user_id="000123"), status="Expired"
    )
    ended = run("undo", done.id, answer="y\n")

    assert "Put 1 user back on Forklift Operator Safety?" in ended.err
    assert "On it again, left alone" in ended.err


def test_twice_there_is_nothing_to_undo(done: Job, run: Run) -> None:
    assert run("undo", done.id, "--yes", "--wait").code == 0

    ended = run("undo", done.id, "--yes", "--json")
    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["nothing_to_do"]


def test_an_undo_is_undone_by_a_removal(world: World, done: Job, run: Run) -> None:
    back = run("undo", done.id, "--yes", "--wait", "--json").json["id"]

    ended = run("undo", back, "--wait", answer="y\n")

    assert ended.code == 0
    assert "Remove 2 users from Forklift Operator Safety?" in ended.err
    assert world.on_forklift() == {"000124"}


def test_the_job_shows_what_it_undoes_and_what_undid_it(done: Job, run: Run) -> None:
    back = run("undo", done.id, "--yes", "--wait", "--json").json["id"]

    assert f"Undone by     Job {back}, Undo of Leavers" in run("job", done.id).out
    shown = run("job", back).out
    assert f"Undoes        Job {done.id}, Leavers" in shown
    assert "Put back by certification" in shown
    assert "2 put back" in run("jobs").out


def test_the_result_names_each_person(done: Job, run: Run) -> None:
    back = run("undo", done.id, "--yes", "--wait", "--json").json["id"]

    assert "FORKLIFT-3Y,000123,Ana Ruiz,restored,Put back" in run("results", back).out
