"""Where the head of every page leads: what the viewer may open, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from certremoval.access.models import REMOVAL_PERMISSIONS, Permission
from certremoval.access.rules import permissions_of
from certremoval.certifications.visibility import viewable_certifications
from certremoval.organization.models import User
from certremoval.removals.notices import MOST_COUNTED, unseen_count


@dataclass(frozen=True, slots=True)
class Navigation:
    """Which areas the viewer may open."""

    removals: bool = False
    certifications: bool = False
    people: bool = False
    records: bool = False
    settings: bool = False
    administration: bool = False


def areas_of(user: User) -> Navigation:
    """Return the areas that somebody may open. One query, two for those who hold nothing."""
    held = permissions_of(user)
    removals = not held.isdisjoint(REMOVAL_PERMISSIONS)
    sees_people = Permission.CERTIFICATION_VIEW in held
    return Navigation(
        removals=removals,
        certifications=sees_people or viewable_certifications(user).exists(),
        people=sees_people,
        records=removals,
        settings=user.is_active and user.is_superuser,
        administration=user.is_active and user.is_superuser,
    )


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates ``areas`` (see :class:`Navigation`) and ``unseen_notices``, asked for only where they are used."""
    user = getattr(request, "user", None)
    return {
        "areas": SimpleLazyObject(lambda: areas_of(user) if isinstance(user, User) else Navigation()),
        "unseen_notices": SimpleLazyObject(lambda: unseen_count(user) if isinstance(user, User) else 0),
        "most_notices_counted": MOST_COUNTED,
    }
