"""Preferences: one's own time zone, theme and password."""

from __future__ import annotations

import pytest

from certremoval.organization.models import User
from certremoval.web.account.preferences import zone_choices
from tests.web.conftest import SignedIn
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("000123", password=PASSWORD, first_name="Ana", last_name="Ruiz")


def test_zone_and_theme_are_kept_and_used_at_once(ana: User, signed_in: SignedIn) -> None:
    browser = signed_in(ana)

    answer = browser.post("/preferences/", {"time_zone": "Europe/Warsaw", "theme": "dark"}, follow=True)

    page = answer.content.decode()
    assert "Your preferences are kept." in words(page)
    assert 'data-bs-theme="dark"' in page
    assert '<option value="Europe/Warsaw" selected>' in page
    ana.refresh_from_db()
    assert (ana.time_zone, ana.theme) == ("Europe/Warsaw", "dark")


@pytest.mark.parametrize(
    "sent", [{"time_zone": "Nowhere/Else", "theme": "dark"}, {"time_zone": "UTC", "theme": "pink"}, {}]
)
def test_what_is_no_choice_is_not_kept(ana: User, signed_in: SignedIn, sent: dict[str, str]) -> None:
    page = signed_in(ana).post("/preferences/", sent)
    assert page.status_code == 422
    ana.refresh_from_db()
    assert (ana.time_zone, ana.theme) == ("", "system")


def test_a_zone_that_is_no_longer_known_shows_utc(ana: User, signed_in: SignedIn) -> None:
    User.objects.filter(pk=ana.pk).update(time_zone="Gone/Away")
    assert 'name="time_zone"' in read(signed_in(ana), "/preferences/")


def test_every_zone_is_offered_by_its_region() -> None:
    regions = dict(zone_choices())
    assert regions["UTC"] == "UTC"
    assert ("America/Argentina/Buenos_Aires", "Argentina, Buenos Aires") in regions["America"]


def test_a_new_password_signs_other_browsers_out(ana: User, signed_in: SignedIn) -> None:
    here, elsewhere = signed_in(ana), signed_in(ana)
    sent = {
        "what": "password",
        "old_password": PASSWORD,
        "new_password1": "a new long one 7",
        "new_password2": "a new long one 7",
    }

    answer = here.post("/preferences/", sent)

    assert answer.status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("a new long one 7")


def test_the_old_password_is_asked_for(ana: User, signed_in: SignedIn) -> None:
    sent = {
        "what": "password",
        "old_password": "wrong",
        "new_password1": "a new long one 7",
        "new_password2": "a new long one 7",
    }
    assert signed_in(ana).post("/preferences/", sent).status_code == 422
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_one_keeps_ones_own_preferences_alone(ana: User, ada: User, signed_in: SignedIn) -> None:
    signed_in(ada).post("/preferences/", {"time_zone": "Europe/Warsaw", "theme": "dark", "user": ana.pk})
    ana.refresh_from_db()
    assert ana.theme == "system"
