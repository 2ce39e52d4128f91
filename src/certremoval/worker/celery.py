"""Celery as a second way to run the same slices (docs/decisions/0011, docs/scaling.md).

    celery -A certremoval.worker.celery worker --beat

A message names no job: it is a nudge to take whatever is due, by the same claim as any worker. So the lease stays the
only guard. A message that comes twice finds nothing to take, and one that is lost is made up for by the next: the beat
sends one a second. Nothing but this module imports Celery, and nothing imports this module but Celery's own command.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from celery import Celery, Task, signals
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from kombu import Queue
from kombu.exceptions import OperationalError as BrokerAway

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certremoval.config.settings")
django.setup()

from certremoval.worker.loop import (  # noqa: E402  (needs the set-up)
    LeftToOthers,
    check_next_draft,
    database_sentence,
    run_next_job,
    send_next_mail,
)
from certremoval.worker.purging import NowAndThen  # noqa: E402

logger = logging.getLogger("certremoval.worker")

JOBS, DRAFTS, MAIL = "certremoval.jobs", "certremoval.drafts", "certremoval.mail"
"""Queues, and tasks. Whoever takes drafts too may be busy with a large file for half a minute; e-mail goes by their
queue, for no job waits behind it."""

LOOK_EVERY = 1.0
"""Seconds between two nudges of the beat: how long a job waits for an idle worker."""
NUDGE_KEPT = 600.0
"""Seconds after which a nudge that nobody took is thrown away: a weekend without workers heaps up nothing. Long
beside any difference between the clocks of two machines, which Celery compares here."""
SLICE = 2.0
"""Seconds of work for one nudge. Short, so that a worker that is asked to stop soon has."""

MAILS = (MAIL,) if settings.ENVIRONMENT.email_host else ()
"""Nobody is nudged to send e-mail where this installation sends none."""

if not settings.ENVIRONMENT.celery_broker:
    sys.stderr.write("CERTREMOVAL_CELERY_BROKER: set it to the address of the broker, as redis://localhost:6379/0\n")
    raise SystemExit(2)

# No fix-up of Celery's: it would close the connections after each task and load all pages to check them.
app = Celery("certremoval", broker=settings.ENVIRONMENT.celery_broker, fixups=[])
app.conf.update(
    task_ignore_result=True,
    task_queues=[Queue(JOBS), Queue(DRAFTS)],
    task_default_queue=JOBS,
    # One message a process, and none before it is free: no nudge lies behind a long slice.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # A broker that is away is waited for, at the start and later, however long.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # The schedule is these three lines: there is nothing to keep in a file. Any number of beats may run.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={name: {"task": name, "schedule": LOOK_EVERY} for name in (JOBS, DRAFTS, *MAILS)},
)


now_and_then, left = NowAndThen(), LeftToOthers()


@app.task(bind=True, name=JOBS, queue=JOBS, expires=NUDGE_KEPT)
def run_due_job(self: Task) -> None:
    """Take the next job that is due and work on it for a slice."""
    end = time.monotonic() + SLICE
    _take(lambda: run_next_job(lambda: time.monotonic() >= end), nudge=self)


@app.task(bind=True, name=DRAFTS, queue=DRAFTS, expires=NUDGE_KEPT)
def check_due_draft(self: Task) -> None:
    """Take the next draft and check its file; where there is none, purge what is due, as any worker does."""
    _take(lambda: check_next_draft(left) or now_and_then.purge(), nudge=self)


@app.task(bind=True, name=MAIL, queue=DRAFTS, expires=NUDGE_KEPT)
def send_due_mail(self: Task) -> None:
    """Send the e-mail that is due the longest."""
    _take(send_next_mail, nudge=self)


def _take(step: Callable[[], bool], *, nudge: Task) -> None:
    """Take a step; where there was something to do there may be more, so nudge again: one a second is too few then.

    What goes wrong ends with the step, as in :func:`certremoval.worker.loop.work`: the next message tries again.
    """
    try:
        close_old_connections()
        busy = step()
    except (DatabaseError, InterfaceError) as error:
        connection.close()
        logger.warning("%s The next message tries again.", database_sentence(error))
        return
    except BaseException:
        connection.close()
        raise
    if busy:
        try:
            nudge.apply_async()
        except BrokerAway as error:
            logger.warning("The broker is away (%s). Work goes on when it is back.", error)


@signals.setup_logging.connect
def _leave_logging_to_django(**ignored: Any) -> None:
    """Being here is enough: Celery then leaves the log as the settings have it."""


@signals.worker_ready.connect
def _tell_that_it_is_there(sender: Any, **ignored: Any) -> None:
    logger.info("Celery's worker %s is there.", sender.hostname)
