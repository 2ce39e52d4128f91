"""Who may do what, and over whose work.

Every answer is of the moment: nothing is cached, so that a role given or taken counts with the next question.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from certremoval.access.creators import EVERYONE, NOBODY, UNCONSTRAINED, ConstraintValues, Creators
from certremoval.access.models import REMOVAL_PERMISSIONS, Grant, Permission
from certremoval.organization.models import User
from certremoval.problems import NotPermitted

INCLUDES: Mapping[Permission, frozenset[Permission]] = {
    Permission.REMOVAL_MANAGE: frozenset({Permission.REMOVAL_VIEW, Permission.CERTIFICATION_VIEW}),
    # Whoever takes people off a certification sees who is on it.
    Permission.CERTIFICATION_MANAGE: frozenset({Permission.CERTIFICATION_VIEW}),
}
"""What comes with a permission without being granted."""


def permissions_of(actor: User) -> frozenset[Permission]:
    """Return all that somebody holds, with what is included. Superusers hold everything, the inactive nothing."""
    if not actor.is_active:
        return frozenset()
    if actor.is_superuser:
        return frozenset(Permission)
    granted = {
        Permission(word) for word in Grant.objects.filter(role__members=actor).values_list("permission", flat=True)
    }
    return frozenset(granted).union(*(INCLUDES.get(permission, frozenset()) for permission in granted))


def holds(actor: User, permission: Permission) -> bool:
    """Whether somebody holds a permission, constrained or not."""
    return permission in permissions_of(actor)


def require(actor: User, permission: Permission) -> None:
    """Raise NotPermitted, with advice, unless the actor holds the permission, constrained or not."""
    require_any(actor, [permission])


def require_any(actor: User, permissions: Collection[Permission]) -> None:
    """Raise NotPermitted, with advice, unless the actor holds one of the permissions. The first is the one advised."""
    if permissions_of(actor).isdisjoint(permissions):
        advised = next(iter(permissions))
        raise NotPermitted(
            _(
                "This needs the permission %(permission)s, which %(user_id)s does not hold."
                " Ask whoever manages roles for it."
            )
            % {"permission": advised.label, "user_id": actor.user_id}
        )


def holds_unconstrained(actor: User, permission: Permission) -> bool:
    """Whether somebody holds a permission over everybody's jobs.

    Constraints limit the four removal permissions alone; any other is held so by whoever holds it.
    """
    if permission not in REMOVAL_PERMISSIONS:
        return holds(actor, permission)
    return creators_in_scope(actor, permission).everyone


def visible_creators(actor: User, permissions: Collection[Permission] = REMOVAL_PERMISSIONS) -> Creators:
    """Return whose work somebody sees by any of some removal permissions; nobody's without one of them.

    Each grant alone shows one's own work and that of creators inside any of its constraints; several grants are a
    union; one without constraints wins. Where the viewer sits matters for *User's Organization Units* only. The rule
    is the reference's, which shows no job of a colleague who is in none of the constraints.

    One query, for the grants; the creators are found within the query in which the answer is used.
    Raises ValueError for a permission that constraints do not limit.
    """
    for permission in permissions:
        if permission not in REMOVAL_PERMISSIONS:
            raise ValueError(f"{permission} is not about the work of creators")
    if not actor.is_active:
        return NOBODY
    if actor.is_superuser:
        return EVERYONE
    granting = {*permissions, *(one for one, included in INCLUDES.items() if not included.isdisjoint(permissions))}
    # Only removal permissions bring removal permissions: the constraints of the one limit what it includes.
    grants = Grant.objects.filter(role__members=actor, permission__in=granting)
    constraints = {
        ConstraintValues(**values)
        for values in grants.values(
            kind=F("constraints__kind"),
            ou_type=F("constraints__ou_type"),
            unit=F("constraints__unit"),
            group=F("constraints__group"),
            include_subordinates=F("constraints__include_subordinates"),
        )
    }
    if UNCONSTRAINED in constraints:
        return EVERYONE
    return Creators(viewer=actor.pk, constraints=tuple(constraints)) if constraints else NOBODY


def creators_in_scope(actor: User, permission: Permission) -> Creators:
    """Return over whose work somebody may act by one removal permission.

    Seeing is not enough to act: Undo constrained to Division A undoes no job of Division B, although View shows it.
    One's own work is in scope; what nobody does with their own (approve it) is the matter of that action.
    """
    return visible_creators(actor, [permission])


def may_act_on_work_of(actor: User, permission: Permission, creator: int | None) -> bool:
    """Whether the work of the user with this key (None: the system) is in the scope of one removal permission."""
    return creators_in_scope(actor, permission).includes(creator)


def require_over_work_of(actor: User, permission: Permission, creator: int | None) -> None:
    """Raise NotPermitted, with advice, unless :func:`may_act_on_work_of`."""
    require(actor, permission)
    if not may_act_on_work_of(actor, permission, creator):
        raise NotPermitted(
            _(
                "%(permission)s is restricted for %(user_id)s to other administrators' jobs than this."
                " Ask whoever manages roles, or one whose permission reaches it."
            )
            % {"permission": permission.label, "user_id": actor.user_id}
        )
