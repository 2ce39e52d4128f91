"""A job that runs later, in a browser: a time beside the question, another time, and cancelled before it began."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, action, create_by_file, written
from tests.browser.watching import Watch
from tests.removals.conftest import enrolled


def in_days(days: int) -> datetime:
    """Return that day at 06:00 UTC, which is Ada's zone."""
    return (datetime.now(UTC) + timedelta(days)).replace(hour=6, minute=0, second=0, microsecond=0)


def shown(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M} UTC"


def test_a_job_waits_for_its_time_is_moved_and_cancelled(ada: User, open_page: OpenPage, tmp_path: Path) -> None:
    first, second = in_days(30), in_days(40)
    page = open_page(ada)
    create_by_file(page, written(tmp_path, *IDS[:2]))
    action(page, "Remove 2 users").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Runs on").fill(f"{first:%Y-%m-%dT%H:%M}")
    dialog.get_by_role("button", name="Remove 2 users").click()
    expect(page.get_by_text(shown(first)).first).to_be_visible()
    assert Job.objects.get().scheduled_for == first

    page.wait_for_load_state()
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_role("dialog").get_by_label("Runs on").fill(f"{second:%Y-%m-%dT%H:%M}")
    page.get_by_role("dialog").get_by_role("button", name="Move this job").click()
    expect(page.get_by_text(shown(second)).first).to_be_visible()
    assert Job.objects.get().scheduled_for == second

    page.wait_for_load_state()
    page.get_by_role("link", name="Cancel this job").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel this job and keep 2 users").click()
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible()
    assert Job.objects.get().state == JobState.CANCELLED
    assert enrolled() == list(IDS)


def test_a_time_that_has_passed_is_said_and_kept(
    ada: User, open_page: OpenPage, watch: Callable[[Page], Watch], tmp_path: Path
) -> None:
    page = open_page(ada, java_script_enabled=False)
    watch(page).expects(422)
    create_by_file(page, written(tmp_path, *IDS[:2]))
    action(page, "Remove 2 users").click()
    page.get_by_label("Runs on").fill("2020-05-03T06:00")
    page.get_by_role("button", name="Remove 2 users").click()
    expect(page.get_by_text("2020-05-03 06:00 UTC has passed.")).to_be_visible()
    expect(page.get_by_label("Runs on")).to_have_value("2020-05-03T06:00")
    assert Job.objects.get().state == JobState.DRAFT
