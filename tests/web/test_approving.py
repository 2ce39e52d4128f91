"""Checks on the preview and beside the question; approving and declining on the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from certremoval.access.models import Permission
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from tests.removals.conftest import FORKLIFT, enroll, enrolled, people, remove, run
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words
from tests.web.test_submitting import address, confirmed, hidden_fields, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(ada: User) -> User:
    """More than two people need approval, which root and Grace can give."""
    superuser = User.objects.create_superuser("root", first_name="Rosa", last_name="Oort")
    change_setting(superuser, "most_unapproved", 2)
    enroll(FORKLIFT, "K-1", "K-2", "K-3", "ada")
    return superuser


@pytest.fixture
def grace(root: User) -> User:
    return holder("grace", Permission.REMOVAL_APPROVE)


def draft(ada: User, *users: str) -> Job:
    return check_now(upload_draft(ada, people(*users), name="p.csv", title="Site closes", options=PlanOptions()))


def waiting(ada: User) -> Job:
    return remove(ada, people("K-1", "K-2", "K-3"), title="Site closes")


def test_the_preview_lists_the_checks_passed_or_to_be_answered(ada: User, grace: User, signed_in: SignedIn) -> None:
    window = signed_in(ada)
    run(remove(ada, people("ada", "K-1")))
    enroll(FORKLIFT, "ada")

    page = words(read(window, address(draft(ada, "K-2"))))
    assert "Checks before this runs" in page
    for passed in ("Passed: It needs nobody's approval.", "Passed: You are not one of them."):
        assert passed in page
    assert "Passed: Nobody has sent this list before." in page

    page = words(read(window, address(draft(ada, "K-1", "ada"))))
    assert "To be answered: You are one of them, on line 3." in page
    assert "1 of 2 are already off. See that job" in page

    page = words(read(window, address(draft(ada, "K-1", "K-2", "K-3", "ada"))))
    assert "To be answered: More than 2 people at once. So it waits after you submit it" in page


def test_what_must_be_said_is_ticked(ada: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "ada")
    window, job = signed_in(ada), draft(ada, "ada")
    form = confirmed(window, job)

    answer = sent(window, job, form)
    assert answer.status_code == 409
    assert "Tick this if it is meant so. Nothing was done." in words(answer.content.decode())
    assert job.state == JobState.DRAFT

    assert sent(window, job, form, said="self").status_code == 302
    assert job.state == JobState.QUEUED


def test_a_job_that_waits_is_approved(ada: User, grace: User, signed_in: SignedIn) -> None:
    window, job = signed_in(ada), draft(ada, "K-1", "K-2", "K-3")
    page = read(window, address(job, "confirm/"))
    assert "Another administrator must approve it before it runs: More than 2 people at once." in words(page)
    assert "It runs as soon as it is approved" in words(page)
    assert sent(window, job, hidden_fields(page)).status_code == 302
    assert "once another administrator has approved it" in words(read(window, address(job)))

    theirs = signed_in(grace)
    assert "Waiting for you (1)" in words(read(theirs, "/"))
    assert "It waits for your approval." in words(read(theirs, address(job)))
    question = words(read(theirs, address(job, "approve/")))
    assert "Approve: remove 3 users?" in question
    assert "More than 2 people at once." in question
    assert "75 % of everyone on it" in question
    assert "You are one of them" not in question

    assert theirs.post(address(job, "approve/")).status_code == 302

    run(job)
    assert enrolled() == ["ada"]
    assert "Approved by Grace Ito ( grace )" in words(read(window, address(job)))
    assert "Waiting for you" not in words(read(theirs, "/"))


def test_a_job_that_waits_is_declined_with_a_reason(ada: User, grace: User, signed_in: SignedIn) -> None:
    theirs, job = signed_in(grace), waiting(ada)

    answer = theirs.post(address(job, "decline/"), {"reason": " "})
    assert answer.status_code == 422
    assert "The reason is missing." in words(answer.content.decode())

    assert theirs.post(address(job, "decline/"), {"reason": "Not agreed"}).status_code == 302

    assert len(enrolled()) == 4
    assert "Declined by Grace Ito : Not agreed" in words(read(signed_in(ada), address(job)))


def test_an_approver_who_is_on_the_list_is_told(ada: User, grace: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "grace")
    job = remove(ada, people("K-1", "K-2", "grace"))

    assert "You are one of them (line 4)" in words(read(signed_in(grace), address(job, "approve/")))


def test_nobody_is_offered_a_decision_on_their_own(root: User, grace: User, signed_in: SignedIn) -> None:
    window: Client = signed_in(root)
    job = waiting(root)

    page = words(read(window, address(job)))

    assert "Approve, remove" not in page
    assert "It waits until another administrator" in page
    assert window.get(address(job, "approve/")).status_code == 403
    assert window.post(address(job, "approve/")).status_code == 403
    assert window.post(address(job, "decline/"), {"reason": "No"}).status_code == 403


def test_what_does_not_wait_any_more_says_so(ada: User, grace: User, signed_in: SignedIn) -> None:
    theirs, job = signed_in(grace), waiting(ada)
    theirs.post(address(job, "approve/"))

    for action in ("approve/", "decline/"):
        assert theirs.get(address(job, action)).status_code == 409
        assert theirs.post(address(job, action), {"reason": "Too late"}).status_code == 409
