"""The tree of organizational units: a unit and all below it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet, Subquery

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
