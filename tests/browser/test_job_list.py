"""The tool page: looking for a job, and a list that keeps itself up to date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS
from tests.browser.watching import Watch
from tests.browser.world import run_some
from tests.removals.conftest import people, remove, run


@pytest.fixture
def page(ada: User, open_page: OpenPage) -> Page:
    """The list with two jobs, of 3 May and of 12 May."""
    for title, day, user_id in (("Night shift", 3, IDS[0]), ("Warehouse South closes", 12, IDS[1])):
        job = remove(ada, people(user_id), title=title)
        Operation.objects.filter(pk=job.operation_id).update(created_at=datetime(2026, 5, day, 10, tzinfo=UTC))
        run(job)
    return open_page(ada, "/certification-removal/")


def titles(page: Page) -> list[str]:
    return (
        page.get_by_role("table", name="Previous Certification Removal Requests")
        .get_by_role("rowheader")
        .all_inner_texts()
    )


def test_a_job_is_found_by_its_title_on_enter(page: Page) -> None:
    assert titles(page) == ["Warehouse South closes", "Night shift"]
    page.get_by_label("Search for Job").fill("night")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=night**")
    assert titles(page) == ["Night shift"]
    expect(page.get_by_label("Search for Job")).to_have_value("night")

    page.get_by_role("link", name="Clear filters").first.click()
    page.wait_for_url(lambda address: "search" not in address)
    assert len(titles(page)) == 2


def test_one_date_and_a_range_of_dates_clear_each_other(page: Page) -> None:
    page.get_by_label("Start").fill("2026-05-01")
    page.get_by_label("End").fill("2026-05-31")
    page.get_by_label("Select Date", exact=True).fill("2026-05-03")
    expect(page.get_by_label("Start")).to_have_value("")
    expect(page.get_by_label("End")).to_have_value("")
    page.get_by_role("button", name="Apply filters").click()
    page.wait_for_url("**on=2026-05-03**")
    assert titles(page) == ["Night shift"]

    page.get_by_label("Start").fill("2026-05-04")
    expect(page.get_by_label("Select Date", exact=True)).to_have_value("")


def test_a_start_after_the_end_is_told_and_swapped_by_a_button(page: Page, watch: Callable[[Page], Watch]) -> None:
    watch(page).expects(422)
    page.get_by_label("Start").fill("2026-05-31")
    page.get_by_label("End").fill("2026-05-10")
    page.get_by_label("Search for Job").fill("warehouse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is after the end")
    expect(page.get_by_label("Start")).to_have_value("2026-05-31")

    page.get_by_role("link", name="Swap start and end").click()
    expect(page.get_by_label("Start")).to_have_value("2026-05-10")
    expect(page.get_by_label("Search for Job")).to_have_value("warehouse")
    assert titles(page) == ["Warehouse South closes"]


def test_back_leads_to_the_page_before_also_after_a_search(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, "/certifications/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Tools").click()
    page.get_by_role("link", name="Certification Removal Tool").click()
    page.get_by_label("Search for Job").fill("nothing")
    page.keyboard.press("Enter")
    page.wait_for_url("**search=nothing**")
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_role("heading", name="Training Tools")).to_be_visible()


def test_a_running_row_updates_itself_and_the_focus_stays(ada: User, open_page: OpenPage) -> None:
    job = remove(ada, people(*IDS), title="All of them")
    run_some(job, 3)
    page = open_page(ada, "/certification-removal/")
    row = page.get_by_role("row", name="All of them")
    expect(row).to_contain_text("In Progress")
    page.evaluate("window.neverReloaded = true")
    details = row.get_by_role("link", name="View Details")
    details.focus()

    run(job)
    expect(row).to_contain_text("12 removed")
    expect(row).to_contain_text("Processed")
    expect(details).to_be_focused()
    assert page.evaluate("window.neverReloaded")
