"""What a worker purges by itself: once an hour, a moment at a time, and never before a file is checked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.certifications.models import Certification, Enrollment
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.removals import retention
from certremoval.removals.drafts import upload_draft
from certremoval.removals.models import Job, JobRow
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.submitting import remove_file
from certremoval.worker.loop import LeftToOthers, check_next_draft, run_next_job
from certremoval.worker.management.commands import worker
from certremoval.worker.purging import AT_ONCE, EVERY, FIRST_WITHIN, NowAndThen
from certremoval.worker.stopping import Stop

FILE = b"Certification ID,User ID\n" + b"".join(b"FORKLIFT-3Y,U-%d\n" % number for number in range(9))


class Clock:
    """A clock that is moved by hand; each look at it takes ``ticks`` seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.ticks = 0.0

    def __call__(self) -> float:
        self.now += self.ticks
        return self.now


@pytest.fixture
def admin(transactional_db: None) -> User:
    forklift = Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift Operator Safety")
    for number in range(9):
        Enrollment.objects.create(certification=forklift, user=User.objects.create_user(f"U-{number}"))
    return User.objects.create_superuser("admin")


@pytest.fixture
def old(admin: User) -> Job:
    """A job of nine lines that ended two years ago."""
    with moved(-timedelta(days=731)):
        job = remove_file(admin, io.BytesIO(FILE), name="x.csv", title="Old", options=PlanOptions())
        run_next_job(Stop().asked)
    return job


def test_the_first_time_soon_after_its_start_and_then_once_an_hour(old: Job) -> None:
    clock = Clock()
    now_and_then = NowAndThen(clock)
    clock.now += FIRST_WITHIN

    assert now_and_then.purge() is False
    assert not JobRow.objects.exists()

    with CaptureQueriesContext(connection) as asked:
        clock.now += EVERY - 1
        assert now_and_then.purge() is False
    assert len(asked) == 0

    with CaptureQueriesContext(connection) as asked:
        clock.now += 1
        assert now_and_then.purge() is False
    assert len(asked) == 2


def test_a_moment_at_a_time_so_that_files_are_checked_in_between(old: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "Pace", lambda: Pace(largest=2))
    clock = Clock()
    now_and_then = NowAndThen(clock)
    clock.now += FIRST_WITHIN
    clock.ticks = AT_ONCE  # each chunk takes so long

    assert now_and_then.purge() is True
    left = [JobRow.objects.count()]
    while now_and_then.purge():
        left.append(JobRow.objects.count())

    assert left[0] == 9
    assert {before - after for before, after in pairwise(left)} <= {0, 1, 2}
    assert left[-1] == 0


def test_the_process_that_checks_drafts_does_it_when_no_file_waits(
    old: Job, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[Callable[[], bool]] = []
    monkeypatch.setattr(worker, "work", lambda step, stop: steps.append(step))
    monkeypatch.setattr(worker, "stop_with_parent", lambda act: None)
    monkeypatch.setattr("signal.signal", lambda number, act: None)
    monkeypatch.setattr("certremoval.worker.purging.FIRST_WITHIN", 0)
    worker.check_drafts_for_parent()
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())
    (step,) = steps

    assert step() is True
    draft.refresh_from_db()
    assert (draft.state, JobRow.objects.filter(job_id=old.pk).count()) == ("draft", 9)

    assert step() is False
    assert JobRow.objects.filter(job_id=old.pk).count() == 0
    assert check_next_draft(LeftToOthers()) is False
