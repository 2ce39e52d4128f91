"""Remove: one chunk of a plan. Records are written, exactly what was recorded is deleted, the rest is drift.

Called inside the chunk's transaction, after the job's row was locked. A row counts only while its enrollment is
still as planned: the join is on id AND revision, and revision rises with every change of a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from certremoval.certifications.recording import insert_records
from certremoval.database.clock import now_sql
from certremoval.database.dialect import FENCE, dialect, spoken
from certremoval.database.transactions import look_up_by_indexes

RANGE = """
    r.job_id = %(job)s AND r.plan_number = %(plan)s AND r.position > %(after)s AND r.position <= %(up_to)s
"""

_RECORD = f"""
    {insert_records(operation="%(operation)s", now="{now}")}
    FROM job_steps r
    {{join}} enrollments e ON e.id = r.enrollment_id AND e.revision = r.revision
    {{join}} users u ON u.id = e.user_id
    {{join}} certifications c ON c.id = e.certification_id
    WHERE {RANGE}
    ORDER BY r.position
"""

# SQLite: one writer at a time, so the records above the last id before are this chunk's.
_LAST_RECORD = "SELECT COALESCE(MAX(id), 0) FROM removal_records"
_DELETE_RECORDED = """
    DELETE FROM enrollments WHERE id IN (
        SELECT enrollment_id FROM removal_records WHERE id > %(last)s AND operation_id = %(operation)s
    )
"""

# PostgreSQL: the rows are locked in the order of their ids first, because two jobs in opposite order did deadlock;
# then one statement, with a fresh snapshot, records and deletes.
# The table's own lock comes before them, since a load takes it before rows too: the other way round both waited.
LOCK_TABLE = "LOCK TABLE enrollments IN ROW EXCLUSIVE MODE"
_LOCK = f"""
    SELECT e.id FROM job_steps r JOIN enrollments e ON e.id = r.enrollment_id AND e.revision = r.revision
    WHERE {RANGE}
    ORDER BY e.id FOR UPDATE OF e
"""
_RECORD_AND_DELETE = """
    WITH recorded AS ({record} RETURNING enrollment_id, revision),
    deleted AS (
        DELETE FROM enrollments e USING recorded
        WHERE e.id = recorded.enrollment_id AND e.revision = recorded.revision
        RETURNING e.id
    )
    SELECT (SELECT COUNT(*) FROM recorded), (SELECT COUNT(*) FROM deleted)
"""

# A statement of its own: on PostgreSQL it then sees what others committed while this chunk waited for locks.
_DRIFT = f"""
    INSERT INTO job_drift (job_id, position, outcome)
    SELECT r.job_id, r.position,
           CASE WHEN EXISTS (SELECT 1 FROM enrollments e WHERE e.id = r.enrollment_id {{fence}})
                  OR EXISTS (SELECT 1 FROM enrollments e
                             WHERE e.certification_id = r.certification_key AND e.user_id = r.user_key {{fence}})
                THEN 'changed_since_preview' ELSE 'gone_since_preview' END
    FROM job_steps r
    WHERE {RANGE} AND NOT EXISTS (
        SELECT 1 FROM removal_records mine
        WHERE mine.enrollment_id = r.enrollment_id AND mine.revision = r.revision
              AND mine.operation_id + 0 = %(operation)s {{fence}}
    )
"""
_COUNT_CHANGED = """
    SELECT COUNT(*) FROM job_drift
    WHERE job_id = %(job)s AND position > %(after)s AND position <= %(up_to)s AND outcome = 'changed_since_preview'
"""

_COUNT_BY_CERTIFICATION = f"""
    WITH done AS MATERIALIZED (
        SELECT r.certification_key, COUNT(*) AS count FROM job_steps r
        WHERE {RANGE} {{but_drift}} GROUP BY r.certification_key
    )
    UPDATE job_certifications SET removed = removed + done.count
    FROM done
    WHERE job_certifications.job_id = %(job)s AND job_certifications.certification_key = done.certification_key
"""
_BUT_DRIFT = """
    AND NOT EXISTS (SELECT 1 FROM job_drift d WHERE d.job_id = r.job_id AND d.position = r.position {fence})
"""


class CountsDisagree(Exception):
    """As many enrollments must go, or come back, as are recorded. Rolled back: nothing of the chunk is done."""


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    """What became of the rows of one chunk."""

    done: int
    changed: int
    gone: int


def remove_chunk(*, job: int, plan: int, operation: int, after: int, up_to: int) -> ChunkCounts:
    """Remove the rows whose position is above ``after`` and not above ``up_to``.

    Raises CountsDisagree if not exactly what was recorded was deleted.
    """
    keys = {"job": job, "plan": plan, "operation": operation, "after": after, "up_to": up_to}
    with connection.cursor() as cursor:
        if dialect() == "sqlite":
            cursor.execute(_LAST_RECORD)
            (last,) = cursor.fetchone()
            # CROSS JOIN is SQLite's way to fix the order of the loops: from the plan to the enrollments.
            cursor.execute(_RECORD.format(now=now_sql(), join="CROSS JOIN"), keys)
            recorded = cursor.rowcount
            cursor.execute(_DELETE_RECORDED, {"last": last, "operation": operation})
            deleted = cursor.rowcount
        else:
            look_up_by_indexes()
            cursor.execute(LOCK_TABLE)
            cursor.execute(_LOCK, keys)
            cursor.execute(_RECORD_AND_DELETE.format(record=_RECORD.format(now=now_sql(), join="JOIN")), keys)
            recorded, deleted = cursor.fetchone()
        if recorded != deleted:
            raise CountsDisagree(f"{recorded} records were written for {deleted} enrollments.")
        drifted = (up_to - after) - recorded
        changed = 0
        if drifted:
            cursor.execute(_DRIFT.format(fence=spoken(FENCE)), keys)
            if cursor.rowcount != drifted:
                raise CountsDisagree(f"{cursor.rowcount} rows were left alone, and {drifted} expected.")
            cursor.execute(_COUNT_CHANGED, keys)
            (changed,) = cursor.fetchone()
        count_by_certification(cursor, keys, drifted=bool(drifted))
    return ChunkCounts(done=recorded, changed=changed, gone=drifted - changed)


def count_by_certification(cursor: CursorWrapper, keys: Mapping[str, int], *, drifted: bool) -> None:
    """Count what a chunk has done for each certification of the job; ``drifted``: it left some rows alone."""
    but_drift = _BUT_DRIFT.format(fence=spoken(FENCE)) if drifted else ""
    cursor.execute(_COUNT_BY_CERTIFICATION.format(but_drift=but_drift), keys)
