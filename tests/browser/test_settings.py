"""A superuser requires reasons and offers some; an administrator is asked for one. A second superuser is not lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from certremoval.policy.settings import all_policies, change_setting, current_policy
from certremoval.removals.models import Job
from tests.browser.accessibility import violations
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, forklift, written
from tests.browser.watching import Watch


def test_reasons_are_offered_and_required_and_an_administrator_is_asked(
    ada: User, open_page: OpenPage, tmp_path: Path
) -> None:
    root = User.objects.create_superuser("root", first_name="Rosa", last_name="Oort")
    page = open_page(root, "/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings").click()
    page.get_by_label("A reason is required").check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status")).to_contain_text("Changed: A reason is required.")
    page.get_by_role("link", name="Reasons offered", exact=True).click()
    for reason in ("Changed roles", "Site closed"):
        page.get_by_label("Another reason").fill(reason)
        page.get_by_role("button", name="Offer this reason").click()
        expect(page.get_by_role("status")).to_contain_text(f"{reason} is offered from now on.")
    page.get_by_role("button", name="Move up Site closed").click()
    expect(page.locator(".reason-text")).to_have_text(["Site closed", "Changed roles"])
    page.goto("/settings/changes/")
    expect(page.get_by_role("row")).to_have_count(5)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Order of the reasons")

    page = open_page(ada, "/certification-removal/new/")
    page.get_by_label("Upload CSV").set_input_files(written(tmp_path, IDS[4]))
    page.get_by_label("Job Title").fill("Leavers")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("link", name="Remove 1 user").first.click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_label("Reason")
    expect(dialog.locator("datalist option").first).to_have_attribute("value", "Site closed")
    dialog.get_by_role("button", name="Remove 1 user").click()
    expect(box).to_be_focused()  # the browser itself says what is missing
    assert Job.objects.get().submitted_at is None
    box.fill("Changed roles")
    dialog.get_by_role("button", name="Remove 1 user").click()
    expect(page.get_by_role("status").first).to_contain_text("Submitted")
    assert Operation.objects.get().reason == "Changed roles"


def test_a_certification_gets_limits_of_its_own(ada: User, open_page: OpenPage) -> None:
    root = User.objects.create_superuser("root", first_name="Rosa", last_name="Oort")
    page = open_page(root, f"/certifications/{forklift().pk}/")
    page.get_by_role("link", name="Limits of this certification").click()
    limit = page.get_by_role("group", name="Typed number: people")
    limit.get_by_role("textbox").fill("5")
    expect(limit.get_by_label("Its own:")).to_be_checked()  # whoever writes a number means it
    page.get_by_role("button", name="Save limits of this certification").click()
    expect(page.get_by_role("status")).to_contain_text("Changed: Typed number: people.")
    assert all_policies()[1][forklift().pk].most_untyped == 5
    page.get_by_role("link", name="Settings for all certifications").click()
    expect(page.get_by_role("row", name="Forklift Operator Safety")).to_contain_text("Typed number: people: 5")


def test_what_another_changed_meanwhile_is_told_and_nothing_typed_is_lost(
    ada: User, open_page: OpenPage, watch: Callable[[Page], Watch]
) -> None:
    root = User.objects.create_superuser("root", first_name="Rosa", last_name="Oort")
    other = User.objects.create_superuser("other", first_name="Bea", last_name="Root")
    page = open_page(root, "/settings/", reduced_motion="reduce")
    watch(page).expects(409, 422)
    change_setting(other, "most_untyped", 50)
    people, share = page.get_by_label("Typed number: people"), page.get_by_label("Typed number: percent")
    people.fill("70")
    share.fill("a lot")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(share).to_have_accessible_description(re.compile("write a whole number from 0 to 100"))
    share.fill("30")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert")).to_contain_text("changed by somebody else")
    expect(page.get_by_text("Bea Root has changed this meanwhile: 50.")).to_be_visible()
    assert violations(page) == []
    expect(people).to_have_value("70")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert (current_policy().most_untyped, current_policy().share_untyped) == (70, 30)
