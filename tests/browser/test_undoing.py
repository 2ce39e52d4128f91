"""Undo in a browser: a job whole, some of its people, one person from their history."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.removing import remove_person
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, NAMES, action, forklift, submit
from tests.removals.conftest import enrolled, people, remove, run


def done(ada: User) -> Job:
    """Let Ada, who may undo now, have taken everybody off."""
    Grant.objects.create(role=Role.objects.get(), permission=Permission.REMOVAL_UNDO)
    return run(remove(ada, people(*IDS), title="Changed roles"))


def job_that_waits() -> Job:
    """Return the job that was just submitted."""
    return Job.objects.get(state=JobState.QUEUED)


def test_a_job_is_undone_and_says_so(ada: User, open_page: OpenPage) -> None:
    job = done(ada)
    page = open_page(ada, f"/certification-removal/{job.pk}/")
    page.get_by_role("button", name="Undo and put 12 users back").click()
    expect(page.get_by_role("heading", name="Preview: Undo of Changed roles")).to_be_visible()
    expect(page.get_by_role("heading", name="12 users to be put back")).to_be_visible()
    expect(page.get_by_text("1 of them is an inactive user now.")).to_be_visible()

    submit(page, "Put 12 users back")
    run(job_that_waits())

    assert enrolled() == list(IDS)
    page.goto(f"/certification-removal/{job.pk}/")
    page.get_by_role("link", name="Undo of Changed roles").click()
    expect(page.get_by_text("12 put back", exact=True)).to_be_visible()


def test_some_people_are_ticked_and_come_back(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, f"/certification-removal/{done(ada).pk}/")
    for name in (NAMES[1], NAMES[4]):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Put back those ticked").click()

    submit(page, "Put 2 users back")
    run(job_that_waits())

    assert enrolled() == [IDS[1], IDS[4]]


def test_by_the_keyboard_the_question_begins_at_cancel(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, f"/certification-removal/{done(ada).pk}/")
    page.get_by_role("button", name="Undo and put 12 users back").press("Enter")
    action(page, "Put 12 users back").press("Enter")
    dialog = page.get_by_role("dialog", name="Put 12 users back on Forklift Operator Safety?")
    expect(dialog.get_by_text("Cancel", exact=True)).to_be_focused()

    page.keyboard.press("Escape")

    expect(dialog).not_to_be_visible()
    assert enrolled() == []


def test_one_person_comes_back_from_their_history(ada: User, open_page: OpenPage) -> None:
    Grant.objects.create(role=Role.objects.get(), permission=Permission.REMOVAL_UNDO)
    person = User.objects.get(user_id=IDS[0])
    remove_person(ada, certification_key=forklift().pk, user_key=person.pk)
    page = open_page(ada, f"/people/{person.pk}/")
    page.get_by_role("button", name=f"Put back {NAMES[0]}").click()

    submit(page, "Put 1 user back")
    run(job_that_waits())

    assert enrolled() == list(IDS)
    page.goto(f"/people/{person.pk}/")
    expect(page.get_by_role("table", name="Removals, the newest first")).to_contain_text("by Ada Ito")


def test_without_script_too(ada: User, open_page: OpenPage) -> None:
    page: Page = open_page(ada, f"/certification-removal/{done(ada).pk}/", java_script_enabled=False)
    page.get_by_role("button", name="Undo and put 12 users back").click()
    page.get_by_role("link", name="Put 12 users back").click()
    page.get_by_role("button", name="Put 12 users back").click()

    run(job_that_waits())
    assert enrolled() == list(IDS)
