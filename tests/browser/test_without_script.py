"""All of it works where no script runs, but for updates that come by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from certremoval.removals.models import Job
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, NAMES, action, create_by_file, forklift, written
from tests.browser.world import run_some
from tests.removals.conftest import enrolled, run


@pytest.fixture
def page(ada: User, open_page: OpenPage) -> Page:
    return open_page(ada, java_script_enabled=False)


def test_from_a_file_to_a_job_that_is_done(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    page.get_by_role("checkbox", name="In Progress").check()
    page.get_by_role("button", name="Leave out what is ticked or named").click()
    action(page, "Remove 8 users").click()
    expect(page.get_by_role("heading", name="Remove 8 users from Forklift Operator Safety?").first).to_be_visible()
    page.get_by_role("button", name="Remove 8 users").click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()

    job = Job.objects.get()
    run_some(job, 3)
    page.reload()
    expect(page.get_by_text("3 of 8 done")).to_be_visible()
    run(job)
    page.reload()
    expect(page.get_by_role("region", name="Result")).to_contain_text("8 removed")
    assert enrolled() == list(IDS[:4])


def test_a_job_is_cancelled_by_a_page_that_asks(page: Page, tmp_path: Path) -> None:
    create_by_file(page, written(tmp_path, *IDS))
    action(page, "Remove 12 users").click()
    page.get_by_role("button", name="Remove 12 users").click()
    page.get_by_role("link", name="Cancel this job").click()
    page.get_by_role("button", name="Cancel this job and keep 12 users").click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("Cancelled")


def test_from_ticks_and_one_person(page: Page) -> None:
    page.goto(f"/certifications/{forklift().pk}/")
    page.get_by_role("link", name=f"Remove {NAMES[0]}").click()
    page.get_by_role("button", name="Remove 1 user").click()
    page.get_by_role("checkbox", name=f"Tick {NAMES[1]}").check()
    page.get_by_role("button", name="Remove ticked users").click()
    expect(page.get_by_role("heading", name="1 user to be removed")).to_be_visible()


def test_a_file_that_is_still_checked_is_shown_when_it_is_done(page: Page) -> None:
    page.goto("/certification-removal/new/")
    page.get_by_label("Certification", exact=True).fill("FORKLIFT-3Y")
    page.get_by_label("User IDs").fill("\n".join(IDS))
    page.get_by_role("button", name="Check who would be removed").click()
    expect(page.get_by_role("heading", name="12 users to be removed")).to_be_visible()
