"""The bell: it tells of a job that has ended, leads to it, and is emptied by a button, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS
from tests.removals.conftest import people, remove, run


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_bell_to_the_job_and_back(ada: User, open_page: OpenPage, script: bool) -> None:
    run(remove(ada, people(*IDS[:3]), title="Night shift"))
    run(remove(ada, people(IDS[3], "NOBODY"), title="Day shift", skip_problems=True))
    page = open_page(ada, "/", java_script_enabled=script)

    page.get_by_role("link", name="Notices: 2 new").click()
    told = page.get_by_role("list", name="Notices").get_by_role("listitem")
    expect(told).to_have_count(2)
    expect(told.nth(0)).to_contain_text("Day shift")
    expect(told.nth(0)).to_contain_text("1 removed, 1 left out")
    expect(told.nth(1)).to_contain_text("3 removed")

    page.get_by_role("link", name="Night shift").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Night shift")
    page.get_by_role("link", name="Notices: 2 new").click()  # to look has marked nothing

    page.get_by_role("button", name="Mark as seen Day shift").click()
    expect(page.get_by_role("link", name="Notices: 1 new")).to_be_visible()
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Mark")).to_have_count(0)
    expect(told).to_have_count(2)
