"""People: found by User ID, written with their manager and their place in each tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from certremoval.loading.sql.statements import (
    any_differs,
    differs,
    execute,
    index,
    make_table,
    new_key,
    number,
)

OWN_FIELDS = ("first_name", "last_name", "email", "is_active", "username")
"""What is compared and written as it is."""

NAME_KEYS = ("first_name_key", "last_name_key")
"""Written with the names that they are made of."""

_BLOCK_OF_USERS = 100_000

NO_PASSWORD = "!"
"""Nobody can sign in with it: Django takes a password that begins so as unusable."""


def find(present: Sequence[str], types: Mapping[str, int]) -> None:
    """Match people, managers and units; ``types`` are the OU types' keys by the field of their column."""
    make_table(
        "load_found",
        ["line", "key bigint NOT NULL", "is_new boolean NOT NULL"],
        select=f"""
            SELECT s.line, COALESCE(u.id, {new_key("users", "s")}), u.id IS NULL
            FROM load_rows s LEFT JOIN users u ON u.user_id = s.user_id
        """,
    )
    if "manager_id" in present:
        _find_managers()
    _find_changed(present)
    _find_moves(types)


def _find_managers() -> None:
    make_table(
        "load_managers",
        ["user_id text PRIMARY KEY", "key bigint"],
        select="""
            SELECT named.manager_id, COALESCE(min(u.id), min(f.key))
            FROM (SELECT DISTINCT manager_id FROM load_rows WHERE manager_id IS NOT NULL) named
            LEFT JOIN users u ON u.user_id = named.manager_id
            LEFT JOIN load_rows r ON r.user_id = named.manager_id
            LEFT JOIN load_found f ON f.line = r.line
            GROUP BY named.manager_id
        """,
    )


def _find_changed(present: Sequence[str]) -> None:
    changed = any_differs("u", "s", [field for field in OWN_FIELDS if field in present])
    with_manager = "manager_id" in present
    if with_manager:
        changed += f" OR {differs('u.manager_id', 'm.key')}"
    make_table(
        "load_changed",
        ["line", "key bigint NOT NULL", "manager_key bigint"],
        select=f"""
            SELECT f.line, f.key, {"m.key" if with_manager else "NULL"}
            FROM load_found f
            CROSS JOIN load_rows s
            CROSS JOIN users u
            {"LEFT JOIN load_managers m ON m.user_id = s.manager_id" if with_manager else ""}
            WHERE NOT f.is_new AND s.line = f.line AND u.id = f.key AND ({changed})
        """,
    )


def _find_moves(types: Mapping[str, int]) -> None:
    make_table("load_units", ["type_key bigint NOT NULL", "unit_id text NOT NULL", "key bigint"])
    for field, type_key in types.items():
        execute(f"""
            INSERT INTO load_units
            SELECT {type_key}, named.unit_id, o.id
            FROM (SELECT DISTINCT {field} AS unit_id FROM load_rows WHERE {field} IS NOT NULL) named
            LEFT JOIN organizational_units o ON o.type_id = {type_key} AND o.unit_id = named.unit_id
        """)
    index("load_units", "type_key, unit_id")
    make_table(
        "load_moves",
        [
            "user_key bigint NOT NULL",
            "type_key bigint NOT NULL",
            "unit_key bigint",
            "membership_key bigint",
            "is_new boolean NOT NULL",
        ],
    )
    for field, type_key in types.items():
        execute(f"""
            INSERT INTO load_moves
            SELECT f.key, {type_key}, o.key, m.id, f.is_new
            FROM load_found f
            JOIN load_rows s ON s.line = f.line
            LEFT JOIN load_units o ON o.type_key = {type_key} AND o.unit_id = s.{field}
            LEFT JOIN unit_memberships m ON m.user_id = f.key AND m.type_id = {type_key}
            WHERE {differs("m.unit_id", "o.key")}
        """)


def unknown_managers() -> str:
    """Return the query of rows whose manager is nobody."""
    return """
        SELECT s.line, s.manager_id AS value, NULL AS detail
        FROM load_managers m JOIN load_rows s ON s.manager_id = m.user_id
        WHERE m.key IS NULL
    """


def unknown_units(field: str, type_key: int) -> str:
    """Return the query of rows whose unit of one type does not exist."""
    return f"""
        SELECT s.line, s.{field} AS value, NULL AS detail
        FROM load_units o JOIN load_rows s ON s.{field} = o.unit_id
        WHERE o.type_key = {type_key} AND o.key IS NULL
    """


def count_created() -> int:
    """Count the people who are not there yet."""
    return number("SELECT count(*) FROM load_found WHERE is_new")


def count_updated() -> int:
    """Count the people of whom something changes, a place in a tree included."""
    return number("""
        SELECT count(*) FROM (
            SELECT key FROM load_changed UNION SELECT user_key FROM load_moves WHERE NOT is_new
        ) touched
    """)


def apply(present: Sequence[str]) -> None:
    """Write new people, changed people and moves."""
    _insert(present)
    _update(present)
    execute("""
        DELETE FROM unit_memberships
        WHERE id IN (SELECT membership_key FROM load_moves WHERE membership_key IS NOT NULL AND unit_key IS NULL)
    """)
    execute("""
        UPDATE unit_memberships SET unit_id = v.unit_key
        FROM load_moves v
        WHERE unit_memberships.id = v.membership_key AND v.unit_key IS NOT NULL
    """)
    # One index of the table runs by user, one by unit. In blocks of users, and by unit within each, the first stays
    # within the cache and the second is walked along: half the time on SQLite for a million people in five trees.
    execute(f"""
        INSERT INTO unit_memberships (user_id, type_id, unit_id)
        SELECT user_key, type_key, unit_key FROM load_moves
        WHERE membership_key IS NULL AND unit_key IS NOT NULL
        ORDER BY user_key / {_BLOCK_OF_USERS}, unit_key, user_key
    """)


def _insert(present: Sequence[str]) -> None:
    with_manager = "manager_id" in present
    execute(f"""
        INSERT INTO users (
            id, password, is_superuser, user_id, lookalike_key,
            first_name, last_name, first_name_key, last_name_key, email, is_active, username, manager_id
        )
        SELECT f.key, '{NO_PASSWORD}', false, s.user_id, s.lookalike_key,
            s.first_name, s.last_name, s.first_name_key, s.last_name_key, s.email, s.is_active,
            {"s.username" if "username" in present else "''"}, {"m.key" if with_manager else "NULL"}
        FROM load_found f
        JOIN load_rows s ON s.line = f.line
        {"LEFT JOIN load_managers m ON m.user_id = s.manager_id" if with_manager else ""}
        WHERE f.is_new
        ORDER BY f.line
    """)


def _update(present: Sequence[str]) -> None:
    values = [f"{field} = s.{field}" for field in (*OWN_FIELDS, *NAME_KEYS) if field in present]
    if "manager_id" in present:
        values.append("manager_id = c.manager_key")
    execute(f"""
        UPDATE users SET {", ".join(values)}
        FROM load_changed c JOIN load_rows s ON s.line = c.line
        WHERE users.id = c.key
    """)
