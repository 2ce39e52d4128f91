"""Transactions that Django has no word for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from certremoval.database.dialect import dialect


@contextmanager
def reading_transaction() -> Iterator[None]:
    """Run the block in one transaction that takes no write lock on SQLite, even when it fills TEMP tables.

    Django begins every SQLite transaction with ``BEGIN IMMEDIATE`` here, which takes the one write lock at once, also
    for a block that only writes TEMP tables: pages waited 5 to 9 seconds while a large file was planned. A plain
    ``BEGIN DEFERRED`` takes it at the first write to a real table, which the block must not do. On PostgreSQL this is
    an ordinary transaction.
    """
    if dialect() == "postgresql" or connection.in_atomic_block:
        with transaction.atomic():
            if dialect() == "postgresql":
                # Large joins look costly enough to be compiled, which took longer (1.3 s) than running them.
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL jit = off")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
        raise
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")


def lock_by_name(name: str) -> None:
    """Let nobody else pass here with the same name before this transaction ends. Call it in one that writes.

    On SQLite there is nothing to do: transactions that write come one after the other.
    """
    if dialect() == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def look_up_by_indexes() -> None:
    """Let PostgreSQL read whole tables only where there is no other way, until this transaction ends. Not on SQLite.

    For the chunks of a job, which fill tables faster than statistics are gathered of them: a table that was nearly
    empty when it was last looked at seems quicker to read whole. See :data:`certremoval.database.dialect.FENCE`.
    """
    if dialect() == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")


@contextmanager
def joining_by_hashing() -> Iterator[None]:
    """Let PostgreSQL not search what a statement of the block has read again for each row, however few it expects.

    What is fenced (:data:`certremoval.database.dialect.FENCE`) is looked up one by one all the same. For one
    statement: others of the transaction are quicker when a row is looked up in another table by its key. Not on SQLite.
    """
    if dialect() != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
