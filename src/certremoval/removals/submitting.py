"""Submitting: from a file to a job that a worker will run.

Two ways. A file from the command line is planned by the process that has it, and becomes a job only if it is
accepted. A file from a page is stored at once as a draft; a worker plans it, its creator looks at it and submits it.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import ActionRefused, InvalidRequest, UnreadableFile, WrongState
from certremoval.removals.counts import refusing_count
from certremoval.removals.files import describe_file, open_stored_file, store_file
from certremoval.removals.jobs import find_job
from certremoval.removals.keeping import LeaseLost, delete_plan, delete_plans, keep_plan
from certremoval.removals.leases import lease_kept
from certremoval.removals.models import DRAFT_STATES, Job, JobState, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import PlanSummary, Progress, planned, refused_summary
from certremoval.removals.rows import file_limits, open_removal_table
from certremoval.removals.sql.lease import Claim
from certremoval.removals.texts import refuse_unstorable

LONGEST_TITLE = 100
"""Characters, as in the reference."""

LONGEST_REASON = 255


class FileRefused(ActionRefused):
    """The file has problems, and they are not to be skipped. Nothing was left behind; ``summary`` tells all."""

    code = "invalid_request"
    http_status = 422

    def __init__(self, summary: PlanSummary) -> None:
        super().__init__("The file has problems; nobody was removed.", problems=summary.problems)
        self.summary = summary


class NotConfirmed(ActionRefused):
    """The administrator saw what would happen, which is ``summary``, and said no. Nothing was left behind."""

    code = "confirmation_required"
    http_status = 409

    def __init__(self, summary: PlanSummary) -> None:
        super().__init__("The answer was no; nobody was removed.")
        self.summary = summary


def remove_file(
    actor: User,
    source: BinaryIO,
    *,
    name: str,
    title: str,
    comment: str = "",
    reason: str = "",
    options: PlanOptions,
    skip_problems: bool = False,
    confirm: Callable[[PlanSummary], bool] | None = None,
    progress: Progress | None = None,
) -> Job:
    """Plan a file in this process, and queue the job if the file is accepted.

    ``source`` is seekable. ``confirm`` is shown what an accepted file would do, where it would remove anybody: what it
    agrees to is the very plan that is kept. Raises NotPermitted, InvalidRequest (title, reason, choices), FileRefused,
    NotConfirmed, WrongState (this process stood still for so long that another took the job over).
    """
    require(actor, Permission.REMOVAL_MANAGE)
    title, reason = checked_title(title), checked_reason(reason)
    refuse_unstorable((title, comment, reason))
    try:
        with planned(
            source, name=name, options=options, skip_problems=skip_problems, actor=actor, progress=progress
        ) as summary:
            if not summary.accepted:
                raise FileRefused(summary)
            if confirm is not None and summary.remove_count and not confirm(summary):
                raise NotConfirmed(summary)
            stored = store_file(source, summary.file)
            with _nothing_left_of_failure(stored):
                job = _new_job(
                    actor,
                    stored=stored,
                    title=title,
                    comment=comment,
                    reason=reason,
                    options=options,
                    lease_token=secrets.token_hex(16),
                )
                held = Claim(job_id=job.id, token=job.lease_token or "", attempts=1)
                keep_plan(held, summary, plan_number=1, progress=progress)
                _set_plan(
                    held,
                    summary,
                    plan_number=1,
                    state=JobState.QUEUED,
                    skip_problems=skip_problems,
                    submitted_at=database_now(),
                )
    except UnreadableFile as error:
        raise FileRefused(refused_summary(source, name=name, options=options, error=error)) from error
    except LeaseLost as error:
        raise WrongState("The work stood still for too long, and nobody was removed. Send the file again.") from error
    job.refresh_from_db()
    return job


@contextmanager
def _nothing_left_of_failure(stored: StoredFile) -> Iterator[None]:
    """Delete the file, and the job made of it, if the block fails or is interrupted: a refusal leaves nothing."""
    try:
        yield
    except BaseException:
        # Inside a transaction (PostgreSQL) all of it is rolled back.
        if not connection.in_atomic_block:
            made = Job.objects.filter(file=stored)
            for job in made:
                _delete_draft(job)
            if not made.all().exists():
                StoredFile.objects.filter(pk=stored.pk).delete()
        raise


def upload_draft(
    actor: User,
    source: BinaryIO,
    *,
    name: str,
    title: str = "",
    comment: str = "",
    reason: str = "",
    options: PlanOptions,
) -> Job:
    """Store a file as a draft that a worker will check. A title may still be missing.

    Raises NotPermitted, InvalidRequest (title or reason too long), FileRefused (too large to be stored).
    """
    require(actor, Permission.REMOVAL_MANAGE)
    title, reason = checked_title(title) if title.strip() else "", checked_reason(reason)
    refuse_unstorable((title, comment, reason))
    facts = describe_file(source, name=name)
    if facts.size > file_limits().max_file_bytes:
        try:
            open_removal_table(source, name=name, options=options)
        except UnreadableFile as error:
            raise FileRefused(refused_summary(source, name=name, options=options, error=error)) from error
    stored = store_file(source, facts)
    with _nothing_left_of_failure(stored):
        return _new_job(actor, stored=stored, title=title, comment=comment, reason=reason, options=options)


def plan_draft(held: Claim, *, progress: Progress | None = None) -> None:
    """Plan a draft that this process holds, and make it a draft to look at.

    The lease is renewed by a thread while long statements run. Raises LeaseLost if the draft was discarded, another
    process took it over, or it was the unfinished work of a command that died (which is deleted); a file that cannot
    be used makes a refused draft.
    """
    job = Job.objects.select_related("operation", "operation__actor", "file").get(pk=held.job_id)
    if job.needs_its_maker:
        _delete_draft(job)
        raise LeaseLost
    if job.file is None:
        raise LeaseLost
    options = PlanOptions.from_json(job.options)
    plan_number = job.plan_number + 1
    delete_plans(job.id, but=job.plan_number)  # what planners that were killed have left
    with tempfile.TemporaryFile() as source, lease_kept(held, state=JobState.CHECKING):
        _copy_stored(job.file, source)
        try:
            with planned(
                source, name=job.file.name, options=options, actor=job.operation.actor, progress=progress
            ) as summary:
                keep_plan(held, summary, plan_number=plan_number, progress=progress)
                _set_plan(held, summary, plan_number=plan_number, state=JobState.DRAFT)
        except (UnreadableFile, InvalidRequest) as error:
            # A choice of whom to leave out that names nothing is told on the draft, like a problem of the file.
            unusable = UnreadableFile(*error.problems)
            summary = refused_summary(source, name=job.file.name, options=options, error=unusable)
            with transaction.atomic():
                _set_plan(held, summary, plan_number=plan_number, state=JobState.DRAFT)
                job.certifications.all().delete()
    if job.plan_number:
        delete_plan(job.id, job.plan_number)


def revise_draft(actor: User, job_id: int, *, options: PlanOptions) -> Job:
    """Have a draft planned anew with other options; the old plan is kept until the new one is there.

    Raises NotFound, NotPermitted, WrongState.
    """
    require(actor, Permission.REMOVAL_MANAGE)
    job = find_job(actor, job_id)
    changed = Job.objects.filter(pk=job.pk, state=JobState.DRAFT).update(
        state=JobState.CHECKING, options=options.as_json(), attempts=0, error=""
    )
    if not changed:
        raise WrongState("Only a draft can be changed.")
    job.refresh_from_db()
    return job


def submit(actor: User, job_id: int, *, plan_number: int, skip_problems: bool = False) -> Job:
    """Queue a draft: exactly the plan that was looked at, named by its number.

    Raises NotFound, NotPermitted, WrongState (no draft, or planned anew since), InvalidRequest (no title), FileRefused.
    """
    require(actor, Permission.REMOVAL_MANAGE)
    job = find_job(actor, job_id)
    checked_title(job.operation.title)
    if job.state != JobState.DRAFT or job.plan_number != plan_number:
        raise WrongState("The job is no draft any more, or its preview has changed. Look at it again.")
    if job.error:
        # It has no preview, or one that was made under other options.
        raise WrongState("The file could not be checked. Upload it again.")
    if job.file_problems or (refusing_count(job.planned) and not skip_problems):
        raise NotAccepted("The file has problems. Correct it, or submit and leave the problem lines out.")
    with transaction.atomic():
        submitted = Job.objects.filter(pk=job.pk, state=JobState.DRAFT, plan_number=plan_number).update(
            state=JobState.QUEUED, skip_problems=skip_problems, submitted_at=database_now(), attempts=0
        )
    if not submitted:
        raise WrongState("The job was submitted or changed by another request.")
    job.refresh_from_db()
    return job


class NotAccepted(InvalidRequest):
    """The draft's file has problems, and they are not to be skipped."""


def discard(actor: User, job_id: int) -> None:
    """Delete a draft with its rows and its file. Raises NotFound, WrongState."""
    job = find_job(actor, job_id)
    if not _delete_draft(job):
        raise WrongState("Only a draft can be discarded.")


def _delete_draft(job: Job) -> bool:
    """Delete a job that is a draft, with all that belongs to it; False, and nothing done, if it is none any more."""
    with transaction.atomic():
        # Locked first: a worker that is making a plan of it, or a request that submits it, comes before or too late.
        draft = Job.objects.select_for_update().filter(pk=job.pk, state__in=DRAFT_STATES).first()
        if draft is None:
            return False
        draft.delete()
        Operation.objects.filter(pk=job.operation_id).delete()
    # A worker that is planning it finds its lease gone and stops: no rows are added any more.
    delete_plans(job.pk)
    if job.file_id is not None and not Job.objects.filter(file_id=job.file_id).exists():
        StoredFile.objects.filter(pk=job.file_id).delete()
    return True


def checked_title(title: str) -> str:
    """Return a job's title without surrounding space. Raises InvalidRequest if it is missing or too long."""
    title = title.strip()
    if not title:
        raise InvalidRequest("The Job Title is missing. Say in a few words what this removal is for.")
    if len(title) > LONGEST_TITLE:
        raise InvalidRequest(
            f"The Job Title has {len(title)} characters; at most {LONGEST_TITLE} are kept. Shorten it."
        )
    return title


def checked_reason(reason: str) -> str:
    """Return a job's reason without surrounding space. Raises InvalidRequest if it is too long."""
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise InvalidRequest(f"The reason has {len(reason)} characters; at most {LONGEST_REASON} are kept. Shorten it.")
    return reason


def _new_job(
    actor: User,
    *,
    stored: StoredFile,
    title: str,
    comment: str,
    reason: str,
    options: PlanOptions,
    lease_token: str | None = None,
) -> Job:
    now = database_now()
    with transaction.atomic():
        operation = Operation.objects.create(
            kind=Operation.Kind.REMOVAL,
            title=title,
            comment=comment,
            reason=reason,
            actor=actor,
            actor_user_id=actor.user_id,
            actor_name=actor.full_name,
            created_at=now,
        )
        return Job.objects.create(
            operation=operation,
            state=JobState.CHECKING,
            file=stored,
            options=options.as_json(),
            lease_token=lease_token,
            lease_until=now + timedelta(seconds=settings.ENVIRONMENT.lease_seconds) if lease_token else None,
            # Made by the command line, which leaves no drafts.
            needs_its_maker=lease_token is not None,
            attempts=1 if lease_token else 0,
        )


def _set_plan(held: Claim, summary: PlanSummary, *, plan_number: int, state: JobState, **values: object) -> None:
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
            needs_its_maker=False,
            lease_token=None,
            lease_until=None,
            attempts=0,
            **values,
        )
        if not changed:
            raise LeaseLost


def _copy_stored(stored: StoredFile, target: BinaryIO) -> None:
    """Copy to a local file first: rows are read while the connection is busy taking them in."""
    with open_stored_file(stored) as source:
        while piece := source.read(256 * 1024):
            target.write(piece)
    target.seek(0)
