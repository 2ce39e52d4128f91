"""Signing in and out, and that nothing is shown before."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from certremoval.organization.models import User
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {"sign-in", "sign-out", "healthz", "readyz"}
PASSWORD = "correct horse battery"


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("000123", password=PASSWORD, first_name="Ana", last_name="Ruiz")


def patterns() -> list[URLPattern]:
    """Return all addresses; those of included files too. The administration's have a matrix of their own."""
    found: list[URLPattern] = []
    waiting = list(get_resolver().url_patterns)
    for pattern in waiting:
        if isinstance(pattern, URLPattern):
            found.append(pattern)
        elif pattern.app_name != "admin":
            waiting.extend(pattern.url_patterns)
    return found


def test_every_page_but_the_named_leads_the_anonymous_to_sign_in() -> None:
    names = {pattern.name for pattern in patterns()}
    assert names >= {"tools", "jobs", *OPEN_TO_ALL}
    for pattern in patterns():
        if pattern.name not in OPEN_TO_ALL:
            arguments: dict[str, object] = dict.fromkeys(pattern.pattern.converters, 1)
            if groups := getattr(pattern.pattern, "regex", None) and pattern.pattern.regex.groupindex:
                arguments |= {name: "csv" if name == "format" else 1 for name in groups}
            address = reverse(str(pattern.name), kwargs=arguments)
            response = Client().get(address)
            if response.status_code == 405:
                response = Client().post(address)
            assert (response.status_code, response.headers["Location"]) == (302, f"/sign-in/?next={address}")


def test_one_signs_in_by_user_id_and_password_and_goes_on_to_where_one_was_going(ana: User) -> None:
    browser = Client()
    page = browser.get("/sign-in/?next=/certification-removal/")
    assert page.status_code == 200
    assert "User ID" in page.content.decode()

    answer = browser.post("/sign-in/", {"username": "000123", "password": PASSWORD, "next": "/certification-removal/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/certification-removal/")
    assert "Ana Ruiz" in browser.get("/").content.decode()


def test_the_page_keeps_where_one_was_going(ana: User) -> None:
    page = Client().get("/sign-in/?next=/certification-removal/").content.decode()
    assert '<input type="hidden" name="next" value="/certification-removal/">' in page


def test_nobody_is_led_to_another_site(ana: User) -> None:
    answer = Client().post(
        "/sign-in/", {"username": "000123", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("typed", [" 000123 ", "\ufeff000123\u200b"])
def test_what_copying_leaves_around_a_user_id_does_not_count(ana: User, typed: str) -> None:
    assert Client().post("/sign-in/", {"username": typed, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("typed", ["123", "\uff10\uff10\uff10\uff11\uff12\uff13"])
def test_a_user_id_is_compared_exactly(ana: User, typed: str) -> None:
    """Lost zeros, and full-width digits, which Django's own form would fold."""
    page = Client().post("/sign-in/", {"username": typed, "password": PASSWORD})

    assert page.status_code == 200
    assert "No active user has this User ID with this password." in page.content.decode()


def test_a_wrong_password_and_an_inactive_user_get_the_same_answer(ana: User) -> None:
    wrong = Client().post("/sign-in/", {"username": "000123", "password": "wrong"})
    ana.is_active = False
    ana.save()
    inactive = Client().post("/sign-in/", {"username": "000123", "password": PASSWORD})

    for page in (wrong, inactive):
        assert page.status_code == 200
        assert "No active user has this User ID with this password." in page.content.decode()


def test_who_becomes_inactive_is_out_with_the_next_page(ana: User, signed_in: SignedIn) -> None:
    browser = signed_in(ana)
    assert browser.get("/").status_code == 200

    User.objects.filter(pk=ana.pk).update(is_active=False)

    assert browser.get("/").status_code == 302


def test_who_is_signed_in_is_led_on_from_the_sign_in_page(ana: User, signed_in: SignedIn) -> None:
    assert signed_in(ana).get("/sign-in/").headers["Location"] == "/"


def test_one_signs_out_by_a_button_and_not_by_a_link(ana: User, signed_in: SignedIn) -> None:
    browser = signed_in(ana)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.get("/").status_code == 200

    assert browser.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert browser.get("/").status_code == 302


def test_forms_are_refused_without_their_token(ana: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/sign-in/", {"username": "000123", "password": PASSWORD}).status_code == 403
