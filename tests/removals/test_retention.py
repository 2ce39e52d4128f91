"""Retention: lines and files go when their time has passed; what was done, and all that is counted, stays as it was."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.certifications.history import removal_history
from certremoval.certifications.models import Enrollment, RemovalRecord, Restoration
from certremoval.certifications.register import RecordFilter, record_rows
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import Purged, WrongState
from certremoval.reading import delimited
from certremoval.removals import files, results, retention
from certremoval.removals.actions import cancel, resume
from certremoval.removals.counts import brief_counts, job_counts
from certremoval.removals.drafts import check_now, discard, draft_of_people, revise_draft, title_draft, upload_draft
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.job_lines import lines_of_job
from certremoval.removals.jobs import find_job, list_jobs, page_of_jobs
from certremoval.removals.making import take_away_draft
from certremoval.removals.models import (
    Job,
    JobDrift,
    JobRow,
    JobState,
    JobStep,
    StoredFile,
    StoredFilePiece,
)
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.representation import job_json
from certremoval.removals.results import file_as_uploaded, problems_file, result_file
from certremoval.removals.retention import PurgeReport, due, purge, what_is_due
from certremoval.removals.sql import purge as pieces
from certremoval.removals.sql.read import left_alone
from certremoval.removals.submitting import submit
from certremoval.removals.titles import title_used
from certremoval.removals.undoing import draft_undo, left_to_undo, undo_job
from certremoval.removals.verifying import verify
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_user, people, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def every_promise_holds() -> Iterator[None]:
    """After each test, whatever happened in it."""
    yield
    assert verify() == []


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows, or one piece of 20 bytes, are deleted in one transaction."""
    monkeypatch.setattr(retention, "Pace", lambda: Pace(largest=2))
    monkeypatch.setattr(pieces, "PIECES_AT_A_TIME", 1)
    monkeypatch.setattr(files, "PIECE_BYTES", 20)


def ago(*, days: int = 731) -> AbstractContextManager[None]:
    """Let what happens inside have happened so long ago; 730 days are kept if nobody says otherwise."""
    return moved(-timedelta(days=days))


def mixed(root: User) -> Job:
    """Run a job in which K-1 and K-2 are removed, K-3 has changed since, K-4 is gone since; five lines are no work."""
    _one, _two, changed, gone, _five, _left_out = enroll(FORKLIFT, *(f"K-{number}" for number in range(1, 7)))
    run(remove(root, people("K-5"), title="Before"))
    make_user("OFF", "Olaf Finn")
    named = ["K-1", "K-2", "K-3", "K-4", "K-5", "K-1", "NOBODY", "OFF", "K-6"]
    job = remove(root, people(*named), skip_problems=True, leave_out_users=("K-6",))
    changed.status = "Expired"
    changed.save()
    gone.delete()
    return run(job)


def cancelled(root: User) -> Job:
    """Cancel a job of three after its first."""
    enroll("CANCEL", "C-1", "C-2", "C-3")
    return half_way(remove(root, people("C-1", "C-2", "C-3", on="CANCEL")), lambda job: cancel(root, job.pk))


def failed(root: User) -> Job:
    """Let a job of three fail after its first."""
    enroll("FAIL", "F-1", "F-2", "F-3")

    def fail(job: Job) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE jobs SET state = 'failed', ended_at = served_at WHERE id = %s", [job.pk])

    return half_way(remove(root, people("F-1", "F-2", "F-3", on="FAIL")), fail)


def half_way(job: Job, then: Callable[[Job], object]) -> Job:
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, stop=lambda: True, pace=Pace(largest=1))
    then(job)
    job.refresh_from_db()
    return job


def restore(root: User) -> Job:
    """Undo a job of four: R-1 comes back; R-2 is on it again when planned, R-3 when run; R-4 was put back since."""
    enroll("BACK", "R-1", "R-2", "R-3", "R-4")
    target = run(remove(root, people("R-1", "R-2", "R-3", "R-4", on="BACK")))
    enroll("BACK", "R-2")
    job = undo_job(root, target.pk)
    enroll("BACK", "R-3")
    run(undo_job(root, target.pk, users=["R-4"]))
    return run(job)


JOBS = {"mixed": mixed, "cancelled": cancelled, "failed": failed, "restore": restore}


def told(root: User, job: Job) -> dict[str, Any]:
    """Return all that anybody is told of a job and of what it did, but its lines and its file."""
    job = find_job(root, job.pk)
    return {
        "json": {name: value for name, value in job_json(job).items() if name != "problems"},
        "counts": job_counts(job),
        "brief": brief_counts(job),
        "list": [found.pk for found in list_jobs(root, JobFilter()).jobs],
        "page": [found.pk for found in page_of_jobs(root, JobFilter(search=job.operation.title)).jobs],
        "title": getattr(title_used(root, job.operation.title), "pk", None),
        "left to undo": left_to_undo(job, list(job.undone_by.all())),
        "records": [list(row) for row in record_rows(root, RecordFilter())],
        "histories": [
            [entry.record_id for entry in removal_history(root, user.user_id)] for user in User.objects.order_by("pk")
        ],
        "kept": [
            list(table.objects.order_by("pk").values_list()) for table in (RemovalRecord, Restoration, Enrollment)
        ],
    }


def left_of(job: Job) -> dict[str, int]:
    """Count what is left of a job's lines and of its file."""
    return {
        "rows": JobRow.objects.filter(job_id=job.pk).count(),
        "steps": JobStep.objects.filter(job_id=job.pk).count(),
        "notes": JobDrift.objects.filter(job_id=job.pk).count(),
        "pieces": StoredFilePiece.objects.filter(file_id=job.file_id).count(),
    }


NOTHING = {"rows": 0, "steps": 0, "notes": 0, "pieces": 0}


class TestWhatStays:
    @pytest.mark.parametrize("name", JOBS)
    def test_all_that_is_told_of_a_job_but_its_lines(self, root: User, name: str) -> None:
        with ago():
            job = JOBS[name](root)
        before = told(root, job)
        assert left_of(job)["rows"]

        purge()

        assert left_of(job) == NOTHING
        assert told(root, job) == before

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        removal=st.lists(st.sampled_from(["removed", "changed", "gone"]), min_size=1, max_size=6),
        undo=st.lists(st.sampled_from(["back", "again", "put back before", "deleted"]), min_size=6, max_size=6),
        done=st.integers(1, 6),
    )
    def test_counts_are_the_same_whatever_was_left_alone(
        self, root: User, removal: list[str], undo: list[str], done: int
    ) -> None:
        first = User.objects.count()
        ids = [f"P-{first}-{number}" for number in range(len(removal))]
        on = f"CERT-{first}"
        with ago():
            entries = enroll(on, *ids)
            job = remove(root, people(*ids, "NOBODY", ids[0], on=on), skip_problems=True)
            for entry, fate in zip(entries, removal, strict=True):
                if fate == "changed":
                    Enrollment.objects.filter(pk=entry.pk).update(status="Revoked")
                elif fate == "gone":
                    entry.delete()
            jobs = [run(job)]
            gone = [user_id for user_id, fate in zip(ids, removal, strict=True) if fate == "removed"]
            if gone:
                jobs.append(undo_job(root, job.pk))
                for user_id, fate in zip(gone, undo, strict=False):
                    if fate == "again":
                        enroll(on, user_id)
                    elif fate == "put back before":
                        jobs.append(run(undo_job(root, job.pk, users=[user_id])))
                    elif fate == "deleted":
                        User.objects.get(user_id=user_id).delete()
                jobs[1] = half_way_or_to_the_end(root, jobs[1], done)
        before = [{**job_json(find_job(root, one.pk)), "problems": None} for one in jobs]

        purge()

        assert [{**job_json(find_job(root, one.pk)), "problems": None} for one in jobs] == before
        assert all(left_of(one) == NOTHING for one in jobs)
        assert verify() == []

    def test_problems_are_still_counted_and_no_longer_listed(self, root: User) -> None:
        with ago():
            job = mixed(root)
        assert len(job_json(job)["problems"]) == 2

        purge()

        after = job_json(find_job(root, job.pk))
        assert (after["problems"], after["problem_count"], after["accepted"]) == ([], 2, True)

    def test_who_was_left_out_by_name_is_not_kept(self, root: User) -> None:
        """It is nobody of whom there is a removal record; the count stays."""
        with ago():
            job = mixed(root)
        purge()

        job.refresh_from_db()
        assert PlanOptions.from_json(job.options).leave_out_users == ()
        assert (job_counts(job)["left_out"], job.units, job.statuses) == (1, [], {})

    def test_whose_time_has_not_passed_is_not_touched(self, root: User) -> None:
        with ago(days=731):
            enroll("WAITS", "W-1")
            waiting = remove(root, people("W-1", on="WAITS"))
        with ago(days=729):
            job = mixed(root)
        before = left_of(job)

        assert not purge().did_anything
        assert left_of(job) == before
        assert left_of(waiting)["rows"] == 1
        assert b"".join(file_as_uploaded(job)).startswith(b"\xef\xbb\xbfCert")


def half_way_or_to_the_end(root: User, job: Job, done: int) -> Job:
    """Carry out so many steps of a job in chunks of one, then cancel it if any are left."""
    held = claim_job(job.pk)
    assert held is not None
    asked = iter(range(1, 100))
    if not run_slice(held, stop=lambda: next(asked) >= done, pace=Pace(largest=1)):
        cancel(root, job.pk)
    return find_job(root, job.pk)


class TestTheSetting:
    def test_days_are_counted_from_the_end_of_a_job(self, root: User) -> None:
        change_setting(root, "details_kept_days", 30)
        with ago(days=40):
            enroll(FORKLIFT, "K-1", "K-2")
            late, early = remove(root, people("K-1")), remove(root, people("K-2"))
        with ago(days=31):
            run(early)
        with ago(days=29):
            run(late)

        assert purge().jobs == 1
        assert (left_of(early)["rows"], left_of(late)["rows"]) == (0, 1)

    def test_for_ever(self, root: User) -> None:
        with ago(days=20_000):
            job = mixed(root)
        change_setting(root, "details_kept_days", None)

        assert not purge().did_anything
        assert left_of(job)["rows"]

    def test_what_has_begun_is_ended_also_if_all_is_to_be_kept_since(self, root: User) -> None:
        with ago():
            job, other = cancelled(root), failed(root)
        purge(stop=lambda: True)
        job.refresh_from_db()
        assert job.purged_at is not None
        assert left_of(job)["rows"]
        change_setting(root, "details_kept_days", None)

        assert purge().jobs == 1
        assert left_of(job) == NOTHING
        assert left_of(other)["rows"]


class TestWhatIsRefused:
    WORDS = (
        "The lines of this job and its file were deleted on 3 May 2027, 1,000 days after it ended."
        " Who was removed, by whom and why stays in Removal Records."
    )

    @pytest.fixture
    def purged(self, root: User) -> Job:
        with ago():
            job = mixed(root)
        purge()
        Job.objects.update(ended_at="2024-08-06 10:00:00+00:00", purged_at="2027-05-03 12:00:00+00:00")
        return find_job(root, job.pk)

    @pytest.mark.parametrize("what", [result_file, problems_file, file_as_uploaded, lines_of_job])
    def test_lines_and_files_with_the_date_and_where_to_look(self, purged: Job, what: Callable[[Job], Any]) -> None:
        with pytest.raises(Purged) as refusal:
            what(purged)
        assert refusal.value.message == self.WORDS
        assert refusal.value.http_status == 410

    def test_of_an_undo_who_was_put_back(self, root: User) -> None:
        with ago():
            job = restore(root)
        purge()
        Job.objects.update(ended_at="2027-05-02 10:00:00+00:00", purged_at="2027-05-03 12:00:00+00:00")

        for what in (result_file, lines_of_job):
            with pytest.raises(Purged) as refusal:
                what(find_job(root, job.pk))
            assert refusal.value.message == (
                "The lines of this job were deleted on 3 May 2027, 1 day after it ended."
                " Who was put back, by whom and why stays in Removal Records."
            )

    def test_a_failed_job_does_not_go_on_any_more(self, root: User) -> None:
        """What was left to be done is not known any more."""
        with ago():
            job = failed(root)
        purge()

        for act in (resume, cancel):
            with pytest.raises(Purged):
                act(root, job.pk)
        assert find_job(root, job.pk).state == JobState.FAILED
        assert enrolled("FAIL") == ["F-2", "F-3"]

    def test_a_failed_job_that_goes_on_before_it_is_marked_is_not_purged(
        self, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with ago():
            job = failed(root)
        counted = left_alone

        def resumed_meanwhile(**values: int) -> Any:
            resume(root, job.pk)
            return counted(**values)

        monkeypatch.setattr(retention, "left_alone", resumed_meanwhile)

        assert not purge().did_anything
        assert job_counts(run(job))["removed"] == 3

    @pytest.mark.parametrize("bytes_read_ahead", [20, 256 * 1024])
    @pytest.mark.parametrize("name", ["mixed", "restore"])
    def test_a_result_that_is_being_read_breaks_off_and_does_not_look_whole(
        self, root: User, name: str, bytes_read_ahead: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(results, "ROWS_AT_A_TIME", 1)
        monkeypatch.setattr(delimited, "ROWS_AT_ONCE", 1)
        monkeypatch.setattr(files, "PIECE_BYTES", bytes_read_ahead)
        with ago():
            job = JOBS[name](root)
        monkeypatch.setattr(results, "csv_pieces", lambda rows: rows)  # which gathers many of them
        rows = iter(result_file(job))
        read = [next(rows), next(rows)]
        purge()

        with pytest.raises(Purged):
            read += rows
        assert len(read) < 1 + job.row_count


class TestUndo:
    def test_a_purged_job_can_be_undone_whole(self, root: User) -> None:
        with ago():
            enroll(FORKLIFT, "K-1", "K-2", "K-3", status="Expired", identifier="X")
            job = run(remove(root, people("K-1", "K-2", "K-3")))
        purge()

        undo = run(undo_job(root, job.pk))

        assert enrolled() == ["K-1", "K-2", "K-3"]
        assert set(Enrollment.objects.values_list("status", "identifier")) == {("Expired", "X")}
        assert (undo.undo_of_id, job_counts(undo)["restored"]) == (job.pk, 3)

    def test_and_for_one_person(self, root: User) -> None:
        with ago():
            job = mixed(root)
        purge()
        run(undo_job(root, job.pk, users=["K-2"]))

        assert "K-2" in enrolled()
        assert "K-1" not in enrolled()
        assert left_to_undo(job, list(job.undone_by.all())) == 1

    def test_a_purged_undo_can_be_undone(self, root: User) -> None:
        with ago():
            enroll(FORKLIFT, "K-1", "K-2")
            job = run(undo_job(root, run(remove(root, people("K-1", "K-2"))).pk))
        purge()
        run(undo_job(root, job.pk))

        assert enrolled() == []

    def test_a_draft_that_undoes_it_is_as_good_as_before(self, root: User) -> None:
        with ago():
            job = mixed(root)
        draft = check_now(draft_undo(root, job.pk))
        purge()
        queued = submit(root, draft.pk, plan_number=draft.plan_number)

        assert job_counts(run(queued))["restored"] == 2

    def test_an_undo_that_is_running_goes_on(self, root: User) -> None:
        with ago():
            job = mixed(root)
        undo = half_way(undo_job(root, job.pk), lambda _job: purge())

        assert left_of(job) == NOTHING
        assert job_counts(run(undo))["restored"] == 2


class TestKilled:
    @pytest.mark.usefixtures("small_pieces")
    def test_at_any_moment_and_started_again(self, root: User) -> None:
        """After each transaction of a purge: all is told as before, and the next purge does the rest."""
        with ago():
            jobs = [mixed(root), restore(root)]
            draft = check_now(upload_draft(root, people("K-1", "K-2", "K-3"), name="x.csv", options=PlanOptions()))
        before = [told(root, job) for job in jobs]
        whole = what_is_due()
        purged = PurgeReport()
        for moment in range(1, 1_000):
            report = purge(stop=lambda: True)
            for name in ("jobs", "drafts", "lines", "bytes"):
                setattr(purged, name, getattr(purged, name) + getattr(report, name))
            assert verify() == [], moment
            for job, was in zip(jobs, before, strict=True):
                job = find_job(root, job.pk)
                assert {**job_json(job), "problems": None} == {**was["json"], "problems": None}
                if job.purged_at is None:
                    assert left_of(job)["rows"] == job.row_count
                    b"".join(result_file(job))
                else:
                    with pytest.raises(Purged):
                        result_file(job)
            if report.finished:
                break

        assert moment > 30
        assert [told(root, job) for job in jobs] == before
        assert all(left_of(job) == NOTHING for job in (*jobs, draft))
        assert not StoredFilePiece.objects.exists()
        assert (purged.jobs, purged.drafts, purged.lines, purged.bytes) == (
            whole.jobs,
            whole.drafts,
            whole.lines,
            whole.bytes,
        )
        assert not due()

    @pytest.mark.usefixtures("small_pieces")
    def test_two_at_once_do_no_harm(self, root: User) -> None:
        with ago():
            jobs = [mixed(root), cancelled(root), restore(root)]
        before, whole = [told(root, job) for job in jobs], what_is_due()
        reports = [PurgeReport(), PurgeReport()]
        running = [retention._steps(report, Pace(largest=size)) for report, size in zip(reports, (1, 3), strict=True)]
        while running:
            running = [steps for steps in running if next(steps, None)]

        assert [told(root, job) for job in jobs] == before
        assert all(left_of(job) == NOTHING for job in jobs)
        for name in ("jobs", "lines", "bytes"):
            assert sum(getattr(report, name) for report in reports) == getattr(whole, name)

    def test_two_processes(self, root: User) -> None:
        with ago():
            jobs = [mixed(root), cancelled(root), failed(root), restore(root)]
        before = [told(root, job) for job in jobs]

        at_once(purge, purge, purge)

        assert [told(root, job) for job in jobs] == before
        assert not due()
        assert all(left_of(job) == NOTHING for job in jobs)

    @pytest.mark.parametrize("table", [JobRow, JobStep, JobDrift, StoredFilePiece])
    def test_it_has_ended_when_nothing_is_left_and_not_before(self, root: User, table: Any) -> None:
        """Another purge may be killed while it deletes the last of it."""
        with ago():
            job = mixed(root)
        retention._mark(job)
        for other in (JobRow, JobStep, JobDrift, StoredFilePiece):
            if other is not table:
                other.objects.all().delete()

        assert pieces.end_purge(job=job.pk) is False
        assert ("job", job.pk) in due()
        table.objects.all().delete()
        assert pieces.end_purge(job=job.pk) is True
        purge()

    @pytest.mark.usefixtures("small_pieces")
    def test_beside_a_job_that_runs(self, root: User) -> None:
        with ago():
            old = mixed(root)
        ids = [f"W-{number}" for number in range(12)]
        enroll("RUNS", *ids)
        job = remove(root, people(*ids, on="RUNS"))
        held = claim_job(job.pk)
        assert held is not None
        report = PurgeReport()
        steps = retention._steps(report, Pace(largest=2))

        def purges_meanwhile(done: int, total: int) -> None:
            for _step in range(4):
                next(steps, None)

        assert run_slice(held, progress=purges_meanwhile, pace=Pace(largest=1))
        assert left_of(old) == NOTHING
        assert job_counts(find_job(root, job.pk))["removed"] == 12
        assert left_of(job)["rows"] == 12

    @pytest.mark.usefixtures("small_pieces")
    def test_no_transaction_deletes_more_than_its_share(self, root: User) -> None:
        with ago():
            job = mixed(root)
        steps, before = retention._steps(PurgeReport(), Pace(largest=2)), left_of(job)
        while next(steps, None):
            now = left_of(job)
            gone = {name: before[name] - now[name] for name in now}
            assert sum(gone.values()) <= 2, gone
            before = now


class TestFiles:
    def test_a_shared_one_stays_for_as_long_as_a_job_needs_it(self, root: User) -> None:
        with ago():
            old = mixed(root)
        enroll("YOUNG", "Y-1")
        young = run(remove(root, people("Y-1", on="YOUNG")))
        Job.objects.filter(pk=young.pk).update(file=old.file)

        assert what_is_due().files == 1  # that of the job before; the shared one stays
        report = purge()
        young = find_job(root, young.pk)
        assert (report.jobs, report.files) == (2, 1)
        assert b"".join(file_as_uploaded(young))
        old.refresh_from_db()
        assert old.purge_ended_at is not None

        Job.objects.filter(pk=young.pk).update(ended_at=old.ended_at)
        assert purge().files == 1
        assert left_of(old) == NOTHING

    def test_what_it_was_called_its_size_and_its_digest_stay(self, root: User) -> None:
        with ago():
            job = mixed(root)
        before = job_json(job)["file"]
        purge()

        assert before == job_json(find_job(root, job.pk))["file"]
        assert before["size"] > 0

    def test_one_whose_storing_was_interrupted_goes_after_a_day(self, root: User) -> None:
        for days in (2, 0):
            with ago(days=days):
                source = io.BytesIO(b"x" * 1000)
                files.store_file(source, files.describe_file(source, name=f"{days} days.csv"))

        assert what_is_due() == (report := purge())
        assert (report.files, report.bytes) == (1, 1000)
        assert list(StoredFile.objects.values_list("name", flat=True)) == ["0 days.csv"]


class TestDrafts:
    def draft(self, root: User, *, days: int) -> Job:
        with ago(days=days):
            enroll(FORKLIFT, f"D-{days}")
            return check_now(upload_draft(root, people(f"D-{days}"), name="x.csv", title="T", options=PlanOptions()))

    def test_go_after_seven_days_with_all_that_is_theirs(self, root: User) -> None:
        old, young = self.draft(root, days=8), self.draft(root, days=6)

        assert (what_is_due().drafts, what_is_due().lines) == (1, 1)
        report = purge()

        assert (report.drafts, report.lines, report.files) == (1, 1, 1)
        assert left_of(old) == NOTHING
        assert list(Job.objects.values_list("pk", flat=True)) == [young.pk]
        assert StoredFile.objects.count() == 1
        assert enrolled() == ["D-6", "D-8"]

    def test_also_if_all_of_jobs_is_kept_for_ever(self, root: User) -> None:
        change_setting(root, "details_kept_days", None)
        self.draft(root, days=8)

        assert purge().drafts == 1

    def test_seven_days_are_counted_from_its_last_check(self, root: User) -> None:
        draft = self.draft(root, days=30)
        with ago(days=3):
            check_now(revise_draft(root, draft.pk, options=PlanOptions(leave_out_statuses=("Expired",))))

        assert what_is_due().drafts == purge().drafts == 0

    def test_not_from_when_it_was_named(self, root: User) -> None:
        """A name makes no preview younger."""
        draft = self.draft(root, days=8)
        title_draft(root, draft.pk, title="Another", comment="", reason="")

        assert purge().drafts == 1

    def test_one_that_waits_to_be_checked_waits_for_that(self, root: User) -> None:
        with ago(days=30):
            draft = draft_of_people(root, [(FORKLIFT, "K-1")], name="x.csv")

        assert purge().drafts == 0
        assert find_job(root, draft.pk).state == JobState.CHECKING

    @pytest.mark.parametrize("way", ["submitted", "revised", "checked anew"])
    def test_one_that_its_creator_was_quicker_with_stays(
        self, root: User, way: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = self.draft(root, days=8)
        take = take_away_draft

        def meanwhile(job_id: int, **values: Any) -> bool:
            if way == "submitted":
                submit(root, draft.pk, plan_number=draft.plan_number)
            else:
                revised = revise_draft(root, draft.pk, options=PlanOptions())
                if way == "checked anew":
                    check_now(revised)
            return take(job_id, **values)

        monkeypatch.setattr(retention, "take_away_draft", meanwhile)

        assert purge().drafts == 0
        assert left_of(draft)["rows"] == 1

    def test_what_a_killed_discarding_has_left_goes(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        draft = self.draft(root, days=2)

        def killed(job_id: int) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("certremoval.removals.making.delete_plans", killed)
        with pytest.raises(KeyboardInterrupt):
            discard(root, draft.pk)
        assert left_of(draft)["rows"] == 1

        assert what_is_due() == purge()
        assert left_of(draft) == NOTHING

    def test_a_draft_whose_lines_are_being_kept_is_nothing_left_over(self, root: User) -> None:
        draft = self.draft(root, days=2)
        revise_draft(root, draft.pk, options=PlanOptions())

        assert not purge().did_anything
        assert left_of(draft)["rows"] == 1


class TestDue:
    def test_a_dry_run_tells_what_a_purge_then_does(self, root: User) -> None:
        with ago():
            for make in JOBS.values():
                make(root)
            check_now(upload_draft(root, people("K-1"), name="x.csv", options=PlanOptions()))
        before = JobRow.objects.count()

        told = what_is_due()

        assert JobRow.objects.count() == before == told.lines
        assert (told.jobs, told.drafts) == (7, 1)
        assert purge() == told
        assert not what_is_due().did_anything

    def test_where_nothing_is_due_two_queries_say_so(self, root: User) -> None:
        mixed(root)

        with CaptureQueriesContext(
            connection,
        ) as asked:
            purge()
        assert len(asked) == 2
        assert all("SELECT" in query["sql"] for query in asked)

    def test_more_than_are_found_at_once(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
        monkeypatch.setattr(retention.due, "__kwdefaults__", {"most": 2})
        with ago():
            for make in JOBS.values():
                make(root)

        assert purge().jobs == 7
        assert not JobRow.objects.exists()


def test_only_the_wrong_state_is_refused_for_what_was_never_purged(root: User) -> None:
    job = mixed(root)

    with pytest.raises(WrongState):
        cancel(root, job.pk)
