"""Roles: what administrators may do, and over whose jobs."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certremoval.organization.models import Group, OrganizationalUnit, OUType, User


class Permission(models.TextChoices):
    """What can be granted. The first name and its category are the reference's, literally."""

    REMOVAL_MANAGE = "removal_manage", _("CSV Bulk Certification Removal - Manage")
    REMOVAL_VIEW = "removal_view", _("Certification Removal - View")
    REMOVAL_UNDO = "removal_undo", _("Certification Removal - Undo")
    REMOVAL_APPROVE = "removal_approve", _("Certification Removal - Approve")
    CERTIFICATION_VIEW = "certification_view", _("Certification - View")
    CERTIFICATION_MANAGE = "certification_manage", _("Certification - Manage")


PERMISSION_CATEGORY = _("Learning - Administration")
"""The category under which the reference lists the permission."""

REMOVAL_PERMISSIONS = (
    Permission.REMOVAL_MANAGE,
    Permission.REMOVAL_VIEW,
    Permission.REMOVAL_UNDO,
    Permission.REMOVAL_APPROVE,
)
"""What can be constrained, because it is about somebody's jobs."""


class Role(models.Model):
    """A named bundle of permissions, given to people."""

    id: int
    name = models.CharField(max_length=255, unique=True)
    members = models.ManyToManyField(User, related_name="roles", blank=True, db_table="role_members")

    class Meta:
        db_table = "roles"

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """One permission given by a role; without constraints it reaches everybody's jobs."""

    id: int
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=40, choices=Permission.choices)

    class Meta:
        db_table = "grants"
        verbose_name = _("permission given")
        verbose_name_plural = _("permissions given")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["role", "permission"], name="one_grant_per_role_and_permission")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {Permission(self.permission).label}"


class ConstraintKind(models.TextChoices):
    """The four ways to restrict a permission, named literally as in the reference."""

    USER_ORGANIZATIONAL_UNITS = "user_organizational_units", _("Restrict to User's Organization Units")
    CUSTOM_ORGANIZATIONAL_UNITS = "custom_organizational_units", _("Restrict to Custom Organizational Units")
    ORGANIZATIONAL_UNITS = "organizational_units", _("Restrict to Organizational Units")
    GROUPS = "groups", _("Restrict to Groups")


class Constraint(models.Model):
    """One set of people to whose jobs a grant is restricted; several constraints are OR-ed.

    ``user_organizational_units`` names an OU type, the two unit kinds name a unit of a standard or of a custom type,
    ``groups`` names a group. Always evaluated live: who moves, moves in or out at once.

    What a constraint names cannot be deleted: with its last constraint a grant would reach everybody.
    """

    id: int
    grant_id: int | None
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="constraints")
    kind = models.CharField(max_length=40, choices=ConstraintKind.choices)
    ou_type = models.ForeignKey(OUType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    include_subordinates = models.BooleanField(default=False)

    class Meta:
        db_table = "constraints"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="constraint_names_what_its_kind_needs",
                condition=(
                    models.Q(kind="user_organizational_units", ou_type__isnull=False, unit=None, group=None)
                    | models.Q(
                        kind__in=["custom_organizational_units", "organizational_units"],
                        ou_type=None,
                        unit__isnull=False,
                        group=None,
                    )
                    | models.Q(kind="groups", ou_type=None, unit=None, group__isnull=False)
                ),
            )
        ]

    def __str__(self) -> str:
        """Say to whom it restricts: "Division Food Production and below". Its unit's type is looked up, too."""
        match self.kind:
            case ConstraintKind.USER_ORGANIZATIONAL_UNITS:
                place = gettext("the user's own %(type)s") % {"type": self.ou_type}
            case ConstraintKind.GROUPS:
                place = gettext("the group %(name)s") % {"name": self.group}
            case _:
                unit = str(self.unit)
                named_by_type = self.unit is None or unit.casefold().startswith(self.unit.type.name.casefold())
                place = unit if named_by_type or self.unit is None else f"{self.unit.type} {unit}"
        return gettext("%(place)s and below") % {"place": place} if self.include_subordinates else place

    def clean(self) -> None:
        """Refuse what has no meaning: forms call this, with every field that is wrong at once.

        Raises ValidationError for a kind without the one thing that it names, a unit of the other sort of type,
        subordinates of a group, and a permission that is about nobody's jobs.
        """
        mistakes: dict[str, list[str]] = {}
        named = {"ou_type": self.ou_type, "unit": self.unit, "group": self.group}
        if self.kind in _NAMES:
            needed = _NAMES[ConstraintKind(self.kind)]
            if named.pop(needed) is None:
                mistakes[needed] = [gettext("Choose what the jobs are restricted to.")]
            for name, value in named.items():
                if value is not None:
                    mistakes[name] = [gettext("This kind of restriction names something else. Leave it empty.")]
        if self.unit is not None and "unit" not in mistakes:
            for_custom = self.kind == ConstraintKind.CUSTOM_ORGANIZATIONAL_UNITS
            if self.unit.type.is_custom and not for_custom:
                advice = gettext("This unit is of a custom type. Use Restrict to Custom Organizational Units.")
                mistakes["unit"] = [advice]
            if for_custom and not self.unit.type.is_custom:
                advice = gettext("This unit is of a standard type. Use Restrict to Organizational Units.")
                mistakes["unit"] = [advice]
        if self.kind == ConstraintKind.GROUPS and self.include_subordinates:
            mistakes["include_subordinates"] = [gettext("A group has no subordinates.")]
        if self.grant_id is not None and self.grant.permission not in REMOVAL_PERMISSIONS:
            mistakes["kind"] = [gettext("This permission is not about jobs, and cannot be restricted to some of them.")]
        if mistakes:
            raise ValidationError(mistakes)


_NAMES = {
    ConstraintKind.USER_ORGANIZATIONAL_UNITS: "ou_type",
    ConstraintKind.CUSTOM_ORGANIZATIONAL_UNITS: "unit",
    ConstraintKind.ORGANIZATIONAL_UNITS: "unit",
    ConstraintKind.GROUPS: "group",
}
