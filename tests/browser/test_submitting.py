"""From the preview to the job: leaving people out, the question before it happens, watching it happen, its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from certremoval.removals.models import Job
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, NAMES, action, create_by_file, submit, written
from tests.browser.watching import Watch
from tests.browser.world import run_some
from tests.removals.conftest import FORKLIFT, enroll, enrolled, run


@pytest.fixture
def page(ada: User, open_page: OpenPage) -> Page:
    return open_page(ada)


def the_job() -> Job:
    """Return the one job there is."""
    return Job.objects.get()


def test_a_status_and_a_person_are_left_out_on_the_preview(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    page.get_by_role("checkbox", name="In Progress").check()
    page.get_by_role("button", name="Leave out what is ticked or named").click()
    expect(page.get_by_role("heading", name="8 users to be removed")).to_be_visible()

    page.get_by_role("button", name=f"Leave out {NAMES[5]}").click()
    expect(page.get_by_role("heading", name="7 users to be removed")).to_be_visible()
    expect(page.get_by_role("heading", name="Left out now: 5 lines")).to_be_visible()

    page.get_by_role("button", name=f"Take back {NAMES[5]}").click()
    expect(page.get_by_role("heading", name="8 users to be removed")).to_be_visible()
    submit(page, "Remove 8 users")
    run(the_job())
    assert enrolled() == list(IDS[:4])


def test_a_unit_is_left_out_on_the_preview(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    page.get_by_role("checkbox", name="Warehouse South").check()
    page.get_by_role("button", name="Leave out what is ticked or named").click()
    expect(page.get_by_role("heading", name="9 users to be removed")).to_be_visible()


def test_the_question_begins_at_cancel_and_escape_ends_it(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS[2:]))
    opener = action(page, "Remove 10 users")
    opener.click()
    dialog = page.get_by_role("dialog", name="Remove 10 users from Forklift Operator Safety?")
    expect(dialog).to_contain_text("8 of them hold the certification today")
    expect(dialog.get_by_text("Cancel", exact=True)).to_be_focused()

    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()

    opener.click()
    expect(dialog.get_by_text("Cancel", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    assert the_job().state == "draft"


def test_above_a_limit_the_number_is_typed_in_the_question(
    page: Page, watch: Callable[[Page], Watch], tmp_path: Path
) -> None:
    watch(page).expects(409)
    enroll(FORKLIFT, *(f"X-{number}" for number in range(13)))
    create_by_file(page, written(tmp_path, *IDS[2:]))
    action(page, "Remove 10 users").click()
    dialog = page.get_by_role("dialog", name="Remove 10 users from Forklift Operator Safety?")
    expect(dialog).to_contain_text("More than 20 % of everyone on Forklift Operator Safety.")
    dialog.get_by_label("Type 10 to go on").fill("9")
    dialog.get_by_role("button", name="Remove 10 users").click()
    expect(page.get_by_text("The number of people is 10. Nothing was done.")).to_be_visible()
    assert the_job().state == "draft"

    page.get_by_label("Type 10 to go on").fill("10")
    page.get_by_role("button", name="Remove 10 users").click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    assert the_job().state == "queued"


def test_two_clicks_ask_one_question(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS[2:]))
    with page.expect_response("**/confirm/"), page.expect_response("**/confirm/"):
        action(page, "Remove 10 users").dblclick()
    expect(page.get_by_role("dialog").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_focus_does_not_leave_the_question(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    action(page, "Remove 12 users").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(8):
        page.keyboard.press("Tab")
        within = page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        assert within, page.evaluate("document.activeElement.outerHTML")


def test_a_double_click_makes_one_job(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    action(page, "Remove 12 users").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove 12 users").dblclick()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    assert the_job().state == "queued"


def test_two_windows_make_one_job(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    other = page.context.new_page()
    other.goto(page.url)
    for window in (page, other):
        action(window, "Remove 12 users").click()
        expect(window.get_by_role("dialog")).to_be_visible()
    for window in (page, other):
        window.get_by_role("dialog").get_by_role("button", name="Remove 12 users").click()
        expect(window.get_by_role("heading", name="Facts")).to_be_visible()
    assert the_job().state == "queued"


def test_a_missing_title_is_asked_for_in_the_question(page: Page, tmp_path: Path) -> None:
    page.goto("/certification-removal/new/")
    page.get_by_label("Upload CSV").set_input_files(written(tmp_path, *IDS[:2]))
    page.get_by_role("button", name="Check who would be removed").click()
    action(page, "Remove 2 users").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Job Title").fill("Closing")
    dialog.get_by_role("button", name="Remove 2 users").click()
    expect(page.get_by_role("heading", name="Closing")).to_be_visible()
    assert the_job().operation.title == "Closing"


def test_progress_shows_itself_without_a_reload_while_the_focus_stays(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    submit(page, "Remove 12 users")
    page.evaluate("window.neverReloaded = true")
    page.wait_for_load_state()
    cancel = page.get_by_role("link", name="Cancel this job")
    cancel.focus()

    run_some(the_job(), 3)
    expect(page.get_by_text("3 of 12 done")).to_be_visible()
    expect(cancel).to_be_focused()

    run(the_job())
    expect(page.get_by_role("region", name="Result")).to_contain_text("12 removed")
    assert page.evaluate("window.neverReloaded")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(3_000)  # longer than the page waits between two looks
    assert asked == [], "a job that has ended is not looked at any more"


def test_the_files_of_a_job_hold_what_they_say(page: Page, tmp_path: Path) -> None:
    file = written(tmp_path, *IDS[:2], "31")
    create_by_file(page, file)
    submit(page, "Remove 2 and leave out 1 problem line", confirm="Remove 2 users")
    run(the_job())
    page.reload()

    def downloaded(name: str) -> bytes:
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        return download.value.path().read_bytes()

    assert downloaded("File as uploaded") == file.read_bytes()
    lines = downloaded("Result file").decode("utf-8-sig").splitlines()
    assert lines[0] == "Certification ID,User ID,Outcome,Detail"
    assert [line.split(",")[2] for line in lines[1:]] == ["removed", "removed", "unknown_user"]
    problems = downloaded("Problem lines, ready to fix").decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in problems[1:]] == ["31"]


def test_the_lines_of_a_job_are_shown_by_outcome_with_names(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS[:2], "31"))
    submit(page, "Remove 2 and leave out 1 problem line", confirm="Remove 2 users")
    run(the_job())
    page.reload()
    page.get_by_role("link", name="2 lines: Removed").click()
    expect(page.get_by_text(NAMES[0])).to_be_visible()
    expect(page.get_by_text(NAMES[1])).to_be_visible()


def test_a_job_is_cancelled_after_a_question(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    submit(page, "Remove 12 users")
    run_some(the_job(), 5)
    page.wait_for_load_state()
    page.get_by_role("link", name="Cancel this job").click()
    dialog = page.get_by_role("dialog", name="Cancel this job?")
    expect(dialog.get_by_role("link", name="Keep this job")).to_be_focused()
    expect(dialog).to_contain_text("5 of 12 users are removed already")
    dialog.get_by_role("button", name="Cancel this job and keep 7 users").click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("Cancelled")
    assert the_job().state == "cancelled"
    assert len(enrolled()) == 7
