"""Who may act on somebody's work: the other direction of :mod:`certremoval.access.creators`."""

from __future__ import annotations

from django.db.models import QuerySet

from certremoval.access.models import Permission
from certremoval.access.rules import INCLUDES, may_act_on_work_of
from certremoval.organization.models import User


def who_may_act_on_work_of(creator: int | None, permission: Permission) -> list[User]:
    """Return the active members of roles that let them act on the work of the user with this key (None: the system).

    Superusers hold everything, but are among them only by a role: whoever is told of work is told for a role's sake.
    The creator may be among them, for one's own work is always in scope.

    Each holder is asked by the very rule that guards the action, a query or two each, so that who is told and who may
    cannot disagree. Holders are few: those whom roles were given for this.
    """
    return [one for one in _holders(permission) if may_act_on_work_of(one, permission, creator)]


def others_may_act_on_work_of(creator: User, permission: Permission) -> bool:
    """Whether anybody but its creator may act on somebody's work: by a role, or as a superuser."""
    if User.objects.filter(is_superuser=True, is_active=True).exclude(pk=creator.pk).exists():
        return True
    others = _holders(permission).exclude(pk=creator.pk)
    return any(may_act_on_work_of(one, permission, creator.pk) for one in others)


def several_hold(permission: Permission) -> bool:
    """Whether more than one active person holds a permission, constrained or not. Superusers hold everything."""
    by_role = set(_holders(permission).values_list("pk", flat=True)[:2])
    if len(by_role) > 1:
        return True
    superusers = User.objects.filter(is_superuser=True, is_active=True).order_by()
    return len(by_role.union(superusers.values_list("pk", flat=True)[:2])) > 1


def _holders(permission: Permission) -> QuerySet[User]:
    """Return the active members of roles that give a permission, or one that includes it."""
    granting = {permission, *(one for one, included in INCLUDES.items() if permission in included)}
    return User.objects.filter(is_active=True, roles__grants__permission__in=granting).distinct().order_by("pk")
