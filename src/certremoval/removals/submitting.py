"""Submitting: from a file to a job that a worker will run.

Two ways. A file from the command line is planned by the process that has it, and becomes a job only if it is
accepted. A file from a page is stored at once as a draft (:mod:`certremoval.removals.drafts`); its creator looks at it
and submits it here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import ActionRefused, InvalidRequest, UnreadableFile, WrongState
from certremoval.removals.counts import refusing_count
from certremoval.removals.files import store_file
from certremoval.removals.jobs import find_job
from certremoval.removals.keeping import LeaseLost, keep_plan
from certremoval.removals.making import FileRefused, new_job, nothing_left_of_failure, set_plan
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import PlanSummary, Progress, planned, refused_summary
from certremoval.removals.sql.lease import Claim
from certremoval.removals.texts import refuse_unstorable
from certremoval.removals.titles import checked_reason, checked_title


class NotConfirmed(ActionRefused):
    """The administrator saw what would happen, which is ``summary``, and said no. Nothing was left behind."""

    code = "confirmation_required"
    http_status = 409

    def __init__(self, summary: PlanSummary) -> None:
        super().__init__(_("The answer was no; nobody was removed."))
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
            with nothing_left_of_failure(stored):
                job = new_job(
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
                set_plan(
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
        raise WrongState(
            _("The work stood still for too long, and nobody was removed. Send the file again.")
        ) from error
    job.refresh_from_db()
    return job


def submit(actor: User, job_id: int, *, plan_number: int, skip_problems: bool = False) -> Job:
    """Queue a draft: exactly the plan that was looked at, named by its number, and once.

    Raises NotFound, NotPermitted, WrongState (no draft, or planned anew since, or submitted by another request),
    InvalidRequest (no title), NotAccepted.
    """
    require(actor, Permission.REMOVAL_MANAGE)
    job = find_job(actor, job_id)
    checked_title(job.operation.title)
    if job.state != JobState.DRAFT or job.plan_number != plan_number:
        raise WrongState(_("The job is no draft any more, or its preview has changed. Look at it again."))
    if job.error:
        # It has no preview, or one that was made under other options.
        raise WrongState(_("The file could not be checked. Upload it again."))
    if job.file_problems or (refusing_count(job.planned) and not skip_problems):
        raise NotAccepted(_("The file has problems. Correct it, or submit and leave the problem lines out."))
    with transaction.atomic():
        submitted = Job.objects.filter(pk=job.pk, state=JobState.DRAFT, plan_number=plan_number, error="").update(
            state=JobState.QUEUED, skip_problems=skip_problems, submitted_at=database_now(), attempts=0
        )
        if not submitted:
            raise WrongState(_("The job was submitted or changed by another request."))
        # The update holds the job's row, as whoever changes the title does: now it stays what it is.
        checked_title(Operation.objects.get(pk=job.operation_id).title)
    job.refresh_from_db()
    return job


class NotAccepted(InvalidRequest):
    """The draft's file has problems, and they are not to be skipped."""
