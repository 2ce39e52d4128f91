"""Whose work somebody reaches, as a condition that the database evaluates at the moment of asking.

Nothing is copied and nobody is listed: who moves to another unit, moves in or out at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Subquery

from certremoval.access.models import ConstraintKind
from certremoval.database.unindexed import Unindexed
from certremoval.organization.models import GroupMembership, OrganizationalUnit, UnitMembership, User
from certremoval.organization.units import UnitsAndBelow


@dataclass(frozen=True, slots=True)
class _Units:
    """Units that constraints name: by key, or as the viewer's own of an OU type."""

    keys: list[int] = field(default_factory=list)
    own_of_types: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.keys or self.own_of_types)

    def query(self, viewer: int) -> QuerySet[OrganizationalUnit]:
        own = UnitMembership.objects.filter(user=viewer, type__in=self.own_of_types)
        return OrganizationalUnit.objects.filter(Q(pk__in=self.keys) | Q(pk__in=own.values("unit")))


@dataclass(frozen=True, slots=True)
class ConstraintValues:
    """One constraint as plain values: its kind, and the key of what it names."""

    kind: str | None = None
    ou_type: int | None = None
    unit: int | None = None
    group: int | None = None
    include_subordinates: bool | None = None


UNCONSTRAINED = ConstraintValues()
"""What the outer join of grants to constraints finds for a grant that has none."""


@dataclass(frozen=True, slots=True)
class Creators:
    """A set of people whose work is reached.

    Both answers come from :meth:`condition`: which ones (:meth:`users`, or a filter of one's own) and may I
    (:meth:`includes`), so that a list and a button cannot disagree.

    ``viewer`` is who reaches; their own work is always among it. ``everyone`` includes work that the system did, which
    has no creator. Neither: nobody.
    """

    viewer: int | None = None
    everyone: bool = False
    constraints: tuple[ConstraintValues, ...] = ()

    def condition(self, path: str, *, among: QuerySet[Any, Any] | Subquery | Collection[int] | None = None) -> Q:
        """Return the condition for a query whose field ``path`` leads to the creator (``actor``, ``pk``).

        ``among`` are keys of all who can be the creator, if that is known: there are far fewer of them than people in
        a large division, whom the database would list first otherwise (three times the time at 100,000).
        """
        if self.everyone:
            return Q()
        if self.viewer is None:
            return Q(pk__in=[])
        return Q((path, self.viewer)) | self._inside(path, self.viewer, {} if among is None else {"user__in": among})

    def includes(self, creator: int | None) -> bool:
        """Whether the work of the user with this key is reached; None is the system."""
        if self.everyone or creator is None:
            return self.everyone
        return User.objects.filter(self.condition("pk", among=[creator]), pk=creator).exists()

    def users(self) -> QuerySet[User]:
        """Return the people themselves."""
        return User.objects.filter(self.condition("pk"))

    def _inside(self, path: str, viewer: int, among: dict[str, Any]) -> Q:
        alone, and_below, groups = _Units(), _Units(), []
        for constraint in self.constraints:
            units = and_below if constraint.include_subordinates else alone
            match constraint.kind:
                case ConstraintKind.USER_ORGANIZATIONAL_UNITS if constraint.ou_type is not None:
                    units.own_of_types.append(constraint.ou_type)
                case ConstraintKind.ORGANIZATIONAL_UNITS | ConstraintKind.CUSTOM_ORGANIZATIONAL_UNITS if (
                    constraint.unit is not None
                ):
                    units.keys.append(constraint.unit)
                case ConstraintKind.GROUPS if constraint.group is not None:
                    groups.append(constraint.group)
        inside = Q()
        # Where the people are known, it is looked up where they sit; not for each of a thousand units whether they do.
        seat = Unindexed("unit_id", BigIntegerField()) if among else F("unit_id")
        for sits in (
            Q(seat__in=alone.query(viewer).values("pk")) if alone else None,
            Q(seat__in=UnitsAndBelow(and_below.query(viewer))) if and_below else None,
        ):
            if sits is not None:
                members = UnitMembership.objects.alias(seat=seat).filter(sits, **among)
                inside |= Q((f"{path}__in", members.values("user")))
        if groups:
            in_groups = GroupMembership.objects.filter(group__in=groups, **among)
            inside |= Q((f"{path}__in", in_groups.values("user")))
        return inside


NOBODY = Creators()
EVERYONE = Creators(everyone=True)
