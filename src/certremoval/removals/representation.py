"""The contract's JSON of a job and of a preview: the same for command line and API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from certremoval.removals.approving import decision_on
from certremoval.removals.counts import job_counts, refusing_count
from certremoval.removals.lines import job_problem_lines, problem_of, title_of_given
from certremoval.removals.models import DRAFT_STATES, ENDED_STATES, Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import MOST_CERTIFICATIONS_TOLD, MOST_PROBLEMS_TOLD, PlanSummary


def preview_json(summary: PlanSummary) -> dict[str, Any]:
    """Return a job's JSON without what only a stored job has."""
    return {
        "kind": summary.kind,
        "accepted": summary.accepted,
        "file": None if summary.file is None else summary.file.as_json(),
        "certifications": [
            {"certification_id": one.certification_id, "title": one.title, "planned": one.planned, "removed": 0}
            for one in summary.certifications
        ],
        "certification_count": summary.certification_count,
        "counts": summary.counts,
        "problems": [problem.as_json() for problem in summary.problems],
        "problem_count": summary.problem_count,
    }


def refusal_json(summary: PlanSummary) -> dict[str, Any]:
    """Return what is told of a file that was refused."""
    return {
        "accepted": False,
        "problems": [problem.as_json() for problem in summary.problems],
        "counts": summary.counts,
    }


def job_json(job: Job) -> dict[str, Any]:
    """Return the contract's JSON of a stored job. Times are RFC 3339 in UTC."""
    operation = job.operation
    certifications = job.certifications.order_by("certification_id")[:MOST_CERTIFICATIONS_TOLD]
    return {
        "id": job.id,
        "kind": operation.kind,
        "title": operation.title,
        "comment": operation.comment,
        "reason": operation.reason,
        "status": job.state,
        "accepted": is_accepted(job),
        "created_by": {"user_id": operation.actor_user_id, "name": operation.actor_name},
        "created_at": rfc3339(operation.created_at),
        "scheduled_for": rfc3339(job.scheduled_for),
        "started_at": rfc3339(job.started_at),
        "processed_at": rfc3339(job.ended_at),
        "file": None if job.file is None else {"name": job.file.name, "size": job.file.size, "sha256": job.file.sha256},
        "certifications": [
            {
                "certification_id": one.certification_id,
                "title": one.title,
                "planned": one.planned,
                "removed": one.removed,
            }
            for one in certifications
        ],
        "certification_count": job.certification_count,
        "counts": job_counts(job),
        "progress": job_progress(job),
        "problems": job_problems(job),
        "problem_count": job.problem_count,
        "undo_of": job.undo_of_id,
        "undone_by": list(job.undone_by.exclude(state__in=DRAFT_STATES).order_by("id").values_list("id", flat=True)),
        "error": job.error or declined_words(job) or None,
    }


def declined_words(job: Job) -> str:
    """Return who declined a job and why; empty if nobody did."""
    decision = decision_on(job) if job.state == JobState.CANCELLED else None
    if decision is None or decision.approved:
        return ""
    return _("Declined by %(name)s: %(reason)s") % {"name": decision.actor_name, "reason": decision.reason}


def is_accepted(job: Job) -> bool:
    """Whether no refusing problem remains under the options given."""
    if job.state in DRAFT_STATES and job.error:
        return False  # the file could not be checked, or not under these options
    return not job.file_problems and (job.skip_problems or not refusing_count(job))


def job_progress(job: Job) -> float:
    """Return how much of the work is done, 0.0 to 1.0."""
    if job.remove_count:
        return job.checkpoint / job.remove_count
    return 1.0 if job.state in ENDED_STATES else 0.0


def job_problems(job: Job) -> list[dict[str, Any]]:
    """Return the first 1,000 problems of the job's file, file problems first, then by line; none of a purged job."""
    problems = list(job.file_problems)
    if refusing_count(job) and job.purged_at is None:
        options = PlanOptions.from_json(job.options)
        lines = job_problem_lines(job, limit=MOST_PROBLEMS_TOLD)
        given_title = title_of_given(options)
        problems += [problem_of(line, options, given_title=given_title).as_json() for line in lines]
    return problems[:MOST_PROBLEMS_TOLD]


def rfc3339(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC, ending in Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
