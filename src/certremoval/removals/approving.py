"""Approval: a job above the second limit waits until another administrator lets it go on, or declines it and says why.

Nobody decides on a job of their own. What is decided on is the plan that was submitted: it does not change any more.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import creators_in_scope, holds, may_act_on_work_of, require_over_work_of
from certremoval.certifications.holding import NobodyKeptOff, keep_off_of, require_kept_off
from certremoval.certifications.periods import day_words
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotPermitted, WrongState
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Decision, Job, JobState
from certremoval.removals.noticing import notify_decided
from certremoval.removals.titles import checked_reason


def approve(actor: User, job_id: int) -> Job:
    """Let a job that waits for approval run: now, or when it is due.

    Raises NotFound, NotPermitted (nobody approves their own), WrongState (it does not wait, or waited so long that its
    people would not be kept off any more).
    """
    job = _find_to_decide(actor, job_id)
    _require_kept_off(job)
    return _decide(actor, job, approved=True)


def decline(actor: User, job_id: int, *, reason: str) -> Job:
    """Cancel a job that waits for approval; its creator reads the reason. Nobody is removed.

    Raises NotFound, NotPermitted, WrongState, InvalidRequest (no reason, or too long).
    """
    job = _find_to_decide(actor, job_id)
    reason = checked_reason(reason)
    if not reason:
        raise InvalidRequest(_("The reason is missing. Say why, so that the job's creator knows what to change."))
    return _decide(actor, job, approved=False, reason=reason)


def may_decide(actor: User, job: Job) -> bool:
    """Whether somebody may approve or decline a job now."""
    return (
        job.state == JobState.AWAITING_APPROVAL
        and job.operation.actor_id != actor.pk
        and may_act_on_work_of(actor, Permission.REMOVAL_APPROVE, job.operation.actor_id)
    )


def waiting_for(actor: User) -> QuerySet[Job]:
    """Return the jobs that somebody may approve or decline now, the longest waiting first."""
    if not holds(actor, Permission.REMOVAL_APPROVE):
        return Job.objects.none()
    waiting = Job.objects.filter(state=JobState.AWAITING_APPROVAL).exclude(creator_key=actor.pk)
    # Few jobs wait: their creators are looked at, and not everybody in a large division.
    creators = waiting.values("creator_key")
    scope = creators_in_scope(actor, Permission.REMOVAL_APPROVE).condition("operation__actor", among=creators)
    return waiting.filter(scope).select_related("operation").order_by("submitted_at", "pk")


def decision_on(job: Job) -> Decision | None:
    """Return what was decided on a job; None if nothing was."""
    return Decision.objects.filter(job=job).first()


def _find_to_decide(actor: User, job_id: int) -> Job:
    job = find_job(actor, job_id)
    require_over_work_of(actor, Permission.REMOVAL_APPROVE, job.operation.actor_id)
    if job.operation.actor_id == actor.pk:
        raise NotPermitted(_("Nobody decides on a job of their own. Ask another administrator."))
    return job


def _require_kept_off(job: Job) -> None:
    """Raise WrongState if the day until which the job keeps its people off would have come when it runs."""
    if job.state != JobState.AWAITING_APPROVAL:
        return
    try:
        require_kept_off(keep_off_of(job.operation), job.scheduled_for)
    except NobodyKeptOff as refusal:
        assert job.operation.held_until is not None
        raise WrongState(
            _(
                "Its people are to be kept off until %(day)s, and it would not run before: nobody would be kept off."
                " Decline it, or have its creator move it to an earlier time."
            )
            % {"day": day_words(job.operation.held_until)}
        ) from refusal


def _decide(actor: User, job: Job, *, approved: bool, reason: str = "") -> Job:
    now = database_now()
    values = {"state": JobState.QUEUED} if approved else {"state": JobState.CANCELLED, "ended_at": now}
    with transaction.atomic():
        decided = Job.objects.filter(pk=job.pk, state=JobState.AWAITING_APPROVAL).update(**values)
        if decided:
            Decision.objects.create(
                job=job,
                approved=approved,
                reason=reason,
                actor=actor,
                actor_user_id=actor.user_id,
                actor_name=actor.full_name,
                decided_at=now,
            )
            notify_decided(job)
    job.refresh_from_db()
    if not decided:
        raise WrongState(_("The job is %(state)s; it does not wait for approval.") % {"state": job.get_state_display()})
    return job
