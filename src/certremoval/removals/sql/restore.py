"""Restore: one chunk of a plan that puts people back: the same loop as remove, the other way.

Called inside the chunk's transaction, after the job's row was locked. An enrollment comes back with its id and all its
values, and with the revision above that of its record, so that every older plan sees a change. It comes back only if
its record was not put back before, its user and its certification exist, and the person is not on it again.
"""

from __future__ import annotations

from django.db import connection

from certremoval.certifications.models import Enrollment
from certremoval.database.clock import now_sql
from certremoval.database.dialect import FENCE, dialect, spoken
from certremoval.database.transactions import joining_by_hashing, look_up_by_indexes
from certremoval.removals.sql.remove import (
    LOCK_TABLE,
    RANGE,
    ChunkCounts,
    CountsDisagree,
    count_by_certification,
)

_VALUES = ", ".join(Enrollment.VALUES)
_RECORD_VALUES = ", ".join(f"record.{value}" for value in Enrollment.VALUES)

# From the steps to the records, by the unique key of a removal.
_RECORDS = {
    "sqlite": """
        job_steps r CROSS JOIN removal_records record
        ON record.enrollment_id = r.enrollment_id AND record.revision = r.revision
    """,
    "postgresql": f"""
        job_steps r CROSS JOIN LATERAL (
            SELECT * FROM removal_records of_step
            WHERE of_step.enrollment_id = r.enrollment_id AND of_step.revision = r.revision {FENCE["postgresql"]}
        ) record
    """,
}
_ENROLL = f"INSERT INTO enrollments (id, certification_id, user_id, {_VALUES}, revision)"
_RECORD = "INSERT INTO restorations (operation_id, record_id, enrollment_id, revision, restored_at)"

# SQLite: one writer at a time, so whoever can come back does, and the restorations above the last id before are this
# chunk's. Who was put back before is passed over by the constraint that no record is twice. What must be there is
# joined, by the keys of the steps: to ask with EXISTS takes a third more time.
_LAST_RESTORATION = "SELECT COALESCE(MAX(id), 0) FROM restorations"
_RECORD_ON_SQLITE = f"""
    {_RECORD}
    SELECT %(operation)s, record.id, record.enrollment_id, record.revision + 1, {{now}}
    FROM {{records}}
    CROSS JOIN users u ON u.id = r.user_key
    CROSS JOIN certifications c ON c.id = r.certification_key
    LEFT JOIN enrollments e ON e.certification_id = r.certification_key AND e.user_id = r.user_key
    WHERE {RANGE} AND e.id IS NULL
    ORDER BY r.position
    ON CONFLICT DO NOTHING
"""
_ENROLL_RECORDED = f"""
    {_ENROLL}
    SELECT x.enrollment_id, record.certification_key, record.user_key, {_RECORD_VALUES}, x.revision
    FROM restorations x CROSS JOIN removal_records record ON record.id = x.record_id
    WHERE x.id > %(last)s AND x.operation_id = %(operation)s
    ORDER BY x.id
"""

# PostgreSQL: one statement. Somebody else may put the same people back, or enroll them, at this very moment: the
# insert waits for them and passes over whoever is on it again. Who came back finds the record among those that were
# read (`back`), by hashing: to look it up anew takes three times as long.
_ENROLL_AND_RECORD = f"""
    WITH back AS MATERIALIZED (
        SELECT record.id AS record_id, record.enrollment_id, record.certification_key, record.user_key,
               {_RECORD_VALUES}, record.revision + 1 AS revision
        FROM {{records}}
        WHERE {RANGE}
          AND EXISTS (SELECT 1 FROM users u WHERE u.id = record.user_key {{fence}})
          AND EXISTS (SELECT 1 FROM certifications c WHERE c.id = record.certification_key {{fence}})
          AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = record.id {{fence}})
    ),
    enrolled AS (
        {_ENROLL}
        SELECT enrollment_id, certification_key, user_key, {_VALUES}, revision FROM back
        ORDER BY enrollment_id ON CONFLICT DO NOTHING RETURNING id, revision
    ),
    recorded AS (
        {_RECORD}
        SELECT %(operation)s, back.record_id, enrolled.id, enrolled.revision, {{now}}
        FROM enrolled JOIN back ON back.enrollment_id = enrolled.id AND back.revision = enrolled.revision
        RETURNING id
    )
    SELECT (SELECT COUNT(*) FROM enrolled), (SELECT COUNT(*) FROM recorded)
"""

# A statement of its own: on PostgreSQL it then sees what others committed while this chunk waited for them.
_DRIFT = f"""
    INSERT INTO job_drift (job_id, position, outcome)
    SELECT r.job_id, r.position,
           CASE WHEN EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = record.id {{fence}})
                    THEN 'already_restored'
                WHEN NOT EXISTS (SELECT 1 FROM users u WHERE u.id = record.user_key {{fence}}) THEN 'unknown_user'
                WHEN NOT EXISTS (SELECT 1 FROM certifications c WHERE c.id = record.certification_key {{fence}})
                    THEN 'unknown_certification'
                ELSE 'enrolled_again' END
    FROM {{records}}
    WHERE {RANGE} AND NOT EXISTS (
        SELECT 1 FROM restorations mine
        WHERE mine.record_id = record.id AND mine.operation_id + 0 = %(operation)s {{fence}}
    )
"""


def restore_chunk(*, job: int, plan: int, operation: int, after: int, up_to: int) -> ChunkCounts:
    """Put back the rows whose position is above ``after`` and not above ``up_to``.

    Of a restore all that was left alone counts as changed. Raises CountsDisagree if not everybody who came back was
    recorded.
    """
    keys = {"job": job, "plan": plan, "operation": operation, "after": after, "up_to": up_to}
    words = {"records": spoken(_RECORDS), "fence": spoken(FENCE), "now": now_sql()}
    with connection.cursor() as cursor:
        if dialect() == "sqlite":
            cursor.execute(_LAST_RESTORATION)
            (last,) = cursor.fetchone()
            cursor.execute(_RECORD_ON_SQLITE.format(**words), keys)
            recorded = cursor.rowcount
            cursor.execute(_ENROLL_RECORDED, {"last": last, "operation": operation})
            enrolled = cursor.rowcount
        else:
            look_up_by_indexes()
            cursor.execute(LOCK_TABLE)
            with joining_by_hashing():
                cursor.execute(_ENROLL_AND_RECORD.format(**words), keys)
            enrolled, recorded = cursor.fetchone()
        if enrolled != recorded:
            raise CountsDisagree(f"{recorded} restorations were written for {enrolled} enrollments.")
        left_alone = (up_to - after) - recorded
        if left_alone:
            cursor.execute(_DRIFT.format(**words), keys)
            if cursor.rowcount != left_alone:
                raise CountsDisagree(f"{cursor.rowcount} rows were left alone, and {left_alone} expected.")
        count_by_certification(cursor, keys, drifted=bool(left_alone))
    return ChunkCounts(done=recorded, changed=left_alone, gone=0)
