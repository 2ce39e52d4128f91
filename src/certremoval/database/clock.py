"""The one clock: the database's statement time, so that machines whose clocks differ agree.

Tests and the demonstration may move this process's reading of it with :func:`moved`; nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.db import connection

from certremoval.database.dialect import dialect

_moved_by: ContextVar[timedelta] = ContextVar("moved_by", default=timedelta(0))


def now_sql(*, plus_seconds: float = 0) -> str:
    """Return an SQL expression for the statement's time, in the form in which Django stores it (UTC).

    A text without parameters, to be placed in statements that are executed *with* parameters (an empty list
    will do): its percent signs are doubled.
    """
    seconds = _moved_by.get().total_seconds() + plus_seconds
    if dialect() == "sqlite":
        # Text, which must be what Django writes for the same time to be equal to it: six digits, or none at all for
        # a whole second. SQLite's clock gives three.
        text = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f000', 'now', '{seconds:+.3f} seconds')"
        return f"replace({text}, '.000000', '')"
    return f"(statement_timestamp() + interval '{seconds:.3f} seconds')"


def database_now() -> datetime:
    """Ask the database for its time (aware, UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now_sql()}", [])
        (value,) = cursor.fetchone()
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value.astimezone(UTC)


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Let this process read the clock moved ``by``; for tests and for the demonstration's past."""
    token = _moved_by.set(_moved_by.get() + by)
    try:
        yield
    finally:
        _moved_by.reset(token)
