"""Held back, on the pages: of a person, a certification, a job; lifted there. And how long a job keeps people off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff
from certremoval.certifications.models import HoldEnd, Operation, RemovalRecord
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from certremoval.removals.undoing import draft_undo
from tests.loading.files import ENROLLMENTS, accepted
from tests.removals.conftest import FORKLIFT, certification, enroll, enrolled, make_user, people, remove, run
from tests.web.conftest import SignedIn
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


def take_off(root: User, *, keep_off: KeepOff = NOT_FIRMLY) -> Job:
    """Ana and Ben are taken off Forklift by a job."""
    certification(FORKLIFT, "Forklift Operator Safety")
    for user_id, name in (("ana", "Ana Ruiz"), ("ben", "Ben Ito"), ("cy", "Cy Berg")):
        make_user(user_id, name)
    enroll(FORKLIFT, "ana", "ben", "cy")
    return run(remove(root, people("ana", "ben"), title="Warehouse South closes", keep_off=keep_off))


def of_ana() -> RemovalRecord:
    return RemovalRecord.objects.get(user_id="ana")


def test_a_person_page_says_from_what_since_when_and_by_which_job(root: User, signed_in: SignedIn) -> None:
    job = take_off(root)
    browser = signed_in(root)
    address = reverse("person", args=[User.objects.get(user_id="ana").pk])

    page = read(browser, address)
    held = page.split('id="held"')[1].split('id="history"')[0]
    assert "Forklift Operator Safety" in held
    assert "assigned again, or re-added" in words(held)
    assert reverse("job", args=[job.pk]) in held

    answer = browser.post(reverse("hold-lift", args=[of_ana().pk]), HTTP_REFERER=f"http://testserver{address}")
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = read(browser, address)
    assert 'id="held"' not in page
    assert "Ana Ruiz is not held back from Forklift Operator Safety any more." in words(page)
    assert HoldEnd.objects.get().actor_key == root.pk


def test_lifting_is_offered_to_who_may(root: User, auditor: User, signed_in: SignedIn) -> None:
    take_off(root)
    Grant.objects.create(role=Role.objects.get(members=auditor), permission=Permission.CERTIFICATION_VIEW)
    address = reverse("certification-held-back", args=[certification().pk])
    lift = reverse("hold-lift", args=[of_ana().pk])

    assert lift in read(signed_in(root), address)
    assert lift not in read(signed_in(auditor), address)
    assert signed_in(auditor).post(lift).status_code == 403
    assert not HoldEnd.objects.exists()


def test_a_certification_page_counts_them_and_leads_to_their_list(root: User, signed_in: SignedIn) -> None:
    take_off(root)
    browser = signed_in(root)
    address = reverse("certification-held-back", args=[certification().pk])

    page = read(browser, reverse("certification", args=[certification().pk]))
    assert address in page
    assert "2 users removed, and passed over by loads" in words(page)
    listed = words(read(browser, address))
    assert "Ana Ruiz" in listed
    assert "Ben Ito" in listed
    assert "Cy Berg" not in listed

    assert browser.post(reverse("hold-lift", args=[of_ana().pk]), follow=True).status_code == 200
    assert "Lift Ana Ruiz" not in words(read(browser, address))


def test_a_certification_from_which_nobody_is_held_back_says_so(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "ana")
    browser = signed_in(root)

    assert "Held back" not in words(read(browser, reverse("certification", args=[certification().pk])))
    page = read(browser, reverse("certification-held-back", args=[certification().pk]))
    assert "Nobody is held back from this certification." in words(page)


def test_a_list_in_pages(root: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certremoval.web.certifications.holding.PEOPLE_ON_A_PAGE", 1)
    take_off(root)
    browser, address = signed_in(root), reverse("certification-held-back", args=[certification().pk])

    first = read(browser, address)
    assert ("Ben Ito" in first, "Ana Ruiz" in first) == (True, False)
    following = read(browser, f"{address}?after={RemovalRecord.objects.get(user_id='ben').pk}")
    assert ("Ben Ito" in following, "Ana Ruiz" in following) == (False, True)
    assert browser.get(f"{address}?after=x").status_code == 422


def test_a_job_says_how_many_it_holds_back_and_lets_them_on_again_after_a_question(
    root: User, signed_in: SignedIn
) -> None:
    job = take_off(root)
    browser, address = signed_in(root), reverse("job-lift", args=[job.pk])

    page = read(browser, reverse("job", args=[job.pk]))
    assert "Held back by this job now: 2 users." in words(page)
    assert address in page
    asked = words(read(browser, address))
    assert "Held back by this job now: 2 users." in asked
    assert "Let loads enroll 2 users again" in asked
    assert "Let loads enroll 2 users again" in words(page)
    assert not HoldEnd.objects.exists()

    assert browser.post(address).status_code == 302
    page = words(read(browser, reverse("job", args=[job.pk])))
    assert "Rosa Oort has let loads enroll them again:" in page
    assert "Held back by this job now" not in page
    assert browser.post(address).status_code == 409
    assert HoldEnd.objects.count() == 1
    assert enrolled() == ["cy"]


def test_a_job_that_has_not_ended_lets_nobody_on_again(root: User, signed_in: SignedIn) -> None:
    job = take_off(root)
    Job.objects.filter(pk=job.pk).update(state=JobState.IN_PROGRESS, ended_at=None)

    assert signed_in(root).post(reverse("job-lift", args=[job.pk])).status_code == 409
    assert not HoldEnd.objects.exists()


def test_a_failed_job_offers_no_lift(root: User, signed_in: SignedIn) -> None:
    job = take_off(root)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    browser, address = signed_in(root), reverse("job-lift", args=[job.pk])

    assert address not in read(browser, reverse("job", args=[job.pk]))
    assert browser.get(address).status_code == 409
    assert browser.post(address).status_code == 409
    assert not HoldEnd.objects.exists()


def test_a_job_says_how_long_it_keeps_its_people_off(root: User, signed_in: SignedIn) -> None:
    job = take_off(root, keep_off=KeepOff(until=date(2999, 12, 31)))
    page = words(read(signed_in(root), reverse("job", args=[job.pk])))
    assert "Kept off until 31 Dec 2999" in page
    assert "Loads of enrollments pass over them until 31 Dec 2999." in page


DAY = date(2999, 12, 31)


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"keep_off": "", "keep_off_until": "2999-12-31"}, (None, False)),
        ({"keep_off": "until", "keep_off_until": "2999-12-31"}, (DAY, False)),
        ({"keep_off": "for_good", "keep_off_until": ""}, (None, True)),
    ],
    ids=["ordinary", "until", "for good"],
)
def test_a_draft_is_made_and_changed_with_how_long(
    root: User, signed_in: SignedIn, choice: dict[str, str], kept: tuple[date | None, bool]
) -> None:
    enroll(FORKLIFT, "ana")
    browser = signed_in(root)
    form = {"title": "T", "pasted": "ana", "certification": FORKLIFT, **choice}

    def stored() -> tuple[date | None, bool]:
        operation = Operation.objects.get()
        return operation.held_until, operation.held_for_good

    assert browser.post(reverse("new-job"), form).status_code == 302
    assert stored() == kept

    title = reverse("draft-title", args=[Job.objects.get().pk])
    browser.post(title, {"title": "T", "keep_off": "for_good"})
    assert stored() == (None, True)
    assert 'value="for_good" id="keep-off-good" checked' in read(browser, reverse("job", args=[Job.objects.get().pk]))
    browser.post(title, {"title": "T", **choice})
    assert stored() == kept


def test_a_form_that_does_not_ask_leaves_how_long(root: User, signed_in: SignedIn) -> None:
    browser, job = drafted(root, signed_in, keep_off="for_good")

    answer = browser.post(reverse("draft-title", args=[job.pk]), {"title": "New"}, follow=True)

    assert "Title, comment and reason are kept." in words(answer.content.decode())
    operation = Operation.objects.get()
    assert (operation.title, operation.held_for_good) == ("New", True)


def test_what_is_stored_is_said(root: User, signed_in: SignedIn) -> None:
    browser, job = drafted(root, signed_in)
    form = {"title": "New", "keep_off": "for_good"}
    answer = browser.post(reverse("draft-title", args=[job.pk]), form, follow=True)
    assert "how long these people are kept off are stored." in words(answer.content.decode())


def drafted(root: User, signed_in: SignedIn, **fields: str) -> tuple[Client, Job]:
    """A draft that takes Ana off, and its creator's browser."""
    enroll(FORKLIFT, "ana", "ben", "cy", "di", "eve", "fay")
    browser = signed_in(root)
    form = {"title": "T", "pasted": "ana", "certification": FORKLIFT, **fields}
    assert browser.post(reverse("new-job"), form).status_code == 302
    return browser, Job.objects.get()


def submitted(browser: Client, job: Job, **fields: str) -> HttpResponse:
    form = {"plan": str(job.plan_number), "changed": "0", "number": "1", **fields}
    answer = cast(HttpResponse, browser.post(reverse("draft-submit", args=[job.pk]), form))
    job.refresh_from_db()
    return answer


@pytest.mark.parametrize("typed", ["2001-01-01", "31.12.2999", ""])
def test_a_mistake_in_how_long_stops_the_submit_until_it_is_corrected(
    root: User, signed_in: SignedIn, typed: str
) -> None:
    """Whoever asked for a hold gets it, or removes nobody."""
    browser, job = drafted(root, signed_in, keep_off="until", keep_off_until=typed)

    answer = submitted(browser, job)

    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert 'id="confirm-keep-off-mistake"' in answer.content.decode()
    assert 'id="confirm-keep-off-mistake"' in read(browser, reverse("draft-confirm", args=[job.pk]))
    assert submitted(browser, job, keep_off="until", keep_off_until="2999-12-31").status_code == 302
    assert (job.state, Operation.objects.get().held_until) == (JobState.QUEUED, DAY)


def test_a_mistake_in_the_comment_stops_it_too(root: User, signed_in: SignedIn) -> None:
    browser, job = drafted(root, signed_in)
    browser.post(reverse("draft-title", args=[job.pk]), {"title": "T", "comment": "nul \0"})

    answer = submitted(browser, job)

    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert "Correct it in the preview" in answer.content.decode()


def test_a_time_after_the_day_is_told_beside_it(root: User, signed_in: SignedIn) -> None:
    day = database_now().date() + timedelta(days=5)
    browser, job = drafted(root, signed_in, keep_off="until", keep_off_until=day.isoformat())

    answer = submitted(browser, job, at=f"{day + timedelta(days=1)}T06:00")

    assert (answer.status_code, job.state) == (422, JobState.DRAFT)
    assert "nobody would be kept off" in words(answer.content.decode())

    submitted(browser, job, at=f"{day - timedelta(days=1)}T06:00")
    assert job.state == JobState.QUEUED
    moved = browser.post(reverse("job-reschedule", args=[job.pk]), {"at": f"{day + timedelta(days=1)}T06:00"})
    assert moved.status_code == 422
    assert "nobody would be kept off" in words(moved.content.decode())


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"keep_off": "for_good"}, "Kept off for good"),
        ({"keep_off": "until", "keep_off_until": "2999-12-31"}, "Kept off until 31 Dec 2999"),
    ],
    ids=["for good", "until"],
)
def test_how_long_is_said_where_the_removal_is_asked_and_approved(
    root: User, signed_in: SignedIn, choice: dict[str, str], told: str
) -> None:
    browser, job = drafted(root, signed_in, **choice)
    assert told in words(read(browser, reverse("draft-confirm", args=[job.pk])))

    Job.objects.filter(pk=job.pk).update(state=JobState.AWAITING_APPROVAL)
    grace = User.objects.create_superuser("GRACE", first_name="Grace", last_name="Ito")
    assert told in words(read(signed_in(grace), reverse("job-approve", args=[job.pk])))


def test_where_nothing_is_chosen_nothing_is_said(root: User, signed_in: SignedIn) -> None:
    browser, job = drafted(root, signed_in)
    assert "Kept off" not in words(read(browser, reverse("draft-confirm", args=[job.pk])))


def test_an_undo_takes_no_keeping_off(root: User, signed_in: SignedIn) -> None:
    job = take_off(root)
    undo, browser = draft_undo(root, job.pk), signed_in(root)

    browser.post(reverse("draft-title", args=[undo.pk]), {"title": "New", "keep_off": "until", "keep_off_until": "x"})

    undo.refresh_from_db()
    assert (undo.operation.title, undo.operation.held_until) == ("New", None)
    page = read(browser, reverse("job", args=[undo.pk]))
    assert "New" in page


@pytest.mark.parametrize("typed", ["", "31.12.2999", "today", "29991231"])
def test_a_day_that_is_none_is_told_and_nothing_of_it_stored(root: User, signed_in: SignedIn, typed: str) -> None:
    enroll(FORKLIFT, "ana")
    browser = signed_in(root)
    browser.post(reverse("new-job"), {"title": "T", "pasted": "ana", "certification": FORKLIFT})
    job = Job.objects.get()
    day = database_now().date().isoformat() if typed == "today" else typed

    browser.post(reverse("draft-title", args=[job.pk]), {"title": "New", "keep_off": "until", "keep_off_until": day})

    page = read(browser, reverse("job", args=[job.pk]))
    assert 'id="keep-off-mistake"' in page
    assert 'value="until" id="keep-off-day" checked' in page
    operation = Operation.objects.get()
    assert (operation.title, operation.held_until, operation.held_for_good) == ("New", None, False)


def test_the_title_given_at_the_question_leaves_how_long(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "ana", "ben", "cy", "di", "eve", "fay")
    browser = signed_in(root)
    browser.post(
        reverse("new-job"),
        {"title": "", "pasted": "ana", "certification": FORKLIFT, "keep_off": "for_good"},
    )
    job = Job.objects.get()

    browser.post(
        reverse("draft-submit", args=[job.pk]), {"title": "Now", "plan": job.plan_number, "changed": "0", "number": "1"}
    )

    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert (job.operation.title, job.operation.held_for_good) == ("Now", True)


def test_whom_a_full_file_took_off_can_be_put_back_together(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "ana", "ben", "cy")
    report = accepted("enrollments", ENROLLMENTS, f"{FORKLIFT},cy,Certified,,,,,", snapshot=True)
    assert report.operation is not None
    browser, address = signed_in(root), reverse("operation-undo", args=[report.operation])

    page = read(browser, reverse("removal-records"))
    assert address in page
    assert "Snapshot load of enrollments.csv" in words(page)

    answer = browser.post(address)
    assert answer.status_code == 302
    draft = Job.objects.get()
    assert (draft.state, draft.remove_count) == (JobState.DRAFT, 2)
    assert "Undo of Snapshot load of enrollments.csv" in words(read(browser, answer.headers["Location"]))


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({}, (None, False)),
        ({"keep_off": "until", "keep_off_until": "2999-12-31"}, (DAY, False)),
        ({"keep_off": "for_good"}, (None, True)),
    ],
    ids=["ordinary", "until", "for good"],
)
def test_one_person_is_removed_and_kept_off_as_long(
    root: User, signed_in: SignedIn, choice: dict[str, str], kept: tuple[date | None, bool]
) -> None:
    (ana,) = enroll(FORKLIFT, "ana")
    address = reverse("certification-remove-person", args=[certification().pk, ana.user_id])

    assert signed_in(root).post(address, {"reason": "", "comment": "", **choice}).status_code == 302

    operation = Operation.objects.get()
    assert (operation.held_until, operation.held_for_good) == kept


@pytest.mark.parametrize("day", ["", "2001-01-01", "31.12.2999", "2999-1-5"])
def test_one_person_stays_where_the_day_is_none(root: User, signed_in: SignedIn, day: str) -> None:
    (ana,) = enroll(FORKLIFT, "ana")
    address = reverse("certification-remove-person", args=[certification().pk, ana.user_id])

    assert signed_in(root).post(address, {"keep_off": "until", "keep_off_until": day}).status_code == 422
    assert enrolled() == ["ana"]
