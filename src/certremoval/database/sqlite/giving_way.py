"""Who waits for SQLite's write lock says so, and whoever takes it again and again gives way.

SQLite has no queue: a lock that is let go of goes to whoever asks first. A job's chunks ask again after 5 ms, and on a
busy machine a page that looks every 2 ms may still come too late, again and again. So whoever waits holds a shared
lock on a file beside the database for as long as it waits (the system lets go of it for a process that dies), and a
job goes on only when nobody holds it, or when it has waited for long enough itself.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_PAUSE = 0.1
"""Seconds that a job gives way at most, so that it goes on however many others wait."""
LOOK_SECONDS = 0.001


@contextmanager
def waiting(database: str) -> Iterator[None]:
    """Say, while the block runs, that this process waits for the write lock of the database in that file."""
    file = _open(database)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


def give_way(database: str) -> None:
    """Return when nobody waits for the write lock, or after ``LONGEST_PAUSE``. To be called without holding it."""
    until = time.monotonic() + LONGEST_PAUSE
    file = _open(database)
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= until:
                    return
                time.sleep(LOOK_SECONDS)
    finally:
        os.close(file)


def _open(database: str) -> int:
    return os.open(f"{database}-waiting", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
