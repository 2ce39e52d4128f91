"""A job that meets too many changes since its preview stops before it goes on, and goes on when somebody says so."""

from __future__ import annotations

import pytest

from certremoval.certifications.models import Enrollment
from certremoval.organization.models import User
from certremoval.removals.actions import resume
from certremoval.removals.counts import job_counts
from certremoval.removals.models import Job, JobState
from certremoval.removals.pace import Pace
from certremoval.removals.processing import changes_limit, claim_job, run_slice
from certremoval.removals.undoing import undo_job
from certremoval.removals.verifying import verify
from tests.removals.conftest import FORKLIFT, enroll, people, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


def with_changes(root: User, *, of: int, changed: int) -> Job:
    """Queue the removal of so many people, of whom so many change then: those that the job comes to first."""
    on = enroll(FORKLIFT, *(f"K-{number:03}" for number in range(of)))
    job = remove(root, people(*(one.user.user_id for one in on)))
    Enrollment.objects.filter(pk__in=[one.pk for one in on[:changed]]).update(status="Expired")
    return job


@pytest.mark.parametrize(("rows", "limit"), [(10, 25), (250, 25), (260, 26), (1_000_000, 100_000)])
def test_the_limit_is_a_tenth_and_at_least_25(rows: int, limit: int) -> None:
    assert changes_limit(rows) == limit


@pytest.mark.parametrize("changed", [24, 25])
def test_below_and_at_the_limit_it_goes_on(root: User, changed: int) -> None:
    job = run(with_changes(root, of=60, changed=changed), chunk=5)

    assert job.state == JobState.PROCESSED
    assert job_counts(job)["changed_since_preview"] == changed


def test_above_it_the_job_stops_with_the_reason(root: User) -> None:
    job = run(with_changes(root, of=60, changed=26), chunk=1)

    assert job.state == JobState.FAILED
    assert job.error.startswith("26 lines have changed since the preview and were left alone; more than 25")
    assert (job.checkpoint, job.ended_at is not None, job.lease_token) == (26, True, None)
    assert Enrollment.objects.count() == 60
    assert verify() == []


def test_resumed_it_goes_on_with_the_others_and_does_not_stop_for_the_same(root: User) -> None:
    job = run(with_changes(root, of=60, changed=30), chunk=1)

    job = run(resume(root, job.pk), chunk=1)

    assert job.state == JobState.PROCESSED
    assert (job_counts(job)["removed"], job_counts(job)["changed_since_preview"]) == (30, 30)


def test_it_stops_again_when_as_many_have_changed_once_more(root: User) -> None:
    job = run(with_changes(root, of=90, changed=60), chunk=1)
    assert job.changed_count == 26

    job = run(resume(root, job.pk), chunk=1)

    assert (job.state, job.changed_count) == (JobState.FAILED, 52)


def test_at_the_end_nothing_is_left_to_stop_for(root: User) -> None:
    assert run(with_changes(root, of=30, changed=30), chunk=100).state == JobState.PROCESSED


def test_who_was_gone_does_not_count(root: User) -> None:
    job = with_changes(root, of=60, changed=0)
    Enrollment.objects.filter(pk__in=Enrollment.objects.order_by("pk").values("pk")[:40]).delete()

    assert run(job, chunk=1).state == JobState.PROCESSED


def test_an_undo_is_not_stopped(root: User) -> None:
    job = run(with_changes(root, of=60, changed=0))
    undo = undo_job(root, job.pk)
    enroll(FORKLIFT, *(f"K-{number:03}" for number in range(40)))

    assert run(undo, chunk=1).state == JobState.PROCESSED


def test_a_worker_that_takes_over_counts_on(root: User) -> None:
    job = with_changes(root, of=60, changed=40)
    for _ in range(20):
        held = claim_job(job.pk)
        assert held is not None
        run_slice(held, pace=Pace(largest=1), stop=lambda: True)

    assert run(job, chunk=1).changed_count == 26
