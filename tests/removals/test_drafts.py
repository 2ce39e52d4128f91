"""Drafts: uploaded by a page, planned by a worker, looked at, changed, submitted or discarded by their creator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection

from certremoval.certifications.models import Operation
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NotPermitted, WrongState
from certremoval.removals.drafts import discard, plan_draft, revise_draft, upload_draft
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.jobs import find_job, list_jobs
from certremoval.removals.keeping import LeaseLost
from certremoval.removals.making import FileRefused
from certremoval.removals.models import (
    DRAFT_STATES,
    Job,
    JobCertification,
    JobRow,
    JobState,
    JobStep,
    StoredFile,
    StoredFilePiece,
)
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import claim_job, claim_next_draft, claim_next_job, plan_claimed_draft
from certremoval.removals.representation import job_json
from certremoval.removals.sql import keep
from certremoval.removals.submitting import NotAccepted, submit
from tests.elsewhere import elsewhere
from tests.removals.conftest import (
    FORKLIFT,
    enroll,
    enrolled,
    make_user,
    people,
    remove,
    run,
    table_contents,
)

pytestmark = pytest.mark.django_db(transaction=True)


def uploaded(actor: User, source: BytesIO | None = None, *, title: str = "Changed roles", **options: Any) -> Job:
    return upload_draft(
        actor, source or people("K-1", "K-2"), name="people.csv", title=title, options=PlanOptions(**options)
    )


def checked(job: Job) -> Job:
    """Let a worker plan the draft."""
    held = claim_next_draft()
    assert held is not None
    assert held.job_id == job.pk
    plan_claimed_draft(held)
    job.refresh_from_db()
    return job


def plans_of(job: Job) -> set[int]:
    """The numbers of the plans of which rows are kept."""
    return {
        number
        for table in (JobRow, JobStep)
        for number in table.objects.filter(job_id=job.pk).values_list("plan_number", flat=True)
    }


def nothing_is_left() -> bool:
    tables = (Job, JobRow, JobStep, JobCertification, Operation, StoredFile, StoredFilePiece)
    return not any(table.objects.exists() for table in tables)


@pytest.fixture(autouse=True)
def cast() -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")


class TestTheWay:
    def test_from_upload_to_removal(self, root: User) -> None:
        job = uploaded(root)
        assert (job.state, job.plan_number, job.row_count) == (JobState.CHECKING, 0, 0)
        assert claim_next_job() is None

        checked(job)
        assert (job.state, job.plan_number, job.row_count, job.remove_count) == (JobState.DRAFT, 1, 2, 2)
        assert (job.lease_token, job.lease_until, job.attempts) == (None, None, 0)
        assert claim_next_draft() is None
        assert claim_next_job() is None

        submit(root, job.pk, plan_number=1)
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        assert job.submitted_at is not None

        assert run(job).state == JobState.PROCESSED
        assert enrolled() == ["K-3"]

    def test_a_title_may_still_be_missing_until_it_is_submitted(self, root: User) -> None:
        job = checked(uploaded(root, title=" "))

        with pytest.raises(InvalidRequest, match="The Job Title is missing"):
            submit(root, job.pk, plan_number=1)

        Operation.objects.update(title="Now it has one")
        assert submit(root, job.pk, plan_number=1).state == JobState.QUEUED

    def test_a_title_that_is_too_long(self, root: User) -> None:
        with pytest.raises(InvalidRequest):
            uploaded(root, title="x" * 101)
        assert not StoredFile.objects.exists()

    def test_without_the_permission(self) -> None:
        with pytest.raises(NotPermitted):
            uploaded(make_user("OUTSIDER"))

    def test_a_file_that_is_too_large_is_not_stored(self, root: User, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 10})

        with pytest.raises(FileRefused) as refused:
            uploaded(root)

        (problem,) = refused.value.problems
        size = len(people("K-1", "K-2").getvalue())
        assert problem.code == "file_too_large"
        assert problem.message.startswith(f"This file is {size} bytes; the limit is 10 bytes.")
        assert nothing_is_left()

    @pytest.mark.parametrize("source", [b"Name\nAna\n", b"", b'Certification ID,User ID\nA,"B'])
    def test_a_file_that_cannot_be_used_makes_a_refused_draft(self, root: User, source: bytes) -> None:
        job = checked(uploaded(root, BytesIO(source)))

        assert (job.state, job.plan_number, job.row_count) == (JobState.DRAFT, 1, 0)
        assert not job_json(job)["accepted"]
        assert job_json(job)["problems"] == job.file_problems != []
        assert job.problem_count == len(job.file_problems)
        for skip_problems in (False, True):
            with pytest.raises(NotAccepted):
                submit(root, job.pk, plan_number=1, skip_problems=skip_problems)

    def test_a_choice_that_names_nothing_is_told_on_the_draft(self, root: User) -> None:
        job = checked(uploaded(root, leave_out_users=("NOBODY",)))

        assert job.state == JobState.DRAFT
        assert job_json(job)["problems"] == [
            {
                "code": "invalid_request",
                "message": "NOBODY is nobody here. Compare it with the User ID on the person's page.",
            }
        ]
        with pytest.raises(NotAccepted):
            submit(root, job.pk, plan_number=1, skip_problems=True)

    def test_problems_must_be_skipped_knowingly(self, root: User) -> None:
        job = checked(uploaded(root, people("K-1", "NOBODY")))

        with pytest.raises(NotAccepted):
            submit(root, job.pk, plan_number=1)
        assert submit(root, job.pk, plan_number=1, skip_problems=True).skip_problems
        assert run(job).state == JobState.PROCESSED


class TestWhoSeesIt:
    def test_its_creator_alone(self, root: User) -> None:
        other = User.objects.create_superuser("OTHER")
        job = uploaded(root)

        for state in (JobState.CHECKING, JobState.DRAFT):
            Job.objects.update(state=state)
            assert find_job(root, job.pk) == job
            with pytest.raises(NotFound):
                find_job(other, job.pk)
            assert list_jobs(other, JobFilter(statuses=[state])).jobs == []
            assert list_jobs(root, JobFilter(statuses=[state])).jobs == [job]
            for act in (
                lambda: discard(other, job.pk),
                lambda: submit(other, job.pk, plan_number=0),
                lambda: revise_draft(other, job.pk, options=PlanOptions()),
            ):
                with pytest.raises(NotFound):
                    act()

    def test_it_is_not_in_the_list_unless_asked_for(self, root: User) -> None:
        checked(uploaded(root))

        assert list_jobs(root, JobFilter()).jobs == []


class TestSubmitting:
    def test_an_old_plan_number(self, root: User) -> None:
        job = checked(uploaded(root))
        revise_draft(root, job.pk, options=PlanOptions(leave_out_users=("K-1",)))
        checked(job)

        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=1)
        assert submit(root, job.pk, plan_number=2).state == JobState.QUEUED

    def test_while_it_is_being_checked(self, root: User) -> None:
        job = uploaded(root)
        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=0)

        checked(job)
        revise_draft(root, job.pk, options=PlanOptions())
        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=1)

    def test_twice(self, root: User) -> None:
        job = checked(uploaded(root))
        submit(root, job.pk, plan_number=1)

        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=1)

    @pytest.mark.parametrize("state", [state for state in JobState if state != JobState.DRAFT])
    def test_in_any_other_state(self, root: User, state: JobState) -> None:
        job = checked(uploaded(root))
        Job.objects.update(state=state)

        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=1)
        with pytest.raises(WrongState):
            revise_draft(root, job.pk, options=PlanOptions())

    def test_by_whoever_lost_the_permission(self) -> None:
        actor = User.objects.create_superuser("A")
        job = checked(uploaded(actor))
        actor.is_superuser = False
        actor.save()

        with pytest.raises(NotPermitted):
            submit(actor, job.pk, plan_number=1)
        with pytest.raises(NotPermitted):
            revise_draft(actor, job.pk, options=PlanOptions())


class TestRevising:
    def test_a_new_plan_takes_the_place_of_the_old(self, root: User) -> None:
        job = checked(uploaded(root))

        revise_draft(root, job.pk, options=PlanOptions(leave_out_users=("K-1",)))
        job.refresh_from_db()
        assert (job.state, job.plan_number) == (JobState.CHECKING, 1)
        assert plans_of(job) == {1}

        checked(job)
        assert (job.state, job.plan_number, job.planned) == (JobState.DRAFT, 2, {"remove": 1, "left_out": 1})
        assert plans_of(job) == {2}
        assert [(one.planned) for one in job.certifications.all()] == [1]

        submit(root, job.pk, plan_number=2)
        run(job)
        assert enrolled() == ["K-1", "K-3"]

    def test_a_problem_of_the_old_plan_is_gone(self, root: User) -> None:
        job = checked(uploaded(root, user_column="Nowhere"))
        assert job.file_problems

        revise_draft(root, job.pk, options=PlanOptions())
        checked(job)

        assert (job.file_problems, job.problem_count) == ([], 0)
        assert submit(root, job.pk, plan_number=2).state == JobState.QUEUED

    def test_from_a_plan_to_a_refused_one(self, root: User) -> None:
        job = checked(uploaded(root))
        revise_draft(root, job.pk, options=PlanOptions(user_column="Nowhere"))
        checked(job)

        assert (job.plan_number, job.row_count, job.remove_count, job.planned) == (2, 0, 0, {})
        assert plans_of(job) == set()
        assert job_json(job)["certifications"] == []


class TestDiscarding:
    def test_everything_is_deleted(self, root: User) -> None:
        job = checked(uploaded(root))

        discard(root, job.pk)

        assert nothing_is_left()
        with pytest.raises(NotFound):
            find_job(root, job.pk)

    def test_before_it_is_checked(self, root: User) -> None:
        job = uploaded(root)

        discard(root, job.pk)

        assert nothing_is_left()
        assert claim_next_draft() is None

    def test_with_what_other_planners_left(self, root: User) -> None:
        job = checked(uploaded(root))
        keep_half_a_plan(job, number=5)

        discard(root, job.pk)

        assert nothing_is_left()

    def test_other_drafts_stay(self, root: User) -> None:
        first, second = checked(uploaded(root)), checked(uploaded(root))

        discard(root, first.pk)

        assert list(Job.objects.all()) == [second]
        assert JobRow.objects.count() == 2

    @pytest.mark.parametrize("stage", ["checking", "keeping"])
    def test_while_it_is_being_planned(self, root: User, stage: str) -> None:
        """The planner finds its lease gone, stops and leaves nothing."""
        if connection.vendor == "postgresql" and stage == "keeping":
            pytest.skip("keeping is one statement")
        job = uploaded(root)
        held = claim_next_draft()
        assert held is not None
        discarded: list[str] = []

        def progress(now: str, rows: int) -> None:
            if now == stage and not discarded:
                discarded.append(now)
                elsewhere(lambda: discard(root, job.pk))

        with pytest.raises(LeaseLost):
            plan_draft(held, progress=progress)

        assert discarded
        assert nothing_is_left()

    @pytest.mark.parametrize("state", [state for state in JobState if state not in DRAFT_STATES])
    def test_a_job_is_no_draft(self, root: User, state: JobState) -> None:
        job = remove(root, people("K-1"))
        Job.objects.update(state=state)
        before = table_contents()

        with pytest.raises(WrongState):
            discard(root, job.pk)

        assert table_contents() == before

    def test_a_draft_submitted_in_the_meantime_stays(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """The state is looked at under the lock, not before it."""
        job = checked(uploaded(root))

        def found_and_submitted(actor: User, job_id: int) -> Job:
            found = find_job(actor, job_id)
            Job.objects.update(state=JobState.QUEUED)
            return found

        monkeypatch.setattr("certremoval.removals.drafts.find_job", found_and_submitted)
        with pytest.raises(WrongState):
            discard(root, job.pk)

        assert JobRow.objects.count() == 2


def keep_half_a_plan(job: Job, *, number: int) -> None:
    for row in JobRow.objects.filter(job_id=job.pk):
        row.plan_number = number
        row.save(force_insert=True)


class TestPlannersThatDie:
    def killed_midway(self, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        """Claim the next draft and die after a step of keeping its plan."""
        held = claim_next_draft()
        assert held is not None
        done: Callable[..., Any] = getattr(keep, step)

        def killed(**values: Any) -> None:
            done(**values)
            raise SystemExit

        with monkeypatch.context() as patch:
            patch.setattr(keep, step, killed)
            with pytest.raises(SystemExit):
                plan_draft(held)

    @pytest.mark.parametrize("step", ["keep_steps", "keep_certifications"])
    def test_another_starts_afresh(self, root: User, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        job = uploaded(root)
        self.killed_midway(monkeypatch, step)
        assert connection.vendor == "postgresql" or plans_of(job) == {1}
        assert claim_next_draft() is None

        with moved(timedelta(minutes=5)):
            checked(job)

        assert (job.state, job.plan_number, job.row_count) == (JobState.DRAFT, 1, 2)
        assert JobRow.objects.count() == JobStep.objects.count() == 2
        submit(root, job.pk, plan_number=1)
        assert run(job).state == JobState.PROCESSED

    def test_the_plan_looked_at_stays_until_the_new_one_is_there(
        self, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = checked(uploaded(root))
        revise_draft(root, job.pk, options=PlanOptions(leave_out_users=("K-1",)))
        self.killed_midway(monkeypatch, "keep_certifications")

        assert 1 in plans_of(job)
        with moved(timedelta(minutes=5)):
            checked(job)
        assert plans_of(job) == {2}

    def test_rows_of_older_plans_are_deleted_with_the_next(self, root: User) -> None:
        job = checked(uploaded(root))
        keep_half_a_plan(job, number=7)
        revise_draft(root, job.pk, options=PlanOptions())

        checked(job)

        assert plans_of(job) == {2}

    def test_a_frozen_one_that_wakes_does_nothing(self, root: User) -> None:
        job = uploaded(root)
        frozen = claim_next_draft()
        assert frozen is not None
        with moved(timedelta(minutes=5)):
            checked(job)

        with pytest.raises(LeaseLost):
            plan_draft(frozen)

        job.refresh_from_db()
        assert (job.state, job.plan_number) == (JobState.DRAFT, 1)
        assert JobRow.objects.count() == 2

    def test_one_that_loses_the_draft_at_the_last_moment_does_not_show_its_plan(
        self, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = uploaded(root)
        held = claim_next_draft()
        assert held is not None
        done = keep.keep_certifications

        def taken_over(**values: Any) -> None:
            done(**values)
            Job.objects.update(lease_token="another")

        monkeypatch.setattr(keep, "keep_certifications", taken_over)
        with pytest.raises(LeaseLost):
            plan_draft(held)

        job.refresh_from_db()
        assert (job.state, job.plan_number) == (JobState.CHECKING, 0)

    def given_up(self, job: Job) -> None:
        """Let planners die until nobody tries any more."""
        for attempt in range(1, 8):
            with moved(timedelta(minutes=5 * attempt)):
                claim_next_draft()
        job.refresh_from_db()
        assert (job.state, job.lease_token) == (JobState.DRAFT, None)
        assert job.error

    def test_after_some_the_draft_is_given_up_and_cannot_be_submitted(self, root: User) -> None:
        job = uploaded(root)
        self.given_up(job)

        assert not job_json(job)["accepted"]
        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=0)

    def test_nor_can_the_plan_from_before_be_submitted_under_the_new_choices(self, root: User) -> None:
        job = checked(uploaded(root))
        revise_draft(root, job.pk, options=PlanOptions(leave_out_users=("K-1",)))
        self.given_up(job)

        assert not job_json(job)["accepted"]
        with pytest.raises(WrongState):
            submit(root, job.pk, plan_number=1)

    def test_it_can_be_checked_anew(self, root: User) -> None:
        job = uploaded(root)
        self.given_up(job)
        revise_draft(root, job.pk, options=PlanOptions())

        checked(job)

        assert job.error == ""
        assert job_json(job)["accepted"]
        assert submit(root, job.pk, plan_number=1).state == JobState.QUEUED
        assert claim_job(job.pk) is not None


def test_a_draft_that_is_checked_has_not_started(root: User) -> None:
    """A job starts when its first person may be removed, not when its file is checked."""
    job = upload_draft(root, people("K-1"), name="people.csv", title="Leavers", options=PlanOptions())
    held = claim_next_draft()
    assert held is not None
    plan_claimed_draft(held)

    job.refresh_from_db()
    assert job.state == JobState.DRAFT
    assert job.started_at is None
