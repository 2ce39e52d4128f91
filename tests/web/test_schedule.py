"""When a job runs, on the pages: asked with the question, shown, moved."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from tests.removals.conftest import FORKLIFT, enroll, people, remove
from tests.removals.conftest import root as root
from tests.web.conftest import SignedIn
from tests.web.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(root: User, signed_in: SignedIn) -> Client:
    root.time_zone = "Pacific/Auckland"
    root.save()
    return signed_in(root)


@pytest.fixture
def draft(root: User) -> Job:
    enroll(FORKLIFT, "K-1")
    return check_now(upload_draft(root, people("K-1"), name="x.csv", title="Later", options=PlanOptions()))


def sent(browser: Client, draft: Job, at: str) -> int:
    form = {"plan": draft.plan_number, "changed": 0, "at": at}
    answer = browser.post(reverse("draft-submit", kwargs={"job_id": draft.pk}), form)
    draft.refresh_from_db()
    if answer.status_code == 422:
        assert f'value="{at}"' in answer.content.decode(), "what was typed is kept"
    return int(answer.status_code)


def test_the_question_asks_when_in_the_readers_zone(browser: Client, draft: Job) -> None:
    page = browser.get(reverse("draft-confirm", kwargs={"job_id": draft.pk})).content.decode()
    assert "Leave it empty to run now. Times are those of Pacific/Auckland." in words(page)


def test_submitted_for_later(browser: Client, draft: Job, root: User) -> None:
    when = (database_now() + timedelta(days=3)).replace(second=0, microsecond=0)
    assert sent(browser, draft, f"{when.astimezone(ZoneInfo('Pacific/Auckland')):%Y-%m-%dT%H:%M}") == 302

    assert (draft.state, draft.scheduled_for) == (JobState.QUEUED, when)
    page = words(browser.get(reverse("job", kwargs={"job_id": draft.pk})).content.decode())
    assert "runs on" in page
    assert "Move to another time" in page


def test_an_empty_time_is_now(browser: Client, draft: Job) -> None:
    assert sent(browser, draft, "") == 302
    assert draft.scheduled_for is None


@pytest.mark.parametrize("at", ["2020-01-01T06:00", "soon"])
def test_a_time_that_cannot_be_is_said_and_nothing_submitted(browser: Client, draft: Job, at: str) -> None:
    assert sent(browser, draft, at) == 422
    assert draft.state == JobState.DRAFT


def test_a_job_is_moved(browser: Client, root: User) -> None:
    enroll(FORKLIFT, "K-1")
    job = remove(root, people("K-1"))
    address = reverse("job-reschedule", kwargs={"job_id": job.pk})
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"at": "soon"}).status_code == 422
    when = f"{database_now() + timedelta(days=3):%Y-%m-%dT%H:%M}"

    assert browser.post(address, {"at": when}).status_code == 302
    job.refresh_from_db()
    assert job.scheduled_for is not None
    assert f'value="{when}"' in browser.get(address).content.decode()

    assert browser.post(address, {"at": ""}).status_code == 302
    job.refresh_from_db()
    assert job.scheduled_for is None


def test_what_has_ended_is_not_moved(browser: Client, root: User, draft: Job) -> None:
    Job.objects.filter(pk=draft.pk).update(state=JobState.CANCELLED, ended_at=database_now())
    assert browser.get(reverse("job-reschedule", kwargs={"job_id": draft.pk})).status_code == 409
