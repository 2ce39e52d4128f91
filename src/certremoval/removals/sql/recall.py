"""Recall: the removals of an operation, each classed by whether it can be put back, as rows of a plan.

The outcomes, first that fits: put back already; whose user or certification is gone; who is on the certification
again; else to be put back. A row's line is its place among the removals, in the order in which they were done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.database.bulk import fill_table
from certremoval.database.dialect import spoken
from certremoval.removals.sql.planned import NAMES, create_planned_rows, number_rows

RECALLED_OUTCOMES = ("restore", "enrolled_again", "already_restored", "unknown_user", "unknown_certification")
"""Every outcome that a plan of a restore knows, in the order of positions."""

_CREATE_CHOSEN = {
    "sqlite": "CREATE TEMP TABLE chosen_people (user_id TEXT PRIMARY KEY)",
    "postgresql": "CREATE TEMP TABLE chosen_people (user_id text PRIMARY KEY) ON COMMIT DROP",
}

_HOLDING = ", ".join(f"'{status}'" for status in sorted(HOLDING_STATUSES))
_CLASSIFY = f"""
    INSERT INTO classified_rows ({NAMES})
    WITH joined AS (
        SELECT record.id AS record_id, record.certification_id, record.user_id, record.status,
               record.enrollment_id, record.revision, c.id AS certification_key, u.id AS user_key,
               CASE WHEN record.status IN ({_HOLDING}) AND record.expiration_date < %(today)s THEN 1 ELSE 0 END
                   AS expired,
               CASE WHEN NOT u.is_active THEN 1 ELSE 0 END AS inactive,
               CASE WHEN x.id IS NOT NULL THEN 'already_restored'
                    WHEN u.id IS NULL THEN 'unknown_user'
                    WHEN c.id IS NULL THEN 'unknown_certification'
                    WHEN e.id IS NOT NULL THEN 'enrolled_again'
                    ELSE 'restore' END AS outcome
        FROM removal_records record
        LEFT JOIN users u ON u.id = record.user_key
        LEFT JOIN certifications c ON c.id = record.certification_key
        LEFT JOIN restorations x ON x.record_id = record.id
        LEFT JOIN enrollments e ON e.certification_id = record.certification_key AND e.user_id = record.user_key
        WHERE record.operation_id = %(operation)s {{among}}
    )
    SELECT ROW_NUMBER() OVER (ORDER BY record_id) AS line, outcome, certification_id, user_id,
           certification_key, user_key,
           CASE WHEN outcome = 'restore' THEN enrollment_id END,
           CASE WHEN outcome = 'restore' THEN revision END,
           status, NULL, record_id, NULL,
           CASE WHEN outcome = 'restore' THEN
               CASE expired + 2 * inactive WHEN 1 THEN '{{{{"expired": true}}}}' WHEN 2 THEN '{{{{"inactive": true}}}}'
                    WHEN 3 THEN '{{{{"expired": true, "inactive": true}}}}' END
           END
    FROM joined
    ORDER BY 1
"""
_AMONG_CHOSEN = "AND record.user_id IN (SELECT user_id FROM chosen_people)"
_THIS_RECORD = "AND record.id = %(record)s"


def recall_rows(*, operation: int, users: Iterable[str] | None, record: int | None, today: date) -> None:
    """Fill ``planned_rows`` with the removals of an operation, or with those of some people, or with one record.

    ``users`` are User IDs as they were at the removal, None for all; ``today`` tells which expiry dates are past.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS chosen_people")
        cursor.execute(spoken(_CREATE_CHOSEN))
    fill_table("chosen_people", ("user_id",), ((user_id,) for user_id in sorted(set(users or ()))))
    create_planned_rows()
    among = "" if users is None else _AMONG_CHOSEN
    if record is not None:
        among += f" {_THIS_RECORD}"
    with connection.cursor() as cursor:
        parameters: dict[str, int | str | None] = {"operation": operation, "today": today.isoformat(), "record": record}
        cursor.execute(_CLASSIFY.format(among=among), parameters)
    number_rows("restore", RECALLED_OUTCOMES)


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
