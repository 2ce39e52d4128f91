"""Recall: the removals of an operation, each classed by whether it can be put back, as rows of a plan.

The outcomes, first that fits: put back already; whose user or certification is gone; who is on the certification
again; else to be put back. A row's line is its place among the removals, in the order in which they were done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.database.bulk import analyze, fill_table
from certremoval.database.dialect import dialect, spoken
from certremoval.removals.sql.planned import fill_planned_rows

RECALLED_OUTCOMES = ("restore", "enrolled_again", "already_restored", "unknown_user", "unknown_certification")
"""Every outcome that a plan of a restore knows, in the order of positions."""

_CREATE_CHOSEN = {
    "sqlite": "CREATE TEMP TABLE chosen_people (user_id TEXT PRIMARY KEY)",
    "postgresql": "CREATE TEMP TABLE chosen_people (user_id text PRIMARY KEY) ON COMMIT DROP",
}

_AMONG_CHOSEN = "AND record.user_id IN (SELECT user_id FROM chosen_people)"
_THIS_RECORD = "AND record.id = %(record)s"
_OF_OPERATION = "WHERE record.operation_id = %(operation)s {among} ORDER BY record.id"

# SQLite goes along the records. PostgreSQL joins many rows at once, and is told before how many there are: of records
# it may know nothing yet (decision 0017).
_CREATE_RECALLED_ON_POSTGRESQL = """
    CREATE TEMP TABLE recalled_records (line bigint GENERATED ALWAYS AS IDENTITY, record_id bigint NOT NULL)
    ON COMMIT DROP
"""
_RECALL_ON_POSTGRESQL = (
    f"INSERT INTO recalled_records (record_id) SELECT record.id FROM removal_records record {_OF_OPERATION}"
)
_SOURCE = {
    "sqlite": ("", "removal_records record", _OF_OPERATION),
    "postgresql": (
        "recalled.line,",
        "recalled_records recalled JOIN removal_records record ON record.id = recalled.record_id",
        "",
    ),
}

_HOLDING = ", ".join(f"'{status}'" for status in sorted(HOLDING_STATUSES))
_CAN_BE_PUT_BACK = "x.id IS NULL AND u.id IS NOT NULL AND c.id IS NOT NULL AND e.id IS NULL"
_CLASSIFIED = f"""
    SELECT {{line}}
           CASE WHEN {_CAN_BE_PUT_BACK} THEN 'restore'
                WHEN x.id IS NOT NULL THEN 'already_restored'
                WHEN u.id IS NULL THEN 'unknown_user'
                WHEN c.id IS NULL THEN 'unknown_certification'
                ELSE 'enrolled_again' END AS outcome,
           record.certification_id AS certification_text, record.user_id AS user_text,
           c.id AS certification_key, u.id AS user_key, record.enrollment_id, record.revision, record.status,
           CAST(NULL AS bigint) AS related_line, record.id AS record_id, CAST(NULL AS text) AS suggestion,
           CASE WHEN {_CAN_BE_PUT_BACK} THEN
               CASE WHEN record.expiration_date < %(today)s AND record.status IN ({_HOLDING})
                    THEN CASE WHEN u.is_active THEN '{{{{"expired": true}}}}'
                              ELSE '{{{{"expired": true, "inactive": true}}}}' END
                    WHEN NOT u.is_active THEN '{{{{"inactive": true}}}}' END
           END AS detail
    FROM {{source}}
    LEFT JOIN users u ON u.id = record.user_key
    LEFT JOIN certifications c ON c.id = record.certification_key
    LEFT JOIN restorations x ON x.record_id = record.id
    LEFT JOIN enrollments e ON e.certification_id = record.certification_key AND e.user_id = record.user_key
    {{where}}
"""


def recall_rows(*, operation: int, users: Iterable[str] | None, record: int | None, today: date) -> None:
    """Fill ``planned_rows`` with the removals of an operation, or with those of some people, or with one record.

    ``users`` are User IDs as they were at the removal, None for all; ``today`` tells which expiry dates are past.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS chosen_people")
        cursor.execute(spoken(_CREATE_CHOSEN))
    fill_table("chosen_people", ("user_id",), ((user_id,) for user_id in sorted(set(users or ()))))
    among = "" if users is None else _AMONG_CHOSEN
    if record is not None:
        among += f" {_THIS_RECORD}"
    parameters = {"operation": operation, "record": record, "today": today.isoformat()}
    if dialect() == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS recalled_records")
            cursor.execute(_CREATE_RECALLED_ON_POSTGRESQL)
            cursor.execute(_RECALL_ON_POSTGRESQL.format(among=among), parameters)
        analyze("recalled_records")
    line, source, where = _SOURCE[dialect()]
    fill_planned_rows(
        _CLASSIFIED.format(line=line, source=source, where=where.format(among=among)),
        parameters,
        work="restore",
        outcomes=RECALLED_OUTCOMES,
        lines_are_positions=True,
    )


def chosen_without_a_row() -> list[str]:
    """Return the chosen people whom the operation did not remove, by User ID."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM chosen_people EXCEPT SELECT user_text FROM planned_rows ORDER BY 1")
        return [user_id for (user_id,) in cursor.fetchall()]


def warnings() -> dict[str, int]:
    """Return how many of those to be put back come back with an expiry date now past, and how many are inactive."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT SUM(CASE WHEN detail LIKE '%%expired%%' THEN 1 ELSE 0 END),
                   SUM(CASE WHEN detail LIKE '%%inactive%%' THEN 1 ELSE 0 END)
            FROM planned_rows WHERE outcome = 'restore' AND detail IS NOT NULL
            """,
            [],
        )
        expired, inactive = cursor.fetchone()
    return {name: int(count) for name, count in (("expired", expired), ("inactive", inactive)) if count}
