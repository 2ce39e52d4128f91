"""Verifying: the engine's promises, asked of the database itself."""

from __future__ import annotations

from collections.abc import Iterator

from certremoval.problems import Problem
from certremoval.removals.counts import job_counts
from certremoval.removals.models import DRAFT_STATES, Job
from certremoval.removals.sql.verify import INVARIANTS, breaches

PAGE = 1_000
MOST_TOLD = 100
"""Breaches told of each promise."""

PROMISES = tuple(invariant.promise for invariant in INVARIANTS)
"""What is asked, in words."""


def verify() -> list[Problem]:
    """Return every broken promise, at most 100 of each; none if all hold.

    Reads only. While jobs run, each question sees its own moment; ask again before you believe a breach.
    """
    problems = [
        Problem(invariant.code, f"{what}: {found}; expected is {expected}. {invariant.promise}")
        for invariant in INVARIANTS
        for what, found, expected in breaches(invariant, limit=MOST_TOLD)
    ]
    for job in _jobs():
        counts = job_counts(job)
        total = sum(count for outcome, count in counts.items() if outcome != "rows")
        if total != counts["rows"] or min(counts.values()) < 0:
            message = f"job {job.id}: its counts add up to {total}; expected is {counts['rows']}, each row once."
            problems.append(Problem("rows_count_once", message))
        noted, left_alone = sum(job.purged_counts.values()), job.changed_count + job.gone_count
        if job.purged_at is not None and noted != left_alone:
            message = f"job {job.id}: {noted} rows are noted as left alone; expected is {left_alone}."
            problems.append(Problem("purged_counts", message))
    return problems


def _jobs() -> Iterator[Job]:
    """Read all jobs that were submitted, a page at a time, each its own query: no cursor stays open."""
    submitted = Job.objects.exclude(state__in=DRAFT_STATES).select_related("operation").order_by("pk")
    last = 0
    while page := list(submitted.filter(pk__gt=last)[:PAGE]):
        yield from page
        last = page[-1].pk
