"""Which jobs there are, for whom."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.certifications.models import Certification, Operation
from certremoval.certifications.visibility import sees_operation, work_is_seen, work_is_seen_now
from certremoval.database.unindexed import Unindexed
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.models import DRAFT_STATES, Job, JobCertification, JobState

MOST_LISTED = 1_000
MOST_DRAFTS = 50

MOST_SORTED = 1_000
"""Up to so many jobs it is quicker to find and sort all than to walk along an order and leave most out."""

CREATOR = "creator"
NEWEST_FIRST = "-created"
SORTS = ("title", "created_by", "created", "processed", "status")
"""What a list is sorted by; with a minus in front, the other way round."""

ON_THE_WAY = (
    (JobState.QUEUED, JobState.AWAITING_APPROVAL),
    (JobState.IN_PROGRESS,),
    (JobState.PROCESSED,),
    (JobState.FAILED,),
    (JobState.CANCELLED,),
)
"""The states in the order of a job's way, those with one word on the screen together: the order of statuses."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, newest first; ``next`` is the cursor of those after them, None at the end."""

    jobs: list[Job]
    next: str | None


@dataclass(frozen=True, slots=True)
class NumberedJobPage:
    """One page of a list of ``total`` jobs on ``pages`` pages (at least one); ``first`` is its first job's place."""

    jobs: list[Job]
    total: int
    number: int
    pages: int
    first: int


def visible_jobs(actor: User) -> QuerySet[Job]:
    """Return the jobs that the actor may see: those of visible operations, and drafts to their creator alone."""
    jobs = Job.objects.filter(work_is_seen(actor, "operation__actor"))
    return jobs.exclude(_draft_of_another(actor, "operation__actor"))


def _draft_of_another(actor: User, path: str) -> Q:
    """Return the condition that a job is somebody else's draft, for a query whose field ``path`` leads to its actor."""
    return Q(state__in=DRAFT_STATES) & ~Q((path, actor.pk))


def find_job(actor: User, job_id: int) -> Job:
    """Return one job. Raises NotFound if there is none, or none that the actor may see."""
    job = Job.objects.select_related("operation", "file").filter(pk=job_id).first()
    if job is None or not _is_visible(actor, job):
        raise NotFound(_("There is no job %(id)s, or none that you may see.") % {"id": job_id})
    return job


def _is_visible(actor: User, job: Job) -> bool:
    """Whether a job is among :func:`visible_jobs`, without looking for all whose jobs are."""
    if job.state in DRAFT_STATES and job.operation.actor_id != actor.pk:
        return False
    return sees_operation(actor, job.operation)


def drafts_of(actor: User) -> list[Job]:
    """Return the drafts that somebody has not submitted yet, newest first, with their files."""
    drafts = Job.objects.filter(state__in=DRAFT_STATES, operation__actor=actor.pk, needs_its_maker=False)
    newest = drafts.select_related("operation", "file").order_by("-operation__created_at", "-id")
    return list(newest.defer("units", "statuses")[:MOST_DRAFTS])


def list_jobs(actor: User, filter: JobFilter, *, cursor: str | None = None, limit: int = 100) -> JobPage:
    """List submitted jobs, newest first; drafts are only listed where their status is asked for.

    Raises NotPermitted without any removal permission, InvalidRequest for a cursor that we did not give.
    """
    require_any(actor, REMOVAL_PERMISSIONS)
    operations = _looked_for(actor, filter, work_is_seen_now(actor, CREATOR), along=NEWEST_FIRST)
    if cursor is not None:
        created_at, last_id = _read_cursor(cursor)
        # Not "earlier, or at the same time with a smaller id": of an OR no index finds where to begin.
        operations = operations.filter(created_at__lte=created_at).exclude(created_at=created_at, id__gte=last_id)
    limit = min(max(limit, 1), MOST_LISTED)
    found = list(_ordered(operations, NEWEST_FIRST).values_list("job__id", flat=True)[: limit + 1])
    jobs = _jobs_in_order(found[:limit])
    return JobPage(jobs=jobs, next=_make_cursor(jobs[-1]) if jobs and len(found) > limit else None)


def page_of_jobs(
    actor: User, filter: JobFilter, *, sort: str = NEWEST_FIRST, number: int = 1, size: int = 25
) -> NumberedJobPage:
    """Return one page of the list, counted from 1; the last one if there are not as many.

    A handful of queries, none of them for a single job; what only a preview needs of a job is not fetched.
    Raises NotPermitted without any removal permission, InvalidRequest for a sort that is none of SORTS.
    """
    require_any(actor, REMOVAL_PERMISSIONS)
    seen = work_is_seen_now(actor, CREATOR)
    parts = _parts(actor, filter, seen, sort)
    total = sum(part.count for part in parts)
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    start = (number - 1) * size
    found: list[int] = []
    before = 0
    for part in parts:
        first, end = max(start - before, 0), min(start - before + size, part.count)
        if first < end:
            found += _keys_of(actor, filter, seen, part, first, end)
        before += part.count
    jobs = _jobs_in_order(found, without=("units", "statuses", "file_problems", "options"))
    return NumberedJobPage(jobs=jobs, total=total, number=number, pages=pages, first=start + 1 if jobs else 0)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a list that an index has in order: jobs that fulfil ``condition``, by ``sort``; ``count`` of them."""

    condition: Q
    sort: str
    count: int


def _parts(actor: User, filter: JobFilter, seen: Q, sort: str) -> list[_Part]:
    """Return the parts of which a sorted list consists, one after the other.

    No index has the statuses in the order of a job's way, nor those last that have not ended: each is a part.
    """
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    if column not in SORTS:
        raise InvalidRequest(
            _("The list is not sorted by %(word)s. Choose among %(sorts)s.")
            % {"word": column[:100], "sorts": ", ".join(SORTS)}
        )
    if column == "status":
        counts = _counts_by_state(actor, filter, seen)
        ways = [*ON_THE_WAY, DRAFT_STATES]
        return [
            _Part(Q(state__in=states), NEWEST_FIRST, sum(counts.get(state, 0) for state in states))
            for states in (reversed(ways) if descending else ways)
        ]
    total = _count(actor, filter, seen)
    if column == "processed":
        # Nothing has become of the others yet: they come last, whichever way.
        waiting = _looked_for(actor, filter, seen).filter(job__ended_at__isnull=True).count()
        return [
            _Part(Q(job__ended_at__isnull=False), sort, total - waiting),
            _Part(Q(job__ended_at__isnull=True), sort, waiting),
        ]
    return [_Part(Q(), sort, total)]


def _keys_of(actor: User, filter: JobFilter, seen: Q, part: _Part, first: int, end: int) -> list[int]:
    """Return the keys of jobs of a part, from the place ``first`` (counted from 0) up to, not including, ``end``."""
    along = part.sort if part.count > MOST_SORTED else ""
    operations = _looked_for(actor, filter, seen, along=along).filter(part.condition)
    ordered = _ordered(operations, part.sort).values_list("job__id", flat=True)
    # What lies in the second half is counted from the end: what lies before a page is walked through.
    if first > part.count // 2:
        return list(ordered.reverse()[part.count - end : part.count - first])[::-1]
    return list(ordered[first:end])


def _count(actor: User, filter: JobFilter, seen: Q) -> int:
    """Count the jobs that a filter finds among those ``seen``; by an index of the jobs alone where that can tell."""
    if _asks_for_states_alone(filter):
        return _of_states(actor, filter, seen).count()
    return _looked_for(actor, filter, seen).count()


def _counts_by_state(actor: User, filter: JobFilter, seen: Q) -> dict[str, int]:
    """Count the same jobs by their states."""
    if _asks_for_states_alone(filter):
        jobs = _of_states(actor, filter, seen).order_by().values_list("state")
        return dict(jobs.annotate(Count("pk")))
    operations = _looked_for(actor, filter, seen).order_by().values_list("job__state")
    return dict(operations.annotate(Count("pk")))


def _asks_for_states_alone(filter: JobFilter) -> bool:
    """Whether a filter asks for nothing but statuses and one's own, which an index of the jobs can count by itself."""
    return replace(filter, statuses=(), mine=False, time_zone="UTC") == JobFilter()


def _of_states(actor: User, filter: JobFilter, seen: Q) -> QuerySet[Job]:
    """Return what :func:`_looked_for` finds by such a filter, but as jobs, which an index alone can count."""
    jobs = Job.objects.alias(creator=F("creator_key")).filter(seen)
    if filter.mine:
        jobs = jobs.filter(creator_key=actor.pk)
    states = set(filter.statuses) or set(JobState.values) - set(DRAFT_STATES)
    if not states.isdisjoint(DRAFT_STATES):
        jobs = jobs.exclude(_draft_of_another(actor, "creator_key"))
    return jobs.filter(state__in=sorted(states))


def _looked_for(actor: User, filter: JobFilter, seen: Q, *, along: str = "") -> QuerySet[Operation]:
    """Return the operations of the jobs that a filter finds among those ``seen``, a condition on CREATOR.

    Of operations, not of jobs, since the indexes of the list's orders are theirs. With a sort to go ``along`` the
    database is led to walk along the index of that order and to stop when the page is full; else it may begin with
    the creators, the status or the dates and sort what it finds: better for few jobs, far worse for 100,000.
    """
    by_date = along.removeprefix("-") in ("", "created")
    operations = Operation.objects.alias(
        creator=Unindexed("actor_id", BigIntegerField()) if along else F("actor_id"),
        state=Unindexed("job__state", CharField()) if along else F("job__state"),
        created=F("created_at") if by_date else Unindexed("created_at", DateTimeField()),
    )
    operations = operations.filter(seen, job__isnull=False)
    if filter.statuses:
        operations = operations.filter(state__in=list(filter.statuses))
        operations = operations.exclude(_draft_of_another(actor, "actor"))
    else:
        operations = operations.exclude(state__in=DRAFT_STATES)
    for word in filter.search.split():
        operations = operations.filter(_holds("title", word))
    first, end = filter.instants()
    if first is not None:
        operations = operations.filter(created__gte=first)
    if end is not None:
        operations = operations.filter(created__lt=end)
    if filter.mine:
        operations = operations.filter(actor=actor.pk)
    if filter.certification is not None:
        named = JobCertification.objects.filter(certification_id=filter.certification)
        operations = operations.filter(_names_one_of(named, bool(along)))
    if typed := filter.certification_search.strip():
        named = JobCertification.objects.filter(
            certification_id__in=_certifications_meant(typed).values("certification_id")
        )
        operations = operations.filter(_names_one_of(named, bool(along)))
    return operations


def _names_one_of(named: QuerySet[JobCertification], on_the_way: bool) -> Q:
    """Return the condition that a job holds one of these: asked of each job on the way, or of all jobs at once."""
    if on_the_way:
        return Q(Exists(named.filter(job=OuterRef("job__id"))))
    return Q(job__in=named.values("job"))


def _certifications_meant(typed: str) -> QuerySet[Certification]:
    """Return what somebody means who types this: the certification with this ID, else all that hold each word."""
    exactly = Certification.objects.filter(certification_id=typed)
    if exactly.exists():
        return exactly
    found = Certification.objects.all()
    for word in typed.split():
        found = found.filter(_holds("certification_id", word) | _holds("title", word))
    return found


def _holds(field: str, word: str) -> Q:
    """Return the condition that a text holds a word, in whatever letter case.

    SQLite knows the case of ASCII letters alone: for others, how a word is commonly written.
    """
    written = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    found = Q()
    for one in written:
        found |= Q(**{f"{field}__icontains": one})
    return found


def _ordered(operations: QuerySet[Operation], sort: str) -> QuerySet[Operation]:
    """Sort by one of SORTS but the status, whose parts are sorted by time; among equals the newest comes first."""
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    newest = [F("created_at").desc(), F("id").desc()]
    order: list[OrderBy]
    match column:
        case "created":
            order = newest if descending else [F("created_at").asc(), F("id").asc()]
        case "processed":
            ended = F("job__ended_at")
            order = [ended.desc() if descending else ended.asc(), F("job__id").desc()]
        case _:
            text = Lower("title" if column == "title" else "actor_name")
            order = [text.desc() if descending else text.asc(), F("id").desc()]
    return operations.order_by(*order)


def jobs_of_operations(actor: User, operations: Collection[int]) -> dict[int, int]:
    """Return the keys of the jobs that belong to operations, of those that the actor sees, by operation."""
    if not operations:
        return {}
    jobs = visible_jobs(actor).filter(operation__in=operations)
    return dict(jobs.values_list("operation_id", "pk"))


def _jobs_in_order(ids: list[int], *, without: tuple[str, ...] = ()) -> list[Job]:
    """Fetch jobs by their keys: only these are read whole."""
    jobs = Job.objects.select_related("operation", "file").defer(*without).in_bulk(ids) if ids else {}
    # A job that was purged since is not there.
    return [jobs[key] for key in ids if key in jobs]


def _make_cursor(job: Job) -> str:
    text = f"{job.operation.created_at.astimezone(UTC).isoformat()} {job.operation_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        created_at, _space, last_id = text.partition(" ")
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment.astimezone(UTC), int(last_id)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(_("The cursor is none of ours. Begin the list anew.")) from error
