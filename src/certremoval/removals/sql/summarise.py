"""Summarise: what the plan being made comes to, counted over ``planned_rows`` in one pass."""

from __future__ import annotations

from django.db import connection

from certremoval.database.dialect import spoken

_COUNTED = """
    certification_key bigint NOT NULL, outcome text NOT NULL, status text NOT NULL,
    row_count bigint NOT NULL, pairs bigint, powers bigint
"""
_CREATE_COUNTS = {
    "sqlite": f"""
        CREATE TEMP TABLE planned_counts ({_COUNTED}, PRIMARY KEY (certification_key, outcome, status)) WITHOUT ROWID
    """,
    "postgresql": f"CREATE TEMP TABLE planned_counts ({_COUNTED}) ON COMMIT DROP",
}

# All rows are read once; what is told of a plan is summed up from these few. Where a row has no certification or no
# status, it is 0, or an empty text. SQLite has no other way to group rows than to sort them: to count each where its
# group stands takes half the time.
#
# Each pair of person and certification becomes a number, and the numbers and their fourth powers are summed: sums do
# not know the order of the rows. Squares would not do: three neighbours of a list and three others have equal sums of
# them. Remainders of a prime, 2^31 - 1, keep products within 64 bits on both databases. It tells lists apart that
# differ by accident, and is no seal.
_ROWS_WITH_PEOPLE = """
    SELECT COALESCE(certification_key, 0) AS certification_key, outcome, COALESCE(status, '') AS status,
           pair, squared * squared % 2147483647 AS power
    FROM (
        SELECT certification_key, outcome, status, pair, pair * pair % 2147483647 AS squared
        FROM (
            SELECT certification_key, outcome, status,
                   (user_key % 2147483647 * 48271 + certification_key % 2147483647 * 69621 + 1) % 2147483647 AS pair
            FROM planned_rows
        ) pairs
    ) squares
"""
_ROWS = """
    SELECT COALESCE(certification_key, 0) AS certification_key, outcome, COALESCE(status, '') AS status,
           NULL AS pair, NULL AS power
    FROM planned_rows
"""
_SUMS_ON_SQLITE = ", pairs = pairs + excluded.pairs, powers = powers + excluded.powers"
_COUNT = {
    "sqlite": """
        INSERT INTO planned_counts (certification_key, outcome, status, row_count, pairs, powers)
        SELECT certification_key, outcome, status, 1, pair, power FROM ({rows}) WHERE true
        ON CONFLICT DO UPDATE SET row_count = row_count + 1 {sums}
    """,
    "postgresql": """
        INSERT INTO planned_counts (certification_key, outcome, status, row_count, pairs, powers)
        SELECT certification_key, outcome, status, COUNT(*), SUM(pair::bigint), SUM(power::bigint)
        FROM ({rows}) counted
        GROUP BY certification_key, outcome, status
    """,
}

OF_PEOPLE = ("remove", "left_out", "already_removed", "not_enrolled")
"""Outcomes of rows that name one person and one certification, each pair once."""


def count_rows(*, people: bool = True) -> None:
    """Count the rows of ``planned_rows`` into ``planned_counts``, which the functions below sum up.

    Without ``people``, no :func:`people_key` is told afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS planned_counts")
        cursor.execute(spoken(_CREATE_COUNTS))
        rows, sums = (_ROWS_WITH_PEOPLE, _SUMS_ON_SQLITE) if people else (_ROWS, "")
        cursor.execute(spoken(_COUNT).format(rows=rows, sums=sums))


WORK_BY_CERTIFICATION = """
    SELECT certification_key, SUM(CASE WHEN outcome IN ('remove', 'restore') THEN row_count ELSE 0 END) AS planned
    FROM planned_counts WHERE certification_key > 0 GROUP BY certification_key
"""
"""The rows to be worked on by certification, of every one that the rows name."""


def outcomes() -> dict[str, int]:
    """Return the number of rows by planned outcome."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, SUM(row_count) FROM planned_counts GROUP BY outcome")
        return {outcome: int(rows) for outcome, rows in cursor.fetchall()}


def people_key() -> str:
    """Return what stands for the people whom the rows name on which certifications, in whatever order and spelling.

    Empty if they name nobody.
    """
    of_people = ", ".join(f"'{outcome}'" for outcome in OF_PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT SUM(row_count), SUM(pairs), SUM(powers) FROM planned_counts WHERE outcome IN ({of_people})"
        )
        sums = cursor.fetchone()
    return "" if sums[0] is None else "-".join(f"{int(one):x}" for one in sums)


def statuses() -> dict[str, int]:
    """Return the number of rows to be worked on by enrollment status, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, SUM(row_count) FROM planned_counts WHERE outcome IN ('remove', 'restore')"
            " GROUP BY status ORDER BY SUM(row_count) DESC, status"
        )
        return {status: int(rows) for status, rows in cursor.fetchall()}


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
        cursor.execute("SELECT COUNT(DISTINCT certification_key) FROM planned_counts WHERE certification_key > 0")
        (count,) = cursor.fetchone()
        cursor.execute(
            f"""
            SELECT c.certification_id, c.title, p.planned
            FROM ({WORK_BY_CERTIFICATION}) p
            JOIN certifications c ON c.id = p.certification_key
            ORDER BY c.certification_id LIMIT %s
            """,
            [limit],
        )
        return count, [(one_id, title, int(rows)) for one_id, title, rows in cursor.fetchall()]


def removals_by_certification(more_than: int) -> list[tuple[int, str, int]]:
    """Return the certifications with more rows to be removed than this, by ID: (key, title, rows)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.title, p.planned
            FROM (
                SELECT certification_key, SUM(row_count) AS planned FROM planned_counts WHERE outcome = 'remove'
                GROUP BY certification_key HAVING SUM(row_count) > %s
            ) p
            JOIN certifications c ON c.id = p.certification_key
            ORDER BY c.certification_id
            """,
            [more_than],
        )
        return [(key, title, int(rows)) for key, title, rows in cursor.fetchall()]


# A stretch in order, not `=`: there is no way to it but the index, whatever the statistics say.
_OF_USER = "{table} WHERE {key} >= %(user)s AND {key} <= %(user)s ORDER BY {key}"
_WHERE_USERS_ARE_KNOWN = (("enrollments", "user_id"), ("removal_records", "user_key"))


def concerns_user(user_key: int) -> bool:
    """Tell whether the user is among those to be removed, or put back.

    All rows are read only for a user who is on any certification, or was taken off one.
    """
    known = any(_there_is(_OF_USER.format(table=table, key=key), user_key) for table, key in _WHERE_USERS_ARE_KNOWN)
    return known and _there_is("planned_rows WHERE user_key = %(user)s AND outcome IN ('remove', 'restore')", user_key)


def _there_is(rows: str, user_key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {rows} LIMIT 1", {"user": user_key})
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
