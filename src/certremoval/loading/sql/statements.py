"""The small parts that the statements of all kinds are made of, and the TEMP tables they work in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from certremoval.database.bulk import analyze
from certremoval.database.dialect import dialect

TABLES = (
    "load_rows",
    "load_found",
    "load_changed",
    "load_managers",
    "load_units",
    "load_moves",
    "load_parents",
    "load_tree",
    "load_groups",
    "load_owners",
    "load_removed",
    "load_held",
    "load_gone",
    "load_ends",
)
"""Every TEMP table that a load may make."""


def execute(statement: str) -> int:
    """Run a statement without parameters; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def rows(query: str) -> list[tuple[Any, ...]]:
    """Return all rows of a query whose answer is small."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def number(query: str) -> int:
    """Return the one number that a query asks for."""
    ((answer,),) = rows(query)
    return int(answer)


def make_table(name: str, columns: Iterable[str], *, select: str | None = None) -> None:
    """Make a TEMP table anew, filled from ``select`` if given (in the order of the columns).

    The column ``line`` is the table's key on SQLite, where rows then lie in the order of the file; on PostgreSQL
    tables are joined by hashing and a key would cost.
    """
    assert name in TABLES
    execute(f"DROP TABLE IF EXISTS {_temporary(name)}")
    line = "line integer PRIMARY KEY" if dialect() == "sqlite" else "line integer NOT NULL"
    kinds = ", ".join(line if column == "line" else column for column in columns)
    at_commit = "" if dialect() == "sqlite" else " ON COMMIT DROP"
    execute(f"CREATE TEMP TABLE {name} ({kinds}){at_commit}")
    if select is not None:
        execute(f"INSERT INTO {name} {select}")
        analyze(name)


def index(table: str, columns: str) -> None:
    """Add an index to a TEMP table; ``columns`` in SQL."""
    name = "_".join([table, "by", *columns.replace(",", " ").split()])
    # SQLite puts an index where its table is only if told so; PostgreSQL must not be told.
    schema = "temp." if dialect() == "sqlite" else ""
    execute(f"CREATE INDEX {schema}{name} ON {table} ({columns})")


def drop_tables() -> None:
    """Drop what a load has made."""
    for name in TABLES:
        execute(f"DROP TABLE IF EXISTS {_temporary(name)}")


def _temporary(name: str) -> str:
    return f"temp.{name}" if dialect() == "sqlite" else f"pg_temp.{name}"


def differs(left: str, right: str) -> str:
    """Return the condition that two values differ; NULL is a value like others."""
    operator = "IS NOT" if dialect() == "sqlite" else "IS DISTINCT FROM"
    return f"{left} {operator} {right}"


def any_differs(stored: str, staged: str, fields: Sequence[str]) -> str:
    """Return the condition that one of the fields differs between two tables (their aliases)."""
    return " OR ".join(differs(f"{stored}.{field}", f"{staged}.{field}") for field in fields) or "false"


def new_key(table: str, staged: str) -> str:
    """Return the primary key that a staged row (its table's alias) will get in ``table``.

    Keys are given before the row is written, so that rows of one file can refer to each other. Never one that was
    given before. On SQLite it follows from the line, and holds as long as nobody else adds to the table: the caller
    makes sure of that (:func:`certremoval.loading.staging.changing`).
    """
    if dialect() == "sqlite":
        return f"(SELECT COALESCE(max(seq), 0) FROM sqlite_sequence WHERE name = '{table}') + {staged}.line"
    return f"nextval(pg_get_serial_sequence('{table}', 'id'))"


def repeated(fields: Sequence[str], *, table: str = "load_rows", value: str) -> str:
    """Return the query of rows that repeat the key of an earlier one: line, value, line of the first.

    ``value`` is an expression over the staged row ``s``.
    """
    names = ", ".join(fields)
    known = " AND ".join(f"{field} IS NOT NULL" for field in fields)
    same = " AND ".join(f"k.{field} = f.{field}" for field in fields)
    return f"""
        SELECT s.line, {value} AS value, f.first AS detail
        FROM (
            SELECT {names}, min(line) AS first FROM {table} WHERE {known} GROUP BY {names} HAVING count(*) > 1
        ) f
        JOIN {table} k ON {same}
        JOIN load_rows s ON s.line = k.line
        WHERE k.line > f.first
    """
