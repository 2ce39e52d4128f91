"""What superusers set for everybody, and the record of every change of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from certremoval.organization.models import User

EVERYWHERE = 0
"""The key that stands for all certifications: no certification has it."""


class Setting(models.Model):
    """One setting that differs from its default, for all certifications or for one.

    The certification is a plain key, so that policy lies below the certifications. What there is to set, and its
    defaults: :mod:`certremoval.policy.settings`.
    """

    id: int
    name = models.CharField(max_length=50)
    certification_key = models.BigIntegerField(default=EVERYWHERE)
    value: models.JSONField[Any, Any] = models.JSONField(null=True)

    class Meta:
        db_table = "settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "certification_key"], name="set_once")
        ]

    def __str__(self) -> str:
        return self.name


class Reason(models.Model):
    """One reason that administrators are offered for a removal. An inactive one is offered no more; jobs keep it."""

    id: int
    text = models.CharField(max_length=255, unique=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0, help_text="The order in which they are offered.")

    class Meta:
        db_table = "reasons"

    def __str__(self) -> str:
        return self.text


class PolicyChange(models.Model):
    """One change of a setting or of the reasons: what it was, what it is, who changed it and when.

    The actor's id and name, and the certification's, are kept as they were then.
    """

    id: int
    actor_id: int | None
    name = models.CharField(max_length=50, help_text="The setting, or reason.")
    certification_key = models.BigIntegerField(default=EVERYWHERE)
    certification_id = models.CharField(max_length=255, blank=True, default="")
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    actor = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    actor_user_id = models.CharField(max_length=255)
    actor_name = models.CharField(max_length=511)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "policy_changes"

    def __str__(self) -> str:
        return f"{self.name}: {self.before} -> {self.after}"
