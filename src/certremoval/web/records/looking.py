"""What somebody asks the register for: the address read, and shown again as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from certremoval.certifications.models import EnrollmentStatus
from certremoval.certifications.periods import Period
from certremoval.certifications.register import RecordFilter
from certremoval.database.texts import refuse_unstorable, too_long_to_search
from certremoval.organization.searching import LONGEST_SEARCH
from certremoval.organization.units import find_units, unit_label
from certremoval.problems import InvalidRequest

FILTERS = ("from", "to", "certification", "unit", "administrator", "status")
UNITS_OFFERED = 500
"""Units that the page offers while one types; where there are more, what is typed is looked up when it is sent."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CHOICES_SHOWN = 20
_LONGEST_ECHO = 80


@dataclass(slots=True)
class Asked:
    """The filters as they came. ``mistakes`` say what is wrong with them, by field; nothing typed is ever dropped.

    ``filter`` is None where there are mistakes: a filter that was not understood must not mean everything. ``swap``
    says that the dates are the wrong way round; ``units`` are the labels of those that the unit's text may have meant.
    """

    typed: dict[str, str]
    mistakes: dict[str, str] = field(default_factory=dict)
    filter: RecordFilter | None = None
    swap: bool = False
    units: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether anything was asked for."""
        return any(self.typed.values())

    @property
    def days(self) -> dict[str, bool]:
        """Of each date whether it can be shown as one: browsers show nothing of what is none."""
        return {name: not self.typed[name] or _day(self.typed[name]) is not None for name in ("from", "to")}


def read_filter(query: QueryDict) -> Asked:
    """Return what an address asks for."""
    asked = Asked({name: query.get(name, "").strip() for name in FILTERS})
    first, last = _read_day(asked, "from"), _read_day(asked, "to")
    for name in ("certification", "unit", "administrator", "status"):
        _check_text(asked, name)
    unit = None if "unit" in asked.mistakes else _read_unit(asked)
    try:
        period = Period(first, last, timezone.get_current_timezone_name())
    except InvalidRequest as refusal:
        asked.swap = True
        asked.mistakes["from"] = refusal.message
        return asked
    if not asked.mistakes:
        texts = {name: asked.typed[name] for name in ("certification", "administrator", "status")}
        asked.filter = RecordFilter(period=period, unit=unit, **texts)
    return asked


def statuses_to_choose(chosen: str, shown: Iterable[str]) -> list[str]:
    """Return the statuses that we know, then others: those on the page, and the one that was asked for."""
    known = [status.value for status in EnrollmentStatus]
    return [*known, *sorted({chosen, *shown} - {"", *known})]


def _read_day(asked: Asked, name: str) -> date | None:
    text = asked.typed[name]
    day = _day(text)
    if text and day is None:
        shown = text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}…"
        asked.mistakes[name] = _("“%(value)s” is no date. Write year, month and day, as in 2026-05-31.") % {
            "value": shown
        }
    return day


def _day(text: str) -> date | None:
    """Read a date as browsers send it; None for anything else."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _check_text(asked: Asked, name: str) -> None:
    text = asked.typed[name]
    if len(text) > LONGEST_SEARCH:
        asked.mistakes[name] = too_long_to_search(text, LONGEST_SEARCH)
        return
    try:
        refuse_unstorable([text])
    except InvalidRequest as refusal:
        asked.mistakes[name] = refusal.message


def _read_unit(asked: Asked) -> int | None:
    """Return the key of the unit that was meant, and write it as it is called; a mistake where that is not clear."""
    text = asked.typed["unit"]
    if not text:
        return None
    found = find_units(text, limit=_CHOICES_SHOWN + 1)
    if len(found) == 1:
        asked.typed["unit"] = unit_label(found[0])
        return found[0].pk
    if found:
        asked.units = tuple(unit_label(unit) for unit in found[:_CHOICES_SHOWN])
        asked.mistakes["unit"] = _("Several organizational units are called so. Choose one of them.")
    else:
        asked.mistakes["unit"] = _("No organizational unit is called so. Type its ID, or a part of its name.")
    return None
