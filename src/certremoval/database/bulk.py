"""Filling a table with many rows, each database in its quickest way and in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from certremoval.database.dialect import dialect

T = TypeVar("T")

BATCH_ROWS = 10_000
"""Rows held in memory at a time. Django's ``executemany`` on SQLite keeps all that it is given (measured: 287 MB
against 48 MB), so that even a generator must be handed over in batches."""


def batches(rows: Iterable[T], size: int = BATCH_ROWS) -> Iterator[list[T]]:
    """Cut a stream into lists of at most ``size``."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


def fill_table(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, without_asking: bool = False
) -> int:
    """Insert rows into a table (TEMP or not) and return how many there were.

    COPY on PostgreSQL, ``executemany`` on SQLite, a batch at a time. The rows may themselves come from queries: a
    batch is complete before the connection is busy taking it in. Where they come ``without_asking`` the database, one
    COPY takes them all: it takes in what there is while more is read. The caller decides on the transaction.
    """
    names = ", ".join(columns)
    marks = ", ".join(["%s"] * len(columns))
    count = 0
    with connection.cursor() as cursor:
        if dialect() == "postgresql":
            for batch in [rows] if without_asking else batches(rows):
                # Django turns the errors of execute() into its own classes, but does not know of COPY.
                with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
                        count += 1
        else:
            for batch in batches(rows):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
                count += len(batch)
    return count


def analyze(table: str, *, columns: Sequence[str] = (), wait: bool = True) -> None:
    """Let PostgreSQL look at a table that was just filled, before it plans joins for an empty one. Not on SQLite.

    At its size and the values of some ``columns``, or of all, which takes longer. Unless it is to ``wait``, it does not
    where somebody has the table locked, as one who vacuums it.
    """
    if dialect() == "postgresql":
        with connection.cursor() as cursor:
            of = f" ({', '.join(columns)})" if columns else ""
            cursor.execute(f"ANALYZE {'' if wait else '(SKIP_LOCKED) '}{table}{of}")
