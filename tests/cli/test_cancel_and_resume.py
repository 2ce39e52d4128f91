"""``cancel`` and ``resume``."""

from __future__ import annotations

import io

import pytest

from certremoval.removals.drafts import upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from tests.cli.conftest import Run, World


@pytest.fixture
def queued(world: World, run: Run) -> Job:
    assert run("remove", world.file("000123", "000124"), "--title", "Leavers", "--yes").code == 0
    return Job.objects.get()


def test_cancel_stops_a_queued_job(queued: Job, run: Run) -> None:
    ended = run("cancel", queued.id)

    assert ended.code == 0
    assert "Cancelled: 0 removed, 2 not reached, still on it." in ended.out
    queued.refresh_from_db()
    assert queued.state == "cancelled"


def test_cancel_answers_with_the_job(queued: Job, run: Run) -> None:
    assert run("cancel", queued.id, "--json").json["status"] == "cancelled"


def test_cancel_of_a_draft_deletes_it(world: World, run: Run) -> None:
    source = io.BytesIO(world.file("000123").read_bytes())
    draft = upload_draft(world.admin, source, name="x.csv", options=PlanOptions())

    ended = run("cancel", draft.id, "--json")
    assert ended.json == {"id": draft.id, "status": "discarded"}
    assert not Job.objects.exists()


def test_what_has_ended_cannot_be_cancelled(queued: Job, run: Run) -> None:
    run("cancel", queued.id)

    ended = run("cancel", queued.id, "--json")
    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["wrong_state"]


def test_resume_lets_a_failed_job_go_on(queued: Job, run: Run) -> None:
    Job.objects.update(state="failed", error="The disk was full.", ended_at=queued.operation.created_at)

    ended = run("resume", queued.id)
    assert ended.code == 0
    assert "Queued: 2 to be removed." in ended.out
    assert "certremoval worker" in ended.out
    queued.refresh_from_db()
    assert (queued.state, queued.error) == ("queued", "")


def test_only_a_failed_job_can_be_resumed(queued: Job, run: Run) -> None:
    ended = run("resume", queued.id, "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == ["wrong_state"]


def test_a_failed_job_says_why_and_what_to_do(queued: Job, run: Run) -> None:
    Job.objects.update(state="failed", error="The disk was full.", ended_at=queued.operation.created_at)

    out = run("job", queued.id).out
    assert "The disk was full." in out
    assert f"certremoval resume {queued.id}" in out
