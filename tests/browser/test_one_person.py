"""Taking one person off a certification, from its page."""

from __future__ import annotations

from playwright.sync_api import expect

from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, NAMES, forklift
from tests.removals.conftest import enrolled


def test_one_person_is_removed_with_a_comment_and_the_history_tells(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, f"/certifications/{forklift().pk}/")
    page.get_by_role("link", name=f"Remove {NAMES[0]}").click()
    dialog = page.get_by_role("dialog", name=f"Remove {NAMES[0]} from Forklift Operator Safety?")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    dialog.get_by_label("Comment").fill("Has left the company")
    dialog.get_by_role("button", name="Remove 1 user").click()

    expect(page.get_by_role("table", name="Users")).not_to_contain_text(NAMES[0])
    assert enrolled() == list(IDS[1:])
    assert Operation.objects.get().comment == "Has left the company"

    page.goto(f"/people/{User.objects.get(user_id=IDS[0]).pk}/")
    expect(page.get_by_text("Has left the company")).to_be_visible()
    page.goto("/removal-records/")
    expect(page.get_by_role("table").get_by_text(NAMES[0]).first).to_be_visible()
