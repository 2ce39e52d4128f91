"""Purge: what is old, found by one question, and deleted in small pieces: lines, steps, notes, pieces of files.

Each deletion takes the first rows along the key of its table and tells how many went. What was killed half-way is found
by the same question: a job whose purge has begun and not ended, lines whose draft is gone, files that no job has.
"""

from __future__ import annotations

from typing import Any, Literal

from django.db import connection

from certremoval.database.clock import now_sql

Kind = Literal["job", "draft", "lines", "file"]

_DAY = 24 * 60 * 60

# Each part has an index to walk along; the lines of drafts that are gone are found by a walk from job to job.
_OLD_JOBS = """
    SELECT 'job' AS kind, id FROM (
        SELECT id FROM jobs WHERE ended_at IS NOT NULL AND purged_at IS NULL AND ended_at < {jobs_before}
        ORDER BY ended_at LIMIT %(most)s
    ) old_jobs
    UNION ALL
"""
_DUE = """
    SELECT 'job' AS kind, id FROM (
        SELECT id FROM jobs WHERE purged_at IS NOT NULL AND purge_ended_at IS NULL ORDER BY id LIMIT %(most)s
    ) begun
    UNION ALL
    SELECT 'draft', id FROM (
        SELECT j.id FROM jobs j JOIN operations o ON o.id = j.operation_id
        WHERE j.state = 'draft' AND o.created_at < {drafts_before}
          AND (j.planned_at IS NULL OR j.planned_at < {drafts_before})
        ORDER BY j.id LIMIT %(most)s
    ) old_drafts
    UNION ALL
    SELECT 'lines', job_id FROM (
        WITH RECURSIVE having_lines (job_id) AS (
            SELECT MIN(job_id) FROM job_rows
            UNION ALL
            SELECT (SELECT MIN(r.job_id) FROM job_rows r WHERE r.job_id > having_lines.job_id)
            FROM having_lines WHERE having_lines.job_id IS NOT NULL
        )
        SELECT job_id FROM having_lines
        WHERE job_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = having_lines.job_id)
        LIMIT %(most)s
    ) left_over
    UNION ALL
    SELECT 'file', id FROM (
        SELECT f.id FROM stored_files f
        WHERE f.stored_at < {files_before} AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.file_id = f.id)
        ORDER BY f.id LIMIT %(most)s
    ) unused
"""


def due(
    *, job_days: int | None, draft_days: int, unused_file_days: int, most: int | None = None
) -> list[tuple[Kind, int]]:
    """Return what is to be purged now, each kind up to ``most``: jobs and drafts by key, lines by the key of their job.

    Jobs are due when they ended more than ``job_days`` ago (None: only those whose purge has begun), drafts when they
    were made and last checked more than ``draft_days`` ago, files that no job has after ``unused_file_days``.
    """
    question = _DUE if job_days is None else _OLD_JOBS + _DUE
    times = {
        "jobs_before": now_sql(plus_seconds=-(job_days or 0) * _DAY),
        "drafts_before": now_sql(plus_seconds=-draft_days * _DAY),
        "files_before": now_sql(plus_seconds=-unused_file_days * _DAY),
    }
    with connection.cursor() as cursor:
        cursor.execute(question.format(**times), {"most": 2**62 if most is None else most})
        return list(cursor.fetchall())


_DELETE_OF_PLAN = """
    DELETE FROM {table} WHERE job_id = %(job)s
      AND plan_number = (SELECT MIN(plan_number) FROM {table} WHERE job_id = %(job)s)
      AND {key} <= (
        SELECT MAX({key}) FROM (
            SELECT {key} FROM {table} WHERE job_id = %(job)s
              AND plan_number = (SELECT MIN(plan_number) FROM {table} WHERE job_id = %(job)s)
            ORDER BY {key} LIMIT %(size)s
        ) c
    )
"""
_DELETE_NOTES = """
    DELETE FROM job_drift WHERE job_id = %(job)s AND position <= (
        SELECT MAX(position) FROM (
            SELECT position FROM job_drift WHERE job_id = %(job)s ORDER BY position LIMIT %(size)s
        ) c
    )
"""


def delete_steps(*, job: int, size: int) -> int:
    """Delete up to ``size`` steps of a job, of whatever plan, and return how many went."""
    return _change(_DELETE_OF_PLAN.format(table="job_steps", key="position"), job=job, size=size)


def delete_lines(*, job: int, size: int) -> int:
    """Delete up to ``size`` lines of a job, of whatever plan, and return how many went."""
    return _change(_DELETE_OF_PLAN.format(table="job_rows", key="line"), job=job, size=size)


def delete_notes(*, job: int, size: int) -> int:
    """Delete up to ``size`` notes of what a job left alone, and return how many went."""
    return _change(_DELETE_NOTES, job=job, size=size)


PIECES_AT_A_TIME = 8
"""2 MB."""

_FIRST_PIECES = """
    SELECT MAX(number), SUM(LENGTH(content)) FROM (
        SELECT number, content FROM stored_file_pieces WHERE file_id = %(file)s ORDER BY number LIMIT %(size)s
    ) c
"""


def delete_pieces(*, file: int) -> int:
    """Delete the first pieces of a stored file, 2 MB of them, and return how many bytes went; 0 where none is left."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_PIECES, {"file": file, "size": PIECES_AT_A_TIME})
        last, size = cursor.fetchone()
        if last is None:
            return 0
        cursor.execute("DELETE FROM stored_file_pieces WHERE file_id = %s AND number <= %s", [file, last])
        return int(size) if cursor.rowcount else 0


_NEEDED = """
    EXISTS (
        SELECT 1 FROM jobs j WHERE j.file_id = {file} AND j.purged_at IS NULL
    )
"""


def is_needed(*, file: int) -> bool:
    """Whether a job has this file that was not purged."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 WHERE {_NEEDED.format(file='%(file)s')}", {"file": file})
        return cursor.fetchone() is not None


_END = f"""
    UPDATE jobs SET purge_ended_at = {{now}}
    WHERE id = %(job)s AND purged_at IS NOT NULL AND purge_ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM job_rows r WHERE r.job_id = %(job)s)
      AND NOT EXISTS (SELECT 1 FROM job_steps s WHERE s.job_id = %(job)s)
      AND NOT EXISTS (SELECT 1 FROM job_drift d WHERE d.job_id = %(job)s)
      AND (NOT EXISTS (SELECT 1 FROM stored_file_pieces p WHERE p.file_id = jobs.file_id)
           OR {_NEEDED.format(file="jobs.file_id")})
"""


def end_purge(*, job: int) -> bool:
    """Note that nothing of a purged job is left to be deleted; False if something is, or another process noted it."""
    return bool(_change(_END.format(now=now_sql()), job=job))


def _change(statement: str, **values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def lines_kept(*, job: int) -> int:
    """Return how many lines of a job there are, over all its plans."""
    return int(_counted("SELECT COUNT(*) FROM job_rows WHERE job_id = %(key)s", job)[0])


def bytes_kept(*, file: int) -> int:
    """Return how many bytes of a stored file there are."""
    return int(_counted("SELECT SUM(LENGTH(content)) FROM stored_file_pieces WHERE file_id = %(key)s", file)[0] or 0)


def _counted(question: str, key: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"key": key})
        found: tuple[Any, ...] = cursor.fetchone()
    return found
