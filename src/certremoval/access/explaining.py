"""Why somebody sees whose jobs: each permission they hold, by which role, restricted to whom."""

from __future__ import annotations

from dataclasses import dataclass

from certremoval.access.creators import EVERYONE, ConstraintValues, Creators
from certremoval.access.models import REMOVAL_PERMISSIONS, Grant, Permission
from certremoval.access.scope import places
from certremoval.organization.models import User


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to see jobs: a permission given by a role, restricted to one place (``place``; empty: everybody).

    ``creators`` are those whose jobs are seen by it; the person's own jobs are always among them.
    """

    permission: str
    role: str
    place: str
    creators: Creators

    @property
    def everybody(self) -> bool:
        """Whether it reaches the jobs of all."""
        return self.creators.everyone


def reasons_to_see(person: User) -> list[Reason]:
    """Return all the reasons for which somebody sees jobs, the farthest-reaching first; none for the inactive.

    Their union is what :func:`certremoval.access.rules.visible_creators` gives. Superusers need no reason, and are
    given none: :func:`certremoval.access.rules.visible_creators` says that they see all.
    """
    if not person.is_active or person.is_superuser:
        return []
    grants = Grant.objects.filter(role__members=person, permission__in=REMOVAL_PERMISSIONS).select_related("role")
    grants = grants.prefetch_related("constraints__ou_type", "constraints__unit__type", "constraints__group")
    reasons = []
    for grant in grants.order_by("permission", "role__name"):
        label, constraints = str(Permission(grant.permission).label), list(grant.constraints.all())
        if not constraints:
            reasons.append(Reason(label, grant.role.name, "", EVERYONE))
        for constraint in constraints:
            values = ConstraintValues(
                kind=constraint.kind,
                ou_type=constraint.ou_type.pk if constraint.ou_type else None,
                unit=constraint.unit.pk if constraint.unit else None,
                group=constraint.group.pk if constraint.group else None,
                include_subordinates=constraint.include_subordinates,
            )
            (place,) = places(person, [constraint])
            reasons.append(Reason(label, grant.role.name, place, Creators(viewer=person.pk, constraints=(values,))))
    return sorted(reasons, key=lambda reason: not reason.everybody)
