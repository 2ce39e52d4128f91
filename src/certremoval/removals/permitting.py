"""Who may submit a job: by which permission, and over whose work."""

from __future__ import annotations

from certremoval.access.models import Permission
from certremoval.access.rules import require, require_any, require_over_work_of
from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job
from certremoval.removals.options import RestoreOptions


def undone_operation(job: Job) -> Operation | None:
    """Return the operation that a job undoes; None if it undoes none."""
    if job.undo_of is not None:
        return job.undo_of.operation
    if job.restores:
        return Operation.objects.get(pk=RestoreOptions.from_json(job.options).operation)
    return None


def find_to_submit(actor: User, job_id: int) -> Job:
    """Return a job that the actor may change and submit as long as it is a draft. Raises NotPermitted, NotFound."""
    require_any(actor, (Permission.REMOVAL_MANAGE, Permission.REMOVAL_UNDO))
    job = find_job(actor, job_id)
    require_to_submit(actor, job)
    return job


def require_to_submit(actor: User, job: Job) -> None:
    """Raise NotPermitted unless the actor may change and submit this draft.

    A removal needs *Manage*; what undoes an operation needs *Undo*, whose constraints say whose operations.
    """
    undone = undone_operation(job)
    if undone is None:
        require(actor, Permission.REMOVAL_MANAGE)
    else:
        require_over_work_of(actor, Permission.REMOVAL_UNDO, undone.actor_id)
