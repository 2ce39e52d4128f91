"""Fields of settings: a value as a form has it, and a form read as values.

Each field carries the value that it showed (``shown-…``), so that a change by somebody else meanwhile is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from certremoval.certifications.limits import number_typed
from certremoval.policy.settings import AS_FOR_ALL, KINDS, Kind, value_words

ALL, OWN, NONE = "all", "own", "none"
"""How a form says what one certification has: what holds for all, a number of its own, no limit."""

_YES = "yes"


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that are shown together."""

    id: str
    heading: Promise
    names: tuple[str, ...]


GROUPS = (
    Group("typed-number", gettext_lazy("Typed number"), ("most_untyped", "share_untyped", "least_on_it")),
    Group("approval", gettext_lazy("Approval"), ("most_unapproved", "share_unapproved")),
    Group("changes", gettext_lazy("Changes since the preview"), ("changes_share", "changes_least")),
    Group("reasons", gettext_lazy("Reasons"), ("reason_required",)),
    Group("retention", gettext_lazy("Retention"), ("details_kept_days",)),
    Group("file-limits", gettext_lazy("File limits"), ("max_file_bytes", "max_rows")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as a form shows it: as it is typed, as it was when it was shown, and what is wrong with it.

    ``default`` is the default of all certifications; of one certification, what holds for all.
    """

    name: str
    kind: Kind
    text: str
    choice: str
    shown: str
    default: str
    mistake: str = ""

    @property
    def is_yes(self) -> bool:
        """Whether a box to be ticked is ticked."""
        return self.text == _YES


def as_text(value: object) -> str:
    """Return a value as a field holds it: nothing for no limit, and for what a certification has not of its own."""
    if value is None or value is AS_FOR_ALL:
        return ""
    if isinstance(value, bool):
        return _YES if value else ""
    return f"{value:,}" if isinstance(value, int) else str(value)


def as_choice(value: object) -> str:
    """Return what of the three one certification has."""
    return ALL if value is AS_FOR_ALL else NONE if value is None else OWN


def as_hidden(value: object) -> str:
    """Return a value as a form carries it to tell what it showed."""
    if value is AS_FOR_ALL or value is None:
        return as_choice(value)
    return as_text(value)


def fields_of(
    names: tuple[str, ...],
    now: Mapping[str, object],
    defaults: Mapping[str, object],
    *,
    form: QueryDict,
    mistakes: Mapping[str, str],
    shown_again: bool = False,
) -> list[Field]:
    """Return the fields of some settings: as they are set now, and what was touched in the form as it was typed.

    The form is empty where none was sent. What was touched goes on to tell the value that it showed at first, until
    somebody is told that it is another by now (``shown_again``).
    """
    typed, shown = typed_values(names, form), shown_values(names, form)
    fields = []
    for name in names:
        text, choice, hidden = as_text(now[name]), as_choice(now[name]), as_hidden(now[name])
        if name in typed and typed[name] != shown.get(name, now[name]):
            text, choice = form.get(name, ""), as_choice(typed[name])
            hidden = hidden if shown_again else form.get(f"shown-{name}", hidden)
        default = value_words(name, defaults[name])
        fields.append(Field(name, KINDS[name], text, choice, hidden, default, mistakes.get(name, "")))
    return fields


def typed_values(names: tuple[str, ...], form: QueryDict) -> dict[str, object]:
    """Return what a form says of some settings; a text that is no number stays the text, for the rule to refuse.

    A setting that the form does not have is not there.
    """
    return {name: _typed(name, form) for name in names if name in form or f"shown-{name}" in form}


def shown_values(names: tuple[str, ...], form: QueryDict) -> dict[str, object]:
    """Return what a form showed of some settings when it was opened."""
    return {name: _shown(name, form) for name in names if f"shown-{name}" in form}


def _typed(name: str, form: QueryDict) -> object:
    text, choice = form.get(name, "").strip(), form.get(f"choice-{name}")
    if KINDS[name].yes_or_no:
        return text == _YES
    if choice in (ALL, NONE) and not (text and form.get(f"shown-{name}") == choice):
        # The number beside it, if there is one, is of before. Otherwise a number was written and nothing chosen: it
        # counts.
        return AS_FOR_ALL if choice == ALL else None
    if not text and choice is None:
        return None
    number = number_typed(text)
    return text if number is None else number


def _shown(name: str, form: QueryDict) -> object:
    shown = form.get(f"shown-{name}", "")
    if KINDS[name].yes_or_no:
        return shown == _YES
    if shown == ALL:
        return AS_FOR_ALL
    return None if shown == NONE else number_typed(shown)
