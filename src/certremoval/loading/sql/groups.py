"""Groups: found by Group ID; the members of each group that is named are replaced."""

from __future__ import annotations

from certremoval.loading.sql.statements import execute, index, make_table, number, rows


def find() -> None:
    """Match groups, members and memberships. A group's name is that of its first line."""
    make_table(
        "load_groups",
        ["line", "group_id text NOT NULL", "name text", "key bigint", "renamed boolean"],
        select="""
            SELECT s.line, s.group_id, s.name, g.id, g.id IS NOT NULL AND g.name <> s.name
            FROM (
                SELECT min(line) AS line FROM load_rows WHERE group_id IS NOT NULL GROUP BY group_id
            ) first
            CROSS JOIN load_rows s
            LEFT JOIN user_groups g ON g.group_id = s.group_id
            WHERE s.line = first.line
        """,
    )
    index("load_groups", "group_id")
    make_table(
        "load_found",
        ["line", "group_line integer", "group_key bigint", "user_key bigint", "key bigint"],
        select="""
            SELECT s.line, g.line, g.key, u.id, m.id
            FROM load_rows s
            LEFT JOIN load_groups g ON g.group_id = s.group_id
            LEFT JOIN users u ON u.user_id = s.user_id
            LEFT JOIN group_memberships m ON m.group_id = g.key AND m.user_id = u.id
        """,
    )
    index("load_found", "key")


_REMOVED = """
    SELECT m.id
    FROM load_groups g CROSS JOIN group_memberships m
    WHERE m.group_id = g.key AND NOT EXISTS (SELECT 1 FROM load_found f WHERE f.key = m.id)
"""


def unknown_users() -> str:
    """Return the query of rows whose user is nobody."""
    return """
        SELECT s.line, s.user_id AS value, NULL AS detail
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.user_key IS NULL AND s.user_id IS NOT NULL
    """


def other_names() -> str:
    """Return the query of rows that call a group otherwise than its first line does (the detail)."""
    return """
        SELECT s.line, s.name AS value, g.line AS detail
        FROM load_groups g JOIN load_rows s ON s.group_id = g.group_id
        WHERE s.name <> g.name
    """


def new_groups(most: int) -> list[str]:
    """Return the ids of groups that are not there yet, at most so many."""
    return [
        group_id
        for (group_id,) in rows(f"SELECT group_id FROM load_groups WHERE key IS NULL ORDER BY line LIMIT {most}")
    ]


def count_new_groups() -> int:
    """Count the groups that are not there yet."""
    return number("SELECT count(*) FROM load_groups WHERE key IS NULL")


def count_created() -> int:
    """Count the memberships that are not there yet."""
    return number("SELECT count(*) FROM load_found WHERE key IS NULL")


def count_updated() -> int:
    """Count the memberships that are there, in groups whose name changes."""
    return number("""
        SELECT count(*) FROM load_groups g JOIN load_found f ON f.group_line = g.line
        WHERE g.renamed AND f.key IS NOT NULL
    """)


def count_removed() -> int:
    """Count the memberships that the file no longer names."""
    return number(f"SELECT count(*) FROM ({_REMOVED}) gone")


def apply() -> None:
    """Write groups and names, then take out and put in members."""
    execute("""
        INSERT INTO user_groups (group_id, name)
        SELECT group_id, name FROM load_groups WHERE key IS NULL ORDER BY line
    """)
    execute("""
        UPDATE user_groups SET name = g.name FROM load_groups g WHERE g.renamed AND user_groups.id = g.key
    """)
    execute(f"DELETE FROM group_memberships WHERE id IN ({_REMOVED})")
    execute("""
        INSERT INTO group_memberships (group_id, user_id)
        SELECT stored.id, f.user_key
        FROM load_found f
        JOIN load_groups g ON g.line = f.group_line
        JOIN user_groups stored ON stored.group_id = g.group_id
        WHERE f.key IS NULL
        ORDER BY f.line
    """)
