"""How long a removal keeps its people off: a day that is to come when it runs, kept by drafts and by undos of undos."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, NobodyKeptOff, read_day
from certremoval.certifications.models import Operation
from certremoval.certifications.removing import remove_person
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import InvalidRequest, NotFound, NothingToDo, WrongState
from certremoval.removals.approving import approve
from certremoval.removals.drafts import check_now, title_draft, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.scheduling import reschedule
from certremoval.removals.submitting import remove_file, submit
from certremoval.removals.undoing import draft_undo, find_undoable_operation, undo_job, undo_operation
from tests.removals.conftest import FORKLIFT, certification, enroll, enrolled, people, remove, run
from tests.web.conftest import holder

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2999, 12, 31)
FOR_GOOD = KeepOff(for_good=True)


@pytest.fixture(autouse=True)
def _on_forklift(db: None) -> None:
    enroll(FORKLIFT, "ana", "ben")


def in_days(days: int) -> datetime:
    return database_now() + timedelta(days=days)


def until(days: int) -> KeepOff:
    return KeepOff(until=in_days(days).date())


def of(job: Job) -> KeepOff:
    operation = Operation.objects.get(pk=job.operation_id)
    return KeepOff(operation.held_until, operation.held_for_good)


def draft(root: User, keep_off: KeepOff = NOT_FIRMLY) -> Job:
    options = PlanOptions()
    return check_now(upload_draft(root, people("ana"), name="p.csv", title="T", keep_off=keep_off, options=options))


def has_come(job: Job) -> None:
    """The day until which the job keeps its people off is today."""
    Operation.objects.filter(pk=job.operation_id).update(held_until=database_now().date())


class TestTheDayIsToComeWhenTheJobRuns:
    @pytest.mark.parametrize(("runs", "kept"), [(9, False), (10, False), (11, True)])
    def test_a_file(self, root: User, runs: int, kept: bool) -> None:
        def queue() -> Job:
            return remove_file(
                root,
                people("ana"),
                name="p.csv",
                title="T",
                options=PlanOptions(),
                scheduled_for=in_days(10),
                keep_off=until(runs),
                confirm=bool,
            )

        if kept:
            assert queue().state == JobState.QUEUED
            return
        with pytest.raises(NobodyKeptOff, match="nobody would be kept off"):
            queue()
        assert not Job.objects.exists()

    def test_a_file_that_runs_now(self, root: User) -> None:
        with pytest.raises(NobodyKeptOff):
            remove(root, people("ana"), keep_off=until(0))
        assert enrolled() == ["ana", "ben"]

    def test_a_draft_that_runs_later(self, root: User) -> None:
        job = draft(root, until(10))
        with pytest.raises(NobodyKeptOff):
            submit(root, job.pk, plan_number=job.plan_number, scheduled_for=in_days(10))
        job.refresh_from_db()
        assert job.state == JobState.DRAFT
        submit(root, job.pk, plan_number=job.plan_number, scheduled_for=in_days(9))

    def test_a_draft_that_lay_for_long(self, root: User) -> None:
        job = draft(root, until(10))
        has_come(job)
        with pytest.raises(NobodyKeptOff):
            submit(root, job.pk, plan_number=job.plan_number)

    def test_a_job_that_is_moved(self, root: User) -> None:
        job = remove(root, people("ana"), keep_off=until(10))
        with pytest.raises(NobodyKeptOff):
            reschedule(root, job.pk, in_days(10))
        job.refresh_from_db()
        assert job.scheduled_for is None
        assert reschedule(root, job.pk, in_days(9)).scheduled_for is not None

    def test_a_job_that_waited_long_for_approval(self, root: User) -> None:
        change_setting(root, "most_unapproved", 1)
        ada, grace = holder("ada", Permission.REMOVAL_MANAGE), holder("grace", Permission.REMOVAL_APPROVE)
        job = remove(ada, people("ana", "ben"), keep_off=until(10))
        assert job.state == JobState.AWAITING_APPROVAL
        has_come(job)

        with pytest.raises(WrongState, match="Decline it, or have its creator move it"):
            approve(grace, job.pk)

        job.refresh_from_db()
        assert job.state == JobState.AWAITING_APPROVAL
        Operation.objects.filter(pk=job.operation_id).update(held_until=DAY)
        assert approve(grace, job.pk).state == JobState.QUEUED


class TestADraft:
    def test_keeps_how_long_where_nothing_is_said(self, root: User) -> None:
        job = draft(root, FOR_GOOD)
        title_draft(root, job.pk, title="New", comment="", reason="")
        assert of(job) == FOR_GOOD
        title_draft(root, job.pk, title="New", comment="", reason="", keep_off=NOT_FIRMLY)
        assert of(job) == NOT_FIRMLY

    def test_of_an_undo_keeps_nobody_off(self, root: User) -> None:
        job = run(remove(root, people("ana")))
        undo = draft_undo(root, job.pk)
        title_draft(root, undo.pk, title="New", comment="", reason="", keep_off=FOR_GOOD)
        assert of(undo) == NOT_FIRMLY


class TestTheUndoOfAnUndo:
    @pytest.mark.parametrize("keep_off", [FOR_GOOD, KeepOff(until=DAY)], ids=["for good", "until"])
    def test_keeps_off_as_long_as_at_first(self, root: User, keep_off: KeepOff) -> None:
        undo = run(undo_job(root, run(remove(root, people("ana"), keep_off=keep_off)).pk))
        assert of(undo) == NOT_FIRMLY

        assert of(draft_undo(root, undo.pk)) == keep_off
        again = run(undo_job(root, undo.pk, confirm=bool))

        assert of(again) == keep_off
        assert of(run(undo_job(root, run(undo_job(root, again.pk)).pk, confirm=bool))) == keep_off

    def test_of_one_person_removed_alone(self, root: User) -> None:
        ana = User.objects.get(user_id="ana")
        alone = remove_person(root, certification_key=certification().pk, user_key=ana.pk, keep_off=FOR_GOOD)
        undo = run(undo_operation(root, alone.pk))
        assert of(undo_job(root, undo.pk, confirm=bool)) == FOR_GOOD

    def test_not_until_a_day_that_has_come(self, root: User) -> None:
        job = run(remove(root, people("ana"), keep_off=until(10)))
        undo = run(undo_job(root, job.pk))
        has_come(job)
        assert of(undo_job(root, undo.pk, confirm=bool)) == NOT_FIRMLY


def test_a_number_larger_than_any_key_is_no_operation(root: User) -> None:
    with pytest.raises(NotFound):
        undo_operation(root, 10**30)


def test_whether_anybody_is_left_to_undo_is_asked_person_by_person(root: User) -> None:
    """Not by a list of all that were ever put back."""
    ana = User.objects.get(user_id="ana")
    alone = remove_person(root, certification_key=certification().pk, user_key=ana.pk)
    with CaptureQueriesContext(connection) as asked:
        find_undoable_operation(root, alone.pk)
    assert not any("IN (SELECT" in query["sql"] and "restorations" in query["sql"] for query in asked)
    run(undo_operation(root, alone.pk))
    with pytest.raises(NothingToDo):
        find_undoable_operation(root, alone.pk)


@pytest.mark.parametrize("typed", ["20991231", "2099-W01-1", "2099-1-5", "31.12.2099", "2099-02-30", "٢٠٩٩-١٢-٣١", ""])
def test_a_day_is_written_in_one_way(typed: str) -> None:
    with pytest.raises(InvalidRequest, match="as 2026-12-31"):
        read_day(typed)


def test_and_so_it_is_read() -> None:
    assert read_day(" 2999-12-31 ") == DAY
