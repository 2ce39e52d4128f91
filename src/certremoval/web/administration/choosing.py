"""Fields in which a person, a unit, a group or a role is chosen by typing: suggested where there is script.

Without script one types the whole: a User ID, the ID of a unit. However many there are, none is listed in the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from certremoval.access.models import Role
from certremoval.organization.models import Group, OrganizationalUnit, User
from certremoval.organization.units import find_units, unit_label
from certremoval.reading import trim_id

MOST_NAMED_OF_SEVERAL = 4
_MOST_UNITS_COMPARED = 100
_LOOKED_UP_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Among:
    """Of what one chooses: what a text means, by which field suggestions are asked for, what is said of the unknown."""

    model: Any
    find: Callable[[list[str]], dict[str, list[Any]]]
    """Of each text, all that it can mean."""
    source: tuple[str, str, str]
    unknown: Any


def label_of(chosen: Model) -> str:
    """Return what is written into the field when this is chosen; unlike a name it is unique."""
    match chosen:
        case User():
            label = str(chosen)
        case OrganizationalUnit():
            label = unit_label(chosen)
        case Group():
            label = f"{chosen.name} ({chosen.group_id})"
        case _:
            label = str(chosen)
    return trim_id(re.sub(r"[\r\n]+", " ", label))


def _find_people(texts: list[str]) -> dict[str, list[Any]]:
    """Find people by User ID, or as they are suggested: Ana Ruiz (000123)."""
    return _find_labelled(texts, lambda ids: {user.user_id: user for user in User.objects.filter(user_id__in=ids)})


def _find_groups(texts: list[str]) -> dict[str, list[Any]]:
    """Find groups by Group ID, or as they are suggested; else by their name."""
    found = _find_labelled(texts, lambda ids: {one.group_id: one for one in Group.objects.filter(group_id__in=ids)})
    return {text: groups or list(Group.objects.filter(name__iexact=text)[:9]) for text, groups in found.items()}


def _find_labelled(texts: list[str], fetch: Callable[[list[str]], dict[str, Any]]) -> dict[str, list[Any]]:
    """Find by the id itself; else by the label, of which the id stands in the brackets at the end."""
    ids = {text: [text, *_in_brackets(text)] for text in texts}
    wanted = sorted({one for some in ids.values() for one in some})
    fetched: dict[str, Any] = {}
    for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
        fetched |= fetch(wanted[start : start + _LOOKED_UP_AT_ONCE])
    found = {}
    for text, (itself, *inside) in ids.items():
        labelled = [fetched[one] for one in inside if one in fetched and label_of(fetched[one]) == text]
        found[text] = [fetched[itself]] if itself in fetched else labelled
    return found


def _in_brackets(text: str) -> list[str]:
    """Return all that can be the id of a label: both a name and an id may hold brackets."""
    return [text[at.end() : -1] for at in re.finditer(r" \(", text)] if text.endswith(")") else []


def _find_units(texts: list[str]) -> dict[str, list[Any]]:
    return {text: list(find_units(text, limit=_MOST_UNITS_COMPARED)) for text in texts}


def _find_roles(texts: list[str]) -> dict[str, list[Any]]:
    roles = {role.name: role for role in Role.objects.filter(name__in=texts)}
    return {text: [roles[text]] if text in roles else [] for text in texts}


PEOPLE = Among(
    User,
    _find_people,
    ("organization", "groupmembership", "user"),
    _("%(text)s is nobody here. Choose one of the people suggested, or type the User ID."),
)
UNITS = Among(
    OrganizationalUnit,
    _find_units,
    ("organization", "unitmembership", "unit"),
    _("%(text)s is no organizational unit here. Choose one of those suggested, or type its ID."),
)
GROUPS = Among(
    Group,
    _find_groups,
    ("organization", "groupmembership", "group"),
    _("%(text)s is no group here. Choose one of those suggested, or type its Group ID."),
)
ROLES = Among(Role, _find_roles, ("access", "grant", "role"), _("%(text)s is no role here. Choose one suggested."))


class Chooses(forms.Field):
    """A field for one of them: gives the object, None if it may be left empty. ``of_type`` limits units to a type."""

    widget = forms.TextInput

    def __init__(self, among: Among, *, of_type: int | None = None, **kwargs: Any) -> None:
        self.among, self.of_type = among, of_type
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Say where suggestions come from; the address is made when the page is."""
        app, model, field = self.among.source
        parameters = {"app_label": app, "model_name": model, "field_name": field}
        if self.of_type is not None:
            parameters["of_type"] = str(self.of_type)
        address = format_lazy(
            "{address}?{query}", address=reverse_lazy("admin:autocomplete"), query=urlencode(parameters)
        )
        return {
            **super().widget_attrs(widget),
            "autocomplete": "off",
            "data-suggestions": address,
            "data-nothing": _("Nothing found"),
            "data-several-found": _("{number} found. Choose with the arrow keys."),
        }

    def prepare_value(self, value: Any) -> Any:
        """Show what is chosen by its label; what was typed and is a mistake, as it was typed."""
        if isinstance(value, int):
            value = self.among.model.objects.filter(pk=value).first()
        return label_of(value) if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        """Return what the text means. Raises ValidationError if it means nothing here, or more than one."""
        if value is None or isinstance(value, Model):
            return value
        text = trim_id(str(value))
        return self._one(text, self._find([text])[text]) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else is written than was shown."""
        return trim_id(str(self.prepare_value(initial) or "")) != trim_id(str(data or ""))

    def _find(self, texts: list[str]) -> dict[str, list[Any]]:
        sound = [text for text in texts if "\0" not in text and len(text) <= 1_000]
        found = self.among.find(sound) if sound else {}
        return {
            text: [one for one in found.get(text, []) if self.of_type is None or one.type_id == self.of_type]
            for text in texts
        }

    def _one(self, text: str, found: list[Any]) -> Any:
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(self.among.unknown, params={"text": text[:200]})
        names = "; ".join(label_of(one) for one in found[:MOST_NAMED_OF_SEVERAL])
        raise ValidationError(_("More than one is called so: %(names)s. Write one of these."), params={"names": names})


class ChoosesSeveral(Chooses):
    """A field for several, one on a line: gives a list, each once. ``find`` is said beside where one looks for more."""

    widget = forms.Textarea  # type: ignore[assignment]

    def __init__(self, among: Among, *, find: Any, **kwargs: Any) -> None:
        self.find_label = find
        super().__init__(among, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Say what is looked for, too."""
        return {**super().widget_attrs(widget), "rows": 4, "data-find": self.find_label}

    def prepare_value(self, value: Any) -> Any:
        """Show each on a line."""
        if value is None or isinstance(value, str):
            return value
        return "\n".join(str(super(ChoosesSeveral, self).prepare_value(one)) for one in value)

    def to_python(self, value: Any) -> list[Any]:
        """Return all that the lines mean. Raises ValidationError with one mistake for each line that has one."""
        if not isinstance(value, str):
            return list(value or [])
        texts = list(dict.fromkeys(_lines(value)))
        found, mistakes = self._find(texts), []
        chosen: dict[Any, None] = {}
        for text in texts:
            try:
                chosen[self._one(text, found[text])] = None
            except ValidationError as mistake:
                mistakes.append(mistake)
        if mistakes:
            raise ValidationError(mistakes)
        return list(chosen)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other lines are written than were shown."""
        return _lines(str(self.prepare_value(initial) or "")) != _lines(str(data or ""))


def _lines(text: str) -> list[str]:
    return [line for line in map(trim_id, re.split(r"[\r\n]+", text)) if line]


def without_shortcuts(form: Any, *names: str) -> Any:
    """Return the form without Django's pictures beside a field, which open another window to add or change a choice."""
    for name in names:
        widget = form.base_fields[name].widget
        for shortcut in ("add", "change", "delete", "view"):
            setattr(widget, f"can_{shortcut}_related", False)
    return form
