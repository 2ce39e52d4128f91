"""What all pages share: Back, the viewer's zone and theme, the policy against foreign script, times and shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from certremoval.organization.models import User
from certremoval.web.pages import back_address, whole_number
from certremoval.web.preferences import zone_of
from certremoval.web.templatetags.shown import moment, share
from tests.web.conftest import SignedIn
from tests.web.pages import read


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/people/?search=x", "/people/?search=x"),
        ("", "/"),
        ("http://elsewhere.example/people/", "/"),
        ("https://testserver/people/", "/"),
        ("http://testserver/certification-removal/?page=2", "/"),
        ("http://testserver/sign-in/?next=/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
    ],
)
def test_back_leads_to_the_last_page_of_this_site(came_from: str, back: str) -> None:
    """Not to another site, and not to the page itself, which shows itself again after a search."""
    request = RequestFactory().get("/certification-removal/", headers={"referer": came_from})
    assert back_address(request) == back


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (None, 0), ("", 0), ("-1", 0), ("1.5", 0), ("abc", 0), ("٣", 0), ("9" * 30, 0)],
)
def test_a_number_of_an_address_is_one_or_none(text: str | None, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 10, 0), (10, 10, 100), (1, 10_000, 1), (9_999, 10_000, 99), (1, 3, 33), (0, 0, 0)],
)
def test_a_share_is_nothing_or_all_only_where_it_is(part: int, whole: int, percent: int) -> None:
    assert share(part, whole) == percent


def test_a_time_is_shown_with_its_zone() -> None:
    shown = moment(datetime(2026, 5, 3, 10, 15, tzinfo=UTC))
    assert shown == '<time datetime="2026-05-03T10:15:00Z">3 May 2026, 10:15 UTC</time>'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "name"), [("Europe/Warsaw", "Europe/Warsaw"), ("", "UTC"), ("Nowhere/Else", "UTC"), ("../etc", "UTC")]
)
def test_times_are_in_the_viewers_zone(ada: User, signed_in: SignedIn, zone: str, name: str) -> None:
    """An unknown zone, from a load or an older machine, breaks no page."""
    User.objects.filter(pk=ada.pk).update(time_zone=zone)
    page = signed_in(ada).get("/")
    assert page.status_code == 200
    assert str(zone_of(page.wsgi_request)) == name


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_a_page_has_the_viewers_theme(ada: User, signed_in: SignedIn, theme: str) -> None:
    User.objects.filter(pk=ada.pk).update(theme=theme)
    assert f'data-bs-theme="{theme}"' in read(signed_in(ada), "/")


@pytest.mark.django_db
def test_no_page_may_load_or_run_what_is_not_ours(ada: User, signed_in: SignedIn) -> None:
    for page in (Client().get("/sign-in/"), signed_in(ada).get("/"), signed_in(ada).get("/admin/")):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "object-src 'none'" in policy
        assert page.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_is_told_in_our_words(ada: User, signed_in: SignedIn) -> None:
    for browser in (Client(), signed_in(ada)):
        page = browser.get("/nowhere/")
        assert page.status_code == 404
        assert "There is no such page." in page.content.decode()


@pytest.mark.django_db
def test_a_form_with_too_much_text_is_told_what_to_do_instead(ada: User, signed_in: SignedIn, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    page = signed_in(ada).post(
        "/certification-removal/new/", "pasted=" + "x" * 1_000, content_type="application/x-www-form-urlencoded"
    )
    assert page.status_code == 400
    assert "Send a long list as a file." in page.content.decode()


@pytest.mark.django_db
def test_a_fault_of_ours_is_a_page_that_asks_nothing_of_the_database(
    ada: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("certremoval.web.tools.render", fails)
    browser = signed_in(ada)
    browser.raise_request_exception = False
    page = browser.get("/")
    assert page.status_code == 500
    assert "Nothing was half done" in page.content.decode()
    assert "secret words" not in page.content.decode()


@pytest.mark.django_db
def test_a_database_that_is_away_is_said_and_may_be_tried_again(
    ada: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_: object, **__: object) -> None:
        raise OperationalError("the server has gone; secret words")

    monkeypatch.setattr("certremoval.web.tools.render", is_away)
    browser = signed_in(ada)
    browser.raise_request_exception = False
    page = browser.get("/")
    assert page.status_code == 503
    assert int(page["Retry-After"]) > 0
    assert "The database is away" in page.content.decode()
    assert "secret words" not in page.content.decode()


@pytest.mark.django_db
def test_a_page_that_updates_itself_does_not_turn_into_the_sign_in_page() -> None:
    part = Client().get("/certification-removal/", headers={"HX-Request": "true"})
    assert (part.status_code, part.content) == (401, b"")
