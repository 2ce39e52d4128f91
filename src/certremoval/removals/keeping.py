"""Keeping: a plan is copied from its TEMP table to the job, and plans that nobody needs are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from certremoval.database.bulk import analyze
from certremoval.database.dialect import dialect
from certremoval.removals.pace import Pace
from certremoval.removals.planning import PlanSummary, Progress
from certremoval.removals.sql import keep
from certremoval.removals.sql.lease import Claim, renew


class LeaseLost(Exception):
    """The job is no longer this process's: another took it over, or it was discarded. Nothing more is done."""


ROWS_WORTH_ANALYZING = 10_000


def keep_plan(held: Claim, summary: PlanSummary, *, plan_number: int, progress: Progress | None = None) -> None:
    """Copy ``planned_rows`` to the job, in short transactions on SQLite. Raises LeaseLost.

    The job is not changed: its state is set last, by the caller. Until then the rows belong to no plan that counts.
    """
    if dialect() == "postgresql":
        # One transaction with the planning, so two statements: the rows become visible with the job's state.
        keep.keep_rows(job=held.job_id, plan=plan_number, after=0, up_to=keep.NO_END)
        keep.keep_steps(job=held.job_id, plan=plan_number, after=0, up_to=summary.remove_count)
        if summary.row_count >= ROWS_WORTH_ANALYZING:
            analyze("job_rows")
            analyze("job_steps")
        keep.keep_certifications(job=held.job_id)
        return
    tell = progress or (lambda stage, rows: None)
    pace = Pace()
    line = kept = 0
    while (up_to_line := keep.last_line(after=line, size=pace.size)) is not None:
        kept = min(kept + pace.size, summary.row_count)
        with _short_transaction(held, pace):
            keep.keep_rows(job=held.job_id, plan=plan_number, after=line, up_to=up_to_line)
        line = up_to_line
        tell("keeping", kept)
    position = 0
    while position < summary.remove_count:
        with _short_transaction(held, pace):
            up_to = min(position + pace.size, summary.remove_count)
            keep.keep_steps(job=held.job_id, plan=plan_number, after=position, up_to=up_to)
        position = up_to
    with _short_transaction(held, pace):
        keep.keep_certifications(job=held.job_id)


@contextmanager
def _short_transaction(held: Claim, pace: Pace) -> Iterator[None]:
    """Write for about 40 ms, in a transaction that also renews the lease. Raises LeaseLost."""
    pace.begin()
    with transaction.atomic():
        if not renew(held, state="checking"):
            raise LeaseLost
        yield
    pace.end()


def delete_plan(job_id: int, plan_number: int) -> None:
    """Delete the rows of one plan, in short transactions (outside any other)."""
    pace = Pace()
    while True:
        pace.begin()
        if not keep.delete_plan_rows(job=job_id, plan=plan_number, size=pace.size):
            return
        pace.end()


def delete_plans(job_id: int, *, but: int = 0) -> None:
    """Delete the rows of all plans of a job but one: plans are numbered from 1."""
    number = keep.next_plan(job=job_id, after=0)
    while number is not None:
        if number != but:
            delete_plan(job_id, number)
        number = keep.next_plan(job=job_id, after=number)
