"""Giving a permission on one screen: by typing and the keyboard, with suggestions; and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from certremoval.access.models import Grant, Role
from certremoval.access.rules import visible_creators
from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.removals.conftest import make_unit, make_user

GIVE = "/admin/access/grant/add/"


@pytest.fixture
def root(ada: User) -> User:
    """Gives permissions; Ben sits in Docks, below Food Production, and Ada is to see his jobs."""
    make_user("ben", "Ben Ito")
    food = make_unit("Division", "F", name="Food Production")
    make_unit("Division", "D", "ben", parent=food, name="Docks")
    return User.objects.create_superuser("root", first_name="Ingrid", last_name="Solheim")


def choose(page: Page | Locator, label: str, typed: str, suggested: str) -> None:
    """Type the beginning, go down to what is suggested, and take it."""
    field = page.get_by_role("combobox", name=label, exact=True)
    field.press_sequentially(typed)
    option = page.get_by_role("option", name=suggested)
    expect(option).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(option).to_be_hidden()


def test_a_person_gets_the_permission_for_a_division(root: User, open_page: OpenPage) -> None:
    make_user("eve", "Eve Ekberg")
    page = open_page(root, GIVE)

    choose(page, "Find a person to add", "ekb", "Eve Ekberg (eve)")
    expect(page.locator("textarea[name=people]")).to_have_value("Eve Ekberg (eve)")
    page.get_by_label("Permission:").select_option("CSV Bulk Certification Removal - Manage")
    first = page.locator("#constraints-0")
    expect(first.locator("input[name$=group]")).to_be_hidden()
    first.get_by_label("Kind:").select_option("Restrict to Organizational Units")
    choose(first, "Organizational unit:", "food", "Food Production (Division F)")
    first.get_by_label("Include subordinates").check()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("link", name="CSV Bulk Certification Removal - Manage")).not_to_have_count(0)
    eve, ben = User.objects.get(user_id="eve"), User.objects.get(user_id="ben")
    assert visible_creators(eve).includes(ben.pk)
    assert not visible_creators(eve).includes(root.pk)


def test_a_second_restriction_suggests_too(root: User, open_page: OpenPage) -> None:
    page = open_page(root, GIVE)
    page.get_by_text("Add another Restriction").click()
    second = page.locator("#constraints-1")
    second.get_by_label("Kind:").select_option("Restrict to Organizational Units")
    second.get_by_role("combobox", name="Organizational unit:").press_sequentially("dock")
    page.get_by_role("option", name="Docks (Division D)").click()
    expect(second.get_by_role("combobox", name="Organizational unit:")).to_have_value("Docks (Division D)")


def test_without_script_ids_are_typed(root: User, open_page: OpenPage) -> None:
    page = open_page(root, GIVE, java_script_enabled=False)
    page.get_by_label("People").fill("ben")
    page.get_by_label("Name of a new role").fill("Docks")
    page.get_by_label("Permission:").select_option("Certification Removal - View")
    first = page.locator("#constraints-0")
    first.get_by_label("Kind:").select_option("Restrict to Organizational Units")
    first.get_by_label("Organizational unit:").fill("D")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added")).to_be_visible()
    assert [str(one) for one in Grant.objects.get(role__name="Docks").constraints.all()] == ["Division Docks"]
    assert [one.user_id for one in Role.objects.get(name="Docks").members.all()] == ["ben"]
