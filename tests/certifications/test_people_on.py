"""Who is on a certification under filters: the same people whether few or many match, in pages that fit together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from certremoval.certifications import enrollments, people_on
from certremoval.certifications.enrollments import people_export_rows, people_rows, require_sheet
from certremoval.certifications.models import Certification, Enrollment
from certremoval.certifications.people_on import PeopleFilter, PeopleOn, find_people, page_of, statuses_on
from certremoval.organization.models import OrganizationalUnit, User
from certremoval.organization.naming import fold_name
from certremoval.problems import InvalidRequest, NotFound
from tests.removals.conftest import FORKLIFT, certification, enroll, make_unit, make_user

pytestmark = pytest.mark.django_db

Find = Callable[..., list[str]]

PEOPLE = {
    # User ID: name, status, active, unit
    "1": ("Ana Ruiz", "Certified", True, "DOCKS"),
    "2": ("Jon Bell", "Revoked", True, "DOCKS"),
    "3": ("Ayşe Şahin", "In Progress", True, "NIGHT"),
    "4": ("Bo Sahin", "Certified", False, "NIGHT"),
    "5": ("Ana Ruiz", "Certified", True, ""),
    "6": ("Anna Kowalska", "Expired", True, "NIGHT"),
    "7": ("Bela Kowal", "Certified", True, "OFFICE"),
    "8": ("", "Certified", True, ""),
    "9": ("Kowal Anders", "Certified", True, "OFFICE"),
}


@pytest.fixture(autouse=True)
def _people() -> None:
    """Nine people on Forklift, in Docks, in Night below it, in the Office or nowhere; others on Lockout."""
    for user_id, (name, status, is_active, _unit) in PEOPLE.items():
        make_user(user_id, name, is_active=is_active)
        enroll(FORKLIFT, user_id, status=status)
    members = {unit: [key for key, values in PEOPLE.items() if values[3] == unit] for unit in ("DOCKS", "NIGHT")}
    docks = make_unit("Division", "DOCKS", *members["DOCKS"])
    make_unit("Division", "NIGHT", *members["NIGHT"], parent=docks)
    make_unit("Division", "OFFICE", "7", "9")
    make_user("10", "Zoe Ruiz")
    enroll("LOTO", "1", "2", "10")


@pytest.fixture(params=["few", "many"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finding people: the second is that of a certification with more than FEW who match."""
    if request.param == "many":
        monkeypatch.setattr(people_on, "FEW", 0)
    return str(request.param)


def unit_key(unit_id: str) -> int:
    return OrganizationalUnit.objects.get(unit_id=unit_id).pk


def found(on: str = FORKLIFT, **filters: object) -> PeopleOn:
    return people_on.people_on(certification(on), PeopleFilter(**filters))  # type: ignore[arg-type]


def ids(people: PeopleOn, **place: int) -> list[str]:
    return [one.user.user_id for one in page_of(people, **place).enrollments]


def test_active_people_in_every_status_by_last_name_then_first(either_way: str) -> None:
    assert ids(found()) == ["8", "9", "2", "7", "6", "1", "5", "3"]


def test_inactive_people_on_request(either_way: str) -> None:
    assert ids(found(include_inactive=True)) == ["8", "9", "2", "7", "6", "1", "5", "3", "4"]


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("kowal", ["7", "6"]),
        ("Sahin", ["3"]),
        ("ŞAHİN", ["3"]),
        ("ana r", ["1", "5"]),
        ("Ruiz, Ana", ["1", "5"]),
        ("ana", []),
        ("z", []),
        (",", []),
        ("%", []),
    ],
)
def test_a_name_is_the_beginning_of_the_last_or_of_both(either_way: str, name: str, who: list[str]) -> None:
    assert ids(found(name=name)) == who


@pytest.mark.parametrize(
    ("unit", "who"), [("DOCKS", ["2", "6", "1", "3"]), ("NIGHT", ["6", "3"]), ("OFFICE", ["9", "7"])]
)
def test_a_unit_stands_for_those_below_it_too(either_way: str, unit: str, who: list[str]) -> None:
    assert ids(found(unit=unit_key(unit))) == who


@pytest.mark.parametrize(("status", "who"), [("Certified", ["8", "9", "7", "1", "5"]), ("Revoked", ["2"]), ("No", [])])
def test_a_status_is_compared_exactly(either_way: str, status: str, who: list[str]) -> None:
    assert ids(found(status=status)) == who


def test_filters_are_joined(either_way: str) -> None:
    assert ids(found(unit=unit_key("DOCKS"), name="sahin", include_inactive=True)) == ["3", "4"]
    assert ids(found(unit=unit_key("DOCKS"), name="sahin", status="Certified", include_inactive=True)) == ["4"]
    assert ids(found(unit=unit_key("OFFICE"), name="sahin")) == []


def test_nobody_of_another_certification_is_among_them(either_way: str) -> None:
    assert ids(found("LOTO")) == ["2", "1", "10"]


def test_they_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (found().count, found(status="Revoked").count, found(name=",").count) == (8, 1, 0)
    monkeypatch.setattr(people_on, "FEW", 7)
    assert (found().count, found(status="Certified").count) == (None, 5)


def modelled(shown: PeopleFilter) -> list[str]:
    """Say who must be shown, from what the tests know of them."""
    below = {"DOCKS": ("DOCKS", "NIGHT"), "NIGHT": ("NIGHT",), "OFFICE": ("OFFICE",)}
    unit = None if shown.unit is None else OrganizationalUnit.objects.get(pk=shown.unit).unit_id
    rows = []
    for user in User.objects.filter(user_id__in=PEOPLE):
        _name, status, is_active, of_unit = PEOPLE[user.user_id]
        last, first = fold_name(user.last_name), fold_name(user.first_name)
        if (
            (is_active or shown.include_inactive)
            and (not shown.status or status == shown.status)
            and (unit is None or of_unit in below[unit])
            and last.startswith(shown.name)
        ):
            rows.append((last, first, user.pk, user.user_id))
    return [row[-1] for row in sorted(rows)]


def test_pages_fit_together_forwards_and_backwards_under_every_filter(either_way: str) -> None:
    units = [None, unit_key("DOCKS"), unit_key("OFFICE")]
    for name, unit, status, inactive, size in product(
        ("", "k", "sahin"), units, ("", "Certified"), (False, True), (1, 2, 50)
    ):
        shown = PeopleFilter(name, unit, status, inactive)
        people = people_on.people_on(certification(), shown)
        expected = modelled(shown)
        page = page_of(people, size=size)
        pages = [page]
        while page.after is not None:
            page = page_of(people, after=page.after, size=size)
            pages.append(page)
        assert [one.user.user_id for page in pages for one in page.enrollments] == expected, shown
        assert pages[0].before is None

        back = [pages[-1]]
        while back[0].before is not None:
            back.insert(0, page_of(people, before=back[0].before, size=size))
        assert [one.user.user_id for page in back for one in page.enrollments] == expected, shown


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=12))
def test_no_text_is_too_odd_to_be_searched(text: str) -> None:
    assert page_of(found(name=text.replace("\0", ""))).before is None


def test_a_place_that_nobody_has_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Start again"):
        page_of(found(), after=2**62)


def test_a_page_goes_on_after_somebody_who_was_removed_meanwhile(either_way: str) -> None:
    people = found()
    first = page_of(people, size=2)
    Enrollment.objects.filter(user__user_id="9").delete()

    assert first.after is not None
    assert ids(found(), after=first.after)[:2] == ["2", "7"]


def test_what_may_not_be_seen_is_not_found() -> None:
    owner = make_user("owner")
    certification("LOTO").owners.add(owner)

    assert find_people(owner, certification("LOTO").pk, PeopleFilter()).count == 3
    with pytest.raises(NotFound):
        find_people(owner, certification().pk, PeopleFilter())


def test_queries_do_not_grow_with_the_people(either_way: str) -> None:
    shown: dict[str, Any] = {"name": "ruiz", "unit": unit_key("DOCKS"), "status": "Certified"}

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(found(**shown))
        return len(captured)

    before = queries()
    for number in range(20):
        make_user(f"P{number}", "Ana Ruiz")
        enroll(FORKLIFT, f"P{number}")
    assert queries() == before <= 7


def test_the_statuses_to_choose_from_are_the_known_ones_and_those_that_are_there() -> None:
    enroll(FORKLIFT, "other", status="Grandfathered")

    statuses = statuses_on(certification())

    assert statuses[0] == "Pending Approval"
    assert statuses[-2:] == ["Revoked", "Grandfathered"]
    assert "Grandfathered" not in statuses_on(certification("LOTO"))


@pytest.mark.parametrize(
    "filters",
    [{}, {"include_inactive": True}, {"status": "Certified"}, {"name": "k"}, {"unit": "DOCKS", "name": "ruiz"}],
)
@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_files_hold_exactly_who_is_shown(either_way: str, filters: dict[str, Any], batch_rows: int) -> None:
    if "unit" in filters:
        filters = {**filters, "unit": unit_key(str(filters["unit"]))}
    people = found(**filters)
    shown = ids(people)

    rows = list(people_export_rows(people, batch_rows=batch_rows))

    assert sorted(row[1] for row in rows) == sorted(shown)
    assert {row[0] for row in rows} == {FORKLIFT}
    pairs = list(people_rows(people, batch_rows=batch_rows))
    assert pairs == [(row[0], row[1]) for row in rows]
    if either_way == "few":
        assert [row[1] for row in rows] == shown, "in the order of the page"


def test_an_exported_row_tells_all_of_the_enrollment() -> None:
    (row,) = people_export_rows(found(status="Revoked"))
    assert row == (FORKLIFT, "2", "Revoked", "", "", "", "", "", "", "", "Jon Bell", "Active", "")


def test_more_people_than_a_sheet_holds_are_refused_before_the_first_row(
    either_way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = found()
    monkeypatch.setattr(enrollments, "MAX_SHEET_ROWS", 9)
    require_sheet(people)  # eight and a heading
    monkeypatch.setattr(enrollments, "MAX_SHEET_ROWS", 8)
    people = replace(people, few=None)
    with pytest.raises(InvalidRequest, match=r"which is 7\. Use Export to CSV"):
        require_sheet(people)


def test_a_certification_without_people_has_none() -> None:
    Certification.objects.create(certification_id="EMPTY", title="Empty")
    page = page_of(found("EMPTY"))
    assert (page.enrollments, page.before, page.after) == ((), None, None)
