"""Works out the past removal jobs of ``history``: times, people, files, and what each came to."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from certremoval.demo.organisation import cast, units
from certremoval.demo.organisation.choosing import Chooser, Want
from certremoval.demo.organisation.history import LAST_WEEK, REQUESTS, Ending, Request
from certremoval.demo.organisation.story import Story

SMALLEST, LARGEST = 5, 400
# Ids that nobody has at any size.
_UNKNOWN_USERS = ("999998", "999997", "K-00417")
# Wherever a line must name somebody who is not on the certification: on three others, and in no past job.
_OUTSIDER = cast.USER_IDS["learner"]
REFUSING = frozenset({"blank", "unknown_user", "not_enrolled"})
_ENDED_EARLY = frozenset({Ending.FAILED, Ending.CANCELLED_PARTWAY})
_NEVER_RAN = frozenset({Ending.CANCELLED_BEFORE_START, Ending.DECLINED, Ending.AWAITING_APPROVAL, Ending.QUEUED})
_SITES = {site.unit_id: site for site in units.SITES}


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line of a past job's file, with the outcome (a code of the contract) planned for it at that time."""

    certification_id: str
    user_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PastUndo:
    """An undo of a past job: a job of its own. ``user_ids`` are the people put back, None for all."""

    title: str
    reason: str
    created_by: str
    created_at: datetime
    user_ids: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class PastJob:
    """One removal job of the past; times are UTC, people are User IDs.

    ``ended_at`` is the Process Date, None while it waits. ``stops_after`` is how many people were removed when it
    stopped the first time (of all endings that stop). ``decided_by`` resumed, cancelled, approved or declined it,
    at ``decided_at``. Jobs are to be applied in the order of ``past_jobs``, each undo (see ``undo``) at its own time.
    """

    key: str
    title: str
    comment: str
    reason: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    scheduled_for: datetime | None
    certification_ids: tuple[str, ...]
    file_name: str
    lines: tuple[PastLine, ...]
    ending: Ending
    stops_after: int | None = None
    error: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    undo: PastUndo | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Lines by planned outcome."""
        return dict(Counter(line.outcome for line in self.lines))

    @property
    def skip_problems(self) -> bool:
        """Whether the administrator had to agree to leave lines out."""
        return any(line.outcome in REFUSING for line in self.lines)

    @property
    def removed(self) -> int:
        """How many people it removed in the end (an undo not counted)."""
        if self.ending in _NEVER_RAN:
            return 0
        if self.ending in _ENDED_EARLY:
            return self.stops_after or 0
        return self.counts.get("remove", 0)

    def file(self) -> bytes:
        """Return the removal file as it was uploaded: UTF-8 with BOM, comma, CRLF."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(("Certification ID", "User ID"))
        writer.writerows((line.certification_id, line.user_id) for line in self.lines)
        return text.getvalue().encode("utf-8-sig")


def size_of(request: Request, users: int) -> int:
    """Return how many people the job names: more in a larger organisation, but slowly and within bounds."""
    growth = math.sqrt(math.sqrt(users / 5000))
    return max(SMALLEST, min(LARGEST, round(request.size * growth)))


def workday(today: date, days_ago: int) -> date:
    """Return the day that many days ago, or the Friday before if it was a weekend."""
    day = today - timedelta(days_ago)
    return day - timedelta(max(0, day.weekday() - 4))


def next_workday(day: date) -> date:
    """Return the day, or the Monday after if it is a weekend."""
    return day + timedelta(7 - day.weekday() if day.weekday() > 4 else 0)


def _at(day: date, hour: int, minute: int, user_id: str) -> datetime:
    """Return the UTC time when the clock of this member's location shows that hour."""
    location = next(member.location for member in cast.MEMBERS if member.user_id == user_id)
    zone = ZoneInfo(_SITES[location].time_zone)
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


class PastJobs:
    """Waits at the chooser for the people of all past jobs, and then tells the jobs."""

    def __init__(self, chooser: Chooser, *, today: date, users: int) -> None:
        self._today = today
        self._wants: dict[str, list[Want]] = {}
        for request in REQUESTS:
            if request.again:
                continue
            until = workday(today, request.days_ago + 1).isoformat()
            size: int | None = None
            if not request.everyone:
                size = size_of(request, users) // len(request.certifications)
                if request.key == LAST_WEEK:
                    size = request.size - 2
            self._wants[request.key] = [
                chooser.add(Want(certification_id, size, until, request.division, request.location))
                for certification_id in request.certifications
            ]

    def jobs(self, story: Story) -> tuple[PastJob, ...]:
        """Return the jobs, oldest first, once all people were offered to the chooser.

        Raises ValueError if a job found nobody, which the seed of the demonstration does not let happen.
        """
        lines: dict[str, tuple[PastLine, ...]] = {}
        jobs = []
        for request in REQUESTS:
            lines[request.key] = self._lines(request, lines, story)
            jobs.append(self._job(request, lines[request.key]))
        # Where a weekend moved two of them to one Friday, the hours decide.
        return tuple(sorted(jobs, key=lambda job: job.created_at))

    def _lines(self, request: Request, earlier: dict[str, tuple[PastLine, ...]], story: Story) -> tuple[PastLine, ...]:
        if request.again:
            before = [line for line in earlier[request.again] if line.outcome == "remove"]
            undone = next(one.undone for one in REQUESTS if one.key == request.again) is not None
            outcome = "remove" if undone else "already_removed"
            part = before[: max(1, round(len(before) * request.again_part))]
            return tuple(PastLine(line.certification_id, line.user_id, outcome) for line in part)
        lines = [
            PastLine(chosen.certification_id, chosen.user_id, "remove")
            for want in self._wants[request.key]
            for chosen in want.chosen
        ]
        if not lines:
            raise ValueError(f"Nobody fits the past job {request.key!r}: take another seed or more users.")
        if request.key == LAST_WEEK:
            lines[:0] = [PastLine(story.certification_id, user_id, "remove") for user_id in story.removed_last_week]
        # Bad lines stand here and there in the file; a double must come after its first.
        certification_id = request.certifications[-1]
        unknown = iter(_UNKNOWN_USERS)
        doubles = 0
        for number, trouble in enumerate(request.troubles):
            place = len(lines) * (number + 1) // (len(request.troubles) + 1)
            if trouble == "duplicate":
                first = [line for line in lines if line.outcome == "remove"][doubles]
                doubles += 1
                lines.append(PastLine(first.certification_id, first.user_id, "duplicate"))
            elif trouble == "unknown_user":
                lines.insert(place, PastLine(certification_id, next(unknown), trouble))
            elif trouble == "not_enrolled":
                lines.insert(place, PastLine(certification_id, _OUTSIDER, trouble))
            else:
                lines.insert(place, PastLine(certification_id, "", trouble))
        return tuple(lines)

    def _job(self, request: Request, lines: tuple[PastLine, ...]) -> PastJob:
        creator = cast.USER_IDS[request.by]
        day = workday(self._today, request.days_ago)
        created = _at(day, request.hour, 7 + len(request.key) * 3 % 50, creator)
        removals = sum(line.outcome == "remove" for line in lines)
        scheduled = created + timedelta(request.in_days) if request.in_days else None
        started = None if request.ending in _NEVER_RAN else created + timedelta(seconds=95)
        stops_after = None
        if request.ending in (Ending.FAILED, Ending.FAILED_THEN_PROCESSED, Ending.CANCELLED_PARTWAY):
            stops_after = round(removals * request.stops_at)
        decided = None
        if request.decided_by:
            wait = {Ending.FAILED_THEN_PROCESSED: 75, Ending.CANCELLED_PARTWAY: 2, Ending.DECLINED: 200}
            decided = created + timedelta(minutes=wait.get(request.ending, 20))
        ended: datetime | None = None
        if request.ending in (Ending.PROCESSED, Ending.FAILED) and started:
            ended = started + timedelta(seconds=3 + len(lines) // 40)
        elif request.ending == Ending.FAILED_THEN_PROCESSED and decided:
            ended = decided + timedelta(seconds=9)
        elif decided:
            ended = decided
        undo = None
        if request.undone:
            people = [line.user_id for line in lines if line.outcome == "remove"]
            part = people[: max(1, round(len(people) * request.undone.part))]
            by = cast.USER_IDS[request.undone.by]
            undo = PastUndo(
                title=f"Undo: {request.title}"[:100],
                reason=request.undone.reason,
                created_by=by,
                created_at=_at(next_workday(day + timedelta(request.undone.days_later)), 10, 20, by),
                user_ids=None if request.undone.part == 1.0 else tuple(part),
            )
        return PastJob(
            key=request.key,
            title=request.title,
            comment=request.comment,
            reason=request.reason,
            created_by=creator,
            created_at=created,
            started_at=started,
            ended_at=ended,
            scheduled_for=scheduled,
            certification_ids=request.certifications,
            file_name=f"{request.key}.csv",
            lines=lines,
            ending=request.ending,
            stops_after=stops_after,
            error=request.error,
            decided_by=cast.USER_IDS.get(request.decided_by, ""),
            decided_at=decided,
            decision_reason=request.decision_reason,
            undo=undo,
        )
