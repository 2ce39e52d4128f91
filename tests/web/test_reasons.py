"""Reasons on the forms of removals: those offered, and asked for where one is required."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from certremoval.access.models import Permission
from certremoval.certifications.models import Certification, Enrollment, Operation
from certremoval.organization.models import User
from certremoval.policy.reasons import add_reason
from certremoval.policy.settings import change_setting
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from tests.removals.conftest import FORKLIFT, enroll, people
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window(ada: User, signed_in: SignedIn) -> Client:
    enroll(FORKLIFT, "K-1", "K-2")
    return signed_in(ada)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("ROOT")


@pytest.fixture
def offered(root: User) -> None:
    for text in ("Changed roles", "<b>Left</b>"):
        add_reason(root, text)


@pytest.fixture
def required(root: User) -> None:
    change_setting(root, "reason_required", True)


def draft(ada: User, *, reason: str = "") -> Job:
    return check_now(
        upload_draft(ada, people("K-1"), name="x.csv", title="Leavers", options=PlanOptions(), reason=reason)
    )


def options_of(page: str, box: str) -> list[str]:
    """Return what the box of this id offers."""
    tag = re.search(rf'<input[^>]*\bid="{box}"[^>]*>', page)
    assert tag is not None
    listed = re.search(r'\blist="([^"]*)"', tag[0])
    if listed is None:
        return []
    found = re.search(rf'<datalist id="{listed[1]}">(.*?)</datalist>', page, re.DOTALL)
    assert found is not None
    return re.findall(r'<option value="([^"]*)">', found[1])


def addresses(ada: User) -> dict[str, str]:
    person = User.objects.get(user_id="K-1")
    forklift = Certification.objects.get()
    forklift.owners.add(ada)
    return {
        "reason": "/certification-removal/new/",
        "reason ": f"/certification-removal/{draft(ada).pk}/",
        "id_reason": f"/certifications/{forklift.pk}/people/{person.pk}/remove/",
    }


def test_forms_offer_the_reasons(ada: User, window: Client, offered: None) -> None:
    for box, address in addresses(ada).items():
        page = read(window, address)
        assert options_of(page, box.strip()) == ["Changed roles", "&lt;b&gt;Left&lt;/b&gt;"]
        assert "Choose one that is offered, or use your own words." in words(page)


def test_without_any_there_is_nothing_to_choose(ada: User, window: Client) -> None:
    for box, address in addresses(ada).items():
        page = read(window, address)
        assert options_of(page, box.strip()) == []
        assert "Choose one that is offered" not in words(page)
        assert "optional" in words(page).lower()


def test_forms_say_that_one_is_needed(ada: User, window: Client, required: None) -> None:
    pages = [words(read(window, address)) for address in addresses(ada).values()]
    assert "Needed before anybody is removed, not for checking the file." in pages[0]
    assert "The reason is still missing: you are asked for it next." in pages[1]
    assert "Reason (optional)" not in pages[2]


def confirm(window: Client, job: Job) -> str:
    return read(window, f"/certification-removal/{job.pk}/confirm/")


def submitted(window: Client, job: Job, **form: str) -> Any:
    answer = window.post(
        f"/certification-removal/{job.pk}/submit/", {"plan": str(job.plan_number), "changed": "0", **form}
    )
    job.refresh_from_db()
    return answer


def test_a_missing_reason_is_asked_for_in_the_question(
    ada: User, window: Client, offered: None, required: None
) -> None:
    job = draft(ada)
    page = confirm(window, job)
    assert options_of(page, "confirm-reason") == ["Changed roles", "&lt;b&gt;Left&lt;/b&gt;"]

    answer = submitted(window, job, reason=" ")
    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert "The reason is missing. Choose one that is offered" in words(answer.content.decode())

    assert submitted(window, job, reason="Changed roles").status_code == 302
    assert job.state == JobState.QUEUED
    assert Operation.objects.get(pk=job.operation_id).reason == "Changed roles"


def test_a_reason_that_is_too_long_is_told_and_kept(ada: User, window: Client, required: None) -> None:
    job = draft(ada)
    answer = submitted(window, job, reason="r" * 256)
    page = answer.content.decode()
    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert "The reason has 256 characters" in page
    assert "r" * 256 in page


def test_where_there_is_one_already_nothing_is_asked(ada: User, window: Client, required: None) -> None:
    job = draft(ada, reason="Left the company")
    assert "confirm-reason" not in confirm(window, job)
    assert submitted(window, job).status_code == 302


def test_required_after_the_question_was_asked_it_is_asked_again(ada: User, window: Client, root: User) -> None:
    job = draft(ada)
    assert "confirm-reason" not in confirm(window, job)
    change_setting(root, "reason_required", True)

    answer = submitted(window, job)

    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert 'id="confirm-reason"' in answer.content.decode()


def test_one_person_is_removed_with_a_reason_alone(root: User, signed_in: SignedIn, required: None) -> None:
    enroll(FORKLIFT, "K-1")
    window = signed_in(holder("mona", Permission.CERTIFICATION_MANAGE))
    address = f"/certifications/{Certification.objects.get().pk}/people/{User.objects.get(user_id='K-1').pk}/remove/"

    answer = window.post(address, {"comment": "As agreed", "reason": ""})
    assert answer.status_code == 422
    assert "The reason is missing." in words(answer.content.decode())
    assert "As agreed</textarea>" in answer.content.decode()
    assert Enrollment.objects.exists()

    assert window.post(address, {"reason": "Left"}).status_code == 302
    assert not Enrollment.objects.exists()


def test_the_limits_of_files_that_are_set_are_the_ones_told(window: Client, root: User) -> None:
    assert "At most 100 MB and 5,000,000 lines." in words(read(window, "/certification-removal/new/"))
    change_setting(root, "max_file_bytes", 1_500_000)
    change_setting(root, "max_rows", 9_000)
    assert "At most 1.5 MB and 9,000 lines." in words(read(window, "/certification-removal/new/"))
