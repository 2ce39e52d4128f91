"""Signing in and out, with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from certremoval.organization.models import User
from tests.browser.conftest import OpenPage


def test_somebody_signs_in_by_the_form_and_out_again(open_page: OpenPage) -> None:
    User.objects.create_superuser("ROOT", password="harbor-cricket-sandal", first_name="Rosa", last_name="Oort")
    page = open_page(address="/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    page.get_by_label("User ID").fill("ROOT")
    page.get_by_label("Password").fill("harbor-cricket-sandal")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Training Tools")).to_be_visible()
    expect(page.get_by_role("link", name="Preferences of Rosa Oort")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
