"""Days that somebody asks for, as the instants between which they lie in a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certremoval.problems import InvalidRequest


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both inclusive; None is no bound.

    Making one raises InvalidRequest for a start after the end, and for a time zone that is none; nothing is corrected
    silently.
    """

    first: date | None = None
    last: date | None = None
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise InvalidRequest(
                _("The start, %(start)s, is after the end, %(end)s. Swap them?")
                % {"start": day_words(self.first), "end": day_words(self.last)}
            )
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise InvalidRequest(
                _("%(zone)s is no time zone. Name one like Europe/Warsaw or America/New_York.")
                % {"zone": self.time_zone}
            ) from error

    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Return the first instant that counts and the first that no longer does (UTC)."""
        zone = ZoneInfo(self.time_zone)

        def midnight(day: date) -> datetime | None:
            try:
                return datetime.combine(day, time(), zone).astimezone(UTC)
            except OverflowError:
                # At the very ends of the calendar the day begins or ends where no time is: no bound.
                return None

        return (
            None if self.first is None else midnight(self.first),
            None if self.last is None or self.last == date.max else midnight(self.last + timedelta(days=1)),
        )


def day_words(day: date) -> str:
    """Return a day as it is told: 3 May 2026."""
    return date_format(day, "j F Y")
