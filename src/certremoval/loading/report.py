"""What a load answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from certremoval.problems import Problem

PROBLEMS_SHOWN = 1000
"""Problems that a report holds, the first ones by line. ``problem_count`` counts them all."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a file, or would become of it (``dry_run``).

    ``accepted`` is false if anything was wrong; then nothing was changed and the counts but ``rows`` are 0. Otherwise
    ``created``, ``updated`` and ``unchanged`` add up to ``rows``. For groups a row is a membership, ``updated`` counts
    the rows that were there and whose group gets another name, and ``removed`` the memberships that the file no
    longer names; for the other kinds ``removed`` is None. ``ignored_columns`` are the headings that mean nothing to
    this kind. ``notes`` are sentences on what was taken and may yet be a mistake.
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
    ignored_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the report as ``load --json`` and the API print it."""
        counts = {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }
        if self.removed is not None:
            counts["removed"] = self.removed
        return {
            "kind": self.kind,
            "file": {"name": self.file_name},
            "dry_run": self.dry_run,
            "accepted": self.accepted,
            "counts": counts,
            "ignored_columns": list(self.ignored_columns),
            "notes": list(self.notes),
            "problems": [problem.as_json() for problem in self.problems],
            "problem_count": self.problem_count,
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
