"""Which of the two databases this is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from django.db import connection

Dialect = Literal["sqlite", "postgresql"]


def dialect() -> Dialect:
    """Return the dialect of the default connection. Raises RuntimeError for any other database."""
    match connection.vendor:
        case "sqlite":
            return "sqlite"
        case "postgresql":
            return "postgresql"
    raise RuntimeError(f"certremoval runs on SQLite and PostgreSQL, not on {connection.vendor}.")


def spoken(statement: str | Mapping[Dialect, str] | Mapping[str, str]) -> str:
    """Return the statement in the dialect of the default connection; one text serves both where it can."""
    return statement if isinstance(statement, str) else statement[dialect()]


FENCE: Mapping[Dialect, str] = {"sqlite": "", "postgresql": "OFFSET 0"}
"""The end of a subquery that PostgreSQL is to ask for each row, by an index, as SQLite does anyway.

Else it may join the subquery's table in an order and a way of its own, by statistics that do not know yet what a job
has written a moment ago: by them it compared each of a chunk's 10,000 rows with all others, which took 12 s instead of
one.
"""

ASKED_ONCE: Mapping[Dialect, str] = {"sqlite": "LIMIT -1 OFFSET 0", "postgresql": FENCE["postgresql"]}
"""The end of a subquery in FROM whose columns are worked out once a row: a limit that limits nothing.

Else both databases put what stands for a column wherever it is used, and ask a subquery in it once for each place.
"""
