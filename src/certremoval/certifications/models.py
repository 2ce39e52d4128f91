"""Certifications, who is on them, and the lasting record of who was taken off or put back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from certremoval.organization.models import User


class Certification(models.Model):
    """A certification, known by Certification ID (opaque text)."""

    id: int
    certification_id = models.CharField("Certification ID", max_length=255, unique=True)
    title = models.CharField(max_length=500)
    version = models.CharField(max_length=100, blank=True, default="")
    is_active = models.BooleanField(default=True)
    owners = models.ManyToManyField(
        User, related_name="owned_certifications", blank=True, db_table="certification_owners"
    )

    class Meta:
        db_table = "certifications"

    def __str__(self) -> str:
        return self.title


class EnrollmentStatus(models.TextChoices):
    """The statuses that we know; a load may bring other words, which are kept as they are and hold nothing."""

    PENDING_APPROVAL = "Pending Approval", _("Pending Approval")
    PENDING_PREREQUISITES = "Pending Prerequisites", _("Pending Prerequisites")
    DENIED = "Denied", _("Denied")
    IN_PROGRESS = "In Progress", _("In Progress")
    PENDING_COMPLETION_APPROVAL = "Pending Completion Approval", _("Pending Completion Approval")
    CERTIFIED = "Certified", _("Certified")
    RENEWAL_IN_PROGRESS = "Certified/Renewal In Progress", _("Certified/Renewal In Progress")
    RENEWAL_PENDING_APPROVAL = "Certified/Pending Completion Approval", _("Certified/Pending Completion Approval")
    RENEWAL_PAST_DUE = "Certified/Renewal Past Due", _("Certified/Renewal Past Due")
    RENEWAL_APPROVAL_DENIED = "Certified/Completion Approval Denied", _("Certified/Completion Approval Denied")
    EXPIRED = "Expired", _("Expired")
    EXPIRED_PENDING_APPROVAL = "Expired/Pending Completion Approval", _("Expired/Pending Completion Approval")
    REVOKED = "Revoked", _("Revoked")


HOLDING_STATUSES = frozenset(
    {
        EnrollmentStatus.CERTIFIED,
        EnrollmentStatus.RENEWAL_IN_PROGRESS,
        EnrollmentStatus.RENEWAL_PENDING_APPROVAL,
        EnrollmentStatus.RENEWAL_PAST_DUE,
        EnrollmentStatus.RENEWAL_APPROVAL_DENIED,
    }
)
"""In these statuses the person holds the certification now."""


class Enrollment(models.Model):
    """One user on one certification, at most once.

    ``revision`` rises with every change of a value: a trigger sees to it, not the writer's care (migration 0002).
    Ids are never given twice, so that (id, revision) names one state of one enrollment for ever.
    """

    VALUES = (
        "status",
        "version",
        "period",
        "identifier",
        "assigned_date",
        "due_date",
        "certified_date",
        "expiration_date",
    )
    """What a removal record keeps and a restoration gives back."""

    id: int
    certification = models.ForeignKey(
        Certification, on_delete=models.PROTECT, related_name="enrollments", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=100)
    version = models.CharField(max_length=100, blank=True, default="")
    period = models.CharField(max_length=100, blank=True, default="")
    identifier = models.CharField(max_length=255, blank=True, default="")
    assigned_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    certified_date = models.DateField(null=True, blank=True)
    expiration_date = models.DateField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        db_table = "enrollments"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["certification", "user"], name="once_on_a_certification")
        ]


class Operation(models.Model):
    """One act of removing or restoring, bulk or of one person: who, why, when.

    The actor's id and name are kept as they were then. There is no foreign-key constraint: an operation outlives
    everything it speaks of.
    """

    class Kind(models.TextChoices):
        REMOVAL = "removal", _("Removal")
        RESTORE = "restore", _("Restore")

    id: int
    actor_id: int | None
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REMOVAL)
    title = models.CharField(max_length=100)
    comment = models.TextField(blank=True, default="")
    reason = models.CharField(max_length=255, blank=True, default="")
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    actor_user_id = models.CharField(max_length=255)
    actor_name = models.CharField(max_length=511)
    created_at = models.DateTimeField()
    held_until = models.DateField(null=True)
    """Whom a removal took off is held back until this day (of UTC), firmly; None: see :mod:`.holding`."""
    held_for_good = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "operations"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at", "id"], name="operations_by_time"),
            models.Index(fields=["actor", "created_at"], name="operations_by_actor"),
            models.Index(Lower("title"), "id", name="operations_by_title"),
            models.Index(Lower("actor_name"), "id", name="operations_by_actor_name"),
        ]

    def __str__(self) -> str:
        return self.title


class RemovalRecord(models.Model):
    """The lasting history entry of one removed enrollment: by which operation, and all its values before.

    Append-only (a trigger refuses UPDATE and DELETE), with plain ids and copies of the texts, so that it says the
    same in ten years. Written by SQL alone. Unique by (enrollment_id, revision): no state of an enrollment can be
    removed twice.
    """

    id: int
    operation_id = models.BigIntegerField()
    enrollment_id = models.BigIntegerField()
    revision = models.BigIntegerField()
    certification_key = models.BigIntegerField()
    certification_id = models.CharField(max_length=255)
    certification_title = models.CharField(max_length=500)
    user_key = models.BigIntegerField()
    user_id = models.CharField(max_length=255)
    user_name = models.CharField(max_length=511)
    status = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    period = models.CharField(max_length=100)
    identifier = models.CharField(max_length=255)
    assigned_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    certified_date = models.DateField(null=True)
    expiration_date = models.DateField(null=True)
    removed_at = models.DateTimeField()

    class Meta:
        db_table = "removal_records"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrollment_id", "revision"], name="removed_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_key", "certification_key"], name="records_of_user"),
            models.Index(fields=["operation_id"], name="records_of_operation"),
            models.Index(fields=["removed_at", "id"], name="records_by_time"),
            models.Index(fields=["certification_key", "id"], name="records_of_certification"),
        ]


class Restoration(models.Model):
    """One removal record that was put back: append-only, at most one for each record.

    The enrollment came back with its original id and ``revision``, one above the record's.
    """

    id: int
    operation_id = models.BigIntegerField()
    record_id = models.BigIntegerField(unique=True)
    enrollment_id = models.BigIntegerField()
    revision = models.BigIntegerField()
    restored_at = models.DateTimeField()

    class Meta:
        db_table = "restorations"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["operation_id"], name="restorations_of_operation"),
        ]


class HoldEnd(models.Model):
    """The end of holding people back: of one removal, or of all removals of an operation. Append-only.

    Who was removed is held back from the certification (:mod:`certremoval.certifications.holding`) until the removal is
    put back, or until such an end. The actor is kept as they were then; the system has neither key nor id nor name.
    """

    class Kind(models.TextChoices):
        LIFT = "lift", _("Lifted")
        READD = "readd", _("Enrolled again by a load")
        SNAPSHOT = "snapshot", _("No longer named by a full file")

    id: int
    record_id = models.BigIntegerField(unique=True, null=True)
    operation_id = models.BigIntegerField(unique=True, null=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    actor_key = models.BigIntegerField(null=True)
    actor_user_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    actor_name = models.CharField(max_length=511, blank=True, default="", db_default="")
    ended_at = models.DateTimeField()

    class Meta:
        db_table = "hold_ends"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(record_id__isnull=False, operation_id__isnull=True)
                | models.Q(record_id__isnull=True, operation_id__isnull=False),
                name="ends_one_or_all",
            )
        ]
