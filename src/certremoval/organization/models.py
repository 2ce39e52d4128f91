"""People, the trees of organizational units they sit in, and groups."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from certremoval.organization.lowering import AsciiLower
from certremoval.organization.naming import fold_name
from certremoval.reading import lookalike_key


class UserManager(BaseUserManager["User"]):
    """Makes users one at a time; loads make them in bulk."""

    def create_user(self, user_id: str, email: str = "", password: str | None = None, **values: Any) -> User:
        """Make a user; without a password nobody can sign in as them."""
        user = self.model(user_id=user_id, email=email, **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, user_id: str, email: str = "", password: str | None = None, **values: Any) -> User:
        """Make a user who holds every permission (``certremoval createsuperuser`` calls this)."""
        return self.create_user(user_id, email, password, **{**values, "is_superuser": True})


class Theme(models.TextChoices):
    """How the pages look for one person."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person, learner or administrator, known by User ID: opaque text, ``000123`` and ``123`` are two people."""

    id: int
    user_id = models.CharField("User ID", max_length=255, unique=True)
    username = models.CharField(max_length=255, blank=True, default="", db_index=True)
    email = models.CharField("e-mail", max_length=255, blank=True, default="")
    email_key = models.GeneratedField(
        expression=AsciiLower("email"),
        output_field=models.CharField(max_length=255),
        db_persist=True,
        db_index=True,
        help_text="The e-mail address as it is compared: without letter case.",
    )
    first_name = models.CharField(max_length=255, blank=True, default="")
    last_name = models.CharField(max_length=255, blank=True, default="")
    manager = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False, help_text="Holds every permission, without constraints.")
    lookalike_key = models.CharField(
        max_length=255,
        db_index=True,
        editable=False,
        help_text="What spreadsheets cannot damage of the User ID; for suggestions.",
    )
    # By these people are sorted and searched. On PostgreSQL they compare by code point, as SQLite does (migration
    # 0002), so that the beginning of a name is one range of the index.
    first_name_key = models.CharField(max_length=255, default="", db_default="", editable=False)
    last_name_key = models.CharField(max_length=255, default="", db_default="", editable=False)
    time_zone = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="In which the pages show times, as in Europe/Warsaw; empty is UTC.",
    )
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM, db_default=Theme.SYSTEM.value)
    notices_by_mail = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Whether what the bell tells is sent by e-mail too, where there is any.",
    )

    objects = UserManager()

    USERNAME_FIELD = "user_id"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        db_table = "users"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["last_name_key", "first_name_key", "id"], name="users_by_name"),
            models.Index(fields=["first_name_key", "last_name_key", "id"], name="users_by_first_name"),
            models.Index(fields=["id"], condition=models.Q(is_superuser=True), name="superusers"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.user_id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys that people are found and sorted by."""
        self.lookalike_key = lookalike_key(self.user_id)[:255]
        self.first_name_key, self.last_name_key = fold_name(self.first_name), fold_name(self.last_name)
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        """First and last name; the User ID of somebody without a name."""
        return f"{self.first_name} {self.last_name}".strip() or self.user_id

    def get_full_name(self) -> str:
        """Return :attr:`full_name`, under the name that Django asks for."""
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets the person in: superusers alone."""
        return self.is_superuser

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Answer Django's admin; our own rules ask :mod:`certremoval.access`."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        """Answer Django's admin, see :meth:`has_perm`."""
        return self.is_active and self.is_superuser


class OUType(models.Model):
    """A kind of tree: Division, Position, Location, Cost Center, Grade, or a custom type."""

    STANDARD = ("Division", "Position", "Location", "Cost Center", "Grade")

    id: int
    name = models.CharField(max_length=255, unique=True)
    is_custom = models.BooleanField(default=True)

    class Meta:
        db_table = "ou_types"
        verbose_name = _("OU type")
        verbose_name_plural = _("OU types")

    def __str__(self) -> str:
        return self.name


class OrganizationalUnit(models.Model):
    """A node in the tree of one OU type. Its ID is unique within the type."""

    id: int
    type = models.ForeignKey(OUType, on_delete=models.PROTECT, related_name="units", db_index=False)
    unit_id = models.CharField("ID", max_length=255)
    name = models.CharField(max_length=255)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "organizational_units"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["type", "unit_id"], name="one_unit_per_id_and_type")
        ]

    def __str__(self) -> str:
        return self.name


class UnitMembership(models.Model):
    """A user's place in the tree of one OU type; at most one of each type."""

    id: int
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    # Not checked a second time: the unit is, and it has its type.
    type = models.ForeignKey(OUType, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.PROTECT, related_name="memberships", db_index=False)

    class Meta:
        db_table = "unit_memberships"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "type"], name="one_unit_per_user_and_type")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "user"], name="members_of_unit")]


class Group(models.Model):
    """A named set of users."""

    id: int
    group_id = models.CharField("Group ID", max_length=255, unique=True)
    name = models.CharField(max_length=255)
    members = models.ManyToManyField(User, through="GroupMembership", related_name="member_of")

    class Meta:
        db_table = "user_groups"

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """One user in one group."""

    id: int
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="group_memberships")

    class Meta:
        db_table = "group_memberships"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "user"], name="once_in_a_group")
        ]
