"""Who sees which operations and certifications: the one place where it is decided."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Subquery

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of, visible_creators
from certremoval.certifications.models import Certification, Operation
from certremoval.organization.models import User

MOST_CREATORS_NAMED = 1_000


class _Actors(Subquery):
    """The keys of all who ever did an operation: few, each found by one step along the index of actors.

    Neither database takes such steps for DISTINCT; both read an entry for each of 100,000 operations (30 ms, not 1).
    """

    template = (
        "(WITH RECURSIVE creator(id) AS ("
        "SELECT MIN(actor_id) FROM operations"
        " UNION ALL SELECT (SELECT MIN(actor_id) FROM operations WHERE actor_id > creator.id) FROM creator"
        " WHERE creator.id IS NOT NULL"
        ") SELECT id FROM creator WHERE id IS NOT NULL)"
    )

    def __init__(self) -> None:
        super().__init__(Operation.objects.values("actor"))


def work_is_seen(actor: User, path: str) -> Q:
    """Return the condition that somebody sees an operation, for a query whose field ``path`` leads to its actor."""
    return visible_creators(actor).condition(path, among=_Actors())


def work_is_seen_now(actor: User, path: str) -> Q:
    """Return the same condition with the creators found first: for who asks more than once, for a count and a page.

    Three queries. Where very many ever did an operation, creators are found within the query after all. Who did one
    is asked first: PostgreSQL, told both at once, reads all users and asks of each.
    """
    creators = visible_creators(actor)
    if creators.everyone:
        return Q()
    acted = list(people_who_acted().order_by().values_list("pk", flat=True)[: MOST_CREATORS_NAMED + 1])
    if len(acted) > MOST_CREATORS_NAMED:
        return work_is_seen(actor, path)
    seen = User.objects.filter(creators.condition("pk", among=acted), pk__in=acted)
    return Q((f"{path}__in", list(seen.values_list("pk", flat=True))))


def people_who_acted() -> QuerySet[User]:
    """Return all who ever removed or restored anything: few, however many operations and users there are."""
    return User.objects.filter(pk__in=_Actors())


def visible_operations(actor: User) -> QuerySet[Operation]:
    """Return the operations that somebody sees: those of creators whose work they see by any removal permission.

    What the system did, without an actor, is seen by superusers and by whoever is not constrained.
    """
    return Operation.objects.filter(work_is_seen(actor, "actor"))


def sees_operation(actor: User, operation: Operation) -> bool:
    """Whether an operation is among :func:`visible_operations`: the same creators, of whom only one is asked for."""
    return visible_creators(actor).includes(operation.actor_id)


def viewable_certifications(actor: User) -> QuerySet[Certification]:
    """Return the certifications whose people somebody may see: all by *Certification - View*, else the owned."""
    return _certifications(actor, Permission.CERTIFICATION_VIEW)


def manageable_certifications(actor: User) -> QuerySet[Certification]:
    """Return the certifications one may take a person off: all by *Certification - Manage*, else the owned."""
    return _certifications(actor, Permission.CERTIFICATION_MANAGE)


def may_view_certification(actor: User, certification: Certification) -> bool:
    """Whether a certification is among :func:`viewable_certifications`."""
    return viewable_certifications(actor).filter(pk=certification.pk).exists()


def may_manage_certification(actor: User, certification: Certification) -> bool:
    """Whether a certification is among :func:`manageable_certifications`."""
    return manageable_certifications(actor).filter(pk=certification.pk).exists()


def _certifications(actor: User, permission: Permission) -> QuerySet[Certification]:
    """Owners hold both permissions for what they own, as long as they are active."""
    if not actor.is_active:
        return Certification.objects.none()
    if permission in permissions_of(actor):
        return Certification.objects.all()
    return Certification.objects.filter(pk__in=actor.owned_certifications.values("pk"))
