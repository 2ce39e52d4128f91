"""Verifying: the engine's promises, asked of the database itself."""

from __future__ import annotations

from certremoval.problems import Problem
from certremoval.removals.counts import job_counts
from certremoval.removals.models import DRAFT_STATES, Job
from certremoval.removals.sql.verify import INVARIANTS, breaches

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
    for job in Job.objects.exclude(state__in=DRAFT_STATES).iterator(chunk_size=1_000):
        counts = job_counts(job)
        total = sum(count for outcome, count in counts.items() if outcome != "rows")
        if total != counts["rows"] or min(counts.values()) < 0:
            message = f"job {job.id}: its counts add up to {total}; expected is {counts['rows']}, each row once."
            problems.append(Problem("rows_count_once", message))
    return problems
