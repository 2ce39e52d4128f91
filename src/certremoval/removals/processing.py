"""Processing: a job's plan is carried out, chunk by chunk, exactly once.

A chunk is one transaction: the job's row is locked and the lease renewed, records are written, exactly what was
recorded is deleted, the rest is drift, and the checkpoint moves. A restore is the same loop the other way. A process
that dies between two chunks has done whole chunks; one that dies inside a chunk has done nothing of it. Whoever takes
over goes on at the checkpoint.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction

from certremoval.certifications.models import Operation
from certremoval.database.bulk import analyze
from certremoval.policy.settings import current_policy
from certremoval.removals.drafts import plan_draft
from certremoval.removals.keeping import ROWS_WORTH_ANALYZING, LeaseLost
from certremoval.removals.models import Job
from certremoval.removals.noticing import notify_ended
from certremoval.removals.pace import Pace
from certremoval.removals.sql import advance, lease
from certremoval.removals.sql.lease import Claim, job_waits
from certremoval.removals.sql.remove import CountsDisagree, remove_chunk
from certremoval.removals.sql.restore import restore_chunk

__all__ = [
    "Claim",
    "claim_job",
    "claim_next_draft",
    "claim_next_job",
    "fail",
    "job_waits",
    "plan_claimed_draft",
    "release",
    "run_slice",
]

logger = logging.getLogger(__name__)

LONGEST_REASON = 2_000
RETRIES = 5
"""How often a chunk is tried again for a passing fault of the database. A retry is no attempt."""

_FAULTS_THAT_PASS = {
    *("40P01", "40001", "55P03", "57P01", "57P02", "57P03", "25P03", "08000", "08003", "08006"),
    *("23503", "23505"),
}
"""SQLSTATE: deadlock, serialization failure, lock not available, server stopped or starting, session ended because it
stood still in a transaction, connection lost. And, for who is put back at this very moment: somebody deleted the user
or the certification, or enrolled or restored the person; tried again, the row is left alone."""


def claim_next_job() -> Claim | None:
    """Take the next job that is due; None if there is none.

    A job that was taken up too often without moving (its workers crashed) is marked Failed instead.
    """
    return _claim(drafts=False)


def claim_job(job_id: int) -> Claim | None:
    """Take this job, if it is due; None if another process has it or it is not to be run."""
    return _claim(drafts=False, job=job_id)


def claim_next_draft(*, but: int | None = None) -> Claim | None:
    """Take the next draft whose file is to be checked; None if there is none. ``but`` is not taken from anybody."""
    return _claim(drafts=True, but=but)


def _claim(*, drafts: bool, job: int | None = None, but: int | None = None) -> Claim | None:
    while (held := lease.claim(secrets.token_hex(16), drafts=drafts, job=job, but=but)) is not None:
        limit = settings.ENVIRONMENT.max_attempts
        if held.attempts <= limit:
            return held
        if drafts:
            advance.give_up_draft(held, "The file could not be checked. Upload it again.")
        else:
            fail(held, f"The worker stopped {limit} times at the same place. Look at its log, then resume the job.")
    return None


def release(held: Claim) -> None:
    """Let go of a job in good order; another process may go on at once."""
    lease.release(held)


def run_slice(
    held: Claim,
    *,
    seconds: float = 2.0,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    pace: Pace | None = None,
) -> bool:
    """Work on a claimed job; True if it has ended, False if it was let go or lost.

    Goes on until the job ends, or until ``seconds`` have passed and another job waits, or until ``stop`` says so; it
    then lets go of the job. ``progress`` is told the rows done and the rows of all, after each chunk. A failure of
    the job itself marks it Failed with the reason and is not raised.
    """
    pace, begun = pace or Pace(), time.monotonic()
    while True:
        pace.begin()
        try:
            done, total, ended = _chunk_with_retries(held, pace.size)
        except LeaseLost:
            logger.info("Job %s was cancelled, or another worker has it.", held.job_id)
            return False
        except (DatabaseError, InterfaceError, CountsDisagree) as error:
            logger.exception("Job %s failed.", held.job_id)
            fail(held, f"The database refused the work: {error}".strip())
            return True
        if progress is not None:
            progress(done, total)
        if ended:
            _look_at_what_was_written(held, total)
            return True
        pace.end()
        if (stop is not None and stop()) or (time.monotonic() - begun >= seconds and job_waits()):
            release(held)
            return False


def _look_at_what_was_written(held: Claim, rows: int) -> None:
    """Let PostgreSQL gather statistics of what a large job has written; it would take a minute to think of it."""
    if rows < ROWS_WORTH_ANALYZING:
        return
    try:
        restores = Job.objects.filter(pk=held.job_id, operation__kind=Operation.Kind.RESTORE).exists()
        for table in ("restorations" if restores else "removal_records", "job_drift"):
            analyze(table, wait=False)
    except (DatabaseError, InterfaceError):
        logger.warning("No statistics were gathered of what a job has written.", exc_info=True)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _chunk_with_retries(held: Claim, size: int) -> tuple[int, int, bool]:
    for retry in range(RETRIES + 1):
        try:
            return _process_chunk(held, size)
        except (OperationalError, InterfaceError, IntegrityError) as error:
            if retry == RETRIES or not _passes(error):
                raise
            logger.warning("Job %s: a chunk is tried again: %s", held.job_id, error)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            time.sleep(0.05 * 2**retry)
    raise AssertionError("unreachable")


def _passes(error: Exception) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    if state is not None:
        return state in _FAULTS_THAT_PASS
    text = str(error).lower()
    # psycopg has no code for a connection that broke under it; SQLite none for a lock that was not got in time.
    return "connection" in text or "database is locked" in text


def _process_chunk(held: Claim, size: int) -> tuple[int, int, bool]:
    """Carry out the next ``size`` rows; return how far the job is, of how many, and whether it has ended.

    A removal that has met too many changes since its preview (:func:`changes_limit`) is marked Failed before it goes
    on: what was looked at is not what is there any more. Raises LeaseLost, having done nothing, if the job was
    cancelled or is no longer held.
    """
    with transaction.atomic():
        job = advance.lock_job(held)
        if job is None:
            raise LeaseLost
        up_to = min(job.checkpoint + size, job.remove_count)
        if up_to > job.checkpoint:
            do_chunk = restore_chunk if job.kind == Operation.Kind.RESTORE else remove_chunk
            counts = do_chunk(
                job=held.job_id,
                plan=job.plan_number,
                operation=job.operation_id,
                after=job.checkpoint,
                up_to=up_to,
            )
            advance.advance(held, checkpoint=up_to, changed=counts.changed, gone=counts.gone)
            new_changes = job.new_changes + counts.changed
        else:
            new_changes = 0
        if up_to == job.remove_count:
            if advance.finish(held):
                notify_ended(held.job_id)
        elif (
            new_changes > 0
            and job.kind == Operation.Kind.REMOVAL
            and new_changes > (limit := changes_limit(job.remove_count))
        ):
            fail(held, _too_many_changes(new_changes, limit))
            return up_to, job.remove_count, True
    return up_to, job.remove_count, up_to == job.remove_count


def changes_limit(remove_count: int) -> int:
    """Return how many rows of a job may have changed since its preview before it stops, as it is set now. One query.

    Asked only where something has changed, and not of every chunk.
    """
    policy = current_policy()
    return max(remove_count * policy.changes_share // 100, policy.changes_least)


def _too_many_changes(changed: int, limit: int) -> str:
    return (
        f"{changed:,} lines have changed since the preview and were left alone; more than {limit:,} are not expected."
        " The job stopped before it went on. Look at these lines. Resume lets it go on with the others, or cancel it."
    )


def plan_claimed_draft(held: Claim) -> bool:
    """Check a claimed draft's file; False if it was lost meanwhile, or the database failed.

    A failure of the draft's own makes a refused draft, and is not raised.
    """
    try:
        plan_draft(held)
    except LeaseLost:
        logger.info("Draft %s was discarded, or another worker has it.", held.job_id)
        return False
    except (DatabaseError, InterfaceError):
        # The lease runs out and the draft is taken up again, a few times.
        logger.exception("Draft %s could not be checked.", held.job_id)
        return False
    return True


def fail(held: Claim, reason: str) -> None:
    """Mark a claimed job Failed, with the reason, and tell its creator; nothing if it is no longer held."""
    with transaction.atomic():
        if advance.fail(held, reason[:LONGEST_REASON]):
            notify_ended(held.job_id)
