"""When a job runs: times in the creator's zone, both changes of the clocks, and moving a job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from certremoval.access.models import Permission
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotPermitted, WrongState
from certremoval.removals.actions import cancel
from certremoval.removals.models import JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import claim_job, claim_next_job, job_waits
from certremoval.removals.scheduling import read_when, reschedule, zone_of
from certremoval.removals.submitting import remove_file
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_user, people, run
from tests.removals.test_undoing import give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def warsaw(root: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody in Warsaw, on 1 March 2026."""
    root.time_zone = "Europe/Warsaw"
    root.save()
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    monkeypatch.setattr("certremoval.removals.scheduling.database_now", lambda: at)
    return root


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02 06:00", datetime(2026, 3, 2, 5, 0, tzinfo=UTC)),
        ("2026-03-02T06:00", datetime(2026, 3, 2, 5, 0, tzinfo=UTC)),
        (" 2026-07-02 06:00:30 ", datetime(2026, 7, 2, 4, 0, 30, tzinfo=UTC)),
        ("2026-03-02T06:00Z", datetime(2026, 3, 2, 6, 0, tzinfo=UTC)),
        ("2026-03-02T06:00-05:00", datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        # The last minute before the clocks are put forward, and the first after it.
        ("2026-03-29 01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29 03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # Before, within and after the hour that comes twice.
        ("2026-10-25 01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T02:30+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-10-25 03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_of_the_writers_zone(warsaw: User, written: str, meant: datetime) -> None:
    assert read_when(written, warsaw) == meant


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("2026-03-29 02:00", r"on no clock in Europe/Warsaw: .* from 03:00 on"),
        ("2026-03-29 02:59", r"on no clock in Europe/Warsaw: .* from 03:59 on"),
        ("2026-10-25 02:00", r"comes twice .* 2026-10-25T02:00\+02:00 or 2026-10-25T02:00\+01:00"),
        ("2026-10-25 02:59", r"comes twice"),
        ("2026-03-01 12:59", r"2026-03-01 12:59 CET has passed"),
        ("2027-03-03 12:00", r"more than a year away"),
        ("tomorrow", r"tomorrow is no date and time"),
        ("2026-03-02", r"is no date and time"),
        ("2026-02-30 06:00", r"is no date and time"),
        ("", r"is no date and time"),
        ("0001-01-01T00:00+23:00", r"too far away|has passed"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(warsaw: User, written: str, advice: str) -> None:
    with pytest.raises(InvalidRequest, match=advice):
        read_when(written, warsaw)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_without_a_zone_times_are_utc(root: User, zone: str) -> None:
    root.time_zone = zone
    assert zone_of(root).key == "UTC"


def queued(root: User, when: datetime | None) -> int:
    enroll(FORKLIFT, "K-1")
    job = remove_file(root, people("K-1"), name="x.csv", title="Later", options=PlanOptions(), scheduled_for=when)
    assert job.state == JobState.QUEUED
    return job.pk


def test_it_is_left_alone_until_then_and_run_then(root: User) -> None:
    job = queued(root, database_now() + timedelta(hours=1))
    assert claim_next_job() is None
    assert claim_job(job) is None
    assert not job_waits()

    moved = reschedule(root, job, database_now() - timedelta(seconds=1))

    assert job_waits()
    assert run(moved).state == JobState.PROCESSED
    assert enrolled() == []


def test_it_can_be_cancelled_until_then(root: User) -> None:
    job = queued(root, database_now() + timedelta(hours=1))
    cancelled = cancel(root, job)
    assert cancelled is not None
    assert cancelled.state == JobState.CANCELLED
    with pytest.raises(WrongState, match="has not begun"):
        reschedule(root, job, None)


def test_moved_to_now(root: User) -> None:
    job = queued(root, database_now() + timedelta(hours=1))
    assert run(reschedule(root, job, None)).state == JobState.PROCESSED


def test_what_has_begun_is_not_moved(root: User) -> None:
    job = queued(root, None)
    assert claim_job(job) is not None
    with pytest.raises(WrongState):
        reschedule(root, job, None)


def test_only_by_who_may_control_it(root: User) -> None:
    job = queued(root, database_now() + timedelta(hours=1))
    other = make_user("OTHER")
    give(other, Permission.REMOVAL_VIEW)
    with pytest.raises(NotPermitted):
        reschedule(other, job, None)
