"""Who is held back from a certification, and who a full file no longer holds: found, recorded, ended, set-based."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from certremoval.certifications.recording import USER_NAME, insert_records
from certremoval.database.clock import now_sql
from certremoval.database.dialect import dialect
from certremoval.loading.sql.statements import execute, index, make_table, number, rows

SYSTEM = "System"
"""What whoever acts without being a user is called in records."""


# What still holds: neither put back nor ended, alone or with all of its operation.
_STANDS = """
    NOT EXISTS (SELECT 1 FROM hold_ends x WHERE x.operation_id = r.operation_id)
    AND NOT EXISTS (SELECT 1 FROM hold_ends x WHERE x.record_id = r.id)
    AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = r.id)
"""


class CountsDisagree(Exception):
    """As many enrollments must go as are recorded. The caller rolls back: nothing of the load is done."""


def _join() -> str:
    """Return the join that goes from left to right: on SQLite said, on PostgreSQL chosen by its statistics."""
    return "CROSS JOIN" if dialect() == "sqlite" else "JOIN"


def find_held(today: date) -> None:
    """Find the lines of people who are not enrolled and whose last removal holds them back today, into ``load_held``.

    Only lines that nobody is enrolled by are looked up, each in the index of a person's records: in a nightly file they
    are few, whatever the number of records.
    """
    make_table(
        "load_removed",
        ["line", "record_id bigint NOT NULL"],
        select=f"""
            SELECT f.line, max(r.id)
            FROM load_found f
            {_join()} removal_records r ON r.user_key = f.user_key AND r.certification_key = f.certification_key
            WHERE f.key IS NULL
            GROUP BY f.line
        """,
    )
    make_table(
        "load_held",
        ["line", "record_id bigint NOT NULL", "firm boolean NOT NULL"],
        select=f"""
            SELECT l.line, l.record_id, o.held_for_good OR o.held_until IS NOT NULL
            FROM load_removed l
            {_join()} removal_records r ON r.id = l.record_id
            {_join()} operations o ON o.id = r.operation_id
            WHERE (o.held_until IS NULL OR o.held_until > '{today.isoformat()}') AND {_STANDS}
        """,
    )


def add_those_readded() -> None:
    """Note that the holds of the lines found are ended, but the firm ones: these people are enrolled."""
    execute("INSERT INTO load_ends SELECT record_id, 'readd' FROM load_held WHERE NOT firm")
    execute("DELETE FROM load_held WHERE NOT firm")


def start_ends() -> None:
    """Make ``load_ends``: the removals whose hold this load ends, and why."""
    make_table("load_ends", ["record_id bigint NOT NULL", "kind text NOT NULL"])


def add_those_not_named() -> None:
    """Note that the holds of all whom the file does not name are ended, but the firm ones.

    Before what is read again by ``add_those_readded``. Whoever is enrolled is not held back, and is recorded anew if
    the file does not name them; so those whom it names are the lines found.
    """
    index("load_held", "record_id")
    # `+ 0`: see certifications/holding.py (held).
    execute(f"""
        INSERT INTO load_ends
        SELECT r.id, 'snapshot'
        FROM removal_records r
        {_join()} operations o ON o.id = r.operation_id
        WHERE o.held_until IS NULL AND NOT o.held_for_good AND {_STANDS}
              AND NOT EXISTS (SELECT 1 FROM load_held h WHERE h.record_id = r.id)
              AND NOT EXISTS (
                  SELECT 1 FROM enrollments e
                  WHERE e.user_id = r.user_key AND e.certification_id + 0 = r.certification_key
              )
              AND NOT EXISTS (
                  SELECT 1 FROM removal_records later
                  WHERE later.user_key = r.user_key AND later.certification_key + 0 = r.certification_key
                        AND later.id + 0 > r.id
              )
    """)


def find_gone() -> None:
    """Find the enrollments that the file does not name, into ``load_gone``."""
    if dialect() == "sqlite":
        index("load_found", "key")
    make_table(
        "load_gone",
        ["enrollment_id bigint NOT NULL", "certification_key bigint NOT NULL"],
        select="""
            SELECT e.id, e.certification_id FROM enrollments e
            WHERE NOT EXISTS (SELECT 1 FROM load_found f WHERE f.key = e.id)
        """,
    )


def count_held() -> int:
    """Count the lines that are passed over."""
    return number("SELECT count(*) FROM load_held")


def count_gone() -> int:
    """Count the enrollments that the file no longer holds."""
    return number("SELECT count(*) FROM load_gone")


def count_ends(kind: str) -> int:
    """Count the holds that are ended for this reason."""
    return number(f"SELECT count(*) FROM load_ends WHERE kind = '{kind}'")


def held_lines(limit: int) -> list[tuple[Any, ...]]:
    """Return the first lines that are passed over, each with the removal that holds it.

    As (line, User ID, name, Certification ID, title, time of the removal, operation, its title, held until, for good).
    """
    return rows(f"""
        SELECT h.line, r.user_id, r.user_name, r.certification_id, r.certification_title, r.removed_at,
               o.id, o.title, o.held_until, o.held_for_good
        FROM (SELECT line, record_id FROM load_held ORDER BY line LIMIT {limit}) h
        JOIN removal_records r ON r.id = h.record_id
        JOIN operations o ON o.id = r.operation_id
        ORDER BY h.line
    """)


def gone_people(limit: int) -> list[tuple[Any, ...]]:
    """Return the first whom a full file no longer holds, as (User ID, name, Certification ID, title, status)."""
    return rows(f"""
        SELECT u.user_id, {USER_NAME}, c.certification_id, c.title, e.status
        FROM (SELECT enrollment_id FROM load_gone ORDER BY certification_key, enrollment_id LIMIT {limit}) g
        JOIN enrollments e ON e.id = g.enrollment_id
        JOIN users u ON u.id = e.user_id
        JOIN certifications c ON c.id = e.certification_id
        ORDER BY c.certification_id, u.user_id
    """)


def gone_by_certification(more_than: int = 0) -> list[tuple[int, str, int]]:
    """Return the certifications that more people than this are taken off, as (key, title, people), most first."""
    return rows(f"""
        SELECT c.id, c.title, g.people
        FROM (
            SELECT certification_key, count(*) AS people FROM load_gone
            GROUP BY certification_key HAVING count(*) > {more_than}
        ) g
        JOIN certifications c ON c.id = g.certification_key
        ORDER BY g.people DESC, c.certification_id
    """)


def remove_gone(operation: int) -> None:
    """Record the enrollments that the file no longer holds under an operation, and delete exactly these.

    Raises CountsDisagree if not as many were deleted as recorded. On PostgreSQL the table is locked against others.
    """
    recorded = _execute(f"""
        {insert_records(operation=str(operation), now=now_sql())}
        FROM load_gone g
        {_join()} enrollments e ON e.id = g.enrollment_id
        {_join()} users u ON u.id = e.user_id
        {_join()} certifications c ON c.id = e.certification_id
        ORDER BY e.certification_id, e.user_id
    """)
    deleted = execute("DELETE FROM enrollments WHERE id IN (SELECT enrollment_id FROM load_gone)")
    expected = count_gone()
    if not recorded == deleted == expected:
        raise CountsDisagree(f"{recorded} records were written for {deleted} enrollments, of {expected} to be removed.")


def write_ends(operation: int | None) -> None:
    """Write the ends of holds that were found; and of all whom this load's ``operation`` takes off, if there is one.

    A full file that names them again puts them on again: it was the file that took them off. What somebody has lifted
    at this very moment has ended already.
    """
    _execute(f"""
        INSERT INTO hold_ends (record_id, kind, actor_user_id, actor_name, ended_at)
        SELECT record_id, kind, '', '{SYSTEM}', {now_sql()} FROM load_ends WHERE true
        ON CONFLICT DO NOTHING
    """)
    if operation is not None:
        _execute(f"""
            INSERT INTO hold_ends (operation_id, kind, actor_user_id, actor_name, ended_at)
            VALUES ({operation}, 'snapshot', '', '{SYSTEM}', {now_sql()})
        """)


def _execute(statement: str) -> int:
    """Run a statement that holds the clock, whose percent signs are doubled; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [])
        return int(cursor.rowcount)
