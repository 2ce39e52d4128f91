"""The worker: take a job, work on it, let go; and again."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from certremoval.database import write_log
from certremoval.removals import mailing
from certremoval.removals.models import Job, JobState
from certremoval.removals.processing import (
    Claim,
    claim_next_draft,
    claim_next_job,
    plan_claimed_draft,
    release,
    run_slice,
)
from certremoval.worker.stopping import Stop

logger = logging.getLogger("certremoval.worker")

PAUSE_SHORTEST, PAUSE_LONGEST = 0.5, 1.0
"""Seconds between two looks for work; by chance, so that many workers do not look all at once."""

RETRY_LONGEST = 30.0
"""Seconds between two tries to reach a database that is away, when it has been away for long."""


def work(step: Callable[[], bool], stop: Stop) -> None:
    """Repeat ``step`` until asked to stop. It tells whether there was something to do; if not, pause.

    A database that is away for a while, or has no tables yet, is waited for. A fault of ours is logged and does not
    end the worker: the job's hold runs out, and it fails when it was taken up too often.
    """
    failures = 0
    while not stop.asked():
        try:
            close_old_connections()
            busy = step()
        except Exception as error:
            failures += 1
            seconds = min(2.0 ** (failures - 1), RETRY_LONGEST)
            _tell_of(error, seconds)
            connection.close()
            stop.pause(seconds)
        else:
            if failures:
                logger.info("The database is back.")
            failures = 0
            if not busy:
                stop.pause(random.uniform(PAUSE_SHORTEST, PAUSE_LONGEST))


def run_next_job(stop: Callable[[], bool]) -> bool:
    """Take the next job that is due and work on it for a while, or until ``stop`` says so; False if there is none."""
    write_log.write_back_before_others()
    held = claim_next_job()
    if held is None:
        write_log.write_back()
        return False
    logger.info("Job %s: taken up.", held.job_id)
    run_slice(held, stop=stop)
    _tell_result(held)
    return True


class LeftToOthers:
    """The draft that this process lost last, and for how long it leaves it to whoever holds it.

    Two processes whose clocks differ find each other's holds ended. If each took the draft back as soon as it had lost
    it, neither would ever finish; so whoever lost it waits, longer the second time. Once nobody holds it, it is free.
    """

    def __init__(self) -> None:
        self._lost: int | None = None
        self._until = 0.0

    def lose(self, held: Claim) -> None:
        """Leave the draft alone for twice as long as a hold lasts; four times, if that was not enough."""
        self._lost = held.job_id
        self._until = time.monotonic() + settings.ENVIRONMENT.lease_seconds * min(2 * held.attempts, 4)

    @property
    def draft(self) -> int | None:
        """The draft's number; None if there is none, or the time is over."""
        return self._lost if time.monotonic() < self._until else None


def check_next_draft(left: LeftToOthers) -> bool:
    """Take the next draft and check its file; False if there is none.

    A draft that this process does not finish is let go at once, so that another need not wait until its hold ends. One
    that another process took from it is ``left`` to that.
    """
    held = claim_next_draft(but=left.draft)
    if held is None:
        return False
    logger.info("Draft %s: its file is being checked.", held.job_id)
    try:
        checked = plan_claimed_draft(held)
    except SystemExit:
        connection.close()  # with all that it had begun
        release(held)
        raise
    if checked:
        logger.info("Draft %s: checked.", held.job_id)
    elif Job.objects.filter(pk=held.job_id, state=JobState.CHECKING).exclude(lease_token=held.token).exists():
        left.lose(held)
    return True


def send_next_mail() -> bool:
    """Send the e-mail that is due the longest; False if there is none, or this installation sends none."""
    return bool(settings.ENVIRONMENT.email_host) and mailing.send_next_mail()


def _tell_result(held: Claim) -> None:
    job = Job.objects.filter(pk=held.job_id).first()
    if job is not None:
        logger.info("Job %s: %s, %s of %s done.", job.id, job.get_state_display(), job.checkpoint, job.remove_count)


def _tell_of(error: Exception, seconds: float) -> None:
    if isinstance(error, (DatabaseError, InterfaceError)):
        logger.warning("%s Trying again in %.0f s.", database_sentence(error), seconds)
    else:
        logger.exception("An unexpected fault. Going on in %.0f s.", seconds)


def database_sentence(error: Exception) -> str:
    """Return what is said of a database that refuses; its tables may be missing yet."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    if "no such table" in first or "does not exist" in first:
        return f"The database is not set up ({first}). Run: certremoval migrate."
    return f"The database does not serve: {first}."
