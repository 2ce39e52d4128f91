"""Users in the administration: who they are, where they sit, what they are in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.organization.models import GroupMembership, OUType, UnitMembership, User
from certremoval.organization.searching import search_people
from certremoval.reading import trim_id
from certremoval.web.administration.choosing import GROUPS, PEOPLE, ROLES, UNITS, Chooses, ChoosesSeveral

PLACE = "place_"
"""With the key of an OU type behind it, the field for the unit of that type in which a person sits."""


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A user, with a password to set where one is typed, their units, groups and roles.

    A field of units for each OU type is added by :func:`user_form`: nobody can be given two units of a type.
    """

    manager = Chooses(PEOPLE, label=gettext_lazy("Manager"), required=False)
    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Left empty, it stays as it is; a new user without one cannot sign in."),
    )
    groups = ChoosesSeveral(
        GROUPS, label=gettext_lazy("Groups"), required=False, find=gettext_lazy("Find a group to add")
    )
    roles = ChoosesSeveral(ROLES, label=gettext_lazy("Roles"), required=False, find=gettext_lazy("Find a role to add"))

    class Meta:
        model = User
        fields = ("user_id", "first_name", "last_name", "email", "username", "manager", "is_active", "is_superuser")
        labels = {"is_active": gettext_lazy("Active"), "is_superuser": gettext_lazy("Superuser")}
        help_texts = {"is_active": gettext_lazy("The inactive cannot sign in; their history and enrollments stay.")}
        widgets = {"user_id": forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        places = UnitMembership.objects.filter(user=self.instance).select_related("unit__type")
        self.initial.update({f"{PLACE}{place.type_id}": place.unit for place in places})
        self.initial["groups"] = list(self.instance.member_of.order_by("name", "pk"))
        self.initial["roles"] = list(self.instance.roles.order_by("name"))

    def clean_user_id(self) -> str:
        """Trim what copying leaves around an id, as in files."""
        return trim_id(self.cleaned_data["user_id"])

    def clean_new_password(self) -> str:
        """Hold the password to the rules."""
        password = str(self.cleaned_data["new_password"])
        if password:
            validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any] | None:
        """Refuse to leave nobody who can come back to this page."""
        cleaned = super().clean()
        stays = self.cleaned_data.get("is_superuser") and self.cleaned_data.get("is_active")
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.instance.pk)
        if self.initial.get("is_superuser") and self.initial.get("is_active") and not stays and not others.exists():
            name = "is_active" if self.cleaned_data.get("is_superuser") else "is_superuser"
            self.add_error(name, _("This is the last active superuser. Make another one first."))
        return cleaned

    def save(self, commit: bool = True) -> User:
        """Save, with the new password if one was typed."""
        user: User = super().save(commit=False)
        if self.cleaned_data["new_password"]:
            user.set_password(self.cleaned_data["new_password"])
        elif user.pk is None:
            user.set_unusable_password()
        if commit:
            user.save()
            self._save_m2m()
        return user

    def _save_m2m(self) -> None:
        """Save places, groups and roles: those that were changed here, and no others."""
        user: User = self.instance
        for name in self.changed_data:
            chosen = self.cleaned_data.get(name)
            if name.startswith(PLACE):
                of_type: dict[str, Any] = {"user": user, "type_id": int(name.removeprefix(PLACE))}
                if chosen is None:
                    UnitMembership.objects.filter(**of_type).delete()
                else:
                    UnitMembership.objects.update_or_create(**of_type, defaults={"unit": chosen})
            elif name == "groups":
                GroupMembership.objects.filter(user=user).exclude(group__in=chosen or []).delete()
                GroupMembership.objects.bulk_create(
                    [GroupMembership(user=user, group=group) for group in chosen or []], ignore_conflicts=True
                )
            elif name == "roles":
                user.roles.set(chosen or [])


def user_form(types: list[OUType]) -> type[UserForm]:
    """Return the form with a field of units for each of the types."""
    places = {
        f"{PLACE}{one.pk}": Chooses(UNITS, of_type=one.pk, label=one.name, required=False)  # one of each type
        for one in types
    }
    return type("UserForm", (UserForm,), dict(places))


class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People. They are made inactive, not deleted: their history speaks of them."""

    form = UserForm
    list_display = ("user_id", "full_name", "email", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("user_id",)
    search_help_text = gettext_lazy("The beginning of a User ID, of an e-mail address, or of a name.")
    ordering = ("last_name_key", "first_name_key", "id")
    readonly_fields = ("sees",)
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form with a field for each OU type there is."""
        return super().get_form(request, obj, change=change, **{**kwargs, "form": user_form(_types())})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Part the form by its subjects."""
        places = [f"{PLACE}{one.pk}" for one in _types()]
        return (
            (None, {"fields": ("user_id", "first_name", "last_name", "email", "username", "manager")}),
            (_("Signing in"), {"fields": ("is_active", "is_superuser", "new_password")}),
            (_("Organizational units"), {"fields": places}),
            (_("Groups and roles"), {"fields": ("groups", "roles", *(["sees"] if obj else []))}),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Search as the People page does: by indexes, however many people there are."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=[user.pk for user in search_people(search_term)]), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a person."""
        return False

    @admin.display(description=gettext_lazy("Whose jobs they see"))
    def sees(self, user: User) -> str:
        """Lead to whose jobs the person sees."""
        address = reverse("person-sees", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, _("Whose jobs this person sees, and why"))


def _types() -> list[OUType]:
    return list(OUType.objects.order_by("is_custom", "pk"))
