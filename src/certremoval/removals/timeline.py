"""Why is this row like this? One person on one certification, from the first day known to what will be.

The oldest comes first: it is read as a story, each entry after what it follows from, and ends with how things are now.
What tells of a pair are the sources below; each is asked once and knows nothing of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of, require
from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.history import NamedPerson, RemovalEntry, ShownOperation, removals_from
from certremoval.certifications.holding import held, keep_offs
from certremoval.certifications.models import Certification, Enrollment, EnrollmentStatus, HoldEnd, RemovalRecord
from certremoval.certifications.periods import day_words
from certremoval.certifications.visibility import viewable_certifications
from certremoval.organization.models import User
from certremoval.problems import NotFound
from certremoval.removals.counts import DONE
from certremoval.removals.jobs import jobs_of_operations
from certremoval.removals.lines import detail_words, outcome_now, restored_words
from certremoval.removals.models import DRAFT_STATES
from certremoval.removals.naming import NamedLine, Searched, lines_naming
from certremoval.removals.options import PlanOptions
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, outcome_words

MOST_REMOVALS = 100
"""Of one person from one certification, the newest: nobody has more who is not a test."""

LAST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that is known. It has a time ``at``, or only a ``day`` where no more is known.

    ``kind`` is one of ``assigned``, ``certified``, ``expires`` (days that the enrollment names, or named when it was
    removed), ``planned`` (a line of a job's file), ``left_alone`` and ``not_reached`` (what became of it, if not
    removed), ``removed``, ``restored``, ``let_on_again`` (loads may enroll the person again). ``operation`` and ``job``
    are None where the viewer does not see them; ``line`` is None where the job is too large to tell. ``outcome`` is the
    code of the line as it is now.
    """

    kind: str
    words: str
    at: datetime | None = None
    day: date | None = None
    by: NamedPerson | None = None
    reason: str = ""
    operation: ShownOperation | None = None
    job: int | None = None
    is_draft: bool = False
    state: str = ""
    line: int | None = None
    outcome: str = ""
    before: Mapping[str, str | date | None] | None = None

    def as_json(self) -> dict[str, object]:
        """Return the entry as JSON: times are RFC 3339 in UTC, days ISO dates."""
        return {
            "kind": self.kind,
            "at": None if self.at is None else self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "day": None if self.day is None else self.day.isoformat(),
            "words": self.words,
            "by": None if self.by is None else self.by.as_json(),
            "reason": self.reason,
            "operation": None if self.operation is None else self.operation.as_json(),
            "job": self.job,
            "line": self.line,
            "outcome": self.outcome or None,
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a person on a certification; ``now`` are the enrollment's values, None for who is not on it.

    ``certification_key`` is None where the certification itself is gone; ``earlier`` says that older removals are not
    among the entries.
    """

    person: User
    certification_id: str
    certification_title: str
    certification_key: int | None
    now: Mapping[str, str | date | None] | None
    now_words: str
    entries: tuple[TimelineEntry, ...]
    searched: Searched
    earlier: bool

    def as_json(self) -> dict[str, object]:
        """Return all of it as JSON."""
        now = self.now
        return {
            "user": NamedPerson(self.person.user_id, self.person.full_name).as_json(),
            "certification": {"certification_id": self.certification_id, "title": self.certification_title},
            "now": None if now is None else {name: _plain(value) for name, value in now.items()},
            "entries": [entry.as_json() for entry in self.entries],
            "searched": {
                "sentences": self.searched.sentences(),
                "older_jobs_left_out": self.searched.older,
                "jobs_partly_searched": [job.pk for job in self.searched.partly],
                "jobs_purged": self.searched.purged,
                "earlier_removals_left_out": self.earlier,
            },
        }


@dataclass(slots=True)
class _Pair:
    """A person on a certification with what every source needs; ``removals`` are the newest first."""

    actor: User
    person: User
    certification_key: int
    certification_id: str
    enrollment: Enrollment | None
    removals: list[RemovalEntry]
    jobs: dict[int, int]
    searched: Searched = field(default_factory=lambda: Searched(0, older=False))


def timeline(actor: User, user_key: int, certification_key: int) -> Timeline:
    """Return what is known of a person (by key) on a certification (by key), the oldest first.

    For whoever may see the certification: by *Certification - View*, or as its owner. Of a job that the actor does not
    see, its lines are not told, and of what it did only date, actor and reason. A number of queries that does not
    depend on how much there is. Raises NotPermitted; NotFound for nobody, and for a certification that there is not or
    that is not for them (one that is gone is shown as long as a removal from it is on record).
    """
    if max(user_key, certification_key) > LAST_KEY:
        raise NotFound(_("There is no such person, or no such certification."))
    certification_id, title, is_there = _certification(actor, user_key, certification_key)
    person = User.objects.filter(pk=user_key).first()
    if person is None:
        raise NotFound(_("There is no such person."))
    history = removals_from(actor, user_key, certification_key, limit=MOST_REMOVALS)
    acts = [act for entry in history.entries for act in (entry.removed, entry.put_back) if act is not None]
    pair = _Pair(
        actor=actor,
        person=person,
        certification_key=certification_key,
        certification_id=certification_id,
        enrollment=Enrollment.objects.filter(certification=certification_key, user=person).first(),
        removals=history.entries,
        jobs=jobs_of_operations(actor, {act.operation.id for act in acts if act.operation is not None}),
    )
    entries = sorted((entry for source in SOURCES for entry in source(pair)), key=_when)
    enrollment = pair.enrollment
    return Timeline(
        person=person,
        certification_id=certification_id,
        certification_title=title,
        certification_key=certification_key if is_there else None,
        now=None if enrollment is None else {name: getattr(enrollment, name) for name in Enrollment.VALUES},
        now_words=_now_words(pair),
        entries=tuple(entries),
        searched=pair.searched,
        earlier=history.next is not None,
    )


def timeline_of(actor: User, user_id: str, certification_id: str) -> Timeline:
    """Return :func:`timeline` by User ID and Certification ID. Raises what it raises."""
    certifications = viewable_certifications(actor)
    if not certifications.exists():
        require(actor, Permission.CERTIFICATION_VIEW)
    person = User.objects.filter(user_id=user_id).only("pk").first()
    if person is None:
        raise NotFound(
            _("%(user_id)s is nobody here. Compare it with the User ID on the person's page.") % {"user_id": user_id}
        )
    key = certifications.filter(certification_id=certification_id).values_list("pk", flat=True).first()
    if key is None:
        records = RemovalRecord.objects.filter(user_key=person.pk, certification_id=certification_id)
        key = records.order_by("-pk").values_list("certification_key", flat=True).first()
    if key is None:
        raise NotFound(
            _("%(id)s is not a certification. Compare it with the Certification ID on the certification's page.")
            % {"id": certification_id}
        )
    return timeline(actor, person.pk, key)


def _certification(actor: User, user_key: int, key: int) -> tuple[str, str, bool]:
    """Return ID and title of a certification, and whether it is there; of one that is gone, as the last record says."""
    try:
        found = find_certification(actor, key)
    except NotFound:
        if Permission.CERTIFICATION_VIEW in permissions_of(actor) and not Certification.objects.filter(pk=key).exists():
            last = RemovalRecord.objects.filter(user_key=user_key, certification_key=key).order_by("-pk").first()
            if last is not None:
                return last.certification_id, last.certification_title, False
        raise
    return found.certification_id, found.title, True


# --- what tells of a pair


def _days(pair: _Pair) -> Iterator[TimelineEntry]:
    """Yield the days that the enrollment names, and those that removed ones named. Nothing else logs an enrollment."""
    today = timezone.localdate()
    told: set[tuple[str, date]] = set()
    known: list[tuple[Mapping[str, str | date | None], date | None]] = []
    if pair.enrollment is not None:
        known.append(({name: getattr(pair.enrollment, name) for name in Enrollment.VALUES}, None))
    # An expiry after the removal never came, unless somebody is on it again with the same one.
    known += [(entry.before, timezone.localtime(entry.removed.at).date()) for entry in pair.removals]
    for values, until in known:
        for kind, name in (
            ("assigned", "assigned_date"),
            ("certified", "certified_date"),
            ("expires", "expiration_date"),
        ):
            day = values[name]
            if not isinstance(day, date) or (kind, day) in told:
                continue
            if kind == "expires" and until is not None and day > until:
                continue
            told.add((kind, day))
            yield TimelineEntry(kind=kind, words=_day_words(kind, past=day < today), day=day)


def _day_words(kind: str, *, past: bool) -> str:
    match kind:
        case "assigned":
            return _("Assigned")
        case "certified":
            return _("Certified")
    return _("Expired") if past else _("Expires")


def _lines(pair: _Pair) -> Iterator[TimelineEntry]:
    """Yield the lines of jobs that name the person, and what became of those that did not remove them, or put back."""
    acts = [act for entry in pair.removals for act in (entry.removed, entry.put_back) if act is not None]
    enrollments = [entry.enrollment_id for entry in pair.removals]
    if pair.enrollment is not None:
        enrollments.insert(0, pair.enrollment.pk)
    found, pair.searched = lines_naming(
        pair.actor,
        pair.person,
        pair.certification_key,
        pair.certification_id,
        operations=[act.operation.id for act in acts if act.operation is not None],
        records=[entry.record_id for entry in pair.removals],
        enrollments=list(dict.fromkeys(enrollments)),
    )
    for one in found:
        yield from _of_line(one)


def _of_line(one: NamedLine) -> Iterator[TimelineEntry]:
    job, operation = one.job, one.job.operation
    now = outcome_now(job, planned=one.planned, position=one.position, drift=one.drift)
    # While it is a job's future its state says when; afterwards what became of it is told.
    is_draft = job.state in DRAFT_STATES
    waits = is_draft or (one.planned in DONE and now == one.planned)
    planned = TimelineEntry(
        kind="planned",
        words=_planned_words(one, now),
        at=job.submitted_at or job.planned_at or operation.created_at,
        by=NamedPerson(operation.actor_user_id, operation.actor_name),
        reason=operation.reason,
        operation=ShownOperation(operation.pk, operation.title, operation.comment),
        job=job.pk,
        is_draft=is_draft,
        state=str(job.get_state_display()) if waits else "",
        line=None if one.line is None or job.restores else one.line.line,
        outcome=now,
    )
    yield planned
    decision = getattr(job, "decision", None)
    if decision is not None and one.planned in DONE:
        yield replace(
            planned,
            kind="approved" if decision.approved else "declined",
            words=_("Approved") if decision.approved else _("Declined"),
            at=decision.decided_at,
            by=NamedPerson(decision.actor_user_id, decision.actor_name),
            reason=decision.reason,
            state="",
            line=None,
        )
    if one.planned in DONE and now not in (one.planned, DONE[one.planned]):
        kind = "not_reached" if now == "not_reached" else "left_alone"
        words = outcome_words(now, restores=job.restores)
        # Whose doing it was is not known of it: the person had changed, or somebody stopped the job.
        at = job.ended_at or job.started_at or planned.at
        yield replace(planned, kind=kind, words=words, at=at, by=None, reason="")


def _planned_words(one: NamedLine, now: str) -> str:
    """Return what is planned for a line; of what has become something else, what was to be done."""
    if one.planned in DONE and now != one.planned:
        return _("To be put back") if one.job.restores else _("To be removed")
    if one.line is None or one.planned in REFUSING_OUTCOMES:
        return str(OUTCOME_WORDS[one.planned])
    if one.job.restores:
        return restored_words(one.line, one.planned)
    options = PlanOptions.from_json(one.job.options)
    return detail_words(one.line, options, given_title="")


def _removals(pair: _Pair) -> Iterator[TimelineEntry]:
    """Yield the removals, of jobs and of this person alone, and what put them back."""
    for entry in pair.removals:
        for kind, words, act in (("removed", _("Removed"), entry.removed), ("restored", _("Put back"), entry.put_back)):
            if act is None:
                continue
            yield TimelineEntry(
                kind=kind,
                words=words,
                at=act.at,
                by=act.by,
                reason=act.reason,
                operation=act.operation,
                job=None if act.operation is None else pair.jobs.get(act.operation.id),
                before=entry.before if kind == "removed" else None,
            )


def _hold_ends(pair: _Pair) -> Iterator[TimelineEntry]:
    """Yield who or what let loads enroll the person again, other than by putting them back."""
    removals = {entry.record_id: entry for entry in pair.removals}
    operations = {entry.operation_key for entry in pair.removals}
    ends = list(HoldEnd.objects.filter(Q(record_id__in=removals) | Q(operation_id__in=operations)))
    for end in ends:
        if end.operation_id is not None and end.kind == HoldEnd.Kind.SNAPSHOT:
            continue  # of a full file's own removals, which hold nobody back
        if end.operation_id is not None and not _held_then(pair, ends, end):
            continue  # of all whom a job removed, but not of this person: something else held them, or nothing did
        yield TimelineEntry(
            kind="let_on_again",
            words=_end_words(HoldEnd.Kind(end.kind)),
            at=end.ended_at,
            by=NamedPerson(end.actor_user_id, end.actor_name),
        )


def _held_then(pair: _Pair, ends: list[HoldEnd], end: HoldEnd) -> bool:
    """Whether the end of a whole operation ended anything of the pair: its removal was the last and still stood."""
    last = max((entry for entry in pair.removals if entry.removed.at <= end.ended_at), key=_record, default=None)
    if last is None or last.operation_key != end.operation_id:
        return False
    if last.put_back is not None and last.put_back.at <= end.ended_at:
        return False
    return not any(one.record_id == last.record_id and one.ended_at <= end.ended_at for one in ends)


def _record(entry: RemovalEntry) -> int:
    return entry.record_id


def _end_words(kind: HoldEnd.Kind) -> str:
    match kind:
        case HoldEnd.Kind.LIFT:
            return _("Not held back any more: loads may enroll this person again")
        case HoldEnd.Kind.READD:
            return _("Enrolled again by a load")
    return _("Not held back any more: a full file no longer named this person")


SOURCES: tuple[Callable[[_Pair], Iterable[TimelineEntry]], ...] = (_days, _lines, _removals, _hold_ends)
"""What tells of a pair. A new one joins here, with kinds of its own."""


def _when(entry: TimelineEntry) -> tuple[date, int, datetime]:
    """Return the place of an entry: of one day, days that begin something first, what expires last."""
    if entry.at is not None:
        return timezone.localtime(entry.at).date(), 1, entry.at
    assert entry.day is not None
    return entry.day, 2 if entry.kind == "expires" else 0, datetime.min.replace(tzinfo=UTC)


def _now_words(pair: _Pair) -> str:
    """Return how things are now, as one sentence."""
    if pair.enrollment is not None:
        status = pair.enrollment.status
        words = str(EnrollmentStatus(status).label) if status in EnrollmentStatus else status
        return _("On it now: %(status)s.") % {"status": words}
    last = pair.removals[0] if pair.removals else None
    if last is None:
        return _("Not on it. No removal is on record.")
    if last.put_back is not None:
        return _("Not on it now, and no removal since they were put back is on record.")
    words = _("Not on it now: removed on %(day)s by %(name)s.") % {
        "day": date_format(timezone.localtime(last.removed.at), "j F Y"),
        "name": last.removed.by.name,
    }
    return f"{words} {how}" if (how := _held_words(last)) else words


def _held_words(last: RemovalEntry) -> str:
    """Return how loads treat a person by their last removal; empty if they may enroll them again."""
    if not held(RemovalRecord.objects.filter(pk=last.record_id)).exists():
        return ""
    keep_off = keep_offs([last])[last.record_id]
    if keep_off.for_good:
        return _("Kept off for good: loads of enrollments pass over this person.")
    if keep_off.until is not None:
        return _("Kept off until %(day)s: loads of enrollments pass over this person.") % {
            "day": day_words(keep_off.until)
        }
    return _("Held back: loads of enrollments pass over this person.")


def _plain(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
