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
