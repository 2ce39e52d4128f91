"""What somebody looks for in the list of jobs: the address read, and shown again as it was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.problems import InvalidRequest
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.jobs import NEWEST_FIRST, SORTS
from certremoval.removals.models import JobState

STATUSES: Mapping[str, tuple[JobState, ...]] = {
    "queued": (JobState.QUEUED, JobState.AWAITING_APPROVAL),
    "in_progress": (JobState.IN_PROGRESS,),
    "processed": (JobState.PROCESSED,),
    "failed": (JobState.FAILED,),
    "cancelled": (JobState.CANCELLED,),
}
"""The statuses as shown: one word on the screen is one choice."""

SORT_WORDS: Mapping[str, Promise] = {
    "-created": gettext_lazy("Created Date, newest first"),
    "created": gettext_lazy("Created Date, oldest first"),
    "-processed": gettext_lazy("Process Date, newest first"),
    "processed": gettext_lazy("Process Date, oldest first"),
    "title": gettext_lazy("Job Title, A to Z"),
    "-title": gettext_lazy("Job Title, Z to A"),
    "created_by": gettext_lazy("Created By, A to Z"),
    "-created_by": gettext_lazy("Created By, Z to A"),
    "status": gettext_lazy("Status, queued first"),
    "-status": gettext_lazy("Status, cancelled first"),
}

FILTERS = ("search", "on", "from", "to", "status", "mine", "certification")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LONGEST_ECHO = 80
"""Characters of a wrong value that its message repeats; the field itself keeps all of it."""


@dataclass(slots=True)
class Typed:
    """The fields as they came. ``mistakes`` say what is wrong with them, by field; nothing typed is ever dropped."""

    search: str = ""
    on: str = ""
    from_: str = ""
    to: str = ""
    statuses: list[str] = field(default_factory=list)
    mine: str = ""
    certification: str = ""
    sort: str = ""
    page: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)
    swap: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> Typed:
        """Read an address."""
        return cls(
            search=query.get("search", ""),
            on=query.get("on", "").strip(),
            from_=query.get("from", "").strip(),
            to=query.get("to", "").strip(),
            statuses=[one for one in query.getlist("status") if one],
            mine=query.get("mine", ""),
            certification=query.get("certification", ""),
            sort=query.get("sort", ""),
            page=query.get("page", ""),
        )

    @property
    def filters(self) -> bool:
        """Whether anything narrows the list."""
        narrowing = (self.search, self.on, self.from_, self.to, *self.statuses, self.certification)
        return any(one.strip() for one in narrowing) or self.mine not in ("", "0")

    @property
    def is_day_on(self) -> bool:
        """Whether the field can be shown as a date: browsers show nothing of what is none."""
        return _day(self.on) is not None

    @property
    def is_day_from(self) -> bool:
        """See :attr:`is_day_on`."""
        return _day(self.from_) is not None

    @property
    def is_day_to(self) -> bool:
        """See :attr:`is_day_on`."""
        return _day(self.to) is not None

    @property
    def order(self) -> str:
        """The sort that counts."""
        return self.sort or NEWEST_FIRST

    def address(self, **changes: str) -> str:
        """Return the query of this list with some fields changed, empty ones left out; ``from_`` is ``from``."""
        values: dict[str, str | list[str]] = {
            "search": self.search,
            "on": self.on,
            "from": self.from_,
            "to": self.to,
            "status": self.statuses,
            "mine": self.mine,
            "certification": self.certification,
            "sort": self.sort,
            "page": self.page,
        }
        values |= {name.removesuffix("_"): value for name, value in changes.items()}
        return f"?{urlencode({name: value for name, value in values.items() if value}, doseq=True)}"

    def cleared(self) -> str:
        """Return the query of the whole list, sorted as it is now."""
        return f"?{urlencode({'sort': self.sort})}" if self.sort and "sort" not in self.mistakes else "?"

    def filter(self) -> JobFilter | None:
        """Return what is looked for; None where :attr:`mistakes` say why that cannot be known."""
        on, to = self._read_day("on", self.on), self._read_day("to", self.to)
        from_ = self._read_day("from_", self.from_)
        statuses = [state for one in self.statuses for state in self._states(one)]
        if self.mine not in ("", "0", "1", "on", "true"):
            self._mistake("mine", _("“%(value)s” is neither on nor off."), self.mine)
        if self.order.removeprefix("-") not in SORTS:
            self._mistake("sort", _("The list is not sorted by “%(value)s”. Choose an order below."), self.sort)
        if self.on and (self.from_ or self.to):
            self.mistakes.setdefault("on", _("Choose one date or a range of dates, not both. Empty one of them."))
        for name, text in (("search", self.search), ("certification", self.certification)):
            self._check_text(name, text)
        if self.mistakes:
            return None
        try:
            return JobFilter(
                search=self.search,
                on=on,
                from_=from_,
                to=to,
                statuses=tuple(statuses),
                mine=self.mine not in ("", "0"),
                certification_search=self.certification,
                time_zone=timezone.get_current_timezone_name(),
            )
        except InvalidRequest as refusal:
            self.swap = from_ is not None and to is not None and from_ > to
            self.mistakes["from_" if self.swap else "search"] = refusal.message
            return None

    def page_number(self) -> int:
        """Return the page asked for; 1, and a mistake, where it is none."""
        text = self.page.strip()
        if not text:
            return 1
        if text.isascii() and text.isdecimal() and text.strip("0"):
            # Python refuses to read endless numbers; all of them are beyond the last page.
            return int(text) if len(text) <= 18 else 10**18
        self._mistake("page", _("“%(value)s” is no page. This is the first one."), self.page)
        return 1

    def _read_day(self, name: str, text: str) -> date | None:
        day = _day(text)
        if text and day is None:
            self._mistake(name, _("“%(value)s” is no date. Write year, month and day, as in 2026-05-31."), text)
        return day

    def _states(self, text: str) -> tuple[JobState, ...]:
        if text not in STATUSES:
            words = ", ".join(str(states[0].label) for states in STATUSES.values())
            message = _("“%(value)s” is no status. Choose among %(statuses)s.")
            self._mistake("status", message, text, statuses=words)
        return STATUSES.get(text, ())

    def _check_text(self, name: str, text: str) -> None:
        """Say beside the field what its rule would refuse."""
        try:
            JobFilter(search=text)
        except InvalidRequest as refusal:
            self.mistakes[name] = refusal.message

    def _mistake(self, name: str, message: str, value: str, **words: str) -> None:
        shown = value if len(value) <= LONGEST_ECHO else f"{value[:LONGEST_ECHO]}…"
        self.mistakes[name] = message % {"value": shown, **words}


def _day(text: str) -> date | None:
    """Read a date as browsers send it; None for anything else."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
