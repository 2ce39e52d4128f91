"""Classify: every row gets its planned outcome and its position, by one set-based join.

The order of the outcomes, first that fits, is the contract's. On SQLite the rows come in the order of work
(:mod:`certremoval.removals.sql.resolve`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from certremoval.database.bulk import fill_table
from certremoval.database.dialect import ASKED_ONCE, dialect, spoken
from certremoval.removals.options import Match
from certremoval.removals.sql.planned import fill_planned_rows
from certremoval.removals.sql.resolve import resolved_rows

PLANNED_OUTCOMES = (
    "remove",
    "left_out",
    "already_removed",
    "not_enrolled",
    "unknown_user",
    "ambiguous_user",
    "unknown_certification",
    "certification_mismatch",
    "duplicate",
    "invalid",
    "blank",
)
"""Every outcome that a plan of removal knows, in the order of positions."""

_CREATE_CHOICES = {
    "sqlite": """
        CREATE TEMP TABLE left_out_choices (kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, value))
    """,
    "postgresql": """
        CREATE TEMP TABLE left_out_choices (kind text NOT NULL, value text NOT NULL, PRIMARY KEY (kind, value))
        ON COMMIT DROP
    """,
}
_CREATE_UNITS = {
    "sqlite": "CREATE TEMP TABLE left_out_units (unit_id INTEGER PRIMARY KEY, choice TEXT NOT NULL)",
    "postgresql": """
        CREATE TEMP TABLE left_out_units (unit_id bigint PRIMARY KEY, choice text NOT NULL) ON COMMIT DROP
    """,
}

# What a line that repeats another names, or another certification than the one that was given, is not even looked up.
# `last_record`: the pair's last removal record, if it was not put back; only asked for pairs that are not enrolled
# (`+ 0` keeps PostgreSQL from walking all records backwards in search of the highest id).
_FOUND = """
    SELECT r.line, r.certification_text, r.user_text, r.certification_key, r.user_key, r.first_line, r.fault, r.detail,
           e.id AS enrollment_id, e.revision, e.status,
           CASE WHEN e.id IS NULL AND {of_its_own} AND r.user_key > 0 AND r.certification_key IS NOT NULL THEN (
               SELECT latest.id
               FROM (
                   SELECT MAX(record.id + 0) AS id FROM removal_records record
                   WHERE record.user_key = r.user_key AND record.certification_key = r.certification_key
               ) latest
               WHERE NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = latest.id)
           ) END AS last_record,
           {left_out} AS left_out
    FROM {resolved} r
    LEFT JOIN enrollments e
    ON e.certification_id = r.certification_key AND e.user_id = r.user_key AND {of_its_own}
    {once}
"""

_ORDER_OF_WORK = {"sqlite": "ORDER BY r.rowid", "postgresql": ""}

_LEFT_OUT = """CASE WHEN e.id IS NOT NULL THEN COALESCE(
        (SELECT '{{"choice": "user"}}' FROM left_out_choices o WHERE o.kind = 'user' AND o.value = {user_key_text}),
        (SELECT '{{"choice": "status"}}' FROM left_out_choices o WHERE o.kind = 'status' AND o.value = e.status),
        (SELECT MIN(o.choice) FROM unit_memberships m JOIN left_out_units o ON o.unit_id = m.unit_id
         WHERE m.user_id = r.user_key)
    ) END"""
_USER_KEY_TEXT = {"sqlite": "CAST(r.user_key AS TEXT)", "postgresql": "r.user_key::text"}

_CLASSIFIED = """
    SELECT line,
           CASE
               WHEN left_out IS NOT NULL THEN 'left_out'
               WHEN enrollment_id IS NOT NULL THEN 'remove'
               WHEN fault IS NOT NULL THEN fault
               WHEN first_line IS NOT NULL THEN 'duplicate'
               WHEN {mismatch} THEN 'certification_mismatch'
               WHEN certification_key IS NULL THEN 'unknown_certification'
               WHEN user_key = -1 THEN 'ambiguous_user'
               WHEN user_key IS NULL THEN 'unknown_user'
               {already_removed}
               ELSE 'not_enrolled'
           END AS outcome,
           certification_text, user_text, certification_key, CASE WHEN user_key > 0 THEN user_key END AS user_key,
           enrollment_id, revision, status, first_line AS related_line, last_record AS record_id,
           CAST(NULL AS text) AS suggestion, CASE WHEN left_out IS NOT NULL THEN left_out ELSE detail END AS detail
    FROM ({found}) f
"""

# Where rows are handed on with what stands for their columns asked once, SQLite takes a third more time. It does that
# only where somebody may be left out, and writes `already_removed` afterwards, where there are such rows.
_ALREADY_REMOVED = {"sqlite": "", "postgresql": "WHEN last_record IS NOT NULL THEN 'already_removed'"}
_ALREADY_REMOVED_ON_SQLITE = """
    UPDATE classified_rows SET outcome = 'already_removed' WHERE outcome = 'not_enrolled' AND record_id IS NOT NULL
"""


def _classified(resolved: str, *, certification_given: bool, anyone_left_out: bool) -> str:
    once = spoken(ASKED_ONCE) if dialect() == "postgresql" or anyone_left_out else ""
    found = _FOUND.format(
        resolved=resolved,
        of_its_own="r.first_line IS NULL" + (" AND r.certification_text = %(given)s" if certification_given else ""),
        left_out=_LEFT_OUT.format(user_key_text=spoken(_USER_KEY_TEXT)) if anyone_left_out else "CAST(NULL AS text)",
        once=f"{spoken(_ORDER_OF_WORK)} {once}",
    )
    return _CLASSIFIED.format(
        mismatch="certification_text <> %(given)s" if certification_given else "1 = 0",
        already_removed=spoken(_ALREADY_REMOVED),
        found=found,
    )


def classify_rows(
    *,
    match: Match,
    certification: str | None,
    anything_told: bool,
    left_out_users: Sequence[int],
    left_out_statuses: Sequence[str],
    left_out_units: Sequence[tuple[int, str]],
) -> None:
    """Fill ``planned_rows`` from ``staged_rows``.

    ``anything_told`` is what staging tells of them: without, what only some files have is not looked at.
    ``left_out_users`` are users' keys; ``left_out_units`` pairs of a unit's key and the JSON that tells by which
    choice it is left out.
    """
    choices = [("user", str(key)) for key in set(left_out_users)]
    choices += [("status", status) for status in set(left_out_statuses)]
    with connection.cursor() as cursor:
        for table in ("left_out_choices", "left_out_units"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(spoken(_CREATE_CHOICES))
        cursor.execute(spoken(_CREATE_UNITS))
    fill_table("left_out_choices", ("kind", "value"), choices)
    fill_table("left_out_units", ("unit_id", "choice"), dict(left_out_units).items())
    classified = _classified(
        resolved_rows(match, anything_told=anything_told),
        certification_given=certification is not None,
        anyone_left_out=bool(choices or left_out_units),
    )
    fill_planned_rows(
        classified,
        {"given": certification},
        work="remove",
        outcomes=PLANNED_OUTCOMES,
        afterwards_on_sqlite=_ALREADY_REMOVED_ON_SQLITE,
    )
    if dialect() == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE resolved_rows")
