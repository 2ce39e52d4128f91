"""Letting loads enroll again whom a job removed: how many it still holds back, and who may lift that."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certremoval.certifications.holding import find_operation_held, held_count, lift_operation, may_lift_all
from certremoval.certifications.models import HoldEnd, Operation, RemovalRecord
from certremoval.organization.models import User
from certremoval.problems import WrongState
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job, JobCertification, JobState
from certremoval.removals.undoing import left_to_undo, undos_of


def is_final(job: Job) -> bool:
    """Whether a job removes nobody any more. A failed one can be resumed, as long as its lines are kept."""
    ended = job.state in (JobState.PROCESSED, JobState.CANCELLED)
    return ended or (job.state == JobState.FAILED and job.purged_at is not None)


def held_by_job(job: Job, undos: Sequence[Job] | None = None) -> int:
    """Return how many people a job that is final holds back now; not counted further than a little above 10,000.

    ``undos`` are those that :func:`~certremoval.removals.undoing.undos_of` returns, where the caller has them.
    """
    if job.restores or not is_final(job) or left_to_undo(job, undos_of(job) if undos is None else undos) <= 0:
        return 0
    return held_count(RemovalRecord.objects.filter(operation_id=job.operation_id))


def lifted(job: Job) -> HoldEnd | None:
    """Return by whom and when all people of a job were let on again; None if they were not."""
    return HoldEnd.objects.filter(operation_id=job.operation_id).first()


def may_lift_job(actor: User, job: Job) -> bool:
    """Whether somebody who sees a job may let its people on again: they manage every certification of it."""
    return may_lift_all(actor, job.operation, of=_certifications(job))


def find_job_to_lift(actor: User, job_id: int) -> Job:
    """Return a job whose people the actor may let on again.

    Raises NotFound, NotPermitted, WrongState (it is not final), NothingToDo (nobody is held back by it any more).
    """
    job = find_job(actor, job_id)
    _require_final(job)
    find_operation_held(actor, job.operation_id, of=_certifications(job))
    return job


def lift_job(actor: User, job_id: int) -> Operation:
    """Let loads enroll again all whom a job removed. Raises what :func:`find_job_to_lift` raises."""
    job = find_job(actor, job_id)
    with transaction.atomic():
        # Locked: a lift counts for whomever the operation removes, so it must not be resumed at this very moment.
        _require_final(Job.objects.select_for_update().get(pk=job.pk))
        return lift_operation(actor, job.operation_id, of=_certifications(job))


def _require_final(job: Job) -> None:
    if is_final(job):
        return
    if job.state == JobState.FAILED:
        raise WrongState(
            _("The job has failed and may go on. Resume or cancel it first; then its people can be let on.")
        )
    raise WrongState(
        _("The job is %(state)s; its people can be let on again when it has ended.")
        % {"state": job.get_state_display()}
    )


def _certifications(job: Job) -> QuerySet[JobCertification]:
    """Return the certifications that the job took anybody off: few, whatever the number of its people."""
    return JobCertification.objects.filter(job=job, removed__gt=0)
