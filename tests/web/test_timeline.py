"""The page of one person on one certification, and the ways to it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from certremoval.access.models import Permission
from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import User
from certremoval.removals import naming
from tests.removals.conftest import FORKLIFT, enroll, make_user, people, remove, run
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


@pytest.fixture
def window(root: User, signed_in: SignedIn) -> Client:
    """A browser of somebody who sees everything."""
    return signed_in(root)


def address(user_id: str, on: str = FORKLIFT) -> str:
    person, certification = User.objects.get(user_id=user_id), Certification.objects.get(certification_id=on)
    return f"/people/{person.pk}/certifications/{certification.pk}/"


def test_it_tells_the_story_and_how_things_are_now(root: User, window: Client) -> None:
    make_user("000123", "Ana Ruiz")
    enroll(FORKLIFT, "000123", assigned_date=date(2024, 5, 3))
    job = run(remove(root, people("000123"), title="Leavers"))

    page = read(window, address("000123"))

    assert "<bdi>Ana Ruiz</bdi> on <bdi>Title of FORKLIFT-3Y</bdi></h1>" in page
    assert "Not on it now: removed on" in words(page)
    assert [row[1:] for row in cells(page)] == [
        ["What", "By", "Why"],
        ["Assigned", "", ""],
        [f"To be removed Line 2 of job {job.pk}", "Rosa Oort ROOT", "Leavers"],
        ["Removed Status before: Certified assigned 3 May 2024", "Rosa Oort ROOT", "Leavers"],
    ]
    assert cells(page)[1][0] == "3 May 2024"
    assert f'href="/certification-removal/{job.pk}/?search=000123#lines"' in page
    assert "Lines were looked for in every job" in words(page)


def test_a_hidden_job_gives_date_actor_and_nothing_to_follow(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    run(remove(root, people("K-1"), title="Secret"))

    page = read(signed_in(holder("vi", Permission.CERTIFICATION_VIEW)), address("K-1"))

    assert [row[1:] for row in cells(page)[1:]] == [["Removed Status before: Certified", "Rosa Oort ROOT", ""]]
    assert "Secret" not in page
    assert "/certification-removal/" not in page.split("<h2")[1]


def test_an_owner_is_led_back_to_the_certification_and_not_to_people(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    owner = make_user("owner")
    certification = Certification.objects.get()
    certification.owners.add(owner)

    page = read(signed_in(owner), address("K-1"))

    assert f'href="/certifications/{certification.pk}/"' in page
    assert f'href="/people/{User.objects.get(user_id="K-1").pk}/"' not in page


def test_what_was_not_looked_through_is_said(root: User, window: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "ROWS_READ", 0)
    enroll(FORKLIFT, "K-1", "K-2")
    job = remove(root, people("K-1", "K-2"), leave_out_users=("K-2",))

    assert f"Job {job.pk} is large" in words(read(window, address("K-2")))


def test_ways_lead_to_it(root: User, window: Client) -> None:
    """From the person, enrolled or removed, from the certification, from the lines of a job, and the register."""
    enroll(FORKLIFT, "K-1", "K-2")
    job = run(remove(root, people("K-1")))
    removed, enrolled = address("K-1"), address("K-2")

    assert f'href="{removed}"' in read(window, f"/people/{User.objects.get(user_id='K-1').pk}/")
    assert f'href="{enrolled}"' in read(window, f"/people/{User.objects.get(user_id='K-2').pk}/")
    assert f'href="{enrolled}"' in read(window, f"/certifications/{Certification.objects.get().pk}/")
    assert f'href="{removed}"' in read(window, f"/certification-removal/{job.pk}/")
    assert f'href="{removed}"' in read(window, "/removal-records/")


def test_who_does_not_see_people_is_not_led_to_what_they_may_not_open(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    job = run(remove(root, people("K-1")))
    browser = signed_in(holder("vi", Permission.REMOVAL_VIEW))

    for where in (f"/certification-removal/{job.pk}/", "/removal-records/"):
        assert address("K-1") not in read(browser, where)
    assert browser.get(address("K-1")).status_code == 403


def test_names_are_text_and_nothing_else(root: User, window: Client) -> None:
    evil = '<script>alert(1)</script>"\u202e'
    make_user("K-1", evil)
    enroll(FORKLIFT, "K-1", status=evil)
    Certification.objects.update(title=evil)
    job = run(remove(root, people("K-1"), title=evil))
    enroll(FORKLIFT, "K-1", status=evil)
    person = User.objects.get(user_id="K-1").pk
    for where in (
        address("K-1"),
        f"/people/{person}/",
        f"/certifications/{Certification.objects.get().pk}/",
        f"/certification-removal/{job.pk}/",
        "/removal-records/",
    ):
        page = read(window, where)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("key", ["999999", "9" * 30])
def test_nobody_and_nothing_is_not_found(root: User, window: Client, key: str) -> None:
    (enrollment,) = enroll(FORKLIFT, "K-1")
    for where in (
        f"/people/{key}/certifications/{enrollment.certification_id}/",
        f"/people/{root.pk}/certifications/{key}/",
    ):
        assert window.get(where).status_code == 404
    assert Enrollment.objects.exists()
