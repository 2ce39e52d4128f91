"""What is stored of a removal job: its file, its plan row by row, and how far it came."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from certremoval.certifications.models import Operation
from certremoval.organization.models import User


class StoredFile(models.Model):
    """A file as it was uploaded. Its bytes lie in pieces in the database, so that no disk need be shared."""

    id: int
    name = models.CharField(max_length=255)
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "stored_files"

    def __str__(self) -> str:
        return self.name


class StoredFilePiece(models.Model):
    """Up to 256 kB of a stored file; pieces are numbered from 0."""

    id: int
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "stored_file_pieces"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "number"], name="one_piece_per_number")
        ]


class JobState(models.TextChoices):
    """Where a job is on its way. The labels are what the screen shows."""

    CHECKING = "checking", _("Draft")
    DRAFT = "draft", _("Draft")
    AWAITING_APPROVAL = "awaiting_approval", _("Queued")
    QUEUED = "queued", _("Queued")
    IN_PROGRESS = "in_progress", _("In Progress")
    PROCESSED = "processed", _("Processed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


DRAFT_STATES = (JobState.CHECKING, JobState.DRAFT)
"""Seen by their creator alone."""

ENDED_STATES = (JobState.PROCESSED, JobState.FAILED, JobState.CANCELLED)
"""A job in one of these has a Process Date."""


class Job(models.Model):
    """One request to remove the users of one file (or to put people back).

    The job row is its own queue entry: a worker holds it by a lease (``lease_token`` until ``lease_until``).
    ``checkpoint`` is the last position of the plan that is done; what is removed follows from it (see
    :mod:`certremoval.removals.counts`).
    """

    id: int
    file_id: int | None
    operation_id: int
    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, related_name="job")
    creator_key = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="The operation's actor, who never changes: so one index counts jobs by creator and state.",
    )
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.CHECKING)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="jobs")
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, help_text="How the file is read and who is left out, see PlanOptions."
    )
    skip_problems = models.BooleanField(default=False)
    needs_its_maker = models.BooleanField(
        default=False, help_text="Of no use without the process that makes it: deleted if that process dies."
    )
    undo_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    plan_number = models.PositiveIntegerField(default=0, help_text="Which plan of the job counts; 0 is none yet.")
    row_count = models.PositiveBigIntegerField(default=0)
    planned: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="Rows by planned outcome."
    )
    remove_count = models.PositiveBigIntegerField(
        default=0, help_text="Rows to be removed (of a restore, put back); they are positions 1 to this."
    )
    problem_count = models.PositiveBigIntegerField(default=0)
    file_problems: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    certification_count = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField(null=True, help_text="When the plan that counts was made: the preview's age.")
    statuses: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="Rows to be removed by enrollment status."
    )
    units: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, help_text="Rows to be removed by unit, for each OU type; of drafts, see planning.UnitCounts."
    )
    warnings: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="Of an undo: who comes back with an expiry date now past (expired), or is inactive."
    )
    removes_creator = models.BooleanField(default=False, help_text="Its creator is one of those to be removed.")

    checkpoint = models.PositiveBigIntegerField(default=0)
    changed_count = models.PositiveBigIntegerField(default=0)
    gone_count = models.PositiveBigIntegerField(default=0)
    people_key = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Stands for who is named on which certifications, however the file is written.",
    )
    changes_accepted = models.PositiveBigIntegerField(
        default=0, help_text="Rows changed since the preview, up to which somebody has let the job go on."
    )

    scheduled_for = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Shown as Process Date.")
    error = models.TextField(blank=True, default="")

    purged_at = models.DateTimeField(
        null=True, help_text="When its lines and its file began to be deleted; from then on nobody is shown them."
    )
    purge_ended_at = models.DateTimeField(null=True, help_text="When the last of them was gone.")
    purged_counts: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, help_text="Of a purged job: rows that were left alone when it came to them, by outcome."
    )

    lease_token = models.CharField(max_length=32, null=True)  # noqa: DJ001 - no holder is not an empty name
    lease_until = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True, help_text="When a worker last took it; the longest ago is next.")
    attempts = models.PositiveIntegerField(default=0, help_text="Times taken up since the checkpoint last moved.")

    class Meta:
        db_table = "jobs"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["state", "served_at"],
                name="jobs_to_be_served",
                condition=models.Q(state__in=["checking", "queued", "in_progress"]),
            ),
            models.Index(fields=["ended_at", "id"], name="jobs_by_process_date"),
            models.Index(fields=["state", "id"], name="jobs_by_state"),
            models.Index(fields=["creator_key", "state"], name="jobs_by_creator"),
            models.Index(fields=["people_key"], name="jobs_by_people"),
            models.Index(
                fields=["ended_at"],
                name="jobs_to_be_purged",
                condition=models.Q(ended_at__isnull=False, purged_at__isnull=True),
            ),
            models.Index(
                fields=["id"],
                name="jobs_being_purged",
                condition=models.Q(purged_at__isnull=False, purge_ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Job {self.id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the job; a new one with its operation's actor as its creator, so that no maker can forget it."""
        if self._state.adding:
            self.creator_key = self.operation.actor_id
        super().save(*args, **kwargs)

    @property
    def kind(self) -> str:
        """Whether it removes people or puts them back (``Operation.Kind``)."""
        return self.operation.kind

    @property
    def restores(self) -> bool:
        """Whether it puts people back."""
        return self.operation.kind == Operation.Kind.RESTORE


class Decision(models.Model):
    """What an administrator decided on a job that waited for approval: the job goes on, or it is declined and why.

    The decider's id and name are kept as they were then. One job is decided on once.
    """

    id: int
    job_id: int
    actor_id: int | None
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="decision")
    approved = models.BooleanField()
    reason = models.CharField(max_length=255, blank=True, default="")
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    actor_user_id = models.CharField(max_length=255)
    actor_name = models.CharField(max_length=511)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "decisions"

    def __str__(self) -> str:
        return f"Decision on job {self.job_id}"


class NoticeKind(models.TextChoices):
    """What a notice tells its recipient of a job."""

    WAITS = "waits", _("Waits for your approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    PROCESSED = "processed", _("Processed")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")


class MailState(models.TextChoices):
    """How far the e-mail of a notice is. ``none``: there is none to be sent."""

    NONE = "none"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Notice(models.Model):
    """What one person is told of one job: by the bell on the pages, and by e-mail if they want it.

    Written in the transaction of what it tells, once: ``occasion`` numbers what may come again (which failure of the
    job it was; of an undo, the key of the undoing job), and is 0 for what cannot. Its e-mail is a queue entry of its
    own (see :mod:`certremoval.removals.sql.mail`).
    """

    id: int
    job_id: int
    recipient_id: int
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="notices", db_index=False)
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    occasion = models.PositiveBigIntegerField(default=0)
    by_name = models.CharField(max_length=511, blank=True, default="", help_text="Who did what is told, as then.")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    message_id = models.CharField(max_length=255, help_text="Of its e-mail: the same however often it is tried.")
    mail_state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.NONE)
    mail_attempts = models.PositiveIntegerField(default=0)
    mail_due_at = models.DateTimeField(null=True, help_text="When to try; of one being sent, when its sender is dead.")
    mail_tried_at = models.DateTimeField(null=True)
    mail_error = models.TextField(blank=True, default="", help_text="Why the last try failed.")

    class Meta:
        db_table = "notices"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "recipient", "kind", "occasion"], name="told_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recipient", "id"], name="notices_of_recipient"),
            models.Index(fields=["recipient"], name="notices_unseen", condition=models.Q(seen_at=None)),
            models.Index(
                fields=["mail_due_at"],
                name="notices_to_be_mailed",
                condition=models.Q(mail_state__in=["waiting", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.id}"


class JobCertification(models.Model):
    """One certification of a job's plan, with its own counts."""

    id: int
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="certifications", db_index=False)
    certification_key = models.BigIntegerField()
    certification_id = models.CharField(max_length=255)
    title = models.CharField(max_length=500)
    planned = models.PositiveBigIntegerField()
    removed = models.PositiveBigIntegerField(default=0, help_text="People taken off it; of a restore, put back.")

    class Meta:
        db_table = "job_certifications"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "certification_key"], name="once_in_a_job")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["certification_id", "job"], name="jobs_of_certification")
        ]


class JobRow(models.Model):
    """One line of a job's file with its planned outcome. Never changed after it is written.

    ``position`` numbers the rows by planned outcome, ``remove`` first: what was reached follows from the checkpoint.
    The table is made by hand (migration 0002), clustered by its key, the order of the file.
    """

    pk = models.CompositePrimaryKey("job_id", "plan_number", "line")
    job_id = models.BigIntegerField()
    plan_number = models.PositiveIntegerField()
    line = models.PositiveBigIntegerField()
    position = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=30)
    certification_text = models.TextField(help_text="The Certification ID of the line, trimmed.")
    user_text = models.TextField(help_text="What names the user on the line, trimmed.")
    certification_key = models.BigIntegerField(null=True)
    user_key = models.BigIntegerField(null=True)
    status = models.TextField(null=True, help_text="Of the enrollment when planned.")  # noqa: DJ001
    related_line = models.BigIntegerField(null=True, help_text="The earlier line that this one repeats.")
    record_id = models.BigIntegerField(null=True, help_text="The removal record that the row is about.")
    suggestion = models.TextField(null=True, help_text="An id that would be right.")  # noqa: DJ001
    detail = models.TextField(null=True, help_text="What the reader found, or why left out: JSON.")  # noqa: DJ001

    class Meta:
        db_table = "job_rows"


class JobStep(models.Model):
    """One removal that a plan holds, in the order of work: along an index of the enrollments, so that deletes are too.

    Steps are the positions 1 to n of the plan. The enrollment is removed only while ``revision`` is still its own. A
    step of a restore names the removal that it puts back, which is one by (enrollment_id, revision), too.
    """

    pk = models.CompositePrimaryKey("job_id", "plan_number", "position")
    job_id = models.BigIntegerField()
    plan_number = models.PositiveIntegerField()
    position = models.PositiveBigIntegerField()
    certification_key = models.BigIntegerField()
    user_key = models.BigIntegerField()
    enrollment_id = models.BigIntegerField()
    revision = models.BigIntegerField()

    class Meta:
        db_table = "job_steps"


class JobDrift(models.Model):
    """One step that was left alone because its enrollment, or its removal, was no longer as planned."""

    pk = models.CompositePrimaryKey("job_id", "position")
    job_id = models.BigIntegerField()
    position = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=30)

    class Meta:
        db_table = "job_drift"
