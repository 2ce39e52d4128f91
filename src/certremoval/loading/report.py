"""What a load answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from certremoval.problems import Problem

PROBLEMS_SHOWN = 1000
"""Problems that a report holds, the first ones by line. ``problem_count`` counts them all."""

PEOPLE_SHOWN = 1000
"""People that a report holds of each sort, the first ones."""


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """Somebody whom a line names and who is held back, since they were removed at ``removed_at``.

    ``until`` and ``for_good`` say how long, if the operation does.
    """

    line: int
    user_id: str
    name: str
    certification_id: str
    certification_title: str
    removed_at: datetime
    operation: int
    operation_title: str
    until: date | None
    for_good: bool

    def as_json(self) -> dict[str, object]:
        """Return the person as JSON; the time is RFC 3339 in UTC."""
        return {
            "line": self.line,
            "user": {"user_id": self.user_id, "name": self.name},
            "certification": {"certification_id": self.certification_id, "title": self.certification_title},
            "removed_at": self.removed_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "operation": {"id": self.operation, "title": self.operation_title},
            "until": None if self.until is None else self.until.isoformat(),
            "for_good": self.for_good,
        }


@dataclass(frozen=True, slots=True)
class GonePerson:
    """Somebody whom a full file no longer names on a certification."""

    user_id: str
    name: str
    certification_id: str
    certification_title: str
    status: str

    def as_json(self) -> dict[str, object]:
        return {
            "user": {"user_id": self.user_id, "name": self.name},
            "certification": {"certification_id": self.certification_id, "title": self.certification_title},
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class HoldCounts:
    """People who are held back, of a load of enrollments.

    ``held_back`` counts the lines that are passed over; ``readded`` those among the ``created`` whose hold was ended by
    this load; ``ended`` the holds of people whom a full file no longer names. ``people`` are the first held back.
    """

    held_back: int = 0
    readded: int = 0
    ended: int = 0
    people: tuple[HeldPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a file, or would become of it (``dry_run``).

    ``accepted`` is false if anything was wrong; then nothing was changed and the counts but ``rows`` are 0. Otherwise
    ``created``, ``updated`` and ``unchanged`` add up to ``rows``, of enrollments together with ``holds.held_back``. For
    groups a row is a membership, ``updated`` counts the rows that were there and whose group gets another name, and
    ``removed`` the memberships that the file no longer names; of a snapshot of enrollments ``removed`` counts the
    people who are taken off, ``gone`` names the first of them, ``limits`` and ``limits_of_approval`` say which limits
    that passes, and ``operation`` is the one by which it was done. For other loads ``removed`` is None.
    ``ignored_columns`` are the headings that mean nothing to this kind. ``notes`` are sentences on what was taken and
    may yet be a mistake.
    """

    kind: str
    file_name: str
    dry_run: bool
    accepted: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int | None = None
    snapshot: bool = False
    holds: HoldCounts | None = None
    gone: tuple[GonePerson, ...] = ()
    limits: tuple[str, ...] = ()
    limits_of_approval: tuple[str, ...] = ()
    operation: int | None = None
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0

    @property
    def has_recorded(self) -> bool:
        """Whether the load has recorded that people were taken off, or that holds have ended."""
        ended = self.holds is not None and bool(self.holds.ended or self.holds.readded)
        return self.accepted and not self.dry_run and (bool(self.removed) or ended)

    def as_json(self) -> dict[str, object]:
        """Return the report as ``load --json`` and the API print it."""
        return {
            "kind": self.kind,
            "file": {"name": self.file_name},
            "dry_run": self.dry_run,
            "accepted": self.accepted,
            "counts": self.counts,
            **self._holds_as_json(),
            **self._snapshot_as_json(),
            "ignored_columns": list(self.ignored_columns),
            "notes": list(self.notes),
            "problems": [problem.as_json() for problem in self.problems],
            "problem_count": self.problem_count,
        }

    @property
    def counts(self) -> dict[str, int]:
        """The counts that this kind has, by their names in JSON."""
        counts = {"rows": self.rows, "created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        if self.removed is not None:
            counts["removed"] = self.removed
        if self.holds is not None:
            counts |= {
                "held_back": self.holds.held_back,
                "readded": self.holds.readded,
                "holds_ended": self.holds.ended,
            }
        return counts

    def _holds_as_json(self) -> dict[str, object]:
        return {} if self.holds is None else {"held_back": [person.as_json() for person in self.holds.people]}

    def _snapshot_as_json(self) -> dict[str, object]:
        if not self.snapshot:
            return {}
        return {
            "removed": [person.as_json() for person in self.gone],
            "limits": [*self.limits, *self.limits_of_approval],
            "operation": self.operation,
        }


@dataclass(slots=True)
class ProblemList:
    """Problems as they are found: all counted, the first ones kept.

    Each source (the cells as they are read, then each check) tells its problems in the order of the lines, at least
    the first ``PROBLEMS_SHOWN``, so that the first ones of all are among those kept.
    """

    count: int = 0
    _kept: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Take one problem of a source that streams."""
        self.count += 1
        if len(self._kept) < PROBLEMS_SHOWN:
            self._kept.append(problem)

    def add_checked(self, first: list[Problem], count: int) -> None:
        """Take the first problems that a check found, and how many it found."""
        self.count += count
        self._kept.extend(first)

    def copy(self) -> ProblemList:
        """Return a list that starts with these."""
        return ProblemList(self.count, list(self._kept))

    def first(self) -> list[Problem]:
        """Return the first problems by line and column."""
        return sorted(self._kept, key=lambda problem: problem.place)[:PROBLEMS_SHOWN]
