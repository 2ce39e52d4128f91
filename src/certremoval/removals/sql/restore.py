"""Restore: one chunk of a plan that puts people back: the same loop as remove, the other way.

Called inside the chunk's transaction, after the job's row was locked. An enrollment comes back with its id and all its
values, and with the revision above that of its record, so that every older plan sees a change. It comes back only if
its record was not put back before, its user and its certification exist, and the person is not on it again.
"""

from __future__ import annotations

from django.db import connection

from certremoval.certifications.models import Enrollment
from certremoval.database.clock import now_sql
from certremoval.database.dialect import dialect
from certremoval.removals.sql.remove import (
    COUNT_BY_CERTIFICATION,
    LOCK_TABLE,
    RANGE,
    ChunkCounts,
    CountsDisagree,
)

_VALUES = ", ".join(Enrollment.VALUES)
_RECORD_VALUES = ", ".join(f"record.{value}" for value in Enrollment.VALUES)

# From the steps to the records, by the unique key of a removal.
_RECORDS = """
    job_steps r
    {join} removal_records record ON record.enrollment_id = r.enrollment_id AND record.revision = r.revision
"""
_CAN_COME_BACK = f"""
    SELECT record.id AS record_id, record.enrollment_id, record.certification_key, record.user_key,
           {_RECORD_VALUES}, record.revision + 1 AS revision
    FROM {_RECORDS}
    {{join}} users u ON u.id = record.user_key
    {{join}} certifications c ON c.id = record.certification_key
    WHERE {RANGE}
      AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = record.id)
      AND NOT EXISTS (SELECT 1 FROM enrollments e
                      WHERE e.certification_id = record.certification_key AND e.user_id = record.user_key)
    ORDER BY r.position
"""
_ENROLL = f"INSERT INTO enrollments (id, certification_id, user_id, {_VALUES}, revision)"
_BACK = f"SELECT enrollment_id, certification_key, user_key, {_VALUES}, revision FROM back"

# SQLite: one writer at a time. Whoever is enrolled with the id and revision of a step's restoration, and has none
# written, came back by the statement before.
_ENROLL_SQLITE = f"""
    {_ENROLL}
    SELECT enrollment_id, certification_key, user_key, {_VALUES}, revision FROM ({_CAN_COME_BACK}) back
"""
_RECORD_SQLITE = f"""
    INSERT INTO restorations (operation_id, record_id, enrollment_id, revision, restored_at)
    SELECT %(operation)s, record.id, e.id, e.revision, {{now}}
    FROM {_RECORDS}
    {{join}} enrollments e ON e.id = record.enrollment_id AND e.revision = record.revision + 1
    WHERE {RANGE} AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = record.id)
    ORDER BY r.position
"""

# PostgreSQL: one statement. Somebody else may put the same people back, or enroll them, at this very moment: the
# insert waits for them and passes over what is there then.
_ENROLL_AND_RECORD = f"""
    WITH back AS MATERIALIZED ({_CAN_COME_BACK}),
    enrolled AS ({_ENROLL} {_BACK} ORDER BY enrollment_id ON CONFLICT DO NOTHING RETURNING id),
    recorded AS (
        INSERT INTO restorations (operation_id, record_id, enrollment_id, revision, restored_at)
        SELECT %(operation)s, back.record_id, back.enrollment_id, back.revision, {{now}}
        FROM back JOIN enrolled ON enrolled.id = back.enrollment_id
        RETURNING id
    )
    SELECT (SELECT COUNT(*) FROM enrolled), (SELECT COUNT(*) FROM recorded)
"""

# A statement of its own: on PostgreSQL it then sees what others committed while this chunk waited for them.
_DRIFT = f"""
    INSERT INTO job_drift (job_id, position, outcome)
    SELECT r.job_id, r.position,
           CASE WHEN EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = record.id) THEN 'already_restored'
                WHEN NOT EXISTS (SELECT 1 FROM users u WHERE u.id = record.user_key) THEN 'unknown_user'
                WHEN NOT EXISTS (SELECT 1 FROM certifications c WHERE c.id = record.certification_key)
                    THEN 'unknown_certification'
                ELSE 'enrolled_again' END
    FROM {_RECORDS}
    WHERE {RANGE} AND NOT EXISTS (
        SELECT 1 FROM restorations mine WHERE mine.record_id = record.id AND mine.operation_id = %(operation)s
    )
"""


def restore_chunk(*, job: int, plan: int, operation: int, after: int, up_to: int) -> ChunkCounts:
    """Put back the rows whose position is above ``after`` and not above ``up_to``.

    Of a restore all that was left alone counts as changed. Raises CountsDisagree if not everybody who came back was
    recorded.
    """
    keys = {"job": job, "plan": plan, "operation": operation, "after": after, "up_to": up_to}
    with connection.cursor() as cursor:
        if dialect() == "sqlite":
            # CROSS JOIN is SQLite's way to fix the order of the loops: from the plan to the records.
            cursor.execute(_ENROLL_SQLITE.format(join="CROSS JOIN"), keys)
            enrolled = cursor.rowcount
            cursor.execute(_RECORD_SQLITE.format(join="CROSS JOIN", now=now_sql()), keys)
            recorded = cursor.rowcount
        else:
            cursor.execute(LOCK_TABLE)
            cursor.execute(_ENROLL_AND_RECORD.format(join="JOIN", now=now_sql()), keys)
            enrolled, recorded = cursor.fetchone()
        if enrolled != recorded:
            raise CountsDisagree(f"{recorded} restorations were written for {enrolled} enrollments.")
        left_alone = (up_to - after) - recorded
        if left_alone:
            cursor.execute(_DRIFT.format(join="JOIN"), keys)
            if cursor.rowcount != left_alone:
                raise CountsDisagree(f"{cursor.rowcount} rows were left alone, and {left_alone} expected.")
        cursor.execute(COUNT_BY_CERTIFICATION, keys)
    return ChunkCounts(done=recorded, changed=left_alone, gone=0)
