"""Advance: the job's own row, as a chunk locks it, moves its checkpoint, and ends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from certremoval.database.clock import now_sql
from certremoval.database.dialect import dialect
from certremoval.removals.sql.lease import Claim


@dataclass(frozen=True, slots=True)
class LockedJob:
    """What a chunk needs to know of its job; ``new_changes``: rows changed since the preview that nobody accepted."""

    operation_id: int
    kind: str
    plan_number: int
    remove_count: int
    checkpoint: int
    new_changes: int


_LOCK = """
    UPDATE jobs SET lease_until = {lease_end}
    WHERE id = %(job)s AND lease_token = %(token)s AND state = 'in_progress'
    RETURNING operation_id, (SELECT kind FROM operations WHERE operations.id = jobs.operation_id),
        plan_number, remove_count, checkpoint, changed_count - changes_accepted
"""
_ADVANCE = """
    UPDATE jobs SET checkpoint = %(checkpoint)s, attempts = 0,
        changed_count = changed_count + %(changed)s, gone_count = gone_count + %(gone)s
    WHERE id = %(job)s AND lease_token = %(token)s
"""
_FINISH = """
    UPDATE jobs SET state = 'processed', ended_at = {now}, lease_token = NULL, lease_until = NULL
    WHERE id = %(job)s AND lease_token = %(token)s
"""
_FAIL = """
    UPDATE jobs SET state = 'failed', ended_at = {now}, error = %(error)s, lease_token = NULL, lease_until = NULL
    WHERE id = %(job)s AND lease_token = %(token)s
"""
_GIVE_UP_DRAFT = """
    UPDATE jobs SET state = 'draft', error = %(error)s, lease_token = NULL, lease_until = NULL
    WHERE id = %(job)s AND lease_token = %(token)s
"""


def lock_job(held: Claim) -> LockedJob | None:
    """Lock the job's row and renew its lease; None if it was cancelled or is no longer held.

    A process that freezes inside a chunk would keep the row locked beyond its lease, and claims pass over locked rows:
    PostgreSQL is told to end such a session. On SQLite nobody could write at all; there the chunk is 40 ms.
    """
    with connection.cursor() as cursor:
        if dialect() == "postgresql":
            milliseconds = settings.ENVIRONMENT.lease_seconds * 1_000
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}")
        lease_end = now_sql(plus_seconds=settings.ENVIRONMENT.lease_seconds)
        cursor.execute(_LOCK.format(lease_end=lease_end), {"job": held.job_id, "token": held.token})
        row = cursor.fetchone()
    return None if row is None else LockedJob(*row)


def advance(held: Claim, *, checkpoint: int, changed: int, gone: int) -> None:
    """Move the checkpoint; attempts start anew."""
    _update(_ADVANCE, held, checkpoint=checkpoint, changed=changed, gone=gone)


def finish(held: Claim) -> bool:
    """Mark the job Processed and let go of it; False if it is no longer held."""
    return _update(_FINISH.format(now=now_sql()), held)


def fail(held: Claim, error: str) -> bool:
    """Mark the job Failed, with the reason, and let go of it; False if it is no longer held."""
    return _update(_FAIL.format(now=now_sql()), held, error=error)


def give_up_draft(held: Claim, error: str) -> None:
    """Make a draft of a file that could not be checked, with the reason, and let go of it."""
    _update(_GIVE_UP_DRAFT, held, error=error)


def _update(statement: str, held: Claim, **values: int | str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"job": held.job_id, "token": held.token, **values})
        return bool(cursor.rowcount)
