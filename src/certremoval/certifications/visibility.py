"""Who sees which operations and certifications: the one place where it is decided."""

from __future__ import annotations

from django.db.models import QuerySet

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of, visible_creators
from certremoval.certifications.models import Certification, Operation
from certremoval.organization.models import User


def visible_operations(actor: User) -> QuerySet[Operation]:
    """Return the operations that somebody sees: those of creators whose work they see by any removal permission.

    What the system did, without an actor, is seen by superusers and by whoever is not constrained.
    """
    actors = Operation.objects.values("actor")
    return Operation.objects.filter(visible_creators(actor).condition("actor", among=actors))


def sees_operation(actor: User, operation: Operation) -> bool:
    """Whether an operation is among :func:`visible_operations`."""
    return visible_operations(actor).filter(pk=operation.pk).exists()


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
