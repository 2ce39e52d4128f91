"""SQLite's write-ahead log: who writes its pages back to the database, and when. Nothing to do on PostgreSQL.

A job that removes people in random order touches the same pages again and again. They are written back once each time
the log is written back, so that the log may grow large beside a job (measured: a million removals took 102 s with a
log of 32 MB and 62 s with one of 500 MB). Whoever commits beyond the mark (``wal_autocheckpoint``, in pages) has to
write back; it does not hold the write lock meanwhile, but takes its time. So the mark of every connection
(``config/environment.py``) lies above the one of the workers, who also write back whenever they have nothing else to
do: a page never has to.

The log's file keeps its size until the last process closes the database: to cut it off while others write takes 0.3 s
under the write lock (measured), and it would grow again with the next job.
"""

from __future__ import annotations

from django.db import connection

from certremoval.database.dialect import dialect

MARK_OF_WORKERS = 96_000
"""Pages (some 400 MB); it must lie below that of every connection."""


def write_back_before_others() -> None:
    """Let this connection be the one that writes back, for as long as it is open."""
    if dialect() == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {MARK_OF_WORKERS}")


def write_back() -> None:
    """Write back as much as can be without making anybody wait. Costs nothing if there is nothing to write."""
    if dialect() == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
