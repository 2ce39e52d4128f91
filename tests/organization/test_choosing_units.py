"""Choosing a unit by what one types: its label, ID, name, or a part of them."""

from __future__ import annotations

import pytest

from certremoval.organization.units import find_units, unit_label, units_to_offer
from tests.removals.conftest import make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _units() -> None:
    """Docks twice, in two trees; Docks East; a custom unit whose ID is the name of another."""
    make_unit("Division", "D-1", name="Docks")
    make_unit("Cost Center", "D-1", name="Docks")
    make_unit("Location", "L-1", name="Docks East")
    make_unit("Region", "East", name="Sea (north)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Docks (Cost Center D-1)", ["Docks (Cost Center D-1)"]),
        ("Sea (north) (Region East)", ["Sea (north) (Region East)"]),
        ("docks east", ["Docks East (Location L-1)"]),
        (" l-1 ", ["Docks East (Location L-1)"]),
        ("docks", ["Docks (Division D-1)", "Docks (Cost Center D-1)"]),
        ("d-", ["Docks (Division D-1)", "Docks (Cost Center D-1)"]),
        ("sea (n", ["Sea (north) (Region East)"]),
        ("ocks e", ["Docks East (Location L-1)"]),
        ("%", []),
        ("", []),
        ("  ", []),
    ],
)
def test_the_most_exact_reading_wins(text: str, found: list[str]) -> None:
    assert sorted(unit_label(unit) for unit in find_units(text, limit=10)) == sorted(found)


def test_no_more_are_found_than_are_asked_for() -> None:
    assert len(find_units("docks", limit=1)) == 1


def test_all_are_offered_where_they_are_few_enough() -> None:
    """Standard types before custom ones, of a type by name and ID."""
    make_unit("Division", "D-0", name="Docks")
    make_unit("Division", "Z", name="Air")
    offered = units_to_offer(6)

    assert [label for label in offered if "(Division" in label] == [
        "Air (Division Z)",
        "Docks (Division D-0)",
        "Docks (Division D-1)",
    ]
    assert (len(offered), offered[-1]) == (6, "Sea (north) (Region East)")
    assert units_to_offer(5) == []
