"""Making a job of a file or a restore, and taking it away again: what drafts and the command line share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from certremoval.certifications.holding import NOT_FIRMLY, KeepOff
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import ActionRefused
from certremoval.removals.keeping import LeaseLost, delete_plans
from certremoval.removals.models import DRAFT_STATES, Job, JobState, StoredFile
from certremoval.removals.options import PlanOptions, RestoreOptions
from certremoval.removals.pace import Pace
from certremoval.removals.planning import PlanSummary
from certremoval.removals.sql import purge
from certremoval.removals.sql.lease import Claim


class FileRefused(ActionRefused):
    """The file has problems, and they are not to be skipped. Nothing was left behind; ``summary`` tells all."""

    code = "invalid_request"
    http_status = 422

    def __init__(self, summary: PlanSummary) -> None:
        super().__init__(_("The file has problems; nobody was removed."), problems=summary.problems)
        self.summary = summary


def new_job(
    actor: User,
    *,
    stored: StoredFile | None,
    title: str,
    comment: str,
    reason: str,
    options: PlanOptions | RestoreOptions,
    undo_of: Job | None = None,
    keep_off: KeepOff = NOT_FIRMLY,
    lease_token: str | None = None,
) -> Job:
    """Make a job of a stored file, or a restore, to be planned; with ``lease_token`` its maker holds it."""
    now = database_now()
    with transaction.atomic():
        operation = Operation.objects.create(
            kind=Operation.Kind.RESTORE if isinstance(options, RestoreOptions) else Operation.Kind.REMOVAL,
            title=title,
            comment=comment,
            reason=reason,
            actor=actor,
            actor_user_id=actor.user_id,
            actor_name=actor.full_name,
            created_at=now,
            held_until=keep_off.until,
            held_for_good=keep_off.for_good,
        )
        return Job.objects.create(
            operation=operation,
            state=JobState.CHECKING,
            file=stored,
            undo_of=undo_of,
            options=options.as_json(),
            lease_token=lease_token,
            lease_until=now + timedelta(seconds=settings.ENVIRONMENT.lease_seconds) if lease_token else None,
            # Made by the command line, which leaves no drafts.
            needs_its_maker=lease_token is not None,
            attempts=1 if lease_token else 0,
        )


def set_plan(held: Claim, summary: PlanSummary, *, plan_number: int, state: JobState, **values: object) -> None:
    """Let a plan that was kept be the one that counts, and set the job's state. Raises LeaseLost."""
    with transaction.atomic():
        changed = Job.objects.filter(pk=held.job_id, lease_token=held.token, state=JobState.CHECKING).update(
            state=state,
            plan_number=plan_number,
            row_count=summary.row_count,
            planned=summary.planned,
            remove_count=summary.remove_count,
            problem_count=summary.problem_count,
            file_problems=[problem.as_json() for problem in summary.file_problems],
            certification_count=summary.certification_count,
            planned_at=summary.planned_at or database_now(),
            statuses=summary.statuses,
            units=[one.as_json() for one in summary.units],
            warnings=summary.warnings,
            removes_creator=summary.includes_actor,
            people_key=summary.people_key,
            needs_its_maker=False,
            lease_token=None,
            lease_until=None,
            attempts=0,
            **values,
        )
        if not changed:
            raise LeaseLost


@contextmanager
def nothing_left_of_failure(stored: StoredFile | None) -> Iterator[list[Job]]:
    """Delete the file and the jobs made of it if the block fails or is interrupted: a refusal leaves nothing.

    A job without a file is deleted if the block has put it into the list that it is given.
    """
    made: list[Job] = []
    try:
        yield made
    except BaseException:
        # Inside a transaction (PostgreSQL) all of it is rolled back.
        if not connection.in_atomic_block:
            of_file = Job.objects.filter(file=stored) if stored is not None else Job.objects.none()
            for job in [*made, *of_file]:
                delete_draft(job)
            if stored is not None and not of_file.all().exists():
                StoredFile.objects.filter(pk=stored.pk).delete()
        raise


def delete_draft(job: Job) -> bool:
    """Delete a job that is a draft, with all that belongs to it; False, and nothing done, if it is none any more."""
    if not take_away_draft(job.pk):
        return False
    # A worker that is planning it finds its lease gone and stops: no rows are added any more.
    delete_plans(job.pk)
    delete_unused_file(job.file_id)
    return True


def take_away_draft(job_id: int, *, only: Q | None = None) -> bool:
    """Delete a job that is a draft (and fulfils ``only``), and its operation; False if it is none any more.

    Its rows and its file are for the caller to delete; what a killed one has left, a purge finds.
    """
    with transaction.atomic():
        # Locked first: a worker that is making a plan of it, or a request that submits it, comes before or too late.
        drafts = Job.objects.select_for_update().filter(only or Q(), pk=job_id, state__in=DRAFT_STATES)
        draft = drafts.first()
        if draft is None:
            return False
        draft.delete()
        Operation.objects.filter(pk=draft.operation_id).delete()
    return True


def delete_unused_file(file_id: int | None) -> None:
    """Delete a stored file that no job has any more, in short transactions."""
    if file_id is None or Job.objects.filter(file_id=file_id).exists():
        return
    pace = Pace()
    pace.begin()
    while purge.delete_pieces(file=file_id):
        pace.end()
        pace.begin()
    StoredFile.objects.filter(pk=file_id).delete()
