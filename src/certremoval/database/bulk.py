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


def fill_table(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows into a table (TEMP or not) and return how many there were.

    COPY on PostgreSQL, ``executemany`` in batches on SQLite. The caller decides on the transaction.
    """
    names = ", ".join(columns)
    count = 0
    with connection.cursor() as cursor:
        if dialect() == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
        else:
            marks = ", ".join(["%s"] * len(columns))
            for batch in batches(rows):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
                count += len(batch)
    return count
