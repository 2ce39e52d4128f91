"""A unit and all below it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.organization.models import OrganizationalUnit, OUType
from certremoval.organization.units import UnitsAndBelow, units_and_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, OrganizationalUnit]:
    """Logistics > Warehouse South > Docks, Logistics > Fleet; and Retail beside it."""
    division = OUType.objects.create(name="Division", is_custom=False)
    units: dict[str, OrganizationalUnit] = {}
    for name, parent in (
        ("Logistics", None),
        ("Warehouse South", "Logistics"),
        ("Docks", "Warehouse South"),
        ("Fleet", "Logistics"),
        ("Retail", None),
    ):
        units[name] = OrganizationalUnit.objects.create(
            type=division, unit_id=name, name=name, parent=units[parent] if parent else None
        )
    return units


def names(*units: OrganizationalUnit) -> set[str]:
    found = units_and_below(unit.pk for unit in units)
    return set(OrganizationalUnit.objects.filter(pk__in=list(found)).values_list("name", flat=True))


def test_a_unit_and_all_below_it(tree: dict[str, OrganizationalUnit]) -> None:
    assert names(tree["Logistics"]) == {"Logistics", "Warehouse South", "Docks", "Fleet"}
    assert names(tree["Docks"]) == {"Docks"}


def test_several_units_are_found_once_each(tree: dict[str, OrganizationalUnit]) -> None:
    found = list(units_and_below(tree[name].pk for name in ("Warehouse South", "Docks", "Retail")))
    assert sorted(found) == sorted(tree[name].pk for name in ("Warehouse South", "Docks", "Retail"))


def test_no_unit_is_no_unit(tree: dict[str, OrganizationalUnit]) -> None:
    assert list(units_and_below([])) == []


def test_a_closed_unit_counts_with_what_is_below_it(tree: dict[str, OrganizationalUnit]) -> None:
    OrganizationalUnit.objects.filter(name="Warehouse South").update(is_active=False)
    assert names(tree["Logistics"]) >= {"Warehouse South", "Docks"}


def test_a_cycle_in_the_data_ends(tree: dict[str, OrganizationalUnit]) -> None:
    OrganizationalUnit.objects.filter(name="Logistics").update(parent=tree["Docks"])
    assert names(tree["Warehouse South"]) == {"Logistics", "Warehouse South", "Docks", "Fleet"}


def test_it_is_one_query_alone_and_within_another(tree: dict[str, OrganizationalUnit]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(units_and_below([tree["Logistics"].pk]))
        below = UnitsAndBelow(OrganizationalUnit.objects.filter(name="Warehouse South"))
        children = OrganizationalUnit.objects.filter(parent__in=below)
        assert [unit.name for unit in children] == ["Docks"]
    assert len(queries) == 2
