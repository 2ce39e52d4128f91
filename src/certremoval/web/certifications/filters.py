"""What the pages of certifications take from an address or a form, and give back as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.certifications.models import Certification, EnrollmentStatus
from certremoval.certifications.people_on import PeopleFilter, statuses_on
from certremoval.organization.models import OrganizationalUnit
from certremoval.organization.searching import LONGEST_SEARCH
from certremoval.organization.units import find_units, unit_label

MOST_KEY = 2**63 - 1
UNITS_OFFERED = 500
"""Units that the page offers while one types; where there are more, a part of the name is looked up when it is sent."""

_CHOICES_SHOWN = 20


def _text(label: Any, *, help_text: Any = "") -> forms.CharField:
    box = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "dir": "auto"})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=LONGEST_SEARCH, widget=box)


def _key() -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_KEY,
        widget=forms.HiddenInput,
        error_messages={
            kind: gettext_lazy("The address of the page is damaged. Start again from the first page.")
            for kind in ("invalid", "min_value", "max_value")
        },
    )


class CatalogueForm(forms.Form):
    """The search of the list of certifications."""

    search = _text(gettext_lazy("Search for Certification"), help_text=gettext_lazy("Title or Certification ID."))
    inactive = forms.BooleanField(
        label=gettext_lazy("Include inactive"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    page = _key()


class PeopleForm(forms.Form):
    """The filters of a certification's Users section, and the place in the list (``after``, ``before``)."""

    name = _text(gettext_lazy("Search by last name"), help_text=gettext_lazy("Its beginning, or both names."))
    unit_name = _text(
        gettext_lazy("Organizational unit"), help_text=gettext_lazy("Name or ID; those below it count too.")
    )
    unit = _key()
    status = forms.CharField(
        label=gettext_lazy("Current Status"),
        required=False,
        max_length=100,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    inactive = forms.BooleanField(
        label=gettext_lazy("Include Inactive Users"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    after = _key()
    before = _key()


@dataclass(frozen=True, slots=True)
class ShownPeople:
    """What was asked for of a certification's Users section.

    ``people`` is None where it cannot be told: then the form says why, and nobody is shown, because a filter that was
    not understood must not mean everybody. ``units`` are those that the unit's text may have meant.
    """

    form: PeopleForm
    people: PeopleFilter | None
    unit: OrganizationalUnit | None
    units: tuple[OrganizationalUnit, ...]
    after: int | None
    before: int | None

    @property
    def hidden(self) -> dict[str, str]:
        """The filters as fields of a form, or of an address; empty ones left out."""
        if self.people is None:
            return {}
        fields = {
            "name": self.people.name,
            "unit": "" if self.people.unit is None else str(self.people.unit),
            "status": self.people.status,
            "inactive": "1" if self.people.include_inactive else "",
        }
        return {name: value for name, value in fields.items() if value}

    @property
    def place(self) -> dict[str, str]:
        """The filters and the place in the list."""
        at = {"after": self.after, "before": self.before}
        return {**self.hidden, **{name: str(key) for name, key in at.items() if key is not None}}

    @property
    def typed(self) -> dict[str, str]:
        """What was typed or ticked, so that another unit can be chosen with all else kept."""
        names = ("name", "status", "inactive")
        return {name: value for name in names if (value := str(self.form.data.get(name, "")))}


def read_people(data: QueryDict, certification: Certification) -> ShownPeople:
    """Return what an address or a form asks for of a certification's Users section."""
    form = PeopleForm(_one_each(data))
    status = str(data.get("status", ""))
    words = [*statuses_on(certification)]
    if status and status not in words and len(status) <= 100:
        words.append(status)
    form.fields["status"].widget.choices = [("", _("All")), *((word, status_words(word)) for word in words)]
    valid = form.is_valid()
    typed = form.cleaned_data
    unit, units = _unit(form)
    people = None
    if valid and form.is_valid():
        people = PeopleFilter(
            name=typed["name"],
            unit=None if unit is None else unit.pk,
            status=typed["status"],
            include_inactive=typed["inactive"],
        )
    # Keys of the page, or nothing: a damaged one is told as a mistake of the form.
    return ShownPeople(form, people, unit, units, typed.get("after"), typed.get("before"))


def address_query(fields: dict[str, str]) -> str:
    """Return fields as the query of an address, with its question mark; nothing for none."""
    query = QueryDict(mutable=True)
    query.update(fields)
    return f"?{query.urlencode()}" if fields else ""


def status_words(status: str) -> str:
    """Return what an enrollment status is called; a word that we do not know, as it is."""
    return str(EnrollmentStatus(status).label) if status in EnrollmentStatus else status


def _unit(form: PeopleForm) -> tuple[OrganizationalUnit | None, tuple[OrganizationalUnit, ...]]:
    """Return the unit that was meant, by key while its name stands there unchanged, else by what was typed."""
    key, text = form.cleaned_data.get("unit"), form.cleaned_data.get("unit_name", "")
    unit = None
    if key is not None:
        unit = OrganizationalUnit.objects.select_related("type").filter(pk=key).first()
    if "unit_name" in form.data and (unit is None or text != unit_label(unit)):
        unit = None
        if not text:
            return None, ()
        found = find_units(text, limit=_CHOICES_SHOWN + 1)
        if len(found) == 1:
            unit = found[0]
        elif found:
            form.add_error("unit_name", _("Several organizational units are called so. Choose one of them."))
            return None, tuple(found[:_CHOICES_SHOWN])
        else:
            form.add_error("unit_name", _("No organizational unit is called so. Type its ID, or a part of its name."))
            return None, ()
    elif key is not None and unit is None:
        form.add_error("unit_name", _("The organizational unit is not there any more. Choose another one."))
    if unit is not None:
        form.data = {**form.data, "unit": str(unit.pk), "unit_name": unit_label(unit)}
    return unit, ()


def _one_each(data: QueryDict) -> dict[str, str]:
    """Return one value for each name, as a dictionary that can be corrected."""
    return {name: str(value) for name, value in data.items()}
