"""Which jobs there are, for whom."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.certifications.visibility import visible_operations
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.texts import refuse_unstorable

MOST_LISTED = 1_000
LONGEST_SEARCH = 200
"""Characters. Each word is a condition, and SQLite takes no more than a thousand."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which of the jobs that one may see are listed. Dates are of the job's creation, inclusive, in ``time_zone``.

    Making one raises InvalidRequest where it makes no sense; nothing is corrected silently.
    """

    search: str = ""
    on: date | None = None
    from_: date | None = None
    to: date | None = None
    statuses: Collection[str] = ()
    mine: bool = False
    certification: str | None = None
    time_zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.on is not None and (self.from_ is not None or self.to is not None):
            raise InvalidRequest("Choose one date or a range of dates, not both.")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise InvalidRequest(f"The start, {_day(self.from_)}, is after the end, {_day(self.to)}. Swap them?")
        refuse_unstorable((self.search, self.certification or ""))
        if len(self.search) > LONGEST_SEARCH:
            raise InvalidRequest(
                f"The search has {len(self.search):,} characters; at most {LONGEST_SEARCH} are looked for."
            )
        unknown = sorted(set(self.statuses) - set(JobState.values))
        if unknown:
            raise InvalidRequest(f"{unknown[0]} is no status. Choose among {', '.join(JobState.values)}.")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise InvalidRequest(
                f"{self.time_zone} is no time zone. Name one like Europe/Warsaw or America/New_York."
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

        first, last = (self.on, self.on) if self.on is not None else (self.from_, self.to)
        return (
            None if first is None else midnight(first),
            None if last is None or last == date.max else midnight(last + timedelta(days=1)),
        )


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first; ``next`` is the cursor of those after them, None at the end."""

    jobs: list[Job]
    next: str | None


def visible_jobs(actor: User) -> QuerySet[Job]:
    """Return the jobs that the actor may see: those of visible operations, and drafts to their creator alone."""
    jobs = Job.objects.filter(operation__in=visible_operations(actor))
    return jobs.exclude(Q(state__in=DRAFT_STATES) & ~Q(operation__actor=actor.pk))


def find_job(actor: User, job_id: int) -> Job:
    """Return one job. Raises NotFound if there is none, or none that the actor may see."""
    job = visible_jobs(actor).select_related("operation", "file").filter(pk=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}, or none that you may see.")
    return job


def list_jobs(actor: User, filter: JobFilter, *, cursor: str | None = None, limit: int = 100) -> JobPage:
    """List submitted jobs, newest first; drafts are only listed where their status is asked for.

    Raises NotPermitted without any removal permission, InvalidRequest for a cursor that we did not give.
    """
    require_any(actor, REMOVAL_PERMISSIONS)
    jobs = visible_jobs(actor).select_related("operation", "file")
    jobs = jobs.filter(state__in=filter.statuses) if filter.statuses else jobs.exclude(state__in=DRAFT_STATES)
    for word in filter.search.split():
        jobs = jobs.filter(operation__title__icontains=word)
    first, end = filter.instants()
    if first is not None:
        jobs = jobs.filter(operation__created_at__gte=first)
    if end is not None:
        jobs = jobs.filter(operation__created_at__lt=end)
    if filter.mine:
        jobs = jobs.filter(operation__actor=actor.pk)
    if filter.certification is not None:
        jobs = jobs.filter(certifications__certification_id=filter.certification)
    if cursor is not None:
        created_at, last_id = _read_cursor(cursor)
        jobs = jobs.filter(
            Q(operation__created_at__lt=created_at) | Q(operation__created_at=created_at, id__lt=last_id)
        )
    limit = min(max(limit, 1), MOST_LISTED)
    found = list(jobs.order_by("-operation__created_at", "-id")[: limit + 1])
    more = len(found) > limit
    return JobPage(jobs=found[:limit], next=_make_cursor(found[limit - 1]) if more else None)


def _make_cursor(job: Job) -> str:
    text = f"{job.operation.created_at.astimezone(UTC).isoformat()} {job.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        created_at, _, last_id = text.partition(" ")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC), int(last_id)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("The cursor is none of ours. Begin the list anew.") from error


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
