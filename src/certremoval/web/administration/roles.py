"""Roles, and giving a permission: to whom, which, over whose jobs, on one screen."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.access.models import PERMISSION_CATEGORY, REMOVAL_PERMISSIONS, Constraint, Grant, Permission, Role
from certremoval.web.administration.choosing import GROUPS, PEOPLE, UNITS, Chooses, ChoosesSeveral, without_shortcuts

LONGEST_ROLE_NAME = 255


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """One permission, given to people by a role; the role is made where none is chosen."""

    people = ChoosesSeveral(
        PEOPLE,
        label=gettext_lazy("People"),
        required=False,
        find=gettext_lazy("Find a person to add"),
        help_text=gettext_lazy("Who gets it, beside whoever is in the role already."),
    )
    role_name = forms.CharField(
        label=gettext_lazy("Name of a new role"),
        required=False,
        max_length=LONGEST_ROLE_NAME,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "Where no role is chosen. Left empty, it is named after the permission and its restrictions."
        ),
    )
    reaches_everybody = forms.BooleanField(
        label=gettext_lazy("Reaches everybody's jobs"),
        required=False,
        help_text=gettext_lazy("Tick it to give a permission about jobs without a restriction below."),
    )

    class Meta:
        model = Grant
        fields = ("people", "role", "role_name", "permission", "reaches_everybody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].required = self.instance.pk is not None
        choices = [("", "---------"), (PERMISSION_CATEGORY, list(Permission.choices))]
        cast(forms.ChoiceField, self.fields["permission"]).choices = choices
        if self.instance.pk is not None:
            self.fields["reaches_everybody"].initial = not self.instance.constraints.exists()

    def clean(self) -> dict[str, Any] | None:
        """Refuse a new role whose name is taken, and a permission that the role gives already."""
        cleaned = super().clean()
        role, permission = self.cleaned_data.get("role"), self.cleaned_data.get("permission")
        name = self.cleaned_data.get("role_name")
        if role is not None and name:
            self.add_error("role_name", _("Choose a role above, or name a new one here: not both."))
        elif name and Role.objects.filter(name=name).exists():
            self.add_error("role_name", _("There is a role of this name. Choose it above, or name another one."))
        if role is not None and permission:
            same = Grant.objects.filter(role=role, permission=permission).exclude(pk=self.instance.pk).first()
            if same is not None:
                self.add_error("role", _("This role gives the permission already. Change what it gives there."))
        return cleaned


class ConstraintForm(forms.ModelForm):  # type: ignore[type-arg]
    """One restriction: its kind, and the one thing that it names."""

    unit = Chooses(UNITS, label=gettext_lazy("Organizational unit"), required=False)
    group = Chooses(GROUPS, label=gettext_lazy("Group"), required=False)

    class Meta:
        model = Constraint
        fields = ("kind", "ou_type", "unit", "group", "include_subordinates")
        labels = {"ou_type": gettext_lazy("OU type")}


class ConstraintsFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """All restrictions of one permission given."""

    def clean(self) -> None:
        """Refuse restrictions of what is about nobody's jobs, and a reach to all that nobody said."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.cleaned_data.get("kind") and not form.cleaned_data.get("DELETE")]
        about_jobs = self.instance.permission in REMOVAL_PERMISSIONS
        everybody = self.data.get("reaches_everybody") in ("on", "true", "1")
        if kept and not about_jobs:
            raise ValidationError(_("This permission is not about jobs, and cannot be restricted to some of them."))
        if about_jobs and not kept and not everybody:
            raise ValidationError(
                _("Without a restriction this permission reaches everybody's jobs. Restrict it, or tick that it does.")
            )
        if kept and everybody:
            raise ValidationError(_("It cannot be restricted and reach everybody's jobs. Take one of the two away."))


class ConstraintsInline(admin.StackedInline):  # type: ignore[type-arg]
    """Over whose jobs."""

    model = Constraint
    form = ConstraintForm
    formset = ConstraintsFormSet
    extra = 1
    verbose_name = gettext_lazy("restriction")
    verbose_name_plural = gettext_lazy("restrictions: jobs of creators inside any of them are reached")

    def get_extra(self, request: HttpRequest, obj: Grant | None = None, **kwargs: Any) -> int:
        """Offer an empty one where there is none yet."""
        return 0 if obj is not None and obj.constraints.exists() else self.extra

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Choose an OU type among those there are."""
        formset = super().get_formset(request, obj, **kwargs)
        without_shortcuts(formset.form, "ou_type")
        return formset

    def get_queryset(self, request: HttpRequest) -> Any:
        """Fetch what each names."""
        return super().get_queryset(request).select_related("unit__type", "ou_type", "group")


class GrantAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Permissions given. To give one takes this screen alone."""

    form = GrantForm
    inlines = (ConstraintsInline,)
    list_display = ("permission_name", "role", "restricted_to")
    list_filter = ("permission",)
    list_select_related = ("role",)
    search_fields = ("role__name",)
    search_help_text = gettext_lazy("A part of the role's name.")
    ordering = ("role__name", "permission")
    readonly_fields = ("members_now",)
    actions = None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Choose a role among those there are: a new one is named below."""
        return without_shortcuts(super().get_form(request, obj, change=change, **kwargs), "role")

    def get_fieldsets(self, request: HttpRequest, obj: Grant | None = None) -> Any:
        """A new role is made where a permission is given, not where it is changed."""
        whom = ("role", "members_now", "people") if obj else ("people", "role", "role_name")
        return (
            (_("To whom"), {"fields": whom}),
            (_("Which permission"), {"fields": ("permission", "reaches_everybody")}),
        )

    @admin.display(description=gettext_lazy("permission"), ordering="permission")
    def permission_name(self, grant: Grant) -> str:
        """Name the permission."""
        return str(Permission(grant.permission).label)

    @admin.display(description=gettext_lazy("restricted to"))
    def restricted_to(self, grant: Grant) -> str:
        """Say to whose jobs it is restricted."""
        if grant.permission not in REMOVAL_PERMISSIONS:
            return _("not about jobs")
        return _told(grant)

    @admin.display(description=gettext_lazy("In the role now"))
    def members_now(self, grant: Grant) -> str:
        """Name who holds it, each with the way to whose jobs they see."""
        people = grant.role.members.order_by("last_name_key", "first_name_key", "pk")
        links = ((reverse("person-sees", args=[person.pk]), str(person)) for person in people)
        role = reverse("admin:access_role_change", args=[grant.role.pk])
        named = format_html_join("; ", '<a href="{}"><bdi>{}</bdi></a>', links) or _("nobody")
        return format_html('{} · <a href="{}">{}</a>', named, role, _("Take people out, on the role's page"))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Fetch what the list names, all at once."""
        related = ("constraints__unit__type", "constraints__ou_type", "constraints__group")
        return super().get_queryset(request).prefetch_related(*related)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form under its name."""
        return super().add_view(request, form_url, {"title": _("Give a permission"), **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        """Save, with the role that is new: here, where the restrictions have been found right too."""
        if form.cleaned_data.get("role") is None:
            permission = str(Permission(obj.permission).label)
            obj.role = Role.objects.create(name=form.cleaned_data["role_name"] or _free_name(permission))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the restrictions, after which a role without a name is called, and put the people into the role."""
        super().save_related(request, form, formsets, change)
        grant: Grant = form.instance
        if not change and form.cleaned_data.get("role") is None and not form.cleaned_data["role_name"]:
            told = f": {_told(grant)}" if grant.permission in REMOVAL_PERMISSIONS else ""
            grant.role.name = _free_name(f"{Permission(grant.permission).label}{told}", besides=grant.role)
            grant.role.save()
        grant.role.members.add(*form.cleaned_data.get("people", ()))


def _told(grant: Grant) -> str:
    """Say whose jobs a permission about jobs reaches."""
    return ", ".join(str(one) for one in grant.constraints.all()) or _("everybody's jobs")


def _free_name(wished: str, *, besides: Role | None = None) -> str:
    """Return the name, with a number behind it if another role has it."""
    wished = wished[: LONGEST_ROLE_NAME - 10]
    others = Role.objects.exclude(pk=besides.pk) if besides is not None else Role.objects.all()
    name, number = wished, 1
    while others.filter(name=name).exists():
        number += 1
        name = f"{wished} ({number})"
    return name


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role and all who are in it."""

    members = ChoosesSeveral(
        PEOPLE,
        label=gettext_lazy("Members"),
        required=False,
        find=gettext_lazy("Find a person to add"),
        help_text=gettext_lazy("One on a line. Whose line is deleted, is taken out."),
    )

    class Meta:
        model = Role
        fields = ("name", "members")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            by_name = self.instance.members.order_by("last_name_key", "first_name_key", "pk")
            self.initial["members"] = list(by_name)


class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Roles: who is in them, and what they give."""

    form = RoleForm
    list_display = ("name",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("A part of the name.")
    ordering = ("name",)
    readonly_fields = ("gives",)
    fields = ("name", "members", "gives")
    actions = None

    @admin.display(description=gettext_lazy("Gives"))
    def gives(self, role: Role) -> str:
        """Lead to each permission that the role gives."""
        grants: Any = role.grants.order_by("permission") if role.pk is not None else ()
        links = (
            (reverse("admin:access_grant_change", args=[grant.pk]), Permission(grant.permission).label)
            for grant in grants
        )
        more = format_html('<a href="{}">{}</a>', reverse("admin:access_grant_add"), _("Give a permission"))
        named = format_html_join("; ", '<a href="{}">{}</a>', links)
        return format_html("{} · {}", named or _("nothing yet"), more)
