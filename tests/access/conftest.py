"""The cast: who sits where. Nobody holds anything until a test gives it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.models import Operation
from certremoval.organization.models import (
    Group,
    GroupMembership,
    OrganizationalUnit,
    OUType,
    UnitMembership,
    User,
)

Grants = Callable[..., Grant]


class Organisation:
    """Two divisions, one with a unit below, a custom tree and a group, and one administrator in each.

    | person | sits in |
    |---|---|
    | ada, abe | Division A; abe in the group Contractors Q3 |
    | ben | Division B |
    | bea | B-Docks, below Division B |
    | cid | Legal Entity Halden |
    | cyd | Halden Polska, below Halden |
    | nia | Division A, in the group Night shift |
    | out | nowhere |
    """

    def __init__(self) -> None:
        self.division = OUType.objects.create(name="Division", is_custom=False)
        self.legal_entity = OUType.objects.create(name="Legal Entity", is_custom=True)
        self.a = self.unit(self.division, "A")
        self.b = self.unit(self.division, "B")
        self.docks = self.unit(self.division, "B-Docks", self.b)
        self.halden = self.unit(self.legal_entity, "Halden")
        self.polska = self.unit(self.legal_entity, "Halden Polska", self.halden)
        self.night_shift = Group.objects.create(group_id="N", name="Night shift")
        self.ada, self.abe = self.person("ada", self.a), self.person("abe", self.a)
        self.ben, self.bea = self.person("ben", self.b), self.person("bea", self.docks)
        self.cid, self.cyd = self.person("cid", self.halden), self.person("cyd", self.polska)
        self.nia, self.out = self.person("nia", self.a), self.person("out")
        GroupMembership.objects.create(group=self.night_shift, user=self.nia)
        contractors = Group.objects.create(group_id="Q3", name="Contractors Q3")
        GroupMembership.objects.create(group=contractors, user=self.abe)
        self._roles = count(1)

    def unit(self, type: OUType, name: str, parent: OrganizationalUnit | None = None) -> OrganizationalUnit:
        return OrganizationalUnit.objects.create(type=type, unit_id=name, name=name, parent=parent)

    def person(self, user_id: str, *units: OrganizationalUnit) -> User:
        user = User.objects.create_user(user_id, first_name=user_id.capitalize(), last_name="Ito")
        for unit in units:
            UnitMembership.objects.create(user=user, type=unit.type, unit=unit)
        return user

    def grant(self, person: User, permission: Permission, *constraints: dict[str, Any]) -> Grant:
        """Give one permission by a role of its own; without constraints it reaches everybody's jobs."""
        role = Role.objects.create(name=f"Role {next(self._roles)}")
        role.members.add(person)
        grant = Grant.objects.create(role=role, permission=permission)
        for constraint in constraints:
            Constraint.objects.create(grant=grant, **constraint)
        return grant


def division(unit: OrganizationalUnit, **more: Any) -> dict[str, Any]:
    return {"kind": "organizational_units", "unit": unit, **more}


def custom(unit: OrganizationalUnit, **more: Any) -> dict[str, Any]:
    return {"kind": "custom_organizational_units", "unit": unit, **more}


def own(ou_type: OUType, **more: Any) -> dict[str, Any]:
    return {"kind": "user_organizational_units", "ou_type": ou_type, **more}


def group(named: Group) -> dict[str, Any]:
    return {"kind": "groups", "group": named}


BELOW = {"include_subordinates": True}


@pytest.fixture
def halden(db: None) -> Organisation:
    return Organisation()


@pytest.fixture
def _work(halden: Organisation) -> None:
    """Everybody did one thing, titled by their User ID; the system did one too."""
    for user in User.objects.all():
        Operation.objects.create(
            title=user.user_id,
            actor=user,
            actor_user_id=user.user_id,
            actor_name=user.full_name,
            created_at=timezone.now(),
        )
    Operation.objects.create(title="the system", actor=None, actor_user_id="", actor_name="", created_at=timezone.now())
