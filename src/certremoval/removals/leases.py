"""Keeping a lease while one long statement runs, which cannot renew it itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection

from certremoval.removals.sql.lease import Claim, renew

logger = logging.getLogger(__name__)


@contextmanager
def lease_kept(held: Claim, *, state: str) -> Iterator[None]:
    """Renew the lease three times in its length, by a thread with a connection of its own, while the block runs.

    The thread never gives a lost lease back: whoever holds the block finds out where it changes the job.
    """
    done = threading.Event()

    def keep() -> None:
        try:
            while not done.wait(settings.ENVIRONMENT.lease_seconds / 3):
                try:
                    if not renew(held, state=state):
                        return
                except DatabaseError as error:
                    logger.warning("Job %s: its lease could not be renewed: %s", held.job_id, error)
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name=f"lease of job {held.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
