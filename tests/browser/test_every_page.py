"""What holds for every page: axe finds nothing in either theme, and it fits a screen 360 px wide.

The organisation that is shown is full of what breaks pages: script, one long word, right-to-left text, ``../``.
A window fails its test if any of that runs (:mod:`tests.browser.watching`), so these are the tests of that too.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import BY_COLOUR, BY_WIDTH, focused_unseen, too_wide, violations, wait_for_transitions
from tests.browser.conftest import NARROW, OpenPage
from tests.browser.pages import NO_PAGES, VISITS, Visit, address_names
from tests.browser.watching import Watch
from tests.browser.world import World


@pytest.fixture
def transactional_db(world: World) -> None:
    """The pages show one world, which these tests do not change: it need not be made anew for each."""


def test_every_address_is_in_the_table() -> None:
    known = {visit.name for visit in VISITS} | set(NO_PAGES)
    ours = set(address_names())
    same = {name for name in ours if name.endswith(("_history", "_delete"))}  # one of each is in the table
    assert ours - known - same == set()
    assert known - ours == set(), "the table names what is not there any more"


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_page_is_accessible_and_fits(
    visit: Visit, world: World, open_page: OpenPage, watch: Callable[[Page], Watch]
) -> None:
    user = getattr(world, visit.who) if visit.who else None
    page = open_page(user, reduced_motion="reduce")
    page.on("dialog", lambda dialog: pytest.fail(f"something asks: {dialog.message}"))
    if visit.status != 200:
        watch(page).expects(visit.status)

    answer = page.goto(visit.address(world))
    assert answer is not None
    assert answer.status == visit.status
    if visit.then is not None:
        visit.then(page, world)

    wrong = {"light": violations(page), "wide": too_wide(page)}
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    wait_for_transitions(page)
    wrong["dark"] = violations(page, rules=BY_COLOUR)
    page.set_viewport_size(NARROW)
    wrong["narrow"] = violations(page, rules=BY_WIDTH) + too_wide(page) + focused_unseen(page)
    told = [f"{how}: {one}" for how, all_of_it in wrong.items() for one in all_of_it]
    assert not told, "\n".join(told)
