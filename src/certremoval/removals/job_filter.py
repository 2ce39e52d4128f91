"""Which jobs somebody looks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from certremoval.certifications.periods import Period
from certremoval.database.texts import refuse_unstorable
from certremoval.problems import InvalidRequest
from certremoval.removals.models import JobState
from certremoval.removals.words import number

LONGEST_SEARCH = 200
"""Characters. Each word is a condition, and SQLite takes no more than a thousand."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which of the jobs that one may see are listed. Dates are of the job's creation, inclusive, in ``time_zone``.

    ``certification`` is a Certification ID and nothing else; ``certification_search`` what somebody typed, an ID or
    words of a title. Making a filter raises InvalidRequest where it makes no sense; nothing is corrected silently.
    """

    search: str = ""
    on: date | None = None
    from_: date | None = None
    to: date | None = None
    statuses: Collection[str] = ()
    mine: bool = False
    certification: str | None = None
    certification_search: str = ""
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.on is not None and (self.from_ is not None or self.to is not None):
            raise InvalidRequest(_("Choose one date or a range of dates, not both."))
        self._period()
        for text in (self.search, self.certification_search):
            if len(text) > LONGEST_SEARCH:
                raise InvalidRequest(
                    _("The search has %(number)s characters; at most %(limit)s are looked for.")
                    % {"number": number(len(text)), "limit": number(LONGEST_SEARCH)}
                )
        refuse_unstorable((self.search, self.certification or "", self.certification_search))
        unknown = sorted(set(self.statuses) - set(JobState.values))
        if unknown:
            raise InvalidRequest(
                _("%(word)s is no status. Choose among %(statuses)s.")
                % {"word": unknown[0], "statuses": ", ".join(JobState.values)}
            )

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Return the first instant that counts and the first that no longer does (UTC)."""
        return self._period().instants()

    def _period(self) -> Period:
        first, last = (self.on, self.on) if self.on is not None else (self.from_, self.to)
        return Period(first, last, self.time_zone)
