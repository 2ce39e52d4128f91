"""Where a load works: TEMP tables, and the transactions around them.

On SQLite a transaction of Django's takes the write lock at its start, even for TEMP tables (pages would wait for as
long as a file is read). So the file is staged and checked in a ``reading_transaction``, and the write lock is held for
writing alone. In between others may write; :func:`changing` tells. On PostgreSQL everything is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from certremoval.database.dialect import dialect
from certremoval.loading.sql.statements import drop_tables, execute, number

_ONE_LOAD_AT_A_TIME = 7_305_118_922
"""The advisory lock of loads on PostgreSQL, an arbitrary number of ours."""


@contextmanager
def work_area() -> Iterator[None]:
    """Hold the TEMP tables of one load; they are gone afterwards, whatever happens."""
    if dialect() == "postgresql":
        with transaction.atomic():
            yield
            drop_tables()
        return
    try:
        yield
    finally:
        drop_tables()


def version_read() -> int:
    """Return a number for the state of the database that this transaction reads (SQLite; 0 on PostgreSQL)."""
    return number("PRAGMA data_version") if dialect() == "sqlite" else 0


def keep_others_out(tables: Sequence[str]) -> None:
    """Let no other load and no other writer of ``tables`` change what is compared from here on, on PostgreSQL.

    SQLite has nothing like it short of its one write lock; see :func:`changing`.
    """
    if dialect() == "postgresql":
        execute(f"SELECT pg_advisory_xact_lock({_ONE_LOAD_AT_A_TIME})")
        for table in tables:
            execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


@contextmanager
def changing(*, version: int) -> Iterator[bool]:
    """Hold the one transaction that writes. Gives whether ``version`` is still the state of the database.

    If it is not, what was found before may not hold, and is to be found again here, where nobody else writes. (On
    PostgreSQL :func:`keep_others_out` has seen to it.)
    """
    with transaction.atomic():
        yield version_read() == version
