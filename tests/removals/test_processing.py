"""Processing: a plan is carried out exactly once, whatever interrupts it and whatever changed since the preview."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.models import Certification, Enrollment, RemovalRecord
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.problems import NotFound, NotPermitted, WrongState
from certremoval.removals import processing
from certremoval.removals.actions import cancel, resume
from certremoval.removals.counts import job_counts
from certremoval.removals.models import Job, JobDrift, JobState, JobStep
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, claim_next_job, release, run_slice
from certremoval.removals.sql import advance, lease
from certremoval.removals.sql import remove as remove_sql
from certremoval.removals.undoing import undo_job
from certremoval.removals.verifying import verify
from tests.elsewhere import at_once
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    enrolled,
    make_group,
    make_user,
    people,
    removal_file,
    remove,
    run,
)

pytestmark = pytest.mark.django_db(transaction=True)


REMOVE_CHUNK = "certremoval.removals.processing.remove_chunk"


def counts_of(job: Job) -> dict[str, int]:
    """Return the counts of a job that are not 0."""
    job.refresh_from_db()
    return {outcome: count for outcome, count in job_counts(job).items() if count}


SEVEN = tuple(f"{n:04d}" for n in range(1, 8))


@pytest.fixture
def forklift() -> Certification:
    """A certification that seven people are on: 0001 to 0007."""
    enroll(FORKLIFT, *SEVEN)
    return certification(FORKLIFT)


@pytest.fixture
def job(root: User, forklift: Certification) -> Job:
    """A queued job to remove all seven."""
    return remove(root, people(*SEVEN))


def administrator_constrained_to_see(creator: User) -> User:
    """Make an administrator whose permission is constrained to a group with only this creator."""
    role = Role.objects.create(name="Constrained")
    grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
    Constraint.objects.create(grant=grant, kind="groups", group=make_group("creators", creator.user_id))
    colleague = make_user("colleague")
    role.members.add(colleague)
    return colleague


class Stopped(Exception):
    """Stands for the process dying."""


class TestAPlanCarriedOut:
    def test_everybody_planned_is_removed_and_recorded(self, root: User, job: Job, forklift: Certification) -> None:
        before = {e.id: e for e in Enrollment.objects.all()}

        run(job)

        assert not Enrollment.objects.filter(certification=forklift).exists()
        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert job.state == JobState.PROCESSED
        assert job.ended_at is not None
        assert {record.enrollment_id for record in RemovalRecord.objects.all()} == set(before)
        assert verify() == []

    def test_a_record_keeps_every_value_and_the_names_as_they_were(self, root: User, forklift: Certification) -> None:
        values: dict[str, Any] = {
            "status": "Certified",
            "version": "2",
            "period": "2025-2026",
            "identifier": "F-77",
            "assigned_date": "2024-01-02",
            "due_date": "2024-02-03",
            "certified_date": "2024-01-30",
            "expiration_date": "2027-01-30",
        }
        Enrollment.objects.filter(user__user_id="0003").update(**values)
        User.objects.filter(user_id="0003").update(first_name="Ana", last_name="Ruiz")
        enrollment = Enrollment.objects.get(user__user_id="0003")
        job = remove(root, people("0003"))

        run(job)
        User.objects.filter(user_id="0003").update(last_name="Changed")
        Certification.objects.update(title="Changed")

        record = RemovalRecord.objects.get()
        assert {name: str(getattr(record, name)) for name in values} == values
        assert (record.enrollment_id, record.revision) == (enrollment.id, enrollment.revision)
        assert (record.user_id, record.user_name) == ("0003", "Ana Ruiz")
        assert (record.certification_id, record.certification_title) == ("FORKLIFT-3Y", "Title of FORKLIFT-3Y")
        assert record.operation_id == job.operation_id

    def test_others_on_the_certification_and_other_certifications_are_untouched(
        self, root: User, forklift: Certification
    ) -> None:
        enroll("LOTO", *SEVEN)
        run(remove(root, people("0001", "0002")))

        assert forklift.enrollments.count() == 5
        assert enrolled("LOTO") == list(SEVEN)

    def test_several_certifications_are_counted_apart(self, root: User, forklift: Certification) -> None:
        enroll("LOTO", *SEVEN[:3])
        job = remove(root, removal_file([(FORKLIFT, "0001"), ("LOTO", "0001"), ("LOTO", "0002")]))

        run(job, chunk=2)

        removed = dict(job.certifications.values_list("certification_id", "removed"))
        assert removed == {"FORKLIFT-3Y": 1, "LOTO": 2}

    def test_nothing_to_remove_is_processed_with_nobody_removed(self, root: User, job: Job) -> None:
        run(job)
        again = remove(root, people(*SEVEN))

        run(again)

        assert again.remove_count == 0
        assert counts_of(again) == {"rows": 7, "already_removed": 7}
        assert again.state == JobState.PROCESSED


class TestDrift:
    def test_whose_enrollment_changed_since_the_preview_is_left_alone(self, job: Job) -> None:
        Enrollment.objects.filter(user__user_id="0002").update(status="Expired")

        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 6, "changed_since_preview": 1}
        assert Enrollment.objects.get().user.user_id == "0002"
        assert verify() == []

    def test_a_load_of_equal_values_disturbs_no_plan(self, job: Job) -> None:
        Enrollment.objects.filter(user__user_id="0002").update(status="Certified")

        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 7}

    def test_who_is_gone_since_the_preview_was_already_gone(self, job: Job) -> None:
        Enrollment.objects.filter(user__user_id="0002").delete()

        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 6, "gone_since_preview": 1}
        assert verify() == []

    def test_who_was_enrolled_anew_since_the_preview_is_left_alone(self, job: Job, forklift: Certification) -> None:
        Enrollment.objects.filter(user__user_id="0002").delete()
        Enrollment.objects.create(certification=forklift, user=User.objects.get(user_id="0002"), status="In Progress")

        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 6, "changed_since_preview": 1}
        assert Enrollment.objects.get().status == "In Progress"

    def test_whom_another_job_removed_first_was_already_gone(self, root: User, job: Job) -> None:
        other = remove(root, people("0001", "0002", "0003"))
        run(other)

        run(job)

        assert counts_of(other) == {"rows": 3, "removed": 3}
        assert counts_of(job) == {"rows": 7, "removed": 4, "gone_since_preview": 3}
        assert RemovalRecord.objects.count() == 7
        assert verify() == []

    def test_a_transferred_enrollment_is_left_alone(self, root: User, job: Job) -> None:
        Enrollment.objects.filter(user__user_id="0007").update(user=make_user("0099"))

        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 6, "changed_since_preview": 1}


class TestInterruption:
    @pytest.mark.parametrize("chunk", [1, 2, 3, 7])
    def test_a_job_that_stops_at_any_chunk_boundary_goes_on_there(self, job: Job, chunk: int) -> None:
        """The process dies after each chunk; another takes over when its lease has run out."""

        def die(done: int, total: int) -> None:
            raise Stopped

        later = timedelta(0)
        for _ in range(20):
            with moved(later):
                held = claim_next_job()
                if held is None:
                    break
                with pytest.raises(Stopped):
                    run_slice(held, pace=Pace(largest=chunk), progress=die)
            assert verify() == []
            later += timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)

        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert job.state == JobState.PROCESSED
        assert RemovalRecord.objects.count() == 7

    @pytest.mark.parametrize("step", ["lock_job", "advance", "finish"])
    def test_a_process_that_dies_inside_a_chunk_has_done_nothing_of_it(
        self, job: Job, step: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = claim_job(job.id)
        assert held is not None
        real = getattr(advance, step)

        def die(*args: Any, **kwargs: Any) -> None:
            real(*args, **kwargs)
            raise Stopped

        with monkeypatch.context() as patch:
            patch.setattr(advance, step, die)
            with pytest.raises(Stopped):
                run_slice(held)

        assert Enrollment.objects.count() == 7
        assert RemovalRecord.objects.count() == 0
        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
            run(job)
        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert verify() == []

    def test_records_without_deletes_are_rolled_back_and_the_job_fails(
        self, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        statement = "_DELETE_RECORDED" if connection.vendor == "sqlite" else "_RECORD_AND_DELETE"
        working = getattr(remove_sql, statement)
        broken = working.replace("WHERE id IN", "WHERE id < 0 AND id IN").replace(
            "WHERE e.id =", "WHERE e.id < 0 AND e.id ="
        )
        assert broken != working
        with monkeypatch.context() as patch:
            patch.setattr(remove_sql, statement, broken)
            run(job)

        assert counts_of(job) == {"rows": 7, "not_reached": 7}
        assert job.state == JobState.FAILED
        assert "7 records were written for 0 enrollments" in job.error
        assert Enrollment.objects.count() == 7
        assert verify() == []

    def test_a_passing_fault_is_tried_again_and_is_no_attempt(self, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
        faults = iter([OperationalError("database is locked"), OperationalError("database is locked")])
        real = remove_sql.remove_chunk

        def sometimes(**keys: Any) -> Any:
            fault = next(faults, None)
            if fault is not None:
                raise fault
            return real(**keys)

        monkeypatch.setattr(REMOVE_CHUNK, sometimes)
        run(job)

        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert job.attempts == 0

    def test_a_lasting_fault_makes_the_job_fail_with_its_reason_and_resume_goes_on(
        self, root: User, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = iter([True, True])
        real = remove_sql.remove_chunk

        def disk_full(**keys: Any) -> Any:
            if next(done, False):
                return real(**keys)
            raise OperationalError("disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(REMOVE_CHUNK, disk_full)
            run(job, chunk=2)
        assert counts_of(job) == {"rows": 7, "removed": 4, "not_reached": 3}
        assert job.state == JobState.FAILED
        assert "disk is full" in job.error

        resume(root, job.id)
        assert counts_of(job) == {"rows": 7, "removed": 4, "remove": 3}
        run(job)
        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert job.error == ""
        assert verify() == []

    def test_a_job_whose_workers_crash_again_and_again_fails_with_the_reason(self, job: Job) -> None:
        later = timedelta(0)
        for _ in range(settings.ENVIRONMENT.max_attempts):
            with moved(later):
                assert claim_next_job() is not None
            later += timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)

        with moved(later):
            assert claim_next_job() is None

        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "stopped 5 times at the same place" in job.error

    def test_attempts_start_anew_when_the_job_moves(self, job: Job) -> None:
        later = timedelta(0)
        for _ in range(3):
            with moved(later):
                assert claim_next_job() is not None
            later += timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)

        with moved(later):
            held = claim_next_job()
            assert held is not None
            run_slice(held, pace=Pace(largest=2), stop=lambda: True)

        job.refresh_from_db()
        assert (job.checkpoint, job.attempts) == (2, 0)


class TestLeases:
    def test_a_job_is_held_by_one_process(self, job: Job) -> None:
        assert claim_next_job() is not None
        assert claim_next_job() is None
        assert claim_job(job.id) is None

    def test_a_claim_starts_the_job(self, job: Job) -> None:
        claim_next_job()
        job.refresh_from_db()
        assert job.state == JobState.IN_PROGRESS
        assert job.started_at is not None

    def test_a_silent_worker_is_replaced_and_when_it_wakes_it_touches_nothing(self, job: Job) -> None:
        frozen = claim_job(job.id)
        assert frozen is not None
        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
            successor = claim_next_job()
            assert successor is not None
            run_slice(successor, pace=Pace(largest=2), stop=lambda: True)

        assert not run_slice(frozen)

        assert counts_of(job) == {"rows": 7, "removed": 2, "remove": 5}
        run(job)
        assert counts_of(job) == {"rows": 7, "removed": 7}

    def test_a_worker_that_froze_inside_a_chunk_rolls_it_back_when_it_wakes(
        self, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It slept between the chunks of its slice; the next one finds that the job is another's."""
        held = claim_job(job.id)
        assert held is not None

        def freeze(done: int, total: int) -> None:
            with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
                run(job)

        assert not run_slice(held, pace=Pace(largest=3), progress=freeze)
        assert counts_of(job) == {"rows": 7, "removed": 7}
        assert RemovalRecord.objects.count() == 7
        assert verify() == []

    def test_a_lease_that_is_renewed_is_not_taken(self, job: Job) -> None:
        held = claim_job(job.id)
        assert held is not None
        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds - 1)):
            assert lease.renew(held, state="in_progress")
        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
            assert claim_next_job() is None

    def test_a_lease_that_a_wrong_clock_gave_is_not_waited_for(self, job: Job) -> None:
        with moved(timedelta(hours=1)):
            gave = claim_job(job.pk)
        assert gave is not None

        taken = claim_job(job.pk)
        assert taken is not None
        assert not lease.renew(gave, state="in_progress")

    def test_a_released_job_is_free_at_once(self, job: Job) -> None:
        held = claim_job(job.id)
        assert held is not None
        release(held)
        assert claim_job(job.id) is not None

    def test_only_its_holder_can_release_a_job(self, job: Job) -> None:
        first = claim_job(job.id)
        assert first is not None
        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
            assert claim_next_job() is not None
            release(first)
            assert claim_next_job() is None

    def test_a_scheduled_job_waits_until_it_is_due(self, job: Job) -> None:
        Job.objects.update(scheduled_for="2100-01-01T00:00:00Z")
        assert claim_next_job() is None
        Job.objects.update(scheduled_for="2020-01-01T00:00:00Z")
        assert claim_next_job() is not None

    def test_the_least_recently_served_job_is_next(self, root: User, forklift: Certification) -> None:
        first, second = (remove(root, people(user)) for user in ("0001", "0002"))
        held = claim_next_job()
        assert held is not None
        assert held.job_id == first.id
        release(held)

        following = claim_next_job()

        assert following is not None
        assert following.job_id == second.id

    def test_after_its_time_a_slice_lets_go_where_another_job_waits(self, root: User, job: Job) -> None:
        remove(root, people("0001"))
        held = claim_job(job.id)
        assert held is not None

        assert not run_slice(held, seconds=0, pace=Pace(largest=2))

        assert counts_of(job) == {"rows": 7, "removed": 2, "remove": 5}

    def test_a_slice_goes_on_where_no_other_job_waits(self, job: Job) -> None:
        held = claim_job(job.id)
        assert held is not None
        assert run_slice(held, seconds=0, pace=Pace(largest=2))


class TestCancelAndResume:
    def test_a_running_job_stops_at_the_next_chunk_and_says_what_is_done(self, root: User, job: Job) -> None:
        held = claim_job(job.id)
        assert held is not None

        def cancelled(done: int, total: int) -> None:
            cancel(root, job.id)

        assert not run_slice(held, pace=Pace(largest=3), progress=cancelled)

        assert counts_of(job) == {"rows": 7, "removed": 3, "not_reached": 4}
        assert job.state == JobState.CANCELLED
        assert Enrollment.objects.count() == 4
        assert verify() == []

    def test_a_queued_job_is_cancelled_with_nobody_removed(self, root: User, job: Job) -> None:
        cancel(root, job.id)

        assert claim_next_job() is None
        assert counts_of(job) == {"rows": 7, "not_reached": 7}

    @pytest.mark.parametrize("state", [JobState.PROCESSED, JobState.CANCELLED])
    def test_an_ended_job_cannot_be_cancelled(self, root: User, job: Job, state: JobState) -> None:
        Job.objects.update(state=state)
        with pytest.raises(WrongState):
            cancel(root, job.id)

    @pytest.mark.parametrize("state", [state for state in JobState if state != JobState.FAILED])
    def test_only_a_failed_job_is_resumed(self, root: User, job: Job, state: JobState) -> None:
        Job.objects.update(state=state)
        with pytest.raises(WrongState):
            resume(root, job.id)

    @pytest.mark.parametrize("act", [cancel, resume])
    def test_a_job_that_one_may_not_see_is_not_found(
        self, root: User, job: Job, act: Callable[[User, int], object]
    ) -> None:
        with pytest.raises(NotFound):
            act(make_user("0098"), job.id)

    @pytest.mark.parametrize("act", [cancel, resume])
    def test_a_colleague_who_sees_the_job_through_a_constraint_may_not_act_on_it(
        self, root: User, job: Job, act: Callable[[User, int], object]
    ) -> None:
        with pytest.raises(NotPermitted):
            act(administrator_constrained_to_see(root), job.id)


def two_in_opposite_order(root: User, number: int) -> list[Job]:
    """Queue two jobs on the same people. A plan never lies in opposite orders by itself; the second is made to."""
    many = [f"{n:04d}" for n in range(1, number + 1)]
    enroll(FORKLIFT, *many)
    jobs = [remove(root, people(*many)), remove(root, people(*many))]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE job_steps SET position = -position WHERE job_id = %s", [jobs[1].id])
        cursor.execute("UPDATE job_steps SET position = %s + position WHERE job_id = %s", [number + 1, jobs[1].id])
    return jobs


def worker_of(job: Job) -> threading.Thread:
    """Return a thread, with a connection of its own, that runs a job."""

    def work() -> None:
        try:
            run(job)
        finally:
            connection.close()

    return threading.Thread(target=work)


def until_they_wait(number: int) -> None:
    """Return when so many sessions of PostgreSQL that work at enrollments wait for a lock."""
    deadline, waiting = time.monotonic() + 30, 0
    with connection.cursor() as cursor:
        while waiting < number:
            assert time.monotonic() < deadline, "they do not wait"
            cursor.execute(
                "SELECT COUNT(DISTINCT pid) FROM pg_locks WHERE NOT granted"
                " AND pid IN (SELECT pid FROM pg_locks WHERE relation = 'enrollments'::regclass)"
            )
            (waiting,) = cursor.fetchone()


class TestTwoJobsOnTheSamePeople:
    def test_in_opposite_order_at_once_each_person_is_removed_once_and_nobody_waits_for_ever(
        self, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A deadlock passes when a chunk is tried again: here it would fail the job.
        monkeypatch.setattr("certremoval.removals.processing.RETRIES", 0)
        jobs = two_in_opposite_order(root, 120)
        ready = threading.Barrier(2, timeout=30)
        ended: list[bool] = []

        def work(job: Job) -> None:
            held = claim_job(job.id)
            assert held is not None
            ready.wait()
            ended.append(run_slice(held, pace=Pace(largest=7)))

        at_once(*(partial(work, job) for job in jobs), seconds=60)

        assert ended == [True, True]
        assert RemovalRecord.objects.count() == 120
        assert Enrollment.objects.count() == 0
        assert sum(counts_of(job).get("removed", 0) for job in jobs) == 120
        assert sum(counts_of(job).get("gone_since_preview", 0) for job in jobs) == 120
        assert JobDrift.objects.count() == 120

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one write lock, and no two orders")
    def test_in_opposite_order_both_lock_people_in_one_order(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both are held up at somebody in the middle: each would have locked whom the other wants next."""
        monkeypatch.setattr("certremoval.removals.processing.RETRIES", 0)
        jobs = two_in_opposite_order(root, 20)
        workers = [worker_of(job) for job in jobs]
        with transaction.atomic(), connection.cursor() as cursor:
            middle = JobStep.objects.get(job_id=jobs[0].id, position=10)
            cursor.execute("SELECT 1 FROM enrollments WHERE id = %s FOR UPDATE", [middle.enrollment_id])
            for worker in workers:
                worker.start()
            until_they_wait(2)
        for worker in workers:
            worker.join(timeout=60)

        assert [Job.objects.get(pk=job.id).state for job in jobs] == [JobState.PROCESSED, JobState.PROCESSED]
        assert RemovalRecord.objects.count() == 20


class TestALoadMeanwhile:
    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one write lock, and no two orders")
    def test_a_chunk_waits_for_a_load_and_neither_has_to_give_way(
        self, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A load locks the table against writers, then changes rows: a chunk must not hold those rows and wait."""
        monkeypatch.setattr("certremoval.removals.processing.RETRIES", 0)
        worker = worker_of(job)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE enrollments IN SHARE ROW EXCLUSIVE MODE")
            worker.start()
            until_they_wait(1)
            Enrollment.objects.update(status="Expired")
        worker.join(timeout=60)

        assert counts_of(job) == {"rows": 7, "changed_since_preview": 7}
        assert verify() == []


class TestStatistics:
    """A large job lets PostgreSQL look at what it has written; whatever comes of that, the job is done."""

    @pytest.fixture(autouse=True)
    def anything_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processing, "ROWS_WORTH_ANALYZING", 1)

    def test_are_gathered_of_the_tables_that_it_fills(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        looked_at: list[tuple[str, bool]] = []
        monkeypatch.setattr(processing, "analyze", lambda table, *, wait: looked_at.append((table, wait)))
        enroll(FORKLIFT, "A")

        job = run(remove(root, people("A")))
        assert job.state == JobState.PROCESSED
        assert looked_at == [("removal_records", False), ("job_drift", False)]

        looked_at.clear()
        assert run(undo_job(root, job.id)).state == JobState.PROCESSED
        assert looked_at == [("restorations", False), ("job_drift", False)]

    def test_that_cannot_be_gathered_do_no_harm(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(table: str, *, wait: bool) -> None:
            raise DatabaseError("the connection is lost")

        monkeypatch.setattr(processing, "analyze", refused)
        enroll(FORKLIFT, "A")

        assert run(remove(root, people("A"))).state == JobState.PROCESSED
