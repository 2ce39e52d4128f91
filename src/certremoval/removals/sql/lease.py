"""Lease: which process works on a job. The job row is its own queue entry.

A claim is ONE compare-and-set UPDATE: it names a token and an end. Whoever holds the token may work; every chunk
renews the lease inside its own transaction, where the token is still its own. A dead worker is replaced when its
lease ends; a frozen one that wakes finds its token gone and stops. All times are the database's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from certremoval.database.clock import now_sql
from certremoval.database.dialect import spoken

# A lease that ends much later than any that is given now was given by a clock that was wrong: nobody waits it out. If
# its worker is alive after all it finds its token gone.
_FREE = "(lease_until IS NULL OR lease_until < {now} OR lease_until > {never})"

# What may be taken up: due jobs, and jobs whose worker fell silent or let go.
_JOBS_DUE = f"""
    (state = 'queued' AND (scheduled_for IS NULL OR scheduled_for <= {{now}}))
    OR (state = 'in_progress' AND {_FREE})
"""
_DRAFTS_DUE = f"state = 'checking' AND {_FREE}"

# The least recently served first, so that a small job does not wait behind a large one.
_PICK = {
    "sqlite": "SELECT id FROM jobs WHERE ({due}) {this} ORDER BY served_at ASC NULLS FIRST, id LIMIT 1",
    "postgresql": """
        SELECT id FROM jobs WHERE ({due}) {this} ORDER BY served_at ASC NULLS FIRST, id LIMIT 1
        FOR UPDATE SKIP LOCKED
    """,
}

_CLAIM = """
    UPDATE jobs SET
        state = CASE WHEN state = 'queued' THEN 'in_progress' ELSE state END,
        started_at = CASE WHEN state = 'checking' THEN started_at ELSE COALESCE(started_at, {now}) END,
        lease_token = %(token)s, lease_until = {lease_end}, served_at = {now}, attempts = attempts + 1
    WHERE id = ({pick}) AND ({due})
    RETURNING id, attempts
"""

_RELEASE = """
    UPDATE jobs SET lease_token = NULL, lease_until = NULL, served_at = {now}, attempts = 0
    WHERE id = %(job)s AND lease_token = %(token)s
"""

_RENEW = """
    UPDATE jobs SET lease_until = {lease_end} WHERE id = %(job)s AND lease_token = %(token)s AND state = %(state)s
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by this process; ``attempts`` counts how often it was taken up since it last moved."""

    job_id: int
    token: str
    attempts: int


def claim(token: str, *, drafts: bool = False, job: int | None = None, but: int | None = None) -> Claim | None:
    """Take the next job that is due (or ``job``, if it is); None if there is none.

    ``but`` is not taken from a process that holds it, though that may have been silent for long.
    """
    now, lease_end = now_sql(), now_sql(plus_seconds=settings.ENVIRONMENT.lease_seconds)
    due = _due(drafts=drafts)
    this = "" if job is None else "AND id = %(job)s"
    if but is not None:
        this += " AND (id <> %(but)s OR lease_token IS NULL)"
    pick = spoken(_PICK).format(due=due, this=this)
    parameters = {"token": token, "job": job, "but": but}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(now=now, lease_end=lease_end, pick=pick, due=due), parameters)
        row = cursor.fetchone()
    return None if row is None else Claim(job_id=row[0], token=token, attempts=row[1])


def release(held: Claim) -> None:
    """Let go of the job, so that another process may go on at once. Not a crash: attempts start anew."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE.format(now=now_sql()), {"job": held.job_id, "token": held.token})


def renew(held: Claim, *, state: str) -> bool:
    """Renew the lease; False if the job is no longer this process's, or no longer in ``state``."""
    lease_end = now_sql(plus_seconds=settings.ENVIRONMENT.lease_seconds)
    with connection.cursor() as cursor:
        cursor.execute(_RENEW.format(lease_end=lease_end), {"job": held.job_id, "token": held.token, "state": state})
        return bool(cursor.rowcount)


def job_waits() -> bool:
    """Whether a job is due that nobody holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM jobs WHERE {_due(drafts=False)} LIMIT 1", [])
        return cursor.fetchone() is not None


def _due(*, drafts: bool) -> str:
    never = now_sql(plus_seconds=settings.ENVIRONMENT.lease_seconds * 2 + 60)
    return (_DRAFTS_DUE if drafts else _JOBS_DUE).format(now=now_sql(), never=never)
