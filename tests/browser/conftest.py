"""A browser before pages that are served for real.

``open_page`` opens a window in which somebody is signed in. A window is watched (:mod:`tests.browser.watching`): a test
fails on a message on the console, a request to another host or an answer that is an error, even if all else is well.

Playwright's loop runs for as long as its browser does, so all of it lives as long as this folder's tests are run, and
not to the end of the run: other tests would believe themselves inside a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from certremoval.organization.models import User
from tests.browser.chromium import ARGUMENTS, MISSING, find_chromium
from tests.browser.site import served_pages
from tests.browser.small import make_small_organisation
from tests.browser.watching import Watch
from tests.browser.world import World, build_world
from tests.emptying import empty_database

PATIENCE = 60_000
"""Milliseconds that a test waits for what it expects. Nothing takes so long; a slow machine may."""

HERE = Path(__file__).parent
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests together, at the end, so that the browser is started once; skip them where there is none."""
    browsers = [item for item in items if HERE in item.path.parents]
    for item in browsers:
        item.add_marker("browser")
        if find_chromium() is None:
            item.add_marker(pytest.mark.skip(reason=MISSING))
    items[:] = [item for item in items if HERE not in item.path.parents] + browsers


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with pytest.MonkeyPatch.context() as patch:
        # The tests are plain functions beside Playwright's loop, not within it; Django cannot tell.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as started:
            expect.set_options(timeout=PATIENCE)
            yield started


@pytest.fixture(scope="package")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of the pages."""
    with served_pages() as address:
        yield address


@pytest.fixture(scope="package")
def browser(playwright: Playwright, site: str, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    # After the site, so that it is closed before: an open connection of it would keep the database open.
    started = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS, **browser_type_launch_args)
    yield started
    started.close()


@pytest.fixture
def browser_context_args(site: str) -> dict[str, Any]:
    return {"base_url": site, "viewport": WIDE, "locale": "en-GB", "timezone_id": "Europe/Warsaw"}


@pytest.fixture
def watch() -> Callable[[Page], Watch]:
    """Return the watch over a page's window, to tell it what the test expects."""

    def of(page: Page) -> Watch:
        return _WATCHES[page.context]

    return of


_WATCHES: dict[BrowserContext, Watch] = {}


class OpenPage(Protocol):
    def __call__(self, user: User | None = None, address: str = "", **context: Any) -> Page: ...


@pytest.fixture
def open_page(
    transactional_db: None,
    new_context: Callable[..., BrowserContext],
    site: str,
) -> Iterator[OpenPage]:
    """Open a window in which ``user`` is signed in, at an address; further words are Playwright's for a context."""
    mine: list[Watch] = []

    def opened(user: User | None = None, address: str = "", **context: Any) -> Page:
        window = new_context(**context)
        window.set_default_timeout(PATIENCE)
        mine.append(Watch(window, site))
        _WATCHES[window] = mine[-1]
        if user is not None:
            sign_in(window, user, site)
        page = window.new_page()
        if address:
            page.goto(address)
        return page

    yield opened
    mistakes = [mistake for one in mine for mistake in one.mistakes]
    _WATCHES.clear()
    assert not mistakes, "\n".join(mistakes)


def sign_in(window: BrowserContext, user: User, site: str) -> None:
    """Sign somebody in without the form, which has a test of its own."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    window.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """An organisation to look at, made once for a module, which puts it in the place of ``transactional_db``."""
    with django_db_blocker.unblock():
        assert "test" in Path(str(connection.settings_dict["NAME"])).name, "this is no database of tests"
        try:
            yield build_world()
        finally:
            empty_database()


@pytest.fixture
def ada(transactional_db: None) -> User:
    """The administrator of a small organisation, which each test has for itself."""
    return make_small_organisation()
