"""Planned: the TEMP table ``planned_rows``, which every plan is made in before it is kept.

The rows to be worked on come first, as positions 1 to n, along an index of the enrollments: by certification and user
on SQLite (the unique index), by enrollment id on PostgreSQL (the order in which rows are locked). The others follow by
outcome and line.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from certremoval.database.bulk import analyze
from certremoval.database.dialect import spoken

_COLUMNS = """
    line bigint NOT NULL, outcome text NOT NULL, certification_text text NOT NULL, user_text text NOT NULL,
    certification_key bigint, user_key bigint, enrollment_id bigint, revision bigint, status text,
    related_line bigint, record_id bigint, suggestion text, detail text
"""
NAMES = """
    line, outcome, certification_text, user_text, certification_key, user_key,
    enrollment_id, revision, status, related_line, record_id, suggestion, detail
"""
"""The columns of ``classified_rows``, in order."""

_CREATE_CLASSIFIED = {
    "sqlite": f"CREATE TEMP TABLE classified_rows ({_COLUMNS})",
    "postgresql": f"CREATE TEMP TABLE classified_rows ({_COLUMNS}) ON COMMIT DROP",
}
_CREATE_PLANNED = {
    "sqlite": f"CREATE TEMP TABLE planned_rows (position INTEGER PRIMARY KEY, {_COLUMNS})",
    "postgresql": f"CREATE TEMP TABLE planned_rows (position bigint NOT NULL, {_COLUMNS}) ON COMMIT DROP",
}

# On SQLite the classified rows lie in the order of work already: by certification and user. To number them so costs
# no second sort; speed depends on it, and that one person is found in a large plan (sql/person).
_NUMBER_WORK = f"""
    INSERT INTO planned_rows (position, {NAMES})
    SELECT ROW_NUMBER() OVER (ORDER BY {{order}}), {NAMES} FROM classified_rows WHERE outcome = %(work)s
"""
_WORK_ORDER = {"sqlite": "rowid", "postgresql": "enrollment_id"}
_NUMBER_OTHERS = f"""
    INSERT INTO planned_rows (position, {NAMES})
    SELECT %(before)s + ROW_NUMBER() OVER (ORDER BY CASE outcome {{rank}} END, line), {NAMES}
    FROM classified_rows WHERE outcome <> %(work)s
"""
_INDEX_BY_LINE = {
    "sqlite": "CREATE INDEX temp.planned_rows_by_line ON planned_rows (line)",
    "postgresql": "CREATE INDEX ON planned_rows (line)",
}


def create_planned_rows() -> None:
    """Make ``classified_rows``, which the caller fills, and ``planned_rows`` anew."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS classified_rows")
        cursor.execute("DROP TABLE IF EXISTS planned_rows")
        cursor.execute(spoken(_CREATE_CLASSIFIED))
        cursor.execute(spoken(_CREATE_PLANNED))


def number_rows(work: str, outcomes: Sequence[str]) -> None:
    """Fill ``planned_rows`` from ``classified_rows``; of ``outcomes``, ``work`` is that of what is to be done."""
    rank = " ".join(f"WHEN '{outcome}' THEN {place}" for place, outcome in enumerate(outcomes))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_WORK.format(order=spoken(_WORK_ORDER)), {"work": work})
        cursor.execute(_NUMBER_OTHERS.format(rank=rank), {"before": cursor.rowcount, "work": work})
        cursor.execute("DROP TABLE classified_rows")
        cursor.execute(spoken(_INDEX_BY_LINE))
    analyze("planned_rows")
