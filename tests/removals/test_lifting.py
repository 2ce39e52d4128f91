"""Letting loads enroll again whom a job removed: only once it removes nobody any more, by who may."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.certifications.holding import KeepOff, held, held_page, held_person, lift_operation
from certremoval.certifications.models import HoldEnd, RemovalRecord
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import NotPermitted, WrongState
from certremoval.removals.actions import cancel, resume
from certremoval.removals.lifting import find_job_to_lift, held_by_job, lift_job, may_lift_job
from certremoval.removals.models import Job, JobState
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.undoing import undo_job
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, removal_file, remove, run
from tests.web.conftest import holder

pytestmark = pytest.mark.django_db(transaction=True)


def failed_half_way(root: User) -> Job:
    """A job that has removed Ana, and would go on with Ben."""
    enroll(FORKLIFT, "ana", "ben")
    job = remove(root, people("ana", "ben"), keep_off=KeepOff(for_good=True))
    claim = claim_job(job.pk)
    assert claim is not None
    run_slice(claim, stop=lambda: True, pace=Pace(largest=1))
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, ended_at=database_now(), error="Some reason.", lease_token=None, lease_until=None
    )
    job.refresh_from_db()
    assert job.checkpoint == 1
    return job


def held_ids() -> set[str]:
    return set(held(RemovalRecord.objects.all()).values_list("user_id", flat=True))


def test_a_failed_job_is_not_lifted_for_whom_it_removes_later_would_never_be_held(root: User) -> None:
    job = failed_half_way(root)

    with pytest.raises(WrongState, match="Resume or cancel it first"):
        find_job_to_lift(root, job.pk)
    with pytest.raises(WrongState, match="Resume or cancel it first"):
        lift_job(root, job.pk)
    assert held_by_job(job) == 0, "nothing to lift is offered"
    run(resume(root, job.pk))

    assert held_ids() == {"ana", "ben"}
    assert not HoldEnd.objects.exists()


def test_once_it_is_cancelled_it_is_lifted(root: User) -> None:
    job = cancel(root, failed_half_way(root).pk)
    assert job is not None
    assert held_by_job(job) == 1

    lift_job(root, job.pk)

    assert held_ids() == set()


def test_a_failed_job_whose_lines_were_deleted_goes_on_no_more_and_is_lifted(root: User) -> None:
    job = failed_half_way(root)
    Job.objects.filter(pk=job.pk).update(purged_at=database_now())

    lift_job(root, job.pk)

    assert held_ids() == set()


def test_a_lift_and_a_resume_at_once_leave_nobody_unheld(root: User) -> None:
    """Whichever comes first: as long as the job may go on it is not lifted."""
    job = failed_half_way(root)
    refusals: list[WrongState] = []

    def lift() -> None:
        try:
            lift_job(root, job.pk)
        except WrongState as refusal:
            refusals.append(refusal)

    at_once(lift, lambda: resume(root, job.pk))

    assert len(refusals) == 1
    assert not HoldEnd.objects.exists()


def test_the_state_is_asked_of_the_row_as_it_is_when_the_lift_is_written(
    root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of what was read before: it may have been resumed since."""
    job = failed_half_way(root)
    seen = Job.objects.select_related("operation").get(pk=job.pk)
    seen.state = JobState.CANCELLED
    monkeypatch.setattr("certremoval.removals.lifting.find_job", lambda actor, job_id: seen)

    with pytest.raises(WrongState):
        lift_job(root, job.pk)
    assert not HoldEnd.objects.exists()


def test_a_job_that_was_undone_whole_holds_nobody_and_no_record_is_looked_at(root: User) -> None:
    enroll(FORKLIFT, "ana", "ben")
    job = run(remove(root, people("ana", "ben")))
    run(undo_job(root, job.pk, users=["ana"]))
    assert held_by_job(job) == 1
    run(undo_job(root, job.pk))

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert held_by_job(job) == 0
    assert not any("removal_records" in query["sql"] for query in asked)


def test_who_may_lift_is_asked_of_the_jobs_certifications_and_not_of_its_records(root: User) -> None:
    enroll(FORKLIFT, "ana")
    enroll("LOTO", "ana")
    job = run(remove(root, removal_file([(FORKLIFT, "ana"), ("LOTO", "ana")])))
    of_one, of_both = holder("one", Permission.REMOVAL_VIEW), holder("both", Permission.REMOVAL_VIEW)
    certification().owners.add(of_one, of_both)
    certification("LOTO").owners.add(of_both)

    with CaptureQueriesContext(connection) as asked:
        assert [may_lift_job(actor, job) for actor in (of_one, of_both, root)] == [False, True, True]
    assert not any("removal_records" in query["sql"] for query in asked)
    with pytest.raises(NotPermitted):
        lift_job(of_one, job.pk)
    lift_job(of_both, job.pk)
    assert HoldEnd.objects.get().actor_user_id == "both"


def test_a_certification_that_nobody_was_taken_off_needs_no_owner(root: User) -> None:
    enroll(FORKLIFT, "ana")
    certification("LOTO")
    make_user("ben")
    job = run(remove(root, removal_file([(FORKLIFT, "ana"), ("LOTO", "ben")]), skip_problems=True))
    owner = holder("owner", Permission.REMOVAL_VIEW)
    certification().owners.add(owner)

    assert may_lift_job(owner, job)


def test_lists_are_in_the_order_of_records_which_their_index_has(root: User) -> None:
    enroll(FORKLIFT, "ana", "ben", "cy")
    run(remove(root, people("ana", "ben", "cy")))
    ana = User.objects.get(user_id="ana")

    with CaptureQueriesContext(connection) as asked:
        first = held_page(root, certification(), limit=2)
        rest = held_page(root, certification(), after=first.next, limit=2)
        held_person(root, ana.pk, limit=2)

    keys = [entry.record_id for entry in (*first.entries, *rest.entries)]
    assert keys == sorted(RemovalRecord.objects.values_list("pk", flat=True), reverse=True)
    listed = [query["sql"] for query in asked if "ORDER BY" in query["sql"] and "removal_records" in query["sql"]]
    assert listed
    assert not any('"removed_at"' in sql.split("ORDER BY")[-1] for sql in listed)


def test_a_lift_of_all_is_one_entry_of_the_operation(root: User) -> None:
    enroll(FORKLIFT, "ana")
    job = run(remove(root, people("ana")))
    assert lift_operation(root, job.operation_id).pk == job.operation_id
