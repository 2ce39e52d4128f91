"""The rows to be removed by unit, as a draft's preview shows them, against a plain model."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from certremoval.organization.models import OrganizationalUnit, User
from certremoval.removals.drafts import check_now, revise_draft, upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import UnitCounts, count_units, planned
from tests.removals.conftest import FORKLIFT, enroll, make_unit, make_user, people, removal_file

pytestmark = pytest.mark.django_db

PEOPLE = [f"K-{number}" for number in range(6)]
TYPES = ("Location", "Division", "Shift")
UNITS = [f"U-{number:02}" for number in range(13)]


def counted(rows: list[tuple[str, str]]) -> tuple[UnitCounts, ...]:
    with planned(removal_file(rows), name="x.csv", options=PlanOptions()) as summary:
        return count_units(summary.remove_count)


def drafted(actor: User, *user_ids: str) -> Job:
    return check_now(upload_draft(actor, people(*user_ids), name="x.csv", options=PlanOptions()))


def test_what_a_draft_keeps(root: User) -> None:
    enroll(FORKLIFT, *PEOPLE)
    north = make_unit("Division", "D-1", "K-0", "K-1", name="North")
    harbour = make_unit("Division", "D-11", "K-2", name="Harbour", parent=north)
    night = make_unit("Shift", "NIGHT", "K-0", name="Night")
    make_unit("Location", "L-1", "K-5")
    make_user("K-9")

    job = drafted(root, "K-0", "K-1", "K-2", "K-3", "K-9")

    # K-5 is not in the file, so that no location is told of; K-9 is not on the certification.
    assert job.units == [
        {
            "type": "Division",
            "units": [
                {"key": north.pk, "unit_id": "D-1", "name": "North", "count": 2},
                {"key": harbour.pk, "unit_id": "D-11", "name": "Harbour", "count": 1},
            ],
            "others": 0,
            "none": 1,
        },
        {
            "type": "Shift",
            "units": [{"key": night.pk, "unit_id": "NIGHT", "name": "Night", "count": 1}],
            "others": 0,
            "none": 3,
        },
    ]


def test_whoever_is_left_out_does_not_count(root: User) -> None:
    enroll(FORKLIFT, *PEOPLE)
    make_unit("Division", "D-1", "K-0")
    make_unit("Division", "D-2", "K-1")
    job = drafted(root, "K-0", "K-1")

    job = check_now(revise_draft(root, job.pk, options=PlanOptions(leave_out_units=(("Division", "D-1"),))))

    assert [[unit["unit_id"] for unit in one["units"]] for one in job.units] == [["D-2"]]


def test_a_refused_draft_has_none(root: User) -> None:
    enroll(FORKLIFT, *PEOPLE)
    make_unit("Division", "D-1", "K-0")
    job = drafted(root, "K-0")
    assert job.units

    job = check_now(revise_draft(root, job.pk, options=PlanOptions(user_column="Nowhere")))

    assert (job.units, job.statuses, job.removes_creator) == ([], {}, False)


def test_standard_types_come_first_in_their_order() -> None:
    enroll(FORKLIFT, "K-0")
    for type_name in ("Alpha", "Grade", "Cost Center", "Zulu", "Location", "Position", "Division"):
        make_unit(type_name, "1", "K-0")

    assert [one.type_name for one in counted([(FORKLIFT, "K-0")])] == [
        "Division",
        "Position",
        "Location",
        "Cost Center",
        "Grade",
        "Alpha",
        "Zulu",
    ]


@settings(max_examples=40, deadline=None)
@given(
    places=st.dictionaries(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(TYPES)), st.sampled_from(UNITS), min_size=1
    ),
    crowd=st.integers(0, 40),
    rows=st.lists(st.tuples(st.sampled_from([FORKLIFT, "LOTO"]), st.sampled_from([*PEOPLE, "NOBODY"])), max_size=14),
)
def test_any_people_in_any_units(places: dict[tuple[str, str], str], crowd: int, rows: list[tuple[str, str]]) -> None:
    with suppress(Undone), transaction.atomic():
        enroll(FORKLIFT, *PEOPLE)
        enroll("LOTO", *PEOPLE[:3])
        # More units than are shown, with one person each.
        crowded = [f"C-{number}" for number in range(crowd)]
        enroll(FORKLIFT, *crowded)
        places = places | {(user_id, "Division"): f"OWN-{user_id}" for user_id in crowded[:20]}
        for type_name, unit in sorted({(type_name, unit) for (_, type_name), unit in places.items()}):
            members = [
                user_id for (user_id, of_type), of_unit in places.items() if (of_type, of_unit) == (type_name, unit)
            ]
            make_unit(type_name, unit, *members)
        rows = [*rows, (FORKLIFT, "K-0"), *((FORKLIFT, user_id) for user_id in crowded)]

        found = {one.type_name: one for one in counted(rows)}

        removed = {
            (on, user_id) for on, user_id in rows if user_id != "NOBODY" and (on == FORKLIFT or user_id in PEOPLE[:3])
        }
        model = {
            type_name: Counter(places.get((user_id, type_name)) for _on, user_id in removed) for type_name in TYPES
        }
        assert set(found) == {type_name for type_name, counts in model.items() if set(counts) != {None}}
        for type_name, one in found.items():
            counts = model[type_name]
            assert one.none == counts.pop(None, 0)
            assert [rows for *_unit, rows in one.units] == sorted(counts.values(), reverse=True)[:10]
            assert {unit_id: rows for _key, unit_id, _name, rows in one.units}.items() <= counts.items()
            assert one.others == sum(counts.values()) - sum(rows for *_unit, rows in one.units)
            keys = {key for key, *_unit in one.units}
            assert OrganizationalUnit.objects.filter(pk__in=keys, type__name=type_name).count() == len(one.units)
        raise Undone


class Undone(Exception):
    """Takes an example back."""
