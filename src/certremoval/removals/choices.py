"""Who is left out: the administrator's choices, resolved to keys, or refused where they name nothing.

A choice that names nothing is refused and not ignored: it may be a typing error, and the people it meant to protect
would be removed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.utils.translation import gettext as _

from certremoval.certifications.models import Enrollment, EnrollmentStatus
from certremoval.organization.models import OrganizationalUnit, User
from certremoval.organization.units import units_and_below
from certremoval.problems import InvalidRequest, Problem
from certremoval.removals.options import PlanOptions


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Keys of users, words of statuses, and units' keys with the JSON that tells by which choice."""

    users: tuple[int, ...]
    statuses: tuple[str, ...]
    units: tuple[tuple[int, str], ...]


def resolve_left_out(options: PlanOptions) -> LeftOut:
    """Resolve the choices of ``options``. Raises InvalidRequest with a problem for each that names nothing."""
    problems: list[Problem] = []
    users = dict(User.objects.filter(user_id__in=options.leave_out_users).values_list("user_id", "id"))
    for user_id in options.leave_out_users:
        if user_id not in users:
            message = _("%(id)s is nobody here. Compare it with the User ID on the person's page.") % {"id": user_id}
            problems.append(_problem(message))
    known = set(EnrollmentStatus.values)
    for status in options.leave_out_statuses:
        if status not in known and not Enrollment.objects.filter(status=status).exists():
            values = {"status": status, "known": ", ".join(sorted(known))}
            problems.append(_problem(_("%(status)s is no status that anybody has. Known are %(known)s.") % values))
    units: list[tuple[int, str]] = []
    for type_name, unit_id in options.leave_out_units:
        unit = OrganizationalUnit.objects.filter(type__name__iexact=type_name, unit_id=unit_id).first()
        if unit is None:
            values = {"type": type_name, "id": unit_id}
            problems.append(
                _problem(_("%(type)s %(id)s is no unit here. Write TYPE=ID, as in Division=D-10.") % values)
            )
            continue
        choice = json.dumps({"choice": "unit", "unit": f"{type_name} {unit.name}"})
        units += [(key, choice) for key in units_and_below([unit.id]).values_list("id", flat=True)]
    if problems:
        raise InvalidRequest(_("A choice of whom to leave out names nobody."), problems=problems)
    return LeftOut(users=tuple(users.values()), statuses=options.leave_out_statuses, units=tuple(units))


def _problem(message: str) -> Problem:
    return Problem("invalid_request", message)
