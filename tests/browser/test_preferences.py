"""A person's own time zone and theme."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS
from tests.removals.conftest import people, remove

COLOURS = """() => {
  const style = getComputedStyle(document.documentElement);
  const names = [];
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules)
      for (const inner of rule.cssRules?.length ? rule.cssRules : [rule])
        for (const name of inner.style ?? []) if (name.startsWith("--")) names.push(name);
  const colours = Object.fromEntries([...new Set(names)].sort().map((name) => [name, style.getPropertyValue(name)]));
  return { ...colours, body: getComputedStyle(document.body).backgroundColor, scheme: style.colorScheme };
}"""


def keep(page: Page, label: str, value: str) -> None:
    page.goto("/preferences/")
    page.get_by_label(label, exact=True).select_option(value)
    page.get_by_role("button", name="Keep preferences").click()
    expect(page.get_by_role("status")).to_contain_text("Your preferences are kept")


def test_times_are_shown_in_the_zone_that_was_chosen(ada: User, open_page: OpenPage) -> None:
    job = remove(ada, people(IDS[0]), title="By night")
    Operation.objects.filter(pk=job.operation_id).update(created_at=datetime(2026, 5, 3, 23, 30, tzinfo=UTC))
    page = open_page(ada)
    keep(page, "Time zone", "Asia/Tokyo")
    page.goto("/certification-removal/?on=2026-05-04")
    row = page.get_by_role("row", name="By night")
    expect(row).to_contain_text("4 May 2026")
    expect(row).to_contain_text("08:30")
    expect(row).to_contain_text("JST")


def test_a_theme_is_kept_against_that_of_the_system(ada: User, open_page: OpenPage) -> None:
    page = open_page(ada, color_scheme="light")
    keep(page, "Theme", "dark")
    dark = page.evaluate(COLOURS)
    page.emulate_media(color_scheme="dark")
    keep(page, "Theme", "light")
    assert page.evaluate(COLOURS) != dark


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_systems_theme_has_the_very_colours_of_the_one_chosen(theme: str, ada: User, open_page: OpenPage) -> None:
    page = open_page(ada)
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    keep(page, "Theme", "system")
    of_the_system = page.evaluate(COLOURS)
    keep(page, "Theme", theme)
    assert page.evaluate(COLOURS) == of_the_system
