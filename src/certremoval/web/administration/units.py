"""Organizational units and their types in the administration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.organization.models import OrganizationalUnit, OUType
from certremoval.organization.units import units_and_below
from certremoval.web.administration.choosing import UNITS, Chooses, without_shortcuts
from certremoval.web.pages import whole_number


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """A unit, whose parent is of its type and not below it."""

    parent = Chooses(UNITS, label=gettext_lazy("Parent"), required=False)

    class Meta:
        model = OrganizationalUnit
        fields = ("type", "unit_id", "name", "parent", "is_active")
        labels = {"is_active": gettext_lazy("Active")}

    def clean(self) -> dict[str, Any] | None:
        """Refuse a parent of another type, a circle, and another type for what has a place in a tree."""
        cleaned = super().clean()
        parent, unit_type = self.cleaned_data.get("parent"), self.cleaned_data.get("type")
        if parent is not None and unit_type is not None:
            if parent.type_id != unit_type.pk:
                self.add_error(
                    "parent", _("The parent is of another type. Choose one of %(type)s.") % {"type": unit_type}
                )
            elif self.instance.pk is not None and parent.pk in set(units_and_below([self.instance.pk])):
                self.add_error("parent", _("The parent is below this unit, or is the unit itself. Choose another one."))
        if self.instance.pk is not None and unit_type is not None and unit_type.pk != self.initial["type"]:
            self.add_error("type", _("A unit keeps its type: people sit in it, and units below it. Make a new unit."))
        return cleaned


class UnitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Organizational units. They are closed, not deleted: people sit in them, and permissions name them."""

    form = UnitForm
    list_display = ("name", "unit_id", "type", "parent", "is_active")
    list_filter = ("type", "is_active")
    search_fields = ("name", "unit_id")
    search_help_text = gettext_lazy("A part of the name or of the ID.")
    ordering = ("type", "name", "id")
    list_per_page = 50
    actions = None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Choose a type among those there are."""
        return without_shortcuts(super().get_form(request, obj, change=change, **kwargs), "type")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Fetch the type and the parent with each: a unit is named by its type where one is suggested."""
        return super().get_queryset(request).select_related("type", "parent")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OrganizationalUnit], search_term: str
    ) -> tuple[QuerySet[OrganizationalUnit], bool]:
        """Suggest units of one type alone, where that is asked for (``of_type``)."""
        if of_type := whole_number(request.GET.get("of_type")):
            queryset = queryset.filter(type=of_type)
        return super().get_search_results(request, queryset, search_term)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a unit."""
        return False


class TypeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The types of organizational units."""

    list_display = ("name", "is_custom")
    search_fields = ("name",)
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: OUType | None = None) -> bool:
        """A type is deleted only while it has no units."""
        return obj is not None and not obj.units.exists()
