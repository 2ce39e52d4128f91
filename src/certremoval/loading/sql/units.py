"""Organizational units: found by type and ID, written with their parents, which may come later in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from certremoval.loading.sql.statements import any_differs, differs, execute, index, make_table, new_key, number, rows

OWN_FIELDS = ("name", "is_active")


def find() -> None:
    """Match units and their parents, and lay out the trees as they will be."""
    make_table(
        "load_found",
        ["line", "key bigint NOT NULL", "is_new boolean NOT NULL"],
        select=f"""
            SELECT s.line, COALESCE(o.id, {new_key("organizational_units", "s")}), o.id IS NULL
            FROM load_rows s
            LEFT JOIN ou_types t ON t.name = s.type
            LEFT JOIN organizational_units o ON o.type_id = t.id AND o.unit_id = s.unit_id
        """,
    )
    index("load_found", "key")
    make_table(
        "load_parents",
        ["line", "key bigint"],
        select="""
            SELECT s.line, COALESCE(min(o.id), min(f.key))
            FROM load_rows s
            LEFT JOIN load_rows r ON r.type = s.type AND r.unit_id = s.parent_id
            LEFT JOIN load_found f ON f.line = r.line
            LEFT JOIN ou_types t ON t.name = s.type
            LEFT JOIN organizational_units o ON o.type_id = t.id AND o.unit_id = s.parent_id
            WHERE s.type IS NOT NULL AND s.parent_id IS NOT NULL
            GROUP BY s.line
        """,
    )
    make_table(
        "load_changed",
        ["line", "key bigint NOT NULL", "parent_key bigint"],
        select=f"""
            SELECT f.line, f.key, p.key
            FROM load_found f
            CROSS JOIN load_rows s
            CROSS JOIN organizational_units o
            LEFT JOIN load_parents p ON p.line = f.line
            WHERE NOT f.is_new AND s.line = f.line AND o.id = f.key
              AND ({any_differs("o", "s", OWN_FIELDS)} OR {differs("o.parent_id", "p.key")})
        """,
    )
    make_table(
        "load_tree",
        ["key bigint NOT NULL", "parent_key bigint", "row_line integer"],
        select="""
            SELECT f.key, p.key, f.line FROM load_found f LEFT JOIN load_parents p ON p.line = f.line
            UNION ALL
            SELECT o.id, o.parent_id, NULL FROM organizational_units o
            WHERE NOT EXISTS (SELECT 1 FROM load_found f WHERE f.key = o.id)
        """,
    )
    index("load_tree", "parent_key")


def unknown_parents() -> str:
    """Return the query of rows whose parent is neither stored nor in the file; the detail is the type."""
    return """
        SELECT s.line, s.parent_id AS value, s.type AS detail
        FROM load_parents p JOIN load_rows s ON s.line = p.line
        WHERE p.key IS NULL
    """


class RootlessUnit(NamedTuple):
    """A unit that hangs below no root; ``line`` is None if it is not in the file."""

    key: int
    parent_key: int
    line: int | None
    unit_id: str
    parent_id: str | None


def units_without_root() -> list[RootlessUnit]:
    """Return the units that lie on a cycle or below one.

    Each other unit is reached once from its root, so that a tree may be as deep as it has units.
    """
    return [
        RootlessUnit(*row)
        for row in rows("""
            WITH RECURSIVE reached (key) AS (
                SELECT key FROM load_tree WHERE parent_key IS NULL
                UNION
                SELECT t.key FROM reached r CROSS JOIN load_tree t WHERE t.parent_key = r.key
            )
            SELECT t.key, t.parent_key, t.row_line, COALESCE(s.unit_id, o.unit_id), s.parent_id
            FROM load_tree t
            LEFT JOIN load_rows s ON s.line = t.row_line
            LEFT JOIN organizational_units o ON o.id = t.key
            LEFT JOIN reached ON reached.key = t.key
            WHERE reached.key IS NULL
        """)
    ]


def count_created() -> int:
    """Count the units that are not there yet."""
    return number("SELECT count(*) FROM load_found WHERE is_new")


def count_updated() -> int:
    """Count the units of which something changes."""
    return number("SELECT count(*) FROM load_changed")


def insert_types(types: Iterable[tuple[str, bool]]) -> None:
    """Add OU types that are not there, each with whether it is custom."""
    with connection.cursor() as cursor:
        for name, is_custom in types:
            cursor.execute(
                "INSERT INTO ou_types (name, is_custom) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING",
                [name, is_custom],
            )


def apply() -> None:
    """Write new and changed units; their types are there."""
    execute("""
        INSERT INTO organizational_units (id, type_id, unit_id, name, parent_id, is_active)
        SELECT f.key, t.id, s.unit_id, s.name, p.key, s.is_active
        FROM load_found f
        JOIN load_rows s ON s.line = f.line
        JOIN ou_types t ON t.name = s.type
        LEFT JOIN load_parents p ON p.line = f.line
        WHERE f.is_new
    """)
    execute(f"""
        UPDATE organizational_units
        SET parent_id = c.parent_key, {", ".join(f"{field} = s.{field}" for field in OWN_FIELDS)}
        FROM load_changed c JOIN load_rows s ON s.line = c.line
        WHERE organizational_units.id = c.key
    """)
