"""Whose jobs somebody sees, in words: what stands above the list."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from certremoval.access.models import REMOVAL_PERMISSIONS, Constraint, ConstraintKind, Grant
from certremoval.access.rules import INCLUDES
from certremoval.organization.models import UnitMembership, User

MOST_TOLD = 10


def scope_words(actor: User, *, of_removals: bool = False) -> str:
    """Return "You see jobs created by you and by administrators in: Division B and below."

    It says of the grants what :func:`certremoval.access.rules.visible_creators` finds by them: all removal
    permissions together, and one without constraints wins. Nothing for who sees no jobs at all.
    With ``of_removals`` it speaks of removals instead of jobs.
    """
    if not actor.is_active:
        return ""
    everything = _("You see all removals.") if of_removals else _("You see all jobs.")
    if actor.is_superuser:
        return everything
    granting = {*REMOVAL_PERMISSIONS, *(one for one, more in INCLUDES.items() if more & set(REMOVAL_PERMISSIONS))}
    grants = Grant.objects.filter(role__members=actor, permission__in=granting)
    grants = grants.prefetch_related("constraints__ou_type", "constraints__unit__type", "constraints__group")
    constraints = [list(grant.constraints.all()) for grant in grants]
    if not constraints:
        return ""
    if not all(constraints):
        return everything
    named = places(actor, [one for some in constraints for one in some])
    told = named[:MOST_TOLD]
    if more := len(named) - len(told):
        told.append(_("and %(number)s more") % {"number": more})
    words = (
        _("You see removals by you and by administrators in: %(places)s.")
        if of_removals
        else _("You see jobs created by you and by administrators in: %(places)s.")
    )
    return words % {"places": ", ".join(told)}


def places(actor: User, constraints: Iterable[Constraint]) -> list[str]:
    """Return each place once, as it is named on the screen; with all below it where any constraint includes them."""
    below: dict[str, bool] = {}
    own = {one.type_id: one.unit.name for one in UnitMembership.objects.filter(user=actor).select_related("unit")}
    for constraint in constraints:
        place = _place(constraint, own)
        below[place] = below.get(place, False) or constraint.include_subordinates
    return sorted((_("%(place)s and below") % {"place": place} if all_ else place) for place, all_ in below.items())


def _place(constraint: Constraint, own: dict[int, str]) -> str:
    match constraint.kind:
        case ConstraintKind.USER_ORGANIZATIONAL_UNITS:
            assert constraint.ou_type is not None
            if unit := own.get(constraint.ou_type.pk):
                return _("your own %(unit)s") % {"unit": _unit(constraint.ou_type.name, unit)}
            return _("your own %(type)s (you are in none)") % {"type": isolated(constraint.ou_type.name)}
        case ConstraintKind.GROUPS:
            assert constraint.group is not None
            return _("the group %(name)s") % {"name": isolated(constraint.group.name)}
    assert constraint.unit is not None
    return _unit(constraint.unit.type.name, constraint.unit.name)


def _unit(type: str, name: str) -> str:
    """Return "Division B" for the Division B, and for one that is called Division B."""
    return isolated(name) if name.casefold().startswith(type.casefold()) else f"{isolated(type)} {isolated(name)}"


def isolated(name: str) -> str:
    """Return a name that cannot turn the direction of the text around it: isolated, where it has another."""
    if any(unicodedata.bidirectional(letter) not in _LEFT_TO_RIGHT for letter in name):
        return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
    return name


_LEFT_TO_RIGHT = frozenset({"L", "EN", "ES", "ET", "CS", "NSM", "BN", "B", "S", "WS", "ON"})
