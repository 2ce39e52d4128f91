"""Cancel and resume. Every action is a compare-and-set on the job's state: the next chunk sees it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import holds_unconstrained
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import NotPermitted, WrongState
from certremoval.removals.drafts import discard
from certremoval.removals.jobs import find_job
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.noticing import notify_cancelled
from certremoval.removals.purged import require_details

CANCELLABLE = (JobState.AWAITING_APPROVAL, JobState.QUEUED, JobState.IN_PROGRESS, JobState.FAILED)


def cancel(actor: User, job_id: int) -> Job | None:
    """Stop a job before its next chunk; what is done stays done. A draft is discarded, and None returned.

    Raises NotFound, NotPermitted, WrongState, Purged (it failed long ago and is final).
    """
    job = find_own_job(actor, job_id)
    if job.state in DRAFT_STATES:
        discard(actor, job_id)
        return None
    now = database_now()
    with transaction.atomic():
        cancelled = Job.objects.filter(pk=job.pk, state__in=CANCELLABLE, purged_at=None).update(
            state=JobState.CANCELLED, ended_at=now, lease_token=None, lease_until=None
        )
        job.refresh_from_db()
        if cancelled:
            notify_cancelled(job, actor)
    if not cancelled:
        require_details(job)
        raise WrongState(
            _("The job is %(state)s; there is nothing left to cancel.") % {"state": job.get_state_display()}
        )
    return job


def resume(actor: User, job_id: int) -> Job:
    """Let a failed job go on where it stopped.

    Raises NotFound, NotPermitted, WrongState (not failed, or its removal is being put back), Purged (the
    lines that were left to be done are gone).
    """
    job = find_own_job(actor, job_id)
    with transaction.atomic():
        # A submitted undo makes its target final. Locked first: one that is being submitted comes before or too late.
        Job.objects.select_for_update().filter(pk=job.pk).first()
        resumed = (
            Job.objects.filter(pk=job.pk, state=JobState.FAILED, purged_at=None)
            .exclude(Exists(Job.objects.filter(undo_of=OuterRef("pk")).exclude(state__in=DRAFT_STATES)))
            .update(
                state=JobState.QUEUED,
                ended_at=None,
                error="",
                attempts=0,
                served_at=None,
                # Whoever lets it go on has seen how many had changed.
                changes_accepted=F("changed_count"),
            )
        )
    job.refresh_from_db()
    if not resumed:
        require_details(job)
        raise WrongState(
            _("The job is %(state)s; only a failed job that was not undone can go on.")
            % {"state": job.get_state_display()}
        )
    return job


def may_control(actor: User, job: Job) -> bool:
    """Whether somebody who sees a job may cancel and resume it: its creator, or a holder of Manage unconstrained."""
    return job.operation.actor_id == actor.pk or holds_unconstrained(actor, Permission.REMOVAL_MANAGE)


def find_own_job(actor: User, job_id: int) -> Job:
    """Return a job that the actor may cancel and resume. Raises NotFound, NotPermitted."""
    job = find_job(actor, job_id)
    if not may_control(actor, job):
        raise NotPermitted(
            _("Only its creator, or somebody who holds the permission without constraints, may do this with the job.")
        )
    return job
