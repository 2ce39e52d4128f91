"""With the keyboard alone: the way to each page's main action, and always a sight of where one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from certremoval.removals.models import Job
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, create_by_file, forklift, written

FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  // What is inside a date field has the browser's own ring: the field is then focused no more than that.
  const inside = !one.matches(":focus");
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return {
    what: one.outerHTML.slice(0, 120),
    name: (one.innerText || one.labels?.[0]?.innerText || one.getAttribute("aria-label") || "").trim(),
    seen: one.tagName === "BODY" || (box.width >= 1 && box.height >= 1 && box.right > 0 && box.left < innerWidth),
    ring: one.tagName === "BODY" || inside || outline || style.boxShadow !== "none",
    body: one.tagName === "BODY",
  };
}"""
MOST_STOPS = 120


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what is called so has the focus; every stop on the way must be seen."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        passed.append(at["name"] or at["what"])
        assert at["seen"], f"the focus is where nobody sees it: {at['what']}"
        assert at["ring"], f"nothing shows that this has the focus: {at['what']}"
        if at["name"].startswith(words):
            return
    pytest.fail(f"Tab does not reach {words!r}: {passed}")


def test_the_first_stop_skips_to_the_content(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, "/certification-removal/")
    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, "Tools")  # of the breadcrumb: the head of the page was skipped
    assert page.evaluate("!!document.activeElement.closest('main')")


@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("/", "Certification Removal Tool"),
        ("/certification-removal/", "Create Certification Removal Job"),
        ("/certification-removal/new/", "Check who would be removed"),
        ("/certifications/", "Search"),
        ("/certifications/{forklift}/", "Remove ticked users"),
        ("/people/", "Search"),
        ("/removal-records/", "Search"),
        ("/preferences/", "Keep preferences"),
    ],
)
@pytest.mark.parametrize("width", [1280, 360])
def test_tab_reaches_the_main_action(address: str, action: str, width: int, ada: User, open_page: OpenPage) -> None:
    page = open_page(ada)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address.format(forklift=forklift().pk))
    tab_to(page, action)


def test_a_job_is_submitted_without_a_mouse(ada: User, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(ada)
    create_by_file(page, written(tmp_path, *IDS))
    tab_to(page, "Remove 12 users")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Cancel", exact=True)).to_be_focused()
    tab_to(page, "Remove 12 users")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    assert Job.objects.get().state == "queued"
