"""What may be changed of a draft: its title, comment and reason, and its file; and how it is submitted once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Constraint, ConstraintKind, Grant, Permission, Role
from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NotPermitted, WrongState
from certremoval.removals import submitting
from certremoval.removals.drafts import check_now, plan_draft, replace_file, revise_draft, title_draft, upload_draft
from certremoval.removals.jobs import find_job
from certremoval.removals.keeping import LeaseLost
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobRow, JobState, StoredFile, StoredFilePiece
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import claim_next_draft
from certremoval.removals.submitting import remove_file, submit
from certremoval.removals.titles import title_used
from tests.elsewhere import elsewhere
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_group, make_user, people, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cast() -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")


def uploaded(actor: User, source: io.BytesIO | None = None, options: PlanOptions | None = None) -> Job:
    return upload_draft(
        actor,
        source or people("K-1", "K-2"),
        name="people.csv",
        title="Leavers",
        comment="Seen by others",
        reason="Reorganisation",
        options=options or PlanOptions(),
    )


def texts(job: Job) -> tuple[str, str, str]:
    operation = Operation.objects.get(pk=job.operation_id)
    return operation.title, operation.comment, operation.reason


class TestTexts:
    def test_they_are_what_was_typed_last(self, root: User) -> None:
        job = check_now(uploaded(root))

        changed = title_draft(root, job.pk, title="  New title ", comment="New\ncomment", reason=" Why ")

        assert (changed.operation.title, changed.operation.comment, changed.operation.reason) == texts(job)
        assert texts(job) == ("New title", "New\ncomment", "Why")
        assert (changed.state, changed.plan_number) == (JobState.DRAFT, 1)

    def test_while_the_file_is_checked(self, root: User) -> None:
        job = uploaded(root)

        title_draft(root, job.pk, title="New title", comment="", reason="")

        assert texts(job) == ("New title", "", "")
        assert check_now(job).state == JobState.DRAFT

    def test_a_title_may_be_taken_away(self, root: User) -> None:
        job = check_now(uploaded(root))

        title_draft(root, job.pk, title=" ", comment="", reason="")

        assert texts(job) == ("", "", "")
        with pytest.raises(InvalidRequest, match="The Job Title is missing"):
            submit(root, job.pk, plan_number=1)

    @pytest.mark.parametrize(
        ("title", "comment", "reason"),
        [("x" * 101, "", ""), ("T", "", "x" * 256), ("a\0b", "", ""), ("T", "\ud800", ""), ("T", "", "\0")],
    )
    def test_what_cannot_be_kept_changes_nothing(self, root: User, title: str, comment: str, reason: str) -> None:
        job = check_now(uploaded(root))

        with pytest.raises(InvalidRequest):
            title_draft(root, job.pk, title=title, comment=comment, reason=reason)

        assert texts(job) == ("Leavers", "Seen by others", "Reorganisation")

    @pytest.mark.parametrize("state", [state for state in JobState if state not in ("checking", "draft")])
    def test_of_a_job_they_stay(self, root: User, state: JobState) -> None:
        job = remove(root, people("K-1"), title="As submitted")
        Job.objects.update(state=state)

        with pytest.raises(WrongState):
            title_draft(root, job.pk, title="Another", comment="", reason="")

        assert texts(job)[0] == "As submitted"


class TestAnotherFile:
    def test_the_draft_is_of_the_new_file(self, root: User) -> None:
        job = check_now(uploaded(root))

        job = replace_file(root, job.pk, people("K-3"), name="../corrected.csv")
        assert job.file is not None
        assert (job.state, job.file.name, texts(job)) == (
            JobState.CHECKING,
            "corrected.csv",
            ("Leavers", "Seen by others", "Reorganisation"),
        )

        job = check_now(job)
        assert (job.state, job.plan_number, job.remove_count) == (JobState.DRAFT, 2, 1)
        submit(root, job.pk, plan_number=2)
        run(job)
        assert enrolled() == ["K-1", "K-2"]

    def test_whom_to_leave_out_stays_and_how_the_file_is_read_does_not(self, root: User) -> None:
        kept = {
            "certification": FORKLIFT,
            "leave_out_statuses": ("Revoked",),
            "leave_out_units": (("Division", "D-1"),),
            "leave_out_users": ("K-1",),
        }
        read = {"user_column": "Personnel No.", "match": "email", "sheet": "List", "encoding": "windows-1252"}
        job = uploaded(root, options=PlanOptions(**kept, **read))  # type: ignore[arg-type]

        job = replace_file(root, job.pk, people("K-3"), name="x.csv")

        assert PlanOptions.from_json(job.options) == PlanOptions(**kept)  # type: ignore[arg-type]

    def test_a_refused_draft_is_mended_so(self, root: User) -> None:
        job = check_now(uploaded(root, io.BytesIO(b"Name\nAna\n")))
        assert job.file_problems

        job = check_now(replace_file(root, job.pk, people("K-1"), name="x.csv"))

        assert (job.file_problems, job.remove_count) == ([], 1)

    def test_the_old_file_is_deleted(self, root: User) -> None:
        job = check_now(uploaded(root))
        old = job.file_id

        job = replace_file(root, job.pk, people("K-3"), name="x.csv")

        assert list(StoredFile.objects.values_list("pk", flat=True)) == [job.file_id]
        assert not StoredFilePiece.objects.filter(file_id=old).exists()

    def test_an_old_file_that_another_job_has_stays(self, root: User) -> None:
        job, other = check_now(uploaded(root)), uploaded(root)
        assert job.file is not None
        Job.objects.filter(pk=other.pk).update(file=job.file)

        replace_file(root, job.pk, people("K-3"), name="x.csv")

        assert StoredFile.objects.filter(pk=job.file.pk).exists()

    def test_while_a_worker_checks_the_old_one(self, root: User) -> None:
        """What the worker finds out is of no use any more, and it makes nothing of it."""
        job = uploaded(root)
        held = claim_next_draft()
        assert held is not None

        def replaced(stage: str, rows: int) -> None:
            if stage == "checking":
                elsewhere(lambda: replace_file(root, job.pk, people("K-3"), name="x.csv"))

        with pytest.raises(LeaseLost):
            plan_draft(held, progress=replaced)

        job.refresh_from_db()
        assert (job.state, job.plan_number) == (JobState.CHECKING, 0)
        job = check_now(job)
        assert (job.state, job.row_count) == (JobState.DRAFT, 1)
        assert JobRow.objects.filter(job_id=job.pk).count() == 1

    def test_a_file_that_is_too_large_changes_nothing(self, root: User, settings: Any) -> None:
        job = check_now(uploaded(root))
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 10})

        with pytest.raises(FileRefused) as refused:
            replace_file(root, job.pk, people("K-3"), name="x.csv")

        assert [problem.code for problem in refused.value.problems] == ["file_too_large"]
        job.refresh_from_db()
        assert (job.state, job.plan_number, StoredFile.objects.count()) == (JobState.DRAFT, 1, 1)

    @pytest.mark.parametrize("state", [state for state in JobState if state not in ("checking", "draft")])
    def test_of_a_job_it_stays(self, root: User, state: JobState) -> None:
        job = remove(root, people("K-1"))
        Job.objects.update(state=state)

        with pytest.raises(WrongState):
            replace_file(root, job.pk, people("K-3"), name="x.csv")

        job.refresh_from_db()
        assert list(StoredFile.objects.values_list("pk", flat=True)) == [job.file_id]

    def test_of_a_command_that_is_at_work_it_stays(self, root: User) -> None:
        job = uploaded(root)
        Job.objects.update(needs_its_maker=True)

        with pytest.raises(WrongState):
            replace_file(root, job.pk, people("K-3"), name="x.csv")

    def test_of_two_requests_one_is_told(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = check_now(uploaded(root))

        def found_and_replaced(actor: User, job_id: int) -> Job:
            found = find_job(actor, job_id)
            monkeypatch.undo()
            replace_file(actor, job_id, people("K-3"), name="first.csv")
            return found

        monkeypatch.setattr("certremoval.removals.drafts.find_to_submit", found_and_replaced)
        with pytest.raises(WrongState):
            replace_file(root, job.pk, people("K-1"), name="second.csv")

        assert [file.name for file in StoredFile.objects.all()] == ["first.csv"]


class TestWhoMay:
    ACTS: tuple[Callable[[User, int], object], ...] = (
        lambda actor, job: title_draft(actor, job, title="T", comment="", reason=""),
        lambda actor, job: replace_file(actor, job, people("K-3"), name="x.csv"),
        lambda actor, job: revise_draft(actor, job, options=PlanOptions()),
        lambda actor, job: submit(actor, job, plan_number=1),
    )

    @pytest.mark.parametrize("act", ACTS)
    def test_nobody_but_its_creator(self, root: User, act: Callable[[User, int], object]) -> None:
        job = check_now(uploaded(root))
        other = User.objects.create_superuser("OTHER")

        with pytest.raises(NotFound):
            act(other, job.pk)

    @pytest.mark.parametrize("act", ACTS)
    def test_not_its_creator_without_the_permission(self, act: Callable[[User, int], object]) -> None:
        creator = User.objects.create_superuser("CREATOR")
        job = check_now(uploaded(creator))
        creator.is_superuser = False
        creator.save()

        with pytest.raises(NotPermitted):
            act(creator, job.pk)

        job.refresh_from_db()
        assert job.state == JobState.DRAFT


class TestSubmittedOnce:
    def test_a_title_that_is_taken_away_meanwhile(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """The title is looked at while the job is held, and not before alone."""
        job = check_now(uploaded(root))

        def found_and_untitled(actor: User, job_id: int) -> Job:
            found = find_job(actor, job_id)
            title_draft(actor, job_id, title="", comment="", reason="")
            return found

        monkeypatch.setattr(submitting, "find_to_submit", found_and_untitled)
        with pytest.raises(InvalidRequest, match="The Job Title is missing"):
            submit(root, job.pk, plan_number=1)

        job.refresh_from_db()
        assert (job.state, job.submitted_at) == (JobState.DRAFT, None)

    def test_of_two_tabs_one_is_told(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = check_now(uploaded(root))

        def found_and_submitted(actor: User, job_id: int) -> Job:
            found = find_job(actor, job_id)
            monkeypatch.undo()
            submit(actor, job_id, plan_number=1)
            return found

        monkeypatch.setattr(submitting, "find_to_submit", found_and_submitted)
        with pytest.raises(WrongState, match="submitted or changed by another request"):
            submit(root, job.pk, plan_number=1)

        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        run(job)
        assert enrolled() == ["K-3"]

    def test_what_is_said_of_a_draft_is_kept_of_a_file_from_the_command_line_too(self, root: User) -> None:
        """But for the units, which nobody looks at there."""
        job = remove_file(root, people("K-1"), name="x.csv", title="T", options=PlanOptions())

        assert (job.statuses, job.removes_creator, job.units) == ({"Certified": 1}, False, [])
        assert job.planned_at is not None


class TestATitleUsedBefore:
    def test_the_latest_job_of_this_title(self, root: User) -> None:
        remove(root, people("K-1"), title="Leavers May")
        latest = remove(root, people("K-2"), title="leavers may")
        remove(root, people("K-3"), title="Leavers June")

        assert title_used(root, "Leavers May") == latest
        assert title_used(root, "  LEAVERS MAY ") == latest
        assert title_used(root, "Leavers") is None
        assert title_used(root, "") is None

    def test_drafts_and_the_job_itself_do_not_count(self, root: User) -> None:
        draft = check_now(uploaded(root))
        assert title_used(root, "Leavers") is None

        submit(root, draft.pk, plan_number=1)

        assert title_used(root, "Leavers") == draft
        assert title_used(root, "Leavers", but=draft.pk) is None

    def test_nor_do_jobs_that_one_may_not_see(self, root: User) -> None:
        remove(root, people("K-1"), title="Hidden")
        manager = make_user("MANAGER")
        role = Role.objects.create(name="Managers")
        role.members.add(manager)
        grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
        Constraint.objects.create(grant=grant, kind=ConstraintKind.GROUPS, group=make_group("EMPTY"))

        assert title_used(manager, "Hidden") is None
        own = remove(manager, people("K-2"), title="Hidden")
        assert title_used(manager, "Hidden") == own

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL reads a small table whole")
    def test_by_the_index_of_titles(self, root: User) -> None:
        with CaptureQueriesContext(connection) as queries:
            title_used(root, "Leavers")
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + queries[-1]["sql"].replace("%", "%%"), [])
            ways = [row[3] for row in cursor.fetchall()]

        assert any("operations_by_title" in way for way in ways), ways
