"""Who may act on somebody's work: the other direction of :mod:`certremoval.access.creators`."""

from __future__ import annotations

from certremoval.access.models import Permission
from certremoval.access.rules import INCLUDES, may_act_on_work_of
from certremoval.organization.models import User


def who_may_act_on_work_of(creator: int | None, permission: Permission) -> list[User]:
    """Return the active members of roles that let them act on the work of the user with this key (None: the system).

    Superusers hold everything, but are among them only by a role: whoever is told of work is told for a role's sake.
    The creator may be among them, for one's own work is always in scope.

    Each holder is asked by the very rule that guards the action (two queries), so that who is told and who may cannot
    disagree. Holders are few: those whom roles were given for this.
    """
    granting = {permission, *(one for one, included in INCLUDES.items() if permission in included)}
    holders = User.objects.filter(is_active=True, roles__grants__permission__in=granting).distinct().order_by("pk")
    return [one for one in holders if may_act_on_work_of(one, permission, creator)]
