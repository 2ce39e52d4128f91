"""Runs the removal jobs of the past through the engine itself, each step at its own time.

What they leave (records, counts, Process Dates) is therefore what the engine leaves, and ``verify`` holds for it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F

from certremoval.database.clock import database_now, moved
from certremoval.demo.organisation import Ending, PastJob
from certremoval.organization.models import User
from certremoval.removals.actions import cancel, resume
from certremoval.removals.approving import decline
from certremoval.removals.models import Job, JobState, MailState, Notice
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import Claim, claim_job, fail, release, run_slice
from certremoval.removals.submitting import remove_file
from certremoval.removals.undoing import undo_job

_UNTIL_AN_UNDO_RUNS = timedelta(seconds=4)

# How long after its start a job is marked Failed that somebody resumes later.
_UNTIL_IT_FAILED = timedelta(minutes=10)
# For how long nobody has looked at their notices.
_STILL_NEW = timedelta(days=3)


def steps_of_the_past(past_jobs: Iterable[PastJob]) -> list[tuple[str, Callable[[], object]]]:
    """Return what happened, step by step in the order of time: each job, and each undo of one at its own time.

    Each with the key of its job; an undo's begins with ``undo:``.
    """
    happened: list[tuple[datetime, str, Callable[[], object]]] = []
    for past in past_jobs:
        happened.append((past.created_at, past.key, partial(replay, past)))
        if past.undo is not None:
            happened.append((past.undo.created_at, f"undo:{past.key}", partial(replay_undo, past)))
    happened.sort(key=lambda one: one[0])
    return [(key, act) for _at, key, act in happened]


def replay(past: PastJob) -> Job:
    """Make the job and bring it to its end, in the caller's transaction: no worker may see it half-way.

    Its people must be loaded, its creator and whoever decided on it must hold their roles.
    """
    with _at(past.created_at):
        job = remove_file(
            _user(past.created_by),
            io.BytesIO(past.file()),
            name=past.file_name,
            title=past.title,
            comment=past.comment,
            reason=past.reason,
            options=PlanOptions(),
            skip_problems=past.skip_problems,
            confirm=lambda summary: True,  # whoever made it had the number before them
        )
    match past.ending:
        case Ending.PROCESSED:
            _run(past, job)
        case Ending.FAILED:
            _stop_half_way(past, job)
            _fail(past, job, at=_known(past.ended_at))
        case Ending.FAILED_THEN_PROCESSED:
            _stop_half_way(past, job)
            _fail(past, job, at=_known(past.started_at) + _UNTIL_IT_FAILED)
            with _at(_known(past.decided_at)):
                resume(_user(past.decided_by), job.pk)
            _run(past, job, claimed_at=past.decided_at)
        case Ending.CANCELLED_PARTWAY:
            _stop_half_way(past, job)
            _cancel(past, job)
        case Ending.CANCELLED_BEFORE_START:
            _set(job, scheduled_for=past.scheduled_for)
            _cancel(past, job)
        case Ending.AWAITING_APPROVAL:
            _wait_for_approval(job)
        case Ending.DECLINED:
            _wait_for_approval(job)
            _decline(past, job)
        case Ending.QUEUED:
            _set(job, scheduled_for=past.scheduled_for)
    _read_by_now(job)
    job.refresh_from_db()
    return job


def replay_undo(past: PastJob) -> Job:
    """Put back whom a job of the past removed, as far as its undo says: a job of its own, run to its end."""
    undo = past.undo
    if undo is None:
        raise ValueError("The past job was not undone.")
    made = Job.objects.filter(operation__title=past.title, operation__actor_user_id=past.created_by)
    target = made.filter(operation__created_at__lt=undo.created_at).latest("operation__created_at")
    with _at(undo.created_at):
        job = undo_job(_user(undo.created_by), target.pk, users=undo.user_ids, title=undo.title, reason=undo.reason)
    with _at(undo.created_at + _UNTIL_AN_UNDO_RUNS):
        while not run_slice(_claimed(job)):
            pass
    for one in (job, target):
        _read_by_now(one)
    job.refresh_from_db()
    return job


def _read_by_now(job: Job) -> None:
    """Mark what was told of the job as seen, but for the last days; nothing of the past is mailed."""
    told = Notice.objects.filter(job=job)
    told.update(mail_state=MailState.NONE, mail_due_at=None)
    told.filter(created_at__lt=database_now() - _STILL_NEW).update(seen_at=F("created_at"))


def _at(moment: datetime) -> AbstractContextManager[None]:
    """Let the block happen at that time; it goes on from there."""
    return moved(moment - database_now())


def _run(past: PastJob, job: Job, *, claimed_at: datetime | None = None) -> None:
    with _at(_known(claimed_at or past.started_at)):
        held = _claimed(job)
    # Some seconds later: the records bear the time at which the job ended.
    with _at(_known(past.ended_at)):
        while not run_slice(held):
            held = _claimed(job)  # let go of, because another job waited


def _stop_half_way(past: PastJob, job: Job) -> None:
    """Start the job and let go of it once as many people are removed as the past tells."""
    with _at(_known(past.started_at)):
        held = _claimed(job)
        if past.stops_after:
            run_slice(held, pace=Pace(largest=past.stops_after), stop=lambda: True)
        else:
            release(held)


def _fail(past: PastJob, job: Job, *, at: datetime) -> None:
    with _at(at):
        # Nobody but its holder marks a job Failed: as after a crash, somebody took it up again.
        fail(_claimed(job), past.error)


def _cancel(past: PastJob, job: Job) -> None:
    with _at(_known(past.decided_at)):
        cancel(_user(past.decided_by), job.pk)


def _wait_for_approval(job: Job) -> None:
    # The limits of today would have let it run: then they were others.
    _set(job, state=JobState.AWAITING_APPROVAL)


def _decline(past: PastJob, job: Job) -> None:
    with _at(_known(past.decided_at)):
        decline(_user(past.decided_by), job.pk, reason=past.decision_reason)


def _set(job: Job, **values: object) -> None:
    Job.objects.filter(pk=job.pk).update(**values)


def _claimed(job: Job) -> Claim:
    held = claim_job(job.pk)
    if held is None:
        raise RuntimeError(f"Job {job.pk} of the past could not be started.")
    return held


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise ValueError("The past job has no time for something that happened to it.")
    return moment


def _user(user_id: str) -> User:
    return User.objects.get(user_id=user_id)
