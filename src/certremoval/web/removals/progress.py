"""How long a running job still takes: by what was done since the page was opened, or since the job began."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certremoval.removals.models import Job, JobState
from certremoval.web.pages import whole_number

LEAST_SECONDS = 2.0
"""What was done in less time tells nothing of the speed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a job was when the page was opened: rows done, at a second since 1970. The page hands it on."""

    checkpoint: int
    at: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Seen | None:
        """Read it from a query; None if the query holds none, or nothing sensible."""
        at = whole_number(query.get("at"))
        return cls(checkpoint=whole_number(query.get("from")), at=at) if at else None


def time_left(job: Job, now: datetime, seen: Seen | None) -> str:
    """Return how long a job in progress still takes, in words; empty where nothing is known of its speed.

    A job may have waited in between (it failed and was resumed, or others had their turn), so what was seen of it
    since the page was opened counts for more than the whole time since it began.
    """
    if job.state != JobState.IN_PROGRESS or job.started_at is None:
        return ""
    left = job.remove_count - job.checkpoint
    done, seconds = job.checkpoint, (now - job.started_at).total_seconds()
    if seen is not None and seen.checkpoint < job.checkpoint and now.timestamp() - seen.at >= LEAST_SECONDS:
        done, seconds = job.checkpoint - seen.checkpoint, now.timestamp() - seen.at
    if done <= 0 or left <= 0 or seconds < LEAST_SECONDS:
        return ""
    return duration_words(seconds / done * left)


def duration_words(seconds: float) -> str:
    """Return "about 3 minutes left", rounded up: who waits is rather early than late."""
    if seconds < 60:
        return _("less than a minute left")
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return ngettext("about %(number)s minute left", "about %(number)s minutes left", minutes) % {"number": minutes}
    hours = round(seconds / 3_600)
    if hours > 48:
        return _("more than two days left")
    return ngettext("about %(number)s hour left", "about %(number)s hours left", hours) % {"number": hours}
