"""From a file to a queued job in one process, as the command line does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now, moved
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotPermitted, WrongState
from certremoval.removals import drafts, submitting
from certremoval.removals.drafts import upload_draft
from certremoval.removals.files import open_stored_file
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobCertification, JobRow, JobState, JobStep, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import PlanSummary
from certremoval.removals.processing import claim_next_draft, plan_claimed_draft
from certremoval.removals.sql import keep
from certremoval.removals.submitting import NotConfirmed, remove_file
from tests.elsewhere import elsewhere
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    enrolled,
    make_user,
    people,
    plan,
    removal_file,
    remove,
    run,
    table_contents,
)

pytestmark = pytest.mark.django_db(transaction=True)


class TestWhatIsKept:
    def test_the_operation_says_who_what_and_why(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        before = database_now()

        job = remove_file(
            root,
            people("K-1"),
            name="people.csv",
            title="  Changed roles ",
            comment="Seen by others\n",
            reason=" Reorganisation ",
            options=PlanOptions(),
        )

        operation = job.operation
        assert (operation.kind, operation.title, operation.comment, operation.reason) == (
            Operation.Kind.REMOVAL,
            "Changed roles",
            "Seen by others\n",
            "Reorganisation",
        )
        assert (operation.actor, operation.actor_user_id, operation.actor_name) == (root, "ROOT", "Rosa Oort")
        assert before <= operation.created_at <= database_now()
        assert job.submitted_at is not None
        assert (job.started_at, job.ended_at, job.scheduled_for) == (None, None, None)

    def test_the_job_waits_for_a_worker_and_is_held_by_nobody(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

        job = remove(root, people("K-1", "K-2", "K-2"))

        assert job.state == JobState.QUEUED
        assert (job.lease_token, job.lease_until, job.attempts, job.checkpoint) == (None, None, 0, 0)
        assert (job.plan_number, job.row_count, job.remove_count) == (1, 3, 2)
        assert job.planned == {"remove": 2, "duplicate": 1}
        assert enrolled() == ["K-1", "K-2"]

    def test_the_plan_row_by_row(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3", status="Expired")
        enroll("LOTO", "000123")
        source = removal_file(
            [(FORKLIFT, "K-2"), ("LOTO", "123"), (FORKLIFT, "K-1"), (FORKLIFT, "K-2"), ("", "K-1"), (FORKLIFT, "K-3")]
        )
        options: dict[str, Any] = {"skip_problems": True, "leave_out_users": ("K-3",)}
        made = plan(source, **options)

        job = remove(root, source, **options)

        names = [field.name for field in JobRow._meta.fields if field.name not in ("pk", "job_id", "plan_number")]
        kept = JobRow.objects.filter(job_id=job.pk, plan_number=1).order_by("position")
        assert [{name: getattr(row, name) for name in names} for row in kept] == [
            {name: getattr(row, name) for name in names} for row in made.rows
        ]
        steps = JobStep.objects.filter(job_id=job.pk, plan_number=1).order_by("position")
        assert [
            (step.position, step.certification_key, step.user_key, step.enrollment_id, step.revision) for step in steps
        ] == [
            (row.position, row.certification_key, row.user_key, row.enrollment_id, row.revision)
            for row in made.rows
            if row.outcome == "remove"
        ]
        certifications = JobCertification.objects.filter(job=job).order_by("certification_id")
        assert [(one.certification_id, one.title, one.planned, one.removed) for one in certifications] == [
            (FORKLIFT, f"Title of {FORKLIFT}", 2, 0),
            ("LOTO", "Title of LOTO", 0, 0),
        ]

    def test_the_options_are_kept(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        make_user("K-9")
        options = PlanOptions(certification=FORKLIFT, leave_out_statuses=("Revoked",), leave_out_users=("K-9",))

        job = remove_file(root, people("K-1"), name="x", title="T", options=options, skip_problems=True)

        job.refresh_from_db()
        assert PlanOptions.from_json(job.options) == options
        assert job.skip_problems

    def test_the_file_byte_for_byte(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        content = b"sep=;\r\nUser ID;Certification ID;\xc3\xa9\r\nK-1;FORKLIFT-3Y;=1+1\r\n\r\n"
        source = removal_file([])
        source.seek(0)
        source.truncate()
        source.write(content)

        job = remove_file(root, source, name="../../etc/people.csv", title="T", options=PlanOptions())

        assert job.file is not None
        assert (job.file.name, job.file.size) == ("people.csv", len(content))
        assert job.file.sha256 == hashlib.sha256(content).hexdigest()
        with open_stored_file(job.file) as kept:
            assert kept.read() == content

    def test_more_rows_than_one_short_transaction_takes(self, root: User) -> None:
        enroll(FORKLIFT, *[f"K-{number}" for number in range(2_600)])

        job = remove(root, people(*[f"K-{number}" for number in range(2_600)], *["K-1"] * 2_600))

        assert JobRow.objects.filter(job_id=job.pk).count() == 5_200
        assert run(job).state == JobState.PROCESSED
        assert enrolled() == []

    def test_nothing_to_do_is_accepted_and_processed(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        job = run(remove(root, people("K-1"), leave_out_users=("K-1",)))

        assert job.state == JobState.PROCESSED
        assert (job.remove_count, job.checkpoint) == (0, 0)
        assert enrolled() == ["K-1"]

    def test_problems_are_skipped_where_that_is_said(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        job = run(remove(root, people("K-1", "NOBODY"), skip_problems=True))

        assert job.planned == {"remove": 1, "unknown_user": 1}
        assert (job.state, job.problem_count) == (JobState.PROCESSED, 1)
        assert enrolled() == []


class TestRefusals:
    @pytest.mark.parametrize("title", ["", "  \t"])
    def test_a_title_that_is_missing(self, root: User, title: str) -> None:
        with pytest.raises(InvalidRequest, match="The Job Title is missing"):
            remove(root, people("K-1"), title=title)

    def test_a_title_of_100_characters(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        assert remove(root, people("K-1"), title="é" * 100).operation.title == "é" * 100
        with pytest.raises(InvalidRequest, match="has 101 characters; at most 100"):
            remove(root, people("K-1"), title="é" * 101)

    def test_a_reason_of_255_characters(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        def attempt(reason: str) -> Job:
            return remove_file(root, people("K-1"), name="x", title="T", reason=reason, options=PlanOptions())

        assert attempt("r" * 255).operation.reason == "r" * 255
        with pytest.raises(InvalidRequest, match="has 256 characters; at most 255"):
            attempt("r" * 256)

    @pytest.mark.parametrize("text", ["a\0b", "\ud800"])
    def test_a_character_that_is_none(self, root: User, text: str) -> None:
        """Neither database is asked to hold it: where it is refused, nothing is done."""
        enroll(FORKLIFT, "K-1")
        before = table_contents()
        texts: list[dict[str, Any]] = [{"title": text}, {"title": "T", "comment": text}, {"title": "T", "reason": text}]
        for values in texts:
            with pytest.raises(InvalidRequest, match="holds a character that is none"):
                remove_file(root, people("K-1"), name="x", options=PlanOptions(), **values)
            with pytest.raises(InvalidRequest, match="holds a character that is none"):
                upload_draft(root, people("K-1"), name="x", options=PlanOptions(), **values)

        assert table_contents() == before

    def test_without_the_permission(self) -> None:
        viewer = make_user("VIEWER")
        role = Role.objects.create(name="Viewers")
        role.members.add(viewer)
        Grant.objects.create(role=role, permission=Permission.REMOVAL_VIEW)
        before = table_contents()

        with pytest.raises(NotPermitted):
            remove(viewer, people("K-1"))

        assert table_contents() == before

    def test_with_the_permission(self) -> None:
        manager = make_user("MANAGER")
        role = Role.objects.create(name="Managers")
        role.members.add(manager)
        Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
        enroll(FORKLIFT, "K-1")

        assert remove(manager, people("K-1")).state == JobState.QUEUED

    def test_a_refused_file_says_all(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        with pytest.raises(FileRefused) as refused:
            remove(root, people("K-1", "NOBODY", ""))

        assert [problem.code for problem in refused.value.problems] == ["unknown_user", "blank"]
        assert refused.value.summary.planned == {"remove": 1, "unknown_user": 1, "blank": 1}
        assert (refused.value.code, refused.value.http_status) == ("invalid_request", 422)


class TestFailures:
    """Whatever interrupts it before the job is queued leaves nothing behind."""

    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

    @pytest.mark.parametrize("step", ["keep_rows", "keep_steps", "keep_certifications"])
    @pytest.mark.parametrize("failure", [KeyboardInterrupt, OSError])
    def test_while_the_plan_is_kept(
        self, root: User, monkeypatch: pytest.MonkeyPatch, step: str, failure: type[BaseException]
    ) -> None:
        before = self.without_numbers()
        done: Callable[..., Any] = getattr(keep, step)

        def interrupted(**values: Any) -> None:
            done(**values)
            raise failure

        monkeypatch.setattr(keep, step, interrupted)
        with pytest.raises(failure):
            remove(root, people("K-1", "K-2"))

        assert self.without_numbers() == before

    def test_before_there_is_a_job(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        for module in (drafts, submitting):
            monkeypatch.setattr(module, "new_job", interrupted)
        for act in (remove, lambda *given: upload_draft(*given, name="x", options=PlanOptions())):
            with pytest.raises(KeyboardInterrupt):
                act(root, people("K-1"))

        assert not StoredFile.objects.exists()

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on PostgreSQL nobody sees the job before it is queued")
    def test_by_a_kill_that_lets_it_clean_up_nothing(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """A worker finds the unfinished job when its lease has passed, and deletes it: it is nobody's draft."""
        before = self.without_numbers()

        def dies(**values: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(keep, "keep_certifications", dies)
            patch.setattr(submitting, "nothing_left_of_failure", lambda stored: nullcontext())
            with pytest.raises(KeyboardInterrupt):
                remove(root, people("K-1", "K-2"))
        assert Job.objects.get().state == JobState.CHECKING

        with moved(timedelta(seconds=settings.ENVIRONMENT.lease_seconds + 1)):
            held = claim_next_draft()
            assert held is not None
            plan_claimed_draft(held)

        assert self.without_numbers() == before

    @pytest.mark.skipif("connection.vendor != 'sqlite'", reason="on PostgreSQL nobody sees the job before it is queued")
    def test_where_another_process_took_the_job_over(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        before = self.without_numbers()
        kept = keep.keep_rows

        def standing_still(**values: Any) -> None:
            Job.objects.update(lease_token="another")
            kept(**values)

        monkeypatch.setattr(keep, "keep_rows", standing_still)
        with pytest.raises(WrongState, match="nobody was removed"):
            remove(root, people("K-1", "K-2"))

        assert self.without_numbers() == before

    @staticmethod
    def without_numbers() -> dict[str, list[tuple[Any, ...]]]:
        """All tables but SQLite's own of the numbers given so far."""
        assert not connection.in_atomic_block
        return {table: rows for table, rows in table_contents().items() if table != "sqlite_sequence"}


class TestConfirmation:
    def test_what_is_confirmed_is_the_very_plan_that_is_kept(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        make_user("K-2")
        shown: list[int] = []

        def confirm(summary: PlanSummary) -> bool:
            shown.append(summary.remove_count)
            elsewhere(lambda: enroll(FORKLIFT, "K-2"))
            return True

        job = remove(root, people("K-1", "K-2"), skip_problems=True, confirm=confirm)

        assert shown == [1]
        run(job)
        assert enrolled(FORKLIFT) == ["K-2"]

    def test_no_leaves_nothing(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        before = table_contents()

        with pytest.raises(NotConfirmed):
            remove(root, people("K-1"), confirm=lambda summary: False)

        assert table_contents() == before

    def test_nobody_is_asked_where_nobody_would_be_removed(self, root: User) -> None:
        make_user("K-1")
        certification(FORKLIFT)

        job = remove(root, people("K-1"), skip_problems=True, confirm=lambda summary: pytest.fail("asked"))

        assert job.remove_count == 0
