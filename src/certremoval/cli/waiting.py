"""``--wait``: run one's own job to its end, or watch a worker do it."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import DatabaseError, InterfaceError

from certremoval.cli.command import Command
from certremoval.cli.failures import INTERRUPTED, REFUSED
from certremoval.cli.progress import Progress
from certremoval.cli.reports import job_sentence, job_title, next_step
from certremoval.database.clock import database_now
from certremoval.removals.models import Job, JobState
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.representation import job_json

LOOK_EVERY = 0.5
RUNNING = (JobState.QUEUED, JobState.IN_PROGRESS)


def tell_queued(command: Command, job: Job, *, wait: bool) -> int:
    """End a command that has queued a job: wait for it, or tell of it and how to see how it goes."""
    if wait and not _waits_for_more_than_a_worker(job):
        return wait_for(command, job)
    if command.json_asked:
        command.answer(job_json(job))
    else:
        command.tell(job_title(job), f"{job_sentence(job)}.", *filter(None, [next_step(job)]))
        command.tell(f"See how it goes: certremoval job {job.id}")
    return 0


def _waits_for_more_than_a_worker(job: Job) -> bool:
    """Whether a job waits for approval, or for its time."""
    if job.state == JobState.QUEUED:
        return job.scheduled_for is not None and job.scheduled_for > database_now()
    return job.state == JobState.AWAITING_APPROVAL


def wait_for(command: Command, job: Job) -> int:
    """Stay until the job has ended and tell what it came to; return the exit code.

    The job is claimed like any other, so that a worker that has it keeps it; then this only watches. Interrupted, it
    stops after the rows that it is at, and lets go: the job goes on with a worker.
    """
    progress = Progress(sys.stderr, work="Putting back" if job.restores else "Removing")
    try:
        with interruption_noted() as interrupted:
            while job.state in RUNNING and not interrupted():
                held = claim_job(job.id)
                if held is not None:
                    run_slice(held, seconds=math.inf, progress=progress.removing, stop=interrupted)
                else:
                    _pause(interrupted)
                job.refresh_from_db()
                progress.removing(job.checkpoint, job.remove_count)
    except (DatabaseError, InterfaceError):
        progress.end()
        command.note(f"{job_title(job)}, is not lost: it goes on with a worker where it stopped.")
        raise
    finally:
        progress.end()
    if job.state in RUNNING:
        command.note(
            f"Interrupted. {job_title(job)}, is not finished: {job.checkpoint:,} of {job.remove_count:,} are done.",
            "It goes on where it stopped as soon as a worker is there: certremoval serve, or certremoval worker."
            f" To end it instead: certremoval cancel {job.id}",
        )
        code = INTERRUPTED
    else:
        code = REFUSED if job.state in (JobState.FAILED, JobState.CANCELLED) else 0
    if command.json_asked:
        command.answer(job_json(job))
    elif code != INTERRUPTED:
        command.tell(job_title(job), f"{job_sentence(job)}.", *([job.error] if job.error else []))
        command.tell(f"What became of each line: certremoval results {job.id} --output result.csv")
    return code


def _pause(interrupted: Callable[[], bool]) -> None:
    end = time.monotonic() + LOOK_EVERY
    while not interrupted() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))


@contextmanager
def interruption_noted() -> Iterator[Callable[[], bool]]:
    """Note Ctrl-C and SIGTERM instead of being torn out of a transaction; the second Ctrl-C interrupts at once."""
    noted = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal noted
        noted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: noted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
