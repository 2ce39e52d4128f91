"""Verify: the promises of the engine, each as a question whose answer must be no rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from certremoval.certifications.models import Enrollment


@dataclass(frozen=True, slots=True)
class Invariant:
    """``question`` selects (what is concerned, what is found, what is expected) of each breach."""

    code: str
    promise: str
    question: str


_STEPS_OF_JOBS = """
    SELECT j.id AS job_id, r.position, r.enrollment_id, r.revision, j.operation_id, j.checkpoint
    FROM jobs j JOIN job_steps r ON r.job_id = j.id AND r.plan_number = j.plan_number
    WHERE j.purged_at IS NULL
"""

# What a job has done with a step: a record of its operation, or, of a restore, a restoration of the record named.
_DONE = """
    (EXISTS (
        SELECT 1 FROM removal_records x
        WHERE x.enrollment_id = r.enrollment_id AND x.revision = r.revision AND x.operation_id = r.operation_id
    ) OR EXISTS (
        SELECT 1 FROM removal_records x JOIN restorations back ON back.record_id = x.id
        WHERE x.enrollment_id = r.enrollment_id AND x.revision = r.revision AND back.operation_id = r.operation_id
    ))
"""
_DONE_BY = """
    ((SELECT COUNT(*) FROM removal_records x WHERE x.operation_id = j.operation_id)
     + (SELECT COUNT(*) FROM restorations x WHERE x.operation_id = j.operation_id))
"""

_OTHER_VALUES = " OR ".join(
    f"NOT COALESCE(e.{value} = r.{value}, e.{value} IS NULL AND r.{value} IS NULL)" for value in Enrollment.VALUES
)

INVARIANTS = (
    Invariant(
        "removed_still_enrolled",
        "Nobody is enrolled with the id and revision of a removal record.",
        """
        SELECT 'enrollment ' || e.id, 'revision ' || e.revision, 'a revision above ' || r.revision
        FROM removal_records r JOIN enrollments e ON e.id = r.enrollment_id AND e.revision <= r.revision
        """,
    ),
    Invariant(
        "back_without_restoration",
        "Nobody is enrolled with the id of a removed enrollment that was not put back.",
        """
        SELECT 'enrollment ' || e.id, 'no restoration', 'a restoration of record ' || r.id
        FROM removal_records r JOIN enrollments e ON e.id = r.enrollment_id
        WHERE NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = r.id)
        """,
    ),
    Invariant(
        "restored_revision",
        "What is put back has a higher revision than what was removed.",
        """
        SELECT 'restoration ' || x.id, 'revision ' || x.revision, 'a revision above ' || r.revision
        FROM restorations x JOIN removal_records r ON r.id = x.record_id
        WHERE x.revision <= r.revision OR x.enrollment_id <> r.enrollment_id
        """,
    ),
    Invariant(
        "restored_values",
        "Whoever was put back, and has not changed since, has every value of before.",
        f"""
        SELECT 'enrollment ' || e.id, 'other values', 'those of record ' || r.id
        FROM restorations x
        JOIN removal_records r ON r.id = x.record_id
        JOIN enrollments e ON e.id = x.enrollment_id AND e.revision = x.revision
        WHERE e.certification_id <> r.certification_key OR e.user_id <> r.user_key
              OR {_OTHER_VALUES}
        """,
    ),
    Invariant(
        "record_without_operation",
        "Every removal record belongs to an operation.",
        """
        SELECT 'record ' || r.id, 'operation ' || r.operation_id, 'an operation that exists'
        FROM removal_records r
        WHERE NOT EXISTS (SELECT 1 FROM operations o WHERE o.id = r.operation_id)
        """,
    ),
    Invariant(
        "rows_counted",
        "A job has as many rows as it counts, numbered without a gap.",
        """
        SELECT 'job ' || j.id,
               COALESCE(found.count, 0) || ' rows, numbered ' || COALESCE(found.low, 0) || ' to '
               || COALESCE(found.high, 0),
               j.row_count || ' rows'
        FROM jobs j LEFT JOIN (
            SELECT job_id, plan_number, COUNT(*) AS count, MIN(position) AS low, MAX(position) AS high
            FROM job_rows GROUP BY job_id, plan_number
        ) found ON found.job_id = j.id AND found.plan_number = j.plan_number
        WHERE j.state <> 'checking' AND j.purged_at IS NULL AND (
            COALESCE(found.count, 0) <> j.row_count
            OR (j.row_count > 0 AND (found.low <> 1 OR found.high <> j.row_count))
        )
        """,
    ),
    Invariant(
        "work_first",
        "The rows to be removed (or put back) are the first of a job, as many as it counts.",
        """
        SELECT 'job ' || j.id, COALESCE(found.count, 0) || ' rows up to ' || COALESCE(found.high, 0),
               j.remove_count || ' rows'
        FROM jobs j LEFT JOIN (
            SELECT job_id, plan_number, COUNT(*) AS count, MAX(position) AS high
            FROM job_rows WHERE outcome IN ('remove', 'restore') GROUP BY job_id, plan_number
        ) found ON found.job_id = j.id AND found.plan_number = j.plan_number
        WHERE j.state <> 'checking' AND j.purged_at IS NULL
              AND (COALESCE(found.count, 0) <> j.remove_count OR COALESCE(found.high, 0) <> j.remove_count)
        """,
    ),
    Invariant(
        "steps_are_work",
        "The steps of a job are its rows to be removed (or put back), one for each.",
        """
        SELECT 'job ' || j.id, COALESCE(found.count, 0) || ' steps, numbered to ' || COALESCE(found.high, 0),
               j.remove_count || ' steps'
        FROM jobs j LEFT JOIN (
            SELECT job_id, plan_number, COUNT(*) AS count, MAX(position) AS high
            FROM job_steps GROUP BY job_id, plan_number
        ) found ON found.job_id = j.id AND found.plan_number = j.plan_number
        WHERE j.state <> 'checking' AND j.purged_at IS NULL
              AND (COALESCE(found.count, 0) <> j.remove_count OR COALESCE(found.high, 0) <> j.remove_count)
        """,
    ),
    Invariant(
        "step_of_its_row",
        "A step of a job concerns the person and the certification that its row names.",
        """
        SELECT 'job ' || j.id || ', line ' || r.line, 'another step, or none', 'a step of its person'
        FROM jobs j
        JOIN job_rows r ON r.job_id = j.id AND r.plan_number = j.plan_number
                        AND r.outcome IN ('remove', 'restore')
        LEFT JOIN job_steps s ON s.job_id = j.id AND s.plan_number = j.plan_number AND s.position = r.position
                                 AND s.user_key = r.user_key AND s.certification_key = r.certification_key
        WHERE j.state <> 'checking' AND j.purged_at IS NULL AND s.position IS NULL
        """,
    ),
    Invariant(
        "row_done_once",
        "A row that was reached was either done (removed, or put back) or left alone, never both and never neither.",
        f"""
        SELECT 'job ' || d.job_id || ', row ' || d.position,
               CASE WHEN recorded = 1 THEN 'done and left alone' ELSE 'neither' END, 'one of the two'
        FROM (
            SELECT r.job_id, r.position,
                   CASE WHEN {_DONE} THEN 1 ELSE 0 END AS recorded,
                   CASE WHEN EXISTS (
                       SELECT 1 FROM job_drift f WHERE f.job_id = r.job_id AND f.position = r.position
                   ) THEN 1 ELSE 0 END AS drifted
            FROM ({_STEPS_OF_JOBS}) r
            WHERE r.position <= r.checkpoint
        ) d
        WHERE recorded + drifted <> 1
        """,
    ),
    Invariant(
        "nothing_done_ahead",
        "Nothing beyond the place that a job has reached is removed, put back or left alone by it.",
        f"""
        SELECT 'job ' || r.job_id || ', row ' || r.position, 'done', 'not reached'
        FROM ({_STEPS_OF_JOBS}) r
        WHERE r.position > r.checkpoint AND (
            EXISTS (SELECT 1 FROM job_drift f WHERE f.job_id = r.job_id AND f.position = r.position)
            OR {_DONE}
        )
        """,
    ),
    Invariant(
        "counts_equal_records",
        "A job counts as many people removed (or put back) as are recorded, and as many left alone as are noted.",
        f"""
        SELECT 'job ' || j.id,
               {_DONE_BY} || ' recorded, '
               || (SELECT COUNT(*) FROM job_drift d WHERE d.job_id = j.id) || ' left alone',
               (j.checkpoint - j.changed_count - j.gone_count) || ' done, '
               || (j.changed_count + j.gone_count) || ' left alone'
        FROM jobs j
        WHERE {_DONE_BY} <> j.checkpoint - j.changed_count - j.gone_count
              OR (j.purged_at IS NULL
                  AND (SELECT COUNT(*) FROM job_drift d WHERE d.job_id = j.id) <> j.changed_count + j.gone_count)
        """,
    ),
    Invariant(
        "counts_by_certification",
        "A job's counts by certification add up to the people it removed, or put back.",
        """
        SELECT 'job ' || j.id, COALESCE(SUM(c.removed), 0) || ' by certification',
               (j.checkpoint - j.changed_count - j.gone_count) || ' done'
        FROM jobs j LEFT JOIN job_certifications c ON c.job_id = j.id
        GROUP BY j.id, j.checkpoint, j.changed_count, j.gone_count
        HAVING COALESCE(SUM(c.removed), 0) <> j.checkpoint - j.changed_count - j.gone_count
        """,
    ),
    Invariant(
        "processed_to_the_end",
        "A processed job has reached its last row to be removed (or put back); no job is beyond it.",
        """
        SELECT 'job ' || j.id, 'row ' || j.checkpoint, 'row ' || j.remove_count
        FROM jobs j
        WHERE (j.state = 'processed' AND j.checkpoint <> j.remove_count) OR j.checkpoint > j.remove_count
        """,
    ),
    Invariant(
        "purged_once_ended",
        "Only a job that has ended is purged, and nothing of its lines is left when that is done.",
        """
        SELECT 'job ' || j.id, CASE WHEN j.ended_at IS NULL THEN 'purged, and not ended' ELSE 'lines that are left' END,
               'none'
        FROM jobs j
        WHERE j.purged_at IS NOT NULL AND (j.ended_at IS NULL OR (j.purge_ended_at IS NOT NULL AND (
            EXISTS (SELECT 1 FROM job_rows r WHERE r.job_id = j.id)
            OR EXISTS (SELECT 1 FROM job_steps s WHERE s.job_id = j.id)
            OR EXISTS (SELECT 1 FROM job_drift d WHERE d.job_id = j.id)
        )))
        """,
    ),
    Invariant(
        "file_is_kept",
        "A job that was not purged has its file.",
        """
        SELECT 'job ' || j.id, 'no file', 'a file of ' || f.size || ' bytes'
        FROM jobs j JOIN stored_files f ON f.id = j.file_id
        WHERE j.purged_at IS NULL AND f.size > 0
              AND NOT EXISTS (SELECT 1 FROM stored_file_pieces p WHERE p.file_id = f.id)
        """,
    ),
    Invariant(
        "ended_at",
        "A job that has ended, and no other, has a Process Date.",
        """
        SELECT 'job ' || j.id, j.state || CASE WHEN j.ended_at IS NULL THEN ' without a date' ELSE ' with a date' END,
               'the opposite'
        FROM jobs j
        WHERE (j.state IN ('processed', 'failed', 'cancelled')) <> (j.ended_at IS NOT NULL)
        """,
    ),
)


def breaches(invariant: Invariant, *, limit: int) -> list[tuple[str, str, str]]:
    """Return the first breaches of one invariant; none if it holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"{invariant.question} LIMIT %s", [limit])
        return [(str(what), str(found), str(expected)) for what, found, expected in cursor.fetchall()]
