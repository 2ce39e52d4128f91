"""Letting loads enroll again whom a job removed: how many it still holds back, and who may lift that."""

from __future__ import annotations

from django.utils.translation import gettext as _

from certremoval.certifications.holding import find_operation_held, held_count, lift_operation
from certremoval.certifications.models import HoldEnd, Operation, RemovalRecord
from certremoval.organization.models import User
from certremoval.problems import WrongState
from certremoval.removals.jobs import find_job
from certremoval.removals.models import ENDED_STATES, Job


def held_by_job(job: Job) -> int:
    """Return how many people a job that has ended holds back now; not counted further than a little above 10,000."""
    if job.restores or job.state not in ENDED_STATES:
        return 0
    return held_count(RemovalRecord.objects.filter(operation_id=job.operation_id))


def lifted(job: Job) -> HoldEnd | None:
    """Return by whom and when all people of a job were let on again; None if they were not."""
    return HoldEnd.objects.filter(operation_id=job.operation_id).first()


def find_job_to_lift(actor: User, job_id: int) -> Job:
    """Return a job whose people the actor may let on again.

    Raises NotFound, NotPermitted, WrongState (it has not ended), NothingToDo (nobody is held back by it any more).
    """
    job = find_job(actor, job_id)
    if job.state not in ENDED_STATES:
        raise WrongState(
            _("The job is %(state)s; its people can be let on again when it has ended.")
            % {"state": job.get_state_display()}
        )
    find_operation_held(actor, job.operation_id)
    return job


def lift_job(actor: User, job_id: int) -> Operation:
    """Let loads enroll again all whom a job removed. Raises what :func:`find_job_to_lift` raises."""
    job = find_job_to_lift(actor, job_id)
    return lift_operation(actor, job.operation_id)
