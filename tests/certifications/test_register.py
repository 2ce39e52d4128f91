"""The register of removals: what each filter shows, to whom, page by page, and as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.certifications import register
from certremoval.certifications.models import RemovalRecord
from certremoval.certifications.periods import Period
from certremoval.certifications.register import RECORD_COLUMNS, RecordFilter, record_page, record_rows
from certremoval.organization.models import Group, GroupMembership, OrganizationalUnit, OUType, UnitMembership, User
from certremoval.problems import InvalidRequest, NotPermitted
from tests.certifications.conftest import MAY_2, Story

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few are found first", "many are asked on the way"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer is the same whichever way it is found."""
    if request.param.startswith("many"):
        for limit in ("FEW_MEMBERS", "FEW_OPERATIONS", "FEW_RECORDS"):
            monkeypatch.setattr(register, limit, 0)


def shown(story: Story, **filters: Any) -> list[tuple[str, str]]:
    """Who was removed from what, in the order of the register."""
    page = record_page(story.viewer, RecordFilter(**filters))
    return [(entry.person.user_id, entry.certification_id) for entry in page.entries]


ALL = [("000123", "LOTO"), ("cy", "FORKLIFT-3Y"), ("000123", "FORKLIFT-3Y")]


def test_all_removals_the_newest_first(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    assert shown(story) == ALL


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, 3),
        (date(2026, 5, 2), None, 3),
        (date(2026, 5, 3), None, 1),
        (None, date(2026, 5, 2), 2),
        (date(2026, 5, 4), date(2026, 5, 4), 1),
        (date(2026, 5, 5), date.max, 0),
        (date.min, date(2026, 5, 1), 0),
    ],
)
def test_a_period_holds_both_its_days(story: Story, first: date | None, last: date | None, days: int) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    assert len(shown(story, period=Period(first, last))) == days


def test_a_day_is_one_of_the_viewers_zone(story: Story) -> None:
    """08:15 UTC on 2 May is the evening of 1 May nowhere, and of 2 May in Sydney already."""
    story.grant(Permission.REMOVAL_VIEW)
    assert len(shown(story, period=Period(date(2026, 5, 2), date(2026, 5, 2), "Australia/Sydney"))) == 2
    assert len(shown(story, period=Period(date(2026, 5, 2), date(2026, 5, 2), "Pacific/Kiritimati"))) == 2
    assert len(shown(story, period=Period(date(2026, 5, 1), date(2026, 5, 1), "Pacific/Pago_Pago"))) == 2


def test_a_start_after_the_end_is_no_period() -> None:
    with pytest.raises(InvalidRequest, match=r"The start, 12 May 2026, is after the end, 3 May 2026\. Swap them\?"):
        Period(date(2026, 5, 12), date(2026, 5, 3))


@pytest.mark.usefixtures("_both_ways")
class TestFilters:
    @pytest.mark.parametrize("text", ["LOTO", "lockout", " Lock "])
    def test_a_certification_by_its_id_or_title(self, story: Story, text: str) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        assert shown(story, certification=text) == [("000123", "LOTO")]

    @pytest.mark.parametrize("text", ["ben", "Ben Ito", "Ito, Ben"])
    def test_an_administrator_by_id_or_name(self, story: Story, text: str) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        assert shown(story, administrator=text) == ALL[1:]

    def test_an_administrator_by_the_name_of_then(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        User.objects.filter(pk=story.ben.pk).update(first_name_key="benedict", last_name_key="oort")
        assert shown(story, administrator="ben it") == shown(story, administrator="oort") == ALL[1:]

    def test_an_administrator_among_many_who_are_called_so(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        User.objects.bulk_create(
            User(user_id=f"B-{number}", lookalike_key="", first_name_key="ben", last_name_key="it")
            for number in range(250)
        )
        assert shown(story, administrator="ben i") == ALL[1:]

    def test_a_certification_that_is_there_no_more(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        story.loto.delete()
        assert shown(story, certification="LOTO") == [("000123", "LOTO")]

    def test_nobody_is_no_administrator(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        assert shown(story, administrator="nobody") == []

    def test_the_status_before(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        assert shown(story, status="Certified") == ALL
        assert shown(story, status="Revoked") == []

    def test_a_unit_and_all_below_it(self, story: Story) -> None:
        story.grant(Permission.REMOVAL_VIEW)
        division = OUType.objects.create(name="Division", is_custom=False)
        above = OrganizationalUnit.objects.create(type=division, unit_id="A", name="A")
        below = OrganizationalUnit.objects.create(type=division, unit_id="B", name="B", parent=above)
        UnitMembership.objects.create(user=story.cy, type=division, unit=below)

        assert shown(story, unit=above.pk) == shown(story, unit=below.pk) == [("cy", "FORKLIFT-3Y")]
        assert shown(story, unit=0) == []

        UnitMembership.objects.filter(user=story.cy).update(unit=above)
        assert shown(story, unit=below.pk) == [], "people are looked for where they sit now"

    def test_only_what_the_viewer_may_see(self, story: Story) -> None:
        """Bea's operations are hidden, with all that they did."""
        group = Group.objects.create(group_id="N", name="Night shift")
        GroupMembership.objects.create(group=group, user=story.ben)
        story.grant(Permission.REMOVAL_VIEW, kind="groups", group=group)

        assert shown(story) == ALL[1:]
        assert shown(story, administrator="bea") == []
        (back,) = (entry.put_back for entry in record_page(story.viewer, RecordFilter()).entries if entry.put_back)
        assert (back.by.name, back.operation) == ("Bea Ito", None)


def test_who_holds_no_removal_permission_is_refused(story: Story) -> None:
    story.grant(Permission.CERTIFICATION_VIEW)
    for ask in (record_page, record_rows):
        with pytest.raises(NotPermitted):
            ask(story.viewer, RecordFilter())


@pytest.mark.parametrize("name", ["certification", "administrator", "status"])
@pytest.mark.parametrize("text", ["x" * 10_000, "a\0b", "\ud800"])
def test_a_text_that_nothing_can_hold_is_refused(name: str, text: str) -> None:
    with pytest.raises(InvalidRequest):
        RecordFilter(**{name: text})  # type: ignore[arg-type]


def test_pages_hold_each_removal_once_also_where_many_were_removed_at_once(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    for number in range(20):
        story.record(story.cy, story.loto, story.bens, MAY_2 + timedelta(days=number // 8))
    found, after = [], None
    while True:
        page = record_page(story.viewer, RecordFilter(), after=after, limit=3)
        found += [(entry.removed.at, entry.record_id) for entry in page.entries]
        if page.next is None:
            break
        after = page.next

    assert len(found) == len(set(found)) == 23
    assert found == sorted(found, reverse=True)


def test_the_file_holds_what_the_filters_show_with_all_values_before(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    story.record(story.cy, story.loto, story.bens, MAY_2)

    rows = list(record_rows(story.viewer, RecordFilter(certification="FORKLIFT-3Y")))

    assert len(rows) == 2
    assert dict(zip(RECORD_COLUMNS, rows[1], strict=True)) == {
        "Removed": "2026-05-02T08:15:00Z",
        "Certification ID": "FORKLIFT-3Y",
        "Certification": "Forklift",
        "User ID": "000123",
        "Name": "Ana Ruiz",
        "Status": "Certified",
        "Version": "2",
        "Assigned Date": "",
        "Due Date": "2026-06-01",
        "Certified Date": "",
        "Expiration Date": "",
        "Period": "",
        "Identifier": "F-7",
        "Removed By": "Ben Ito",
        "Removed By User ID": "ben",
        "Reason": "Role change",
        "Job Title": "Warehouse South closes",
        "Comment": "Comment of Warehouse South closes",
        "Put Back": "2026-05-03T08:15:00Z",
        "Put Back By": "Bea Ito",
        "Put Back By User ID": "bea",
        "Put Back Reason": "Mistake",
    }


def test_a_page_begins_after_a_removal_of_the_list_and_no_other(story: Story) -> None:
    """Of a hidden one nothing is told, not even when it was."""
    group = Group.objects.create(group_id="N", name="Night shift")
    GroupMembership.objects.create(group=group, user=story.ben)
    story.grant(Permission.REMOVAL_VIEW, kind="groups", group=group)
    hidden = RemovalRecord.objects.get(operation_id=story.beas.pk)

    for key in (hidden.pk, -1, 0, 999_999):
        with pytest.raises(InvalidRequest, match="The place in the list is not known any more"):
            record_page(story.viewer, RecordFilter(), after=key)


def test_a_workbook_is_refused_before_it_is_too_long(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    monkeypatch.setattr(register, "MAX_SHEET_ROWS", 3)

    with pytest.raises(InvalidRequest, match="more removals than a sheet holds, which is 2"):
        register.require_sheet_of_records(story.viewer, RecordFilter())
    register.require_sheet_of_records(story.viewer, RecordFilter(certification="FORKLIFT-3Y"))


def test_queries_do_not_grow_with_the_register(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            record_page(story.viewer, RecordFilter())
        return len(captured)

    before = queries()
    for _ in range(20):
        story.record(story.cy, story.loto, story.operation(story.ben, "One more", ""), MAY_2)
    assert queries() == before <= 7
