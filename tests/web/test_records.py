"""Removal Records: the register as a page and as a file."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.organization.models import Group, GroupMembership, OrganizationalUnit, OUType, UnitMembership, User
from certremoval.removals.models import Job, JobState
from tests.certifications.conftest import MAY_2, Story
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db

REGISTER = "/removal-records/"


@pytest.fixture
def story(db: None) -> Story:
    return Story()


@pytest.fixture
def window(story: Story, signed_in: SignedIn) -> Client:
    """A browser of an auditor, who sees everybody's jobs."""
    story.grant(Permission.REMOVAL_VIEW)
    return signed_in(story.viewer)


def people(page: str) -> list[str]:
    return [row[1] for row in cells(page)[1:]]


def test_removals_of_all_jobs_are_listed_the_newest_first(story: Story, window: Client) -> None:
    job = Job.objects.create(operation=story.bens, state=JobState.PROCESSED)

    page = read(window, REGISTER)

    assert cells(page)[0] == ["Removed", "Person", "Certification", "Status before", "By", "Why", "Put back"]
    assert people(page) == ["Ana Ruiz 000123", "Cy Ito cy", "Ana Ruiz 000123"]
    assert f'<a href="/certification-removal/{job.pk}/"><bdi>Warehouse South closes</bdi></a>' in page
    assert "You see all removals." in words(page)


def test_filters_are_kept_in_the_form_and_in_the_file(window: Client) -> None:
    query = urlencode({"certification": "LOTO", "administrator": "bea", "from": "2026-05-01", "status": "Certified"})

    page = read(window, f"{REGISTER}?{query}")

    assert people(page) == ["Ana Ruiz 000123"]
    for kept in ('value="LOTO"', 'value="bea"', 'value="2026-05-01"', "<option selected>Certified</option>"):
        assert kept in page
    assert f"{REGISTER}export.csv?{query}".replace("&", "&amp;") in page
    csv = window.get(f"{REGISTER}export.csv?{query}").getvalue().decode("utf-8-sig")
    assert csv.count("\r\n") == 2
    assert window.get(f"{REGISTER}export.xlsx?{query}").getvalue().startswith(b"PK")


def test_dates_the_wrong_way_round_can_be_swapped_and_nothing_is_lost(window: Client) -> None:
    page = window.get(f"{REGISTER}?from=2026-05-12&to=2026-05-03&administrator=ben")

    assert page.status_code == 422
    text = page.content.decode()
    assert "The start, 12 May 2026, is after the end, 3 May 2026. Swap them?" in words(text)
    assert 'href="?from=2026-05-03&amp;to=2026-05-12&amp;administrator=ben"' in text
    assert 'value="2026-05-12"' in text


@pytest.mark.parametrize(
    "query",
    [
        "from=31-02",
        "from=2026-02-31",
        "unit=nowhere",
        "unit=%00",
        "unit=" + "x" * 10_000,
        "administrator=%00",
        "certification=" + "x" * 10_000,
        "status=%3Cscript%3E",
        "after=-1",
        "after=99999999999999999999",
        "after=abc",
        "from=0001-01-01&to=9999-12-31",
    ],
)
def test_no_address_breaks_the_page_or_the_file(window: Client, query: str) -> None:
    for address in (REGISTER, f"{REGISTER}export.csv"):
        page = window.get(f"{address}?{query}")
        assert page.status_code in (200, 422), address
    assert "<script>" not in window.get(f"{REGISTER}?{query}").content.decode().replace("<script src=", "")


@pytest.mark.parametrize(
    ("query", "kept", "message"),
    [
        ("from=31-02", 'type="text" id="from" name="from" value="31-02"', "“31-02” is no date."),
        ("to=2026-02-30", 'type="text" id="to" name="to" value="2026-02-30"', "“2026-02-30” is no date."),
        ("unit=nowhere", 'value="nowhere"', "No organizational unit is called so."),
        ("administrator=%00x", "\0x", "holds a character that is none"),
        ("status=" + "x" * 300, "x" * 300, "The search has 300 characters"),
        ("after=abc&administrator=ben", 'value="ben"', "The place in the list is not known any more."),
    ],
)
def test_a_mistake_is_said_and_all_that_was_typed_stays(window: Client, query: str, kept: str, message: str) -> None:
    page = window.get(f"{REGISTER}?certification=LOTO&{query}")

    text = page.content.decode()
    assert page.status_code == 422
    assert message in words(text)
    assert kept in text
    assert 'value="LOTO"' in text
    assert "<table" not in text, "a filter that is not understood does not mean everything"
    if "after" not in query:
        assert window.get(f"{REGISTER}export.csv?{query}").status_code == 422


def test_a_unit_is_found_by_its_name_and_chosen_among_several(story: Story, window: Client) -> None:
    for type_name, unit_id in (("Division", "D-1"), ("Location", "L-1")):
        unit_type = OUType.objects.create(name=type_name, is_custom=False)
        unit = OrganizationalUnit.objects.create(type=unit_type, unit_id=unit_id, name="Docks")
        UnitMembership.objects.create(user=story.cy, type=unit_type, unit=unit)

    several = window.get(f"{REGISTER}?unit=docks&status=Certified")
    assert several.status_code == 422
    assert "Several organizational units are called so. Choose one of them." in words(several.content.decode())
    chosen = re.findall(r'<li><a href="(\?unit=[^"]*)">', several.content.decode())

    assert len(chosen) == 2
    page = read(window, REGISTER + unescape(chosen[0]))
    assert people(page) == ["Cy Ito cy"]
    assert 'value="Docks (Division D-1)"' in page
    assert "<option selected>Certified</option>" in page
    assert people(read(window, f"{REGISTER}?unit=l-1")) == ["Cy Ito cy"]


def test_a_status_of_a_load_can_be_asked_for(story: Story, window: Client) -> None:
    page = read(window, f"{REGISTER}?status=On+hold")
    assert "<option selected>On hold</option>" in page
    assert "No removals in this period." in words(page)


def test_days_are_those_of_the_viewer(story: Story, window: Client) -> None:
    """08:15 UTC on 2 May is 22:15 on 1 May in Honolulu."""
    User.objects.filter(pk=story.viewer.pk).update(time_zone="Pacific/Honolulu")

    page = read(window, f"{REGISTER}?from=2026-05-01&to=2026-05-01")

    assert len(people(page)) == 2
    assert "1 May 2026, 22:15 HST" in words(page)
    assert "Both days included, in Pacific/Honolulu." in words(page)
    assert "No removals in this period." in words(read(window, f"{REGISTER}?from=2026-05-02&to=2026-05-02"))


def test_who_sees_some_jobs_is_told_whose_and_sees_no_others(story: Story, signed_in: SignedIn) -> None:
    night = Group.objects.create(group_id="N", name="Night shift")
    GroupMembership.objects.create(group=night, user=story.ben)
    story.grant(Permission.REMOVAL_VIEW, kind="groups", group=night)
    window = signed_in(story.viewer)

    page = read(window, REGISTER)
    file = window.get(f"{REGISTER}export.csv").getvalue().decode("utf-8-sig")

    assert "You see removals by you and by administrators in: the group Night shift." in words(page)
    assert people(page) == ["Cy Ito cy", "Ana Ruiz 000123"]
    for shown in (page, file):
        assert "Warehouse South closes" in shown
        assert "3 May 2026, 08:15" in shown or "2026-05-03T08:15:00Z" in shown, "the restoration is history"
        for hidden in ("Lockout", "Left the unit", "Moved", "Back again"):
            assert hidden not in shown
    assert 'href="/people/' not in page, "who may not see people is not led to them"


def test_an_empty_period_is_said(window: Client) -> None:
    assert "No removals in this period." in words(read(window, f"{REGISTER}?from=2020-01-01&to=2020-01-02"))


def test_pages_go_on_where_the_last_ended(story: Story, window: Client) -> None:
    for _ in range(60):
        story.record(story.cy, story.loto, story.bens, MAY_2)

    first = read(window, REGISTER)
    assert len(people(first)) == 50
    following = first[first.index('rel="next" href="') + len('rel="next" href="') :].split('"')[0]
    second = read(window, REGISTER + following)

    assert len(people(second)) == 13
    assert 'rel="next"' not in second


def test_others_are_refused(story: Story, learner: User, signed_in: SignedIn) -> None:
    """Also who sees certifications and their people, and nobody's removals."""
    viewer = holder("vera", Permission.CERTIFICATION_VIEW)
    for address in (REGISTER, f"{REGISTER}export.csv", f"{REGISTER}export.xlsx"):
        for somebody in (learner, viewer):
            assert signed_in(somebody).get(address).status_code == 403, (somebody, address)
        assert Client().get(address).status_code == 302, address


def test_queries_do_not_grow_with_the_register(story: Story, window: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(window, REGISTER)
        return len(captured)

    before = queries()
    for number in range(20):
        operation = story.operation(story.ben, f"Job {number}", "")
        Job.objects.create(operation=operation, state=JobState.PROCESSED)
        story.record(story.cy, story.loto, operation, MAY_2)
    assert queries() == before <= 20  # one of them for the bell
