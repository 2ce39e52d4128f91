"""People: the search, a person's certifications and removal history, and both as files."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from tests.certifications.conftest import MAY_2, Story
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(db: None) -> Story:
    return Story()


@pytest.fixture
def window(story: Story, signed_in: SignedIn) -> Client:
    """A browser of somebody who may see people, and nobody's jobs."""
    story.grant(Permission.CERTIFICATION_VIEW)
    return signed_in(story.viewer)


def test_a_search_shows_who_is_found(story: Story, window: Client) -> None:
    Enrollment.objects.create(certification=story.loto, user=story.ana, status="Certified")
    User.objects.filter(pk=story.ana.pk).update(email="ana@example.org", is_active=False)

    assert cells(read(window, "/people/?search=rui")) == [
        ["Name", "User ID", "E-mail", "User Status", "Certifications"],
        ["Ana Ruiz", "000123", "ana@example.org", "Inactive", "1"],
    ]
    assert "Nobody is found." in words(read(window, "/people/?search=nobody"))
    assert "Nobody is found." not in words(read(window, "/people/"))


@pytest.mark.parametrize("text", ["%00", "x" * 10_000, "%3Cscript%3Ealert(1)%3C/script%3E", "%E2%80%AE", "%ff"])
def test_no_search_breaks_the_page(window: Client, text: str) -> None:
    page = window.get(f"/people/?search={text}")
    assert page.status_code in (200, 422)
    assert "<script>alert" not in page.content.decode()


def test_a_person_is_shown_with_certifications_and_history(story: Story, window: Client) -> None:
    Enrollment.objects.create(
        certification=story.loto,
        user=story.ana,
        status="Certified",
        identifier="L-1",
        certified_date=date(2026, 5, 2),
        expiration_date=date(2027, 5, 2),
    )

    page = read(window, f"/people/{story.ana.pk}/")

    assert "<bdi>Ana Ruiz</bdi></h1>" in page
    rows = cells(page)
    assert rows[1] == ["Lockout", "L-1", "", "Certified", "", "", "2 May 2026", "2 May 2027", ""]
    before = "Certified Version 2 Identifier F-7 due 1 Jun 2026"
    assert rows[3] == ["4 May 2026, 08:15 UTC", "Lockout LOTO", before, "Bea Ito bea", "Moved", "No"]
    assert rows[4][3:] == ["Ben Ito ben", "Role change", "3 May 2026, 08:15 UTC by Bea Ito Mistake"]


def test_a_hidden_job_gives_date_actor_and_reason_and_nothing_else(story: Story, window: Client) -> None:
    job = Job.objects.create(operation=story.bens, state=JobState.PROCESSED)

    page = read(window, f"/people/{story.ana.pk}/")

    assert "Ben Ito" in page
    assert "Role change" in page
    assert "Warehouse South closes" not in page
    assert f"/certification-removal/{job.pk}/" not in page


def test_a_visible_job_is_named_and_led_to(story: Story, window: Client) -> None:
    job = Job.objects.create(operation=story.bens, state=JobState.PROCESSED)
    story.grant(Permission.REMOVAL_VIEW)

    back = Job.objects.create(operation=story.undo, state=JobState.PROCESSED)

    page = read(window, f"/people/{story.ana.pk}/")

    assert f'<a href="/certification-removal/{job.pk}/"><bdi>Warehouse South closes</bdi></a>' in page
    assert f'<a href="/certification-removal/{back.pk}/"><bdi>Back again</bdi></a>' in page
    assert "<bdi>Left the unit</bdi>" in page, "a removal of one person has a title and no job"


def test_who_may_take_somebody_off_is_led_there(story: Story, window: Client, signed_in: SignedIn) -> None:
    Enrollment.objects.create(certification=story.loto, user=story.ana, status="Certified")
    remove = f"/certifications/{story.loto.pk}/people/{story.ana.pk}/remove/"
    address = f"/people/{story.ana.pk}/"

    assert remove not in read(window, address)
    assert remove in read(signed_in(holder("mo", Permission.CERTIFICATION_MANAGE)), address)


def test_nobody_without_removals(story: Story, window: Client) -> None:
    page = words(read(window, f"/people/{story.bea.pk}/"))
    assert "This person is on no certification." in page
    assert "No removals for this person." in page


def test_the_files_hold_the_same(story: Story, window: Client) -> None:
    Enrollment.objects.create(certification=story.loto, user=story.ana, status="Certified")
    removals = window.get(f"/people/{story.ana.pk}/removals.csv")
    enrollments = window.get(f"/people/{story.ana.pk}/enrollments.csv")

    assert removals.getvalue().decode("utf-8-sig").count("\r\n") == 3
    assert b"Warehouse South closes" not in removals.getvalue()
    assert enrollments.getvalue().decode("utf-8-sig").splitlines()[1].startswith("LOTO,000123,Certified,")
    for format in ("removals.xlsx", "enrollments.xlsx"):
        assert window.get(f"/people/{story.ana.pk}/{format}").getvalue().startswith(b"PK")


def test_a_long_history_goes_on_where_it_ended(story: Story, window: Client) -> None:
    for _ in range(25):
        story.record(story.ana, story.loto, story.bens, MAY_2)
    address = f"/people/{story.ana.pk}/"

    first = read(window, address)
    following = first[first.index('rel="next" href="') + len('rel="next" href="') :].split('"')[0]
    second = read(window, address + following)

    times = [page.split('id="history"')[1].count("<time") for page in (first, second)]
    assert times == [20, 8], "27 removals, and one is put back"
    assert 'rel="next"' not in second
    assert "Newest removals" in words(second)


@pytest.mark.parametrize("after", ["abc", "-1", "0", "99999999999999999999", "%00", "9" * 5000])
def test_a_place_that_the_history_does_not_have_is_said(story: Story, window: Client, after: str) -> None:
    page = window.get(f"/people/{story.ana.pk}/?after={after}")
    assert page.status_code == 422
    assert "The place in the list is not known any more." in words(page.content.decode())


def test_names_are_text_and_nothing_else(story: Story, window: Client) -> None:
    evil = "<script>alert(1)</script>\u202e"
    User.objects.filter(pk=story.ana.pk).update(first_name=evil, email=evil, username=evil)
    for address in (f"/people/{story.ana.pk}/", "/people/?search=ruiz"):
        page = read(window, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("key", ["999999", "9" * 30, "9" * 5000])
def test_nobody_is_not_found(window: Client, key: str) -> None:
    for address in (f"/people/{key}/", f"/people/{key}/removals.csv", f"/people/{key}/enrollments.xlsx"):
        assert window.get(address).status_code == 404


def test_others_are_refused(story: Story, learner: User, auditor: User, signed_in: SignedIn) -> None:
    """Also who reads jobs alone, and who owns a certification that the person is on."""
    story.loto.owners.add(story.bea)
    Enrollment.objects.create(certification=story.loto, user=story.ana, status="Certified")
    files = ("removals.csv", "removals.xlsx", "enrollments.csv", "enrollments.xlsx")
    addresses = ("/people/", f"/people/{story.ana.pk}/", *(f"/people/{story.ana.pk}/{file}" for file in files))
    for somebody in (learner, auditor, story.bea):
        browser = signed_in(somebody)
        for address in addresses:
            assert browser.get(address).status_code == 403, (somebody, address)
    for address in addresses:
        assert Client().get(address).status_code == 302, address


def test_queries_do_not_grow_with_people_or_history(story: Story, window: Client) -> None:
    def queries() -> tuple[int, int]:
        counts = []
        for address in ("/people/?search=ito", f"/people/{story.ana.pk}/"):
            with CaptureQueriesContext(connection) as captured:
                read(window, address)
            counts.append(len(captured))
        return counts[0], counts[1]

    Enrollment.objects.create(certification=story.loto, user=story.ana, status="Certified")
    before = queries()
    for number in range(15):
        User.objects.create_user(f"N-{number}", last_name="Ito")
        on = Certification.objects.create(certification_id=f"C-{number}", title="T")
        Enrollment.objects.create(certification=on, user=story.ana, status="Certified")
        story.record(story.ana, on, story.bens, MAY_2)
    assert queries() == before
    assert max(before) <= 20
