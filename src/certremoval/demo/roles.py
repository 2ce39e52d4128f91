"""Gives the administrators of the demonstration their roles, permissions and constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from certremoval.access import models as access
from certremoval.demo.organisation import Administrator, Constraint, Role
from certremoval.organization.models import Group, OrganizationalUnit, OUType, User


def give_roles(administrators: Iterable[Administrator]) -> None:
    """Make each role once, by its name, and give it to its people.

    They, and the units and groups that constraints name, must be loaded.
    """
    made: dict[str, access.Role] = {}
    for administrator in administrators:
        user = User.objects.get(user_id=administrator.user_id)
        if administrator.superuser:
            user.is_superuser = True
            user.save(update_fields=["is_superuser"])
        for role in administrator.roles:
            if role.name not in made:
                made[role.name] = _make_role(role)
            made[role.name].members.add(user)


def _make_role(role: Role) -> access.Role:
    stored = access.Role.objects.create(name=role.name)
    for permission in role.permissions:
        grant = stored.grants.create(permission=permission.word)
        for constraint in permission.constraints:
            access.Constraint.objects.bulk_create(_constraints(grant, constraint))
    return stored


def _constraints(grant: access.Grant, constraint: Constraint) -> Iterator[access.Constraint]:
    """Make one stored constraint for each type, unit or group that is named: constraints are OR-ed anyway."""

    def one(**named: OUType | OrganizationalUnit | Group) -> access.Constraint:
        return access.Constraint(
            grant=grant, kind=constraint.kind, include_subordinates=constraint.include_subordinates, **named
        )

    for name in constraint.unit_types:
        yield one(ou_type=OUType.objects.get(name=name))
    for type_name, unit_id in constraint.units:
        yield one(unit=OrganizationalUnit.objects.get(type__name=type_name, unit_id=unit_id))
    for group_id in constraint.groups:
        yield one(group=Group.objects.get(group_id=group_id))
