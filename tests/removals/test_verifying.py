"""The engine's promises: all hold where all went well, and each is found broken where somebody breaks it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from certremoval.certifications.models import Enrollment, RemovalRecord, Restoration
from certremoval.certifications.triggers import append_only_suspended
from certremoval.database.clock import database_now, moved
from certremoval.organization.models import User
from certremoval.removals.actions import cancel
from certremoval.removals.drafts import upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, claim_next_draft, plan_claimed_draft, run_slice
from certremoval.removals.retention import purge
from certremoval.removals.sql.verify import INVARIANTS
from certremoval.removals.undoing import undo_job
from certremoval.removals.verifying import MOST_TOLD, PROMISES, verify
from tests.removals.conftest import FORKLIFT, enroll, people, remove, run, table_contents

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def done(root: User) -> Job:
    """A processed job of three: K-1 removed, K-2 changed since, K-3 gone since."""
    _, changed, gone = enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = remove(root, people("K-1", "K-2", "K-3", "NOBODY", "K-1"), skip_problems=True)
    changed.status = "Expired"
    changed.save()
    gone.delete()
    return run(job)


@pytest.fixture
def half_done(root: User) -> Job:
    """A job that was let go after one of three."""
    enroll("LOTO", "L-1", "L-2", "L-3")
    job = remove(root, people("L-1", "L-2", "L-3", on="LOTO"))
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, stop=lambda: True, pace=Pace(largest=1))
    job.refresh_from_db()
    return job


@pytest.fixture
def restored(root: User) -> Restoration:
    """Somebody who was taken off and put back."""
    enroll("FAW", "R-1")
    run(undo_job(root, run(remove(root, people("R-1", on="FAW"))).pk))
    return Restoration.objects.get()


def put_back(record: RemovalRecord, *, revision: int, **values: str) -> None:
    Enrollment.objects.create(
        id=record.enrollment_id,
        revision=revision,
        certification_id=record.certification_key,
        user_id=record.user_key,
        status="Certified",
        **values,
    )


def by_hand(statement: str, *parameters: str | int) -> None:
    """Change what nothing of ours changes."""
    with append_only_suspended(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount > 0


def broken() -> set[str]:
    """The codes of the promises found broken."""
    return {problem.code for problem in verify()}


def test_all_hold_where_all_went_well(root: User, done: Job, half_done: Job, restored: Restoration) -> None:
    enroll("X", "X-1", "X-2")
    cancelled = remove(root, people("X-1", on="X"))
    cancel(root, cancelled.pk)
    failed = remove(root, people("X-1", on="X"))
    Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED, ended_at=database_now())
    remove(root, people("X-2", on="X"))
    upload_draft(root, people("X-1", on="X"), name="x", options=PlanOptions())
    for source in (people("X-1", on="X"), people()):
        upload_draft(root, source, name="x", options=PlanOptions())
        held = claim_next_draft()
        assert held is not None
        plan_claimed_draft(held)

    assert verify() == []


def test_of_nothing_at_all() -> None:
    assert verify() == []


def test_it_reads_only(done: Job) -> None:
    before = table_contents()

    verify()

    assert table_contents() == before


class TestBroken:
    def test_removed_still_enrolled(self, done: Job) -> None:
        record = RemovalRecord.objects.get()
        put_back(record, revision=record.revision)

        assert "removed_still_enrolled" in broken()

    def test_back_without_restoration(self, done: Job) -> None:
        record = RemovalRecord.objects.get()
        put_back(record, revision=record.revision + 1)

        assert broken() == {"back_without_restoration"}

    @pytest.mark.parametrize("change", ["revision = revision - 1", "enrollment_id = enrollment_id + 1000"])
    def test_restored_revision(self, restored: Restoration, change: str) -> None:
        by_hand(f"UPDATE restorations SET {change}")

        assert broken() == {"restored_revision"}

    def test_restored_values(self, restored: Restoration) -> None:
        Enrollment.objects.get().delete()
        record = RemovalRecord.objects.get()
        put_back(record, revision=restored.revision)
        assert broken() == set()

        Enrollment.objects.get().delete()
        put_back(record, revision=restored.revision, identifier="F-2")

        assert broken() == {"restored_values"}

    def test_record_without_operation(self, done: Job) -> None:
        by_hand("UPDATE removal_records SET operation_id = operation_id + 1000")

        assert "record_without_operation" in broken()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM job_rows WHERE outcome = 'unknown_user'",
            "UPDATE job_rows SET position = 100 WHERE outcome = 'duplicate'",
            "UPDATE job_rows SET plan_number = 9 WHERE outcome = 'duplicate'",
            "UPDATE job_rows SET position = position - 1",
            "UPDATE jobs SET row_count = row_count + 1",
        ],
    )
    def test_rows_counted(self, done: Job, statement: str) -> None:
        by_hand(statement)

        assert "rows_counted" in broken()

    def test_rows_that_are_gone_altogether(self, done: Job) -> None:
        by_hand("DELETE FROM job_rows")

        assert {"rows_counted", "work_first"} <= broken()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE job_rows SET outcome = 'not_enrolled' WHERE position = 2",
            "UPDATE job_rows SET outcome = 'remove' WHERE outcome = 'duplicate'",
            "UPDATE jobs SET remove_count = remove_count + 1",
        ],
    )
    def test_work_first(self, done: Job, statement: str) -> None:
        by_hand(statement)

        assert "work_first" in broken()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM job_steps WHERE position = 3",
            "DELETE FROM job_steps",
            "UPDATE job_steps SET position = 4 WHERE position = 3",
            "INSERT INTO job_steps SELECT job_id, plan_number, 4, certification_key, user_key, enrollment_id, revision"
            " FROM job_steps WHERE position = 3",
        ],
    )
    def test_steps_are_work(self, done: Job, statement: str) -> None:
        by_hand(statement)

        assert "steps_are_work" in broken()

    @pytest.mark.parametrize("column", ["user_key", "certification_key"])
    def test_step_of_its_row(self, half_done: Job, column: str) -> None:
        by_hand(f"UPDATE job_steps SET {column} = {column} + 1000 WHERE position = 3")

        assert broken() == {"step_of_its_row"}

    def test_row_done_once_and_not_twice(self, done: Job) -> None:
        by_hand("INSERT INTO job_drift (job_id, position, outcome) VALUES (%s, 1, 'gone_since_preview')", done.pk)

        assert "row_done_once" in broken()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM job_drift WHERE outcome = 'gone_since_preview'",
            "DELETE FROM removal_records",
            "UPDATE removal_records SET revision = revision + 1",
            "UPDATE removal_records SET enrollment_id = enrollment_id + 1000",
        ],
    )
    def test_row_done_once_and_not_never(self, done: Job, statement: str) -> None:
        by_hand(statement)

        assert "row_done_once" in broken()

    def test_nothing_left_alone_ahead(self, half_done: Job) -> None:
        by_hand("INSERT INTO job_drift (job_id, position, outcome) VALUES (%s, 3, 'gone_since_preview')", half_done.pk)

        assert "nothing_done_ahead" in broken()

    def test_nothing_removed_ahead(self, half_done: Job) -> None:
        by_hand("UPDATE jobs SET checkpoint = 0")

        assert "nothing_done_ahead" in broken()

    @pytest.mark.parametrize(
        "change",
        ["gone_count = gone_count + 1", "changed_count = 0", "checkpoint = checkpoint - 1", "gone_count = 0"],
    )
    def test_counts_equal_records(self, done: Job, change: str) -> None:
        by_hand(f"UPDATE jobs SET {change}")

        assert "counts_equal_records" in broken()

    def test_counts_by_certification(self, done: Job) -> None:
        by_hand("UPDATE job_certifications SET removed = removed + 1")

        assert broken() == {"counts_by_certification"}

    def test_counts_by_certification_that_are_gone(self, done: Job) -> None:
        by_hand("DELETE FROM job_certifications")

        assert broken() == {"counts_by_certification"}

    def test_processed_to_the_end(self, half_done: Job) -> None:
        by_hand("UPDATE jobs SET state = 'processed', ended_at = started_at")

        assert broken() == {"processed_to_the_end"}

    def test_nothing_goes_beyond_the_end(self, half_done: Job) -> None:
        by_hand("UPDATE jobs SET checkpoint = remove_count + 1")

        assert "processed_to_the_end" in broken()

    @pytest.mark.parametrize("state", [JobState.PROCESSED, JobState.FAILED, JobState.CANCELLED])
    def test_an_end_without_a_date(self, done: Job, state: JobState) -> None:
        by_hand("UPDATE jobs SET state = %s, ended_at = NULL", state)

        assert broken() == {"ended_at"}

    @pytest.mark.parametrize("state", [JobState.QUEUED, JobState.IN_PROGRESS, JobState.AWAITING_APPROVAL])
    def test_a_date_without_an_end(self, half_done: Job, state: JobState) -> None:
        by_hand("UPDATE jobs SET state = %s, ended_at = started_at", state)

        assert broken() == {"ended_at"}

    @pytest.mark.parametrize(
        "planned", ['{"remove": 3, "unknown_user": 1}', '{"remove": 3, "unknown_user": 3, "duplicate": -1}']
    )
    def test_rows_count_once(self, done: Job, planned: str) -> None:
        by_hand("UPDATE jobs SET planned = %s", planned)

        assert "rows_count_once" in broken()

    def test_rows_count_once_beyond_the_first_page_of_jobs(
        self, done: Job, half_done: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("certremoval.removals.verifying.PAGE", 1)
        by_hand("UPDATE jobs SET planned = %s WHERE id = (SELECT max(id) FROM jobs)", '{"remove": 3, "duplicate": 4}')

        assert "rows_count_once" in broken()

    def test_purged_once_ended(self, done: Job) -> None:
        by_hand("UPDATE jobs SET purged_at = ended_at, purge_ended_at = ended_at")

        assert "purged_once_ended" in broken()

    def test_file_is_kept(self, done: Job) -> None:
        by_hand("DELETE FROM stored_file_pieces")

        assert broken() == {"file_is_kept"}


@pytest.fixture
def purged(done: Job) -> Job:
    """The processed job of three, after its lines and its file were deleted."""
    with moved(timedelta(days=1_000)):
        assert purge().jobs == 1
    done.refresh_from_db()
    return done


class TestPurged:
    def test_all_promises_hold(self, purged: Job, half_done: Job) -> None:
        assert verify() == []

    @pytest.mark.parametrize(
        ("damage", "codes"),
        [
            ("UPDATE jobs SET changed_count = 0", {"counts_equal_records", "counts_by_certification", "purged_counts"}),
            ("UPDATE jobs SET row_count = 7", {"rows_count_once"}),
            ("UPDATE jobs SET checkpoint = 2", {"processed_to_the_end"}),
            ("UPDATE job_certifications SET removed = 2", {"counts_by_certification"}),
            ("UPDATE jobs SET purged_counts = '{}'", {"purged_counts"}),
            ("UPDATE jobs SET ended_at = NULL", {"purged_once_ended", "ended_at"}),
        ],
    )
    def test_what_is_wrong_is_still_found(self, purged: Job, damage: str, codes: set[str]) -> None:
        by_hand(damage)

        assert codes <= broken()

    def test_a_record_that_is_missing_is_still_found(self, purged: Job) -> None:
        with append_only_suspended(), transaction.atomic():
            RemovalRecord.objects.all().delete()

        assert "counts_equal_records" in broken()


def test_what_is_told_of_a_breach(done: Job) -> None:
    by_hand("UPDATE job_certifications SET removed = 5")

    (problem,) = verify()

    assert (problem.code, problem.message) == (
        "counts_by_certification",
        f"job {done.pk}: 5 by certification; expected is 1 done."
        " A job's counts by certification add up to the people it removed, or put back.",
    )


def test_of_many_breaches_the_first_are_told(root: User) -> None:
    on = enroll(FORKLIFT, *[f"K-{number}" for number in range(MOST_TOLD + 5)])
    run(remove(root, people(*[one.user.user_id for one in on])))
    with append_only_suspended(), transaction.atomic():
        RemovalRecord.objects.update(operation_id=9_999)

    assert [problem.code for problem in verify()].count("record_without_operation") == MOST_TOLD


def test_every_promise_has_a_test_that_breaks_it() -> None:
    tested = {name.removeprefix("test_") for name in dir(TestBroken)}
    by_another_name = {"row_done_once", "nothing_done_ahead", "ended_at"}

    assert {invariant.code for invariant in INVARIANTS} <= tested | by_another_name
    assert len(PROMISES) == len(set(PROMISES)) == len(INVARIANTS)
