"""Summarise: what the plan being made comes to, counted over ``planned_rows``."""

from __future__ import annotations

from django.db import connection

# Each pair of person and certification becomes a number, and the numbers and their fourth powers are summed: sums do
# not know the order of the rows. Squares would not do: three neighbours of a list and three others have equal sums of
# them. Remainders of a prime, 2^31 - 1, keep products within 64 bits on both databases. It tells lists apart that
# differ by accident, and is no seal.
_OUTCOMES = """
    SELECT outcome, COUNT(*), SUM(pair), SUM(squared * squared % 2147483647)
    FROM (
        SELECT outcome, pair, pair * pair % 2147483647 AS squared
        FROM (
            SELECT outcome,
                   (user_key % 2147483647 * 48271 + certification_key % 2147483647 * 69621 + 1) % 2147483647 AS pair
            FROM planned_rows
        ) pairs
    ) squares
    GROUP BY outcome
"""

OF_PEOPLE = ("remove", "left_out", "already_removed", "not_enrolled")
"""Outcomes of rows that name one person and one certification, each pair once."""


def outcomes_and_people() -> tuple[dict[str, int], str]:
    """Return the number of rows by planned outcome, and what stands for the people that the rows name on which
    certifications, in whatever order and spelling; empty if they name nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES)
        found = cursor.fetchall()
    people = [(int(rows), int(pairs), int(powers)) for outcome, rows, pairs, powers in found if outcome in OF_PEOPLE]
    key = "-".join(f"{sum(column):x}" for column in zip(*people, strict=True))
    return {outcome: rows for outcome, rows, _pairs, _powers in found}, key


def statuses() -> dict[str, int]:
    """Return the number of rows to be worked on by enrollment status, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, COUNT(*) FROM planned_rows WHERE outcome IN ('remove', 'restore')"
            " GROUP BY status ORDER BY COUNT(*) DESC, status"
        )
        return dict(cursor.fetchall())


# The rows to be removed are the first positions of the plan.
_UNITS = """
    WITH counted AS (
        SELECT m.type_id, m.unit_id, COUNT(*) AS row_count
        FROM planned_rows p JOIN unit_memberships m ON m.user_id = p.user_key
        WHERE p.position <= %(remove_count)s
        GROUP BY m.type_id, m.unit_id
    ), ranked AS (
        SELECT type_id, unit_id, row_count,
               SUM(row_count) OVER (PARTITION BY type_id) AS in_units,
               ROW_NUMBER() OVER (PARTITION BY type_id ORDER BY row_count DESC, unit_id) AS place
        FROM counted
    )
    SELECT t.name, r.in_units, u.id, u.unit_id, u.name, r.row_count
    FROM ranked r
    JOIN organizational_units u ON u.id = r.unit_id
    JOIN ou_types t ON t.id = r.type_id
    WHERE r.place <= %(most)s
    ORDER BY t.name, r.place
"""


def units(*, remove_count: int, most: int) -> list[tuple[str, int, tuple[int, str, str, int]]]:
    """Return the ``most`` units of each OU type in which the most of the rows to be removed sit, by type and size.

    (OU type; rows in all units of this type; the unit's key, ID and name, and rows in it.)
    """
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, {"remove_count": remove_count, "most": most})
        return [
            (type_name, int(in_units), (key, unit_id, name, rows))
            for type_name, in_units, key, unit_id, name, rows in cursor.fetchall()
        ]


def certifications(*, limit: int) -> tuple[int, list[tuple[str, str, int]]]:
    """Return how many certifications the rows name, and of the first (ID, title, rows to be worked on)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(DISTINCT certification_key) FROM planned_rows WHERE certification_key IS NOT NULL")
        (count,) = cursor.fetchone()
        cursor.execute(
            """
            SELECT c.certification_id, c.title, p.planned
            FROM (
                SELECT certification_key, SUM(CASE WHEN outcome IN ('remove', 'restore') THEN 1 ELSE 0 END) AS planned
                FROM planned_rows WHERE certification_key IS NOT NULL GROUP BY certification_key
            ) p
            JOIN certifications c ON c.id = p.certification_key
            ORDER BY c.certification_id LIMIT %s
            """,
            [limit],
        )
        return count, cursor.fetchall()


def removals_by_certification(more_than: int) -> list[tuple[int, str, int]]:
    """Return the certifications with more rows to be removed than this, by ID: (key, title, rows)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.title, p.planned
            FROM (
                SELECT certification_key, COUNT(*) AS planned FROM planned_rows WHERE outcome = 'remove'
                GROUP BY certification_key HAVING COUNT(*) > %s
            ) p
            JOIN certifications c ON c.id = p.certification_key
            ORDER BY c.certification_id
            """,
            [more_than],
        )
        return [(key, title, rows) for key, title, rows in cursor.fetchall()]


def concerns_user(user_key: int) -> bool:
    """Tell whether the user is among those to be removed, or put back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM planned_rows WHERE outcome IN ('remove', 'restore') AND user_key = %s LIMIT 1", [user_key]
        )
        return cursor.fetchone() is not None


def rows_of_unknown_certification(text: str) -> int:
    """Return how many rows name this certification, which does not exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM planned_rows WHERE outcome = 'unknown_certification' AND certification_text = %s",
            [text],
        )
        return int(cursor.fetchone()[0])


def invalid_details(*, limit: int) -> list[str]:
    """Return the first different things that the reader found wrong with cells."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT detail FROM planned_rows WHERE outcome = 'invalid' AND detail IS NOT NULL"
            " ORDER BY detail LIMIT %s",
            [limit],
        )
        return [detail for (detail,) in cursor.fetchall()]


def suggest_for_invalid(detail: str, suggestion: str) -> None:
    """Write a suggestion into all rows of which the reader found this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_rows SET suggestion = %s WHERE outcome = 'invalid' AND detail = %s", [suggestion, detail]
        )


def unknown_certifications(*, limit: int) -> list[str]:
    """Return the first different Certification IDs of the file that name nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT certification_text FROM planned_rows WHERE outcome = 'unknown_certification'"
            " ORDER BY certification_text LIMIT %s",
            [limit],
        )
        return [text for (text,) in cursor.fetchall()]


def suggest_certification(text: str, suggestion: str) -> None:
    """Write a suggestion into all rows that name this certification, which does not exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_rows SET suggestion = %s"
            " WHERE outcome = 'unknown_certification' AND certification_text = %s",
            [suggestion, text],
        )
