"""``remove --at`` and ``reschedule``."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certremoval.database.clock import database_now
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World


@pytest.fixture
def tomorrow() -> str:
    return f"{database_now() + timedelta(days=1):%Y-%m-%dT%H:%M}"


def test_a_job_is_queued_for_later_and_says_when(world: World, run: Run, tomorrow: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Later", "--at", tomorrow, answer="yes\n")

    assert ended.code == 0
    assert "It runs on" in ended.err
    assert "certremoval reschedule" in ended.out
    job = Job.objects.get()
    assert job.scheduled_for is not None
    assert f"{job.scheduled_for:%Y-%m-%dT%H:%M}" == tomorrow
    assert run("worker", "--once").code == 0
    assert len(world.on_forklift()) == 3


def test_it_is_moved(world: World, run: Run, tomorrow: str) -> None:
    made = run("remove", world.file("000123"), "--title", "Later", "--at", tomorrow, "--yes", "--json").json
    day_after = f"{database_now() + timedelta(days=2):%Y-%m-%dT%H:%M}"

    moved = run("reschedule", made["id"], "--at", day_after, "--json")

    assert moved.code == 0
    assert moved.json["scheduled_for"] == f"{day_after}:00Z"


@pytest.mark.parametrize("when", ["2020-01-01T06:00", "soon", "", "9999-12-31T23:59"])
def test_a_time_that_cannot_be_ends_with_2_and_nothing_is_done(world: World, run: Run, when: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Later", "--at", when, "--yes", "--json")

    assert ended.code == 2
    assert ended.json["accepted"] is False
    assert world.jobs() == 0


def test_not_together_with_wait(world: World, run: Run, tomorrow: str) -> None:
    ended = run("remove", world.file("000123"), "--title", "Later", "--at", tomorrow, "--yes", "--wait")
    assert ended.code == 2
    assert world.jobs() == 0


def test_what_has_ended_is_not_moved(world: World, run: Run, tomorrow: str) -> None:
    made = run("remove", world.file("000123"), "--title", "Now", "--yes", "--wait", "--json").json

    ended = run("reschedule", made["id"], "--at", tomorrow, "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["wrong_state"]
