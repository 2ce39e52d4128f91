"""A small file is planned while its sender waits: by a worker's own claim, and leaving to workers what is not small."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from certremoval.database.clock import database_now, moved
from certremoval.organization.models import User
from certremoval.problems import NotFound
from certremoval.reading import write_xlsx
from certremoval.removals import drafts
from certremoval.removals.drafts import SMALL_FILE, check_now, discard, revise_draft, upload_draft
from certremoval.removals.files import is_small
from certremoval.removals.keeping import keep_plan
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import claim_next_draft, plan_claimed_draft
from certremoval.removals.sql.lease import Claim
from tests.elsewhere import elsewhere
from tests.removals.conftest import FORKLIFT, HEADER, enroll, people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def cast() -> None:
    enroll(FORKLIFT, "K-1", "K-2")


def uploaded(actor: User, source: io.BytesIO | None = None) -> Job:
    return upload_draft(actor, source or people("K-1", "K-2"), name="people.csv", title="T", options=PlanOptions())


def temp_tables() -> set[str]:
    """The TEMP tables of this connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_temp_master WHERE type = 'table'"
            if connection.vendor == "sqlite"
            else "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"
        )
        return {name for (name,) in cursor.fetchall()}


def test_it_is_ready_when_the_call_returns(root: User) -> None:
    before = database_now()

    job = check_now(uploaded(root))

    assert (job.state, job.plan_number, job.remove_count) == (JobState.DRAFT, 1, 2)
    assert (job.lease_token, job.lease_until, job.attempts) == (None, None, 0)
    assert job.planned_at is not None
    assert before <= job.planned_at <= database_now()
    assert claim_next_draft() is None


def test_a_file_that_cannot_be_used_is_refused_at_once(root: User) -> None:
    job = check_now(uploaded(root, io.BytesIO(b"Name\nAna\n")))

    assert job.state == JobState.DRAFT
    assert [problem["code"] for problem in job.file_problems] == ["invalid_columns", "invalid_columns"]


def test_after_a_choice_too(root: User) -> None:
    job = check_now(uploaded(root))

    job = check_now(revise_draft(root, job.pk, options=PlanOptions(leave_out_users=("K-1",))))

    assert (job.state, job.plan_number, job.planned) == (JobState.DRAFT, 2, {"remove": 1, "left_out": 1})


def test_nothing_is_left_on_the_connection(root: User) -> None:
    """The connection serves other requests afterwards."""
    check_now(uploaded(root))
    check_now(uploaded(root, io.BytesIO(b"Name\nAna\n")))

    assert temp_tables() == set()
    assert not connection.in_atomic_block


class TestWhatIsLeftToAWorker:
    def test_a_larger_file(self, root: User) -> None:
        job = uploaded(root)
        assert job.file is not None

        assert check_now(job, at_most=job.file.size - 1).state == JobState.CHECKING
        assert check_now(job, at_most=job.file.size).state == JobState.DRAFT

    def test_it_is_not_even_claimed(self, root: User) -> None:
        check_now(uploaded(root), at_most=1)

        held = claim_next_draft()
        assert held is not None
        assert held.attempts == 1

    def test_a_draft_that_a_worker_has(self, root: User) -> None:
        job = uploaded(root)
        held = claim_next_draft()
        assert held is not None

        assert check_now(job).state == JobState.CHECKING

        plan_claimed_draft(held)
        job.refresh_from_db()
        assert job.state == JobState.DRAFT

    def test_a_draft_at_which_a_worker_died(self, root: User) -> None:
        """It may be the file that kills: a web process is not tried with it."""
        job = uploaded(root)
        assert claim_next_draft() is not None
        job.refresh_from_db()

        with moved(timedelta(minutes=5)):
            assert check_now(job).state == JobState.CHECKING

        assert (job.attempts, job.plan_number) == (1, 0)

    def test_a_draft_that_is_checked_stays_as_it_is(self, root: User) -> None:
        job = check_now(uploaded(root))

        assert check_now(job).plan_number == 1

    @pytest.mark.parametrize("failure", [DatabaseError("the disk is full"), ValueError("a mistake of ours")])
    def test_one_that_fails(
        self, root: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception
    ) -> None:
        def fails(*_: object, **__: object) -> None:
            raise failure

        monkeypatch.setattr(logging.getLogger("certremoval"), "propagate", True)
        with monkeypatch.context() as patch:
            patch.setattr(drafts, "keep_plan", fails)
            job = check_now(uploaded(root))

        assert (job.state, job.plan_number, job.lease_token) == (JobState.CHECKING, 0, None)
        assert "could not be checked at once" in caplog.text
        assert temp_tables() == set()
        held = claim_next_draft()
        assert held is not None
        plan_claimed_draft(held)
        job.refresh_from_db()
        assert job.state == JobState.DRAFT

    def test_one_that_another_request_discards_meanwhile(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        done = keep_plan

        def discarded_before(held: Claim, *given: Any, **values: Any) -> None:
            elsewhere(lambda: discard(root, held.job_id))
            done(held, *given, **values)

        monkeypatch.setattr(drafts, "keep_plan", discarded_before)
        job = uploaded(root)
        with pytest.raises(NotFound):
            check_now(job)

        assert temp_tables() == set()


class TestSmallWorkbooks:
    def workbook(self, rows: int) -> io.BytesIO:
        file = io.BytesIO()
        write_xlsx(file, [HEADER, *((FORKLIFT, f"K-{number}") for number in range(rows))])
        return file

    def test_one_of_a_thousand_rows(self, root: User) -> None:
        job = check_now(uploaded(root, self.workbook(1_000)))

        assert (job.state, job.row_count, job.remove_count) == (JobState.DRAFT, 1_000, 2)

    def test_one_that_unpacks_to_very_much_is_left_to_a_worker(self, root: User) -> None:
        file = self.workbook(1)
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/media/zeros.bin", b"\0" * 9 * SMALL_FILE)
        job = uploaded(root, file)
        assert job.file is not None
        assert job.file.size < SMALL_FILE

        assert check_now(job).state == JobState.CHECKING

    @pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04 no zip", b"", b"User ID\nK-1\n"])
    def test_what_is_no_workbook_is_small(self, root: User, content: bytes) -> None:
        job = uploaded(root, io.BytesIO(content))
        assert job.file is not None

        assert is_small(job.file, SMALL_FILE)
        assert check_now(job).state == JobState.DRAFT
