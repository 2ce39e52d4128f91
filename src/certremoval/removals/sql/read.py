"""Read: rows of a plan in the order of the file, with the names that their keys stand for."""

from __future__ import annotations

from typing import Any

from django.db import connection

_SELECT = """
    SELECT r.position, r.line, r.outcome, r.certification_text, r.user_text, r.status, r.related_line,
           r.suggestion, r.detail, r.user_key,
           COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.user_id) AS user_name, u.user_id,
           c.title AS certification_title,
           COALESCE(NULLIF(TRIM(s.first_name || ' ' || s.last_name), ''), s.user_id) AS suggested_name,
           record.removed_at AS record_at, drift.outcome AS drift
    FROM (SELECT * FROM {rows} r WHERE {where} ORDER BY r.line LIMIT %(limit)s) r
    LEFT JOIN users u ON u.id = r.user_key
    LEFT JOIN certifications c ON c.id = r.certification_key
    LEFT JOIN users s ON s.user_id = r.suggestion
    LEFT JOIN removal_records record ON record.id = r.record_id
    LEFT JOIN job_drift drift ON drift.job_id = %(job)s AND drift.position = r.position
    ORDER BY r.line
"""


def named_rows(rows: str, *, where: str, job: int, limit: int, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the first ``limit`` rows by line; ``rows`` is ``job_rows`` or ``planned_rows`` (then ``job`` is 0)."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(rows=rows, where=where), {"job": job, "limit": limit, **parameters})
        rows_found: list[tuple[Any, ...]] = cursor.fetchall()
    return rows_found


_OUTCOMES = """
    SELECT r.line, r.position, r.outcome, d.outcome
    FROM job_rows r LEFT JOIN job_drift d ON d.job_id = r.job_id AND d.position = r.position
    WHERE r.job_id = %(job)s AND r.plan_number = %(plan)s AND r.line >= %(first)s AND r.line <= %(last)s
"""


def outcomes_between(*, job: int, plan: int, first: int, last: int) -> list[tuple[int, int, str, str | None]]:
    """Return (line, position, planned outcome, drift) of the job's rows from line ``first`` to ``last``."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, {"job": job, "plan": plan, "first": first, "last": last})
        rows_found: list[tuple[int, int, str, str | None]] = cursor.fetchall()
    return rows_found
