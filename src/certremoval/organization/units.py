"""The tree of organizational units: a unit and all below it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Subquery

from certremoval.organization.models import OrganizationalUnit


class UnitsAndBelow(Subquery):
    """The keys of the units that a query selects, and of all below them: one recursive sub-select.

    ``unit__in=UnitsAndBelow(units)`` walks the tree as it is at that moment. ``units`` is a query of units.

    UNION and not UNION ALL: what was found is not followed again, so that a cycle in the data, which loads refuse but
    other writers may make, ends.
    """

    def __init__(self, units: QuerySet[OrganizationalUnit]) -> None:
        super().__init__(units.order_by().values("pk"))

    template = (
        "(WITH RECURSIVE below(id) AS ("
        "%(subquery)s"
        " UNION SELECT child.id FROM organizational_units child JOIN below ON child.parent_id = below.id"
        ") SELECT id FROM below)"
    )


def units_and_below(units: Iterable[int]) -> QuerySet[OrganizationalUnit, int]:
    """Return the keys of units, given by their keys, and of all units below them, closed ones too: one query."""
    named = OrganizationalUnit.objects.filter(pk__in=list(units))
    return OrganizationalUnit.objects.filter(pk__in=UnitsAndBelow(named)).values_list("pk", flat=True)


def unit_label(unit: OrganizationalUnit) -> str:
    """Return what a unit is called where one is chosen: "Docks (Division D-12)"; unique, unlike its name."""
    return f"{unit.name} ({unit.type.name} {unit.unit_id})"


def units_to_offer(most: int) -> list[str]:
    """Return the labels of all units, standard types first; none where they are more than ``most``."""
    units = OrganizationalUnit.objects.select_related("type").order_by("type", "unit_id")
    # Taken along an index and sorted here: to sort 50,000, only to find them too many, took 40 ms of each page.
    offered = list(units[: most + 1])
    if len(offered) > most:
        return []
    offered.sort(key=lambda unit: (unit.type.is_custom, unit.type.pk, unit.name, unit.unit_id))
    return [unit_label(unit) for unit in offered]


def find_units(text: str, *, limit: int) -> list[OrganizationalUnit]:
    """Return the units that a text names, with their types, at most ``limit``.

    By label, else by ID or name, else by the beginning of the ID or a part of the name; without letter case.
    """
    text = text.strip()
    units = OrganizationalUnit.objects.select_related("type").order_by("type__is_custom", "type", "name", "unit_id")
    name = text.rpartition(" (")[0]
    labelled = [unit for unit in units.filter(name=name) if unit_label(unit) == text] if name else []
    if labelled or not text:
        return labelled
    return list(units.filter(Q(unit_id__iexact=text) | Q(name__iexact=text))[:limit]) or list(
        units.filter(Q(unit_id__istartswith=text) | Q(name__icontains=text))[:limit]
    )
