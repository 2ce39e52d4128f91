"""What is known of a job's rows now, by outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from certremoval.certifications.models import Operation
from certremoval.removals.models import ENDED_STATES, Job
from certremoval.removals.sql.read import left_alone
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, result_sentence

TO_DO: Mapping[str, str] = {Operation.Kind.REMOVAL: "remove", Operation.Kind.RESTORE: "restore"}
"""By the kind of a job, the outcome that is planned for a row that it is to work on."""

DONE: Mapping[str, str] = {"remove": "removed", "restore": "restored"}
"""What has become of such a row when it is done, unless it was left alone."""


class Planned(Protocol):
    """A plan, or a job that has one: of which kind, and its rows by planned outcome."""

    @property
    def kind(self) -> str: ...

    @property
    def planned(self) -> dict[str, int]: ...


def job_counts(job: Job) -> dict[str, int]:
    """Count each row of the job once, under what is known of it now.

    ``removed`` (of a restore, ``restored``) is what was planned to be worked on, lies at or below the checkpoint, and
    was not left alone: no row is ever written to say so. Rows beyond the checkpoint are still to be done, or
    ``not_reached`` once the job has ended. All counts but ``rows`` add up to ``rows``. What a restore has left alone is
    asked for by outcome: one query, where there is any; a purge has noted it with the job.
    """
    counts = brief_counts(job)
    if job.restores and job.changed_count:
        noted = (
            left_alone(job=job.pk, checkpoint=job.checkpoint) if job.purged_at is None else job.purged_counts.items()
        )
        for outcome, count in noted:
            counts[outcome] += count
    return counts


def brief_counts(job: Job) -> dict[str, int]:
    """Return :func:`job_counts` without a query: for lists. What a restore has left alone is under no outcome then."""
    counts = {"rows": job.row_count, **dict.fromkeys(OUTCOME_WORDS, 0), **job.planned}
    to_do, waiting = TO_DO[job.kind], job.remove_count - job.checkpoint
    counts[DONE[to_do]] = done_count(job)
    if job.kind == Operation.Kind.REMOVAL:
        counts["changed_since_preview"] = job.changed_count
        counts["gone_since_preview"] = job.gone_count
    ended = job.state in ENDED_STATES
    counts[to_do] = 0 if ended else waiting
    counts["not_reached"] = waiting if ended else 0
    return counts


def job_result(job: Job) -> str:
    """Return what a job came to in words, as in "403 removed, 27 left out"."""
    return result_sentence(brief_counts(job), restores=job.restores)


def done_count(job: Job) -> int:
    """Return how many people the job has removed, or put back, so far."""
    return job.checkpoint - job.changed_count - job.gone_count


def planned_counts(planned: dict[str, int], rows: int) -> dict[str, int]:
    """Return the counts of rows of which nothing is done yet."""
    return {"rows": rows, **dict.fromkeys(OUTCOME_WORDS, 0), **planned}


def refusing_count(of: Planned) -> int:
    """Return how many rows refuse the file, unless problems are skipped; an undo has no file to refuse."""
    if of.kind != Operation.Kind.REMOVAL:
        return 0
    return sum(of.planned.get(outcome, 0) for outcome in REFUSING_OUTCOMES)
