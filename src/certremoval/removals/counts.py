"""What is known of a job's rows now, by outcome."""

from __future__ import annotations

from certremoval.removals.models import ENDED_STATES, Job
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES


def job_counts(job: Job) -> dict[str, int]:
    """Count each row of the job once, under what is known of it now.

    ``removed`` is what was planned to be removed, lies at or below the checkpoint, and did not drift: no row is ever
    written to say so. Rows beyond the checkpoint are ``remove`` (still to be done), or ``not_reached`` once the job
    has ended. All counts but ``rows`` add up to ``rows``.
    """
    counts = {"rows": job.row_count, **dict.fromkeys(OUTCOME_WORDS, 0), **job.planned}
    waiting = job.remove_count - job.checkpoint
    counts["removed"] = job.checkpoint - job.changed_count - job.gone_count
    counts["changed_since_preview"] = job.changed_count
    counts["gone_since_preview"] = job.gone_count
    ended = job.state in ENDED_STATES
    counts["remove"] = 0 if ended else waiting
    counts["not_reached"] = waiting if ended else 0
    return counts


def planned_counts(planned: dict[str, int], rows: int) -> dict[str, int]:
    """Return the counts of rows of which nothing is done yet."""
    return {"rows": rows, **dict.fromkeys(OUTCOME_WORDS, 0), **planned}


def refusing_count(planned: dict[str, int]) -> int:
    """Return how many rows refuse the file, unless problems are skipped."""
    return sum(planned.get(outcome, 0) for outcome in REFUSING_OUTCOMES)
