"""Groups of users in the administration. They may be as large as the organisation: members are added and taken out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from certremoval.organization.models import Group, GroupMembership, User
from certremoval.reading import trim_id
from certremoval.removals.words import number
from certremoval.web.administration.choosing import PEOPLE, ChoosesSeveral

MOST_NAMED = 50


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group, and who comes in or goes out."""

    add_people = ChoosesSeveral(
        PEOPLE, label=gettext_lazy("Add people"), required=False, find=gettext_lazy("Find a person to add")
    )
    take_out = ChoosesSeveral(
        PEOPLE,
        label=gettext_lazy("Take people out"),
        required=False,
        find=gettext_lazy("Find a person to take out"),
    )

    class Meta:
        model = Group
        fields = ("group_id", "name")

    def clean_group_id(self) -> str:
        """Trim what copying leaves around an id, as in files."""
        return trim_id(self.cleaned_data["group_id"])

    def clean(self) -> dict[str, Any] | None:
        """Refuse to take out who is not in the group, and to do both with one person."""
        cleaned = super().clean()
        out: list[User] = self.cleaned_data.get("take_out") or []
        inside: set[object] = set(
            GroupMembership.objects.filter(group=self.instance.pk, user__in=out).values_list("user", flat=True)
        )
        for person in out:
            if person in (self.cleaned_data.get("add_people") or []):
                self.add_error("take_out", _("%(name)s is named in both. Add or take out.") % {"name": person})
            elif person.pk not in inside:
                self.add_error("take_out", _("%(name)s is not in this group.") % {"name": person})
        return cleaned

    def _save_m2m(self) -> None:
        """Add and take out; whoever is in already stays in once."""
        group: Group = self.instance
        added = [GroupMembership(group=group, user=person) for person in self.cleaned_data["add_people"]]
        GroupMembership.objects.bulk_create(added, ignore_conflicts=True, batch_size=1_000)
        GroupMembership.objects.filter(group=group, user__in=self.cleaned_data.get("take_out") or []).delete()


class GroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Groups of users."""

    form = GroupForm
    list_display = ("name", "group_id")
    search_fields = ("name", "group_id")
    search_help_text = gettext_lazy("A part of the name or of the Group ID.")
    ordering = ("name", "id")
    readonly_fields = ("members_now",)
    actions = None

    def get_fieldsets(self, request: HttpRequest, obj: Group | None = None) -> Any:
        """Show the members of what there is already."""
        people = ("members_now", "add_people", "take_out") if obj else ("add_people",)
        return ((None, {"fields": ("group_id", "name")}), (_("Members"), {"fields": people}))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """A group is deleted only when nobody is in it."""
        return obj is not None and not obj.memberships.exists()

    @admin.display(description=gettext_lazy("Members now"))
    def members_now(self, group: Group) -> str:
        """Count the members, and name the first of them."""
        count = group.memberships.count()
        people = User.objects.filter(member_of=group).order_by("last_name_key", "first_name_key", "pk")
        names = ", ".join(str(person) for person in people[:MOST_NAMED])
        told = ngettext("%(number)s person", "%(number)s people", count) % {"number": number(count)}
        if count > MOST_NAMED:
            return _("%(told)s, first by name: %(names)s …") % {"told": told, "names": names}
        return f"{told}: {names}" if names else told
