"""Submitting: from a file to a job that a worker will run.

Two ways. A file from the command line is planned by the process that has it, and becomes a job only if it is
accepted. A file from a page is stored at once as a draft (:mod:`certremoval.removals.drafts`); its creator looks at it
and submits it here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, keep_off_of, require_kept_off
from certremoval.certifications.limits import ConfirmationRequired
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.database.texts import refuse_unstorable
from certremoval.database.transactions import lock_by_name
from certremoval.organization.models import User
from certremoval.policy.reasons import require_reason
from certremoval.problems import InvalidRequest, NothingToDo, UnreadableFile, WrongState
from certremoval.removals.checks import (
    Answer,
    checks_of_draft,
    checks_of_plan,
    require_answers,
    sent_before,
)
from certremoval.removals.counts import refusing_count
from certremoval.removals.files import store_file
from certremoval.removals.keeping import LeaseLost, keep_plan
from certremoval.removals.making import FileRefused, new_job, nothing_left_of_failure, set_plan
from certremoval.removals.models import ENDED_STATES, Job, JobState
from certremoval.removals.noticing import notify_waiting
from certremoval.removals.options import PlanOptions
from certremoval.removals.permitting import find_to_submit
from certremoval.removals.planning import PlanSummary, Progress, planned, refused_summary
from certremoval.removals.sql.lease import Claim
from certremoval.removals.titles import checked_reason, checked_title


def nothing_to_undo() -> NothingToDo:
    """Return the refusal of an undo that would change nobody."""
    return NothingToDo(_("There is nothing left to undo: nobody is left whom it would concern."))


class NotConfirmed(ConfirmationRequired):
    """The administrator saw what would happen and said no. Nothing was left behind."""

    def __init__(self, summary: PlanSummary) -> None:
        removes = summary.kind == Operation.Kind.REMOVAL
        super().__init__(
            _("The answer was no; nobody was removed.") if removes else _("The answer was no; nobody was put back.")
        )


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
    scheduled_for: datetime | None = None,
    keep_off: KeepOff = NOT_FIRMLY,
    typed: int | None = None,
    said: Collection[str] = (),
    confirm: Callable[[PlanSummary], bool] | None = None,
    progress: Progress | None = None,
) -> Job:
    """Plan a file in this process, and queue the job if the file is accepted; it runs now, or when it is due.

    ``source`` is seekable. ``typed`` is the number of people that somebody typed, ``said`` which checks somebody has
    answered by saying so (:data:`~certremoval.removals.checks.SAID`). ``confirm`` is shown what an accepted file would
    do, where it would remove anybody, tells all checks of it, and asks for that number itself where a limit is passed:
    what it agrees to is the very plan that is kept. What needs approval waits for it. ``keep_off`` says how long loads
    keep these people off.

    Raises NotPermitted, InvalidRequest (title, choices, a reason that is too long, or none where one is required),
    FileRefused, ConfirmationRequired, NotConfirmed, WrongState (this process stood still for so long that another took
    the job over).
    """
    require(actor, Permission.REMOVAL_MANAGE)
    return queue_file(
        actor,
        source,
        name=name,
        title=title,
        comment=comment,
        reason=reason,
        options=options,
        skip_problems=skip_problems,
        scheduled_for=scheduled_for,
        keep_off=keep_off,
        typed=typed,
        said=said,
        confirm=confirm,
        progress=progress,
    )


def queue_file(
    actor: User,
    source: BinaryIO,
    *,
    name: str,
    title: str,
    comment: str = "",
    reason: str = "",
    options: PlanOptions,
    skip_problems: bool = False,
    scheduled_for: datetime | None = None,
    undo_of: Job | None = None,
    keep_off: KeepOff = NOT_FIRMLY,
    typed: int | None = None,
    said: Collection[str] = (),
    confirm: Callable[[PlanSummary], bool] | None = None,
    progress: Progress | None = None,
) -> Job:
    """Do what :func:`remove_file` does for an actor whose permission was asked for; ``undo_of``: a restore."""
    title, reason = checked_title(title), checked_reason(reason)
    refuse_unstorable((title, comment))
    require_reason(reason)
    require_kept_off(keep_off, scheduled_for)
    try:
        with planned(
            source, name=name, options=options, skip_problems=skip_problems, actor=actor, progress=progress
        ) as summary:
            if not summary.accepted:
                raise FileRefused(summary)
            if undo_of is not None:
                if not summary.remove_count:
                    raise nothing_to_undo()
                # It names the same people again, as it is meant to.
                summary = replace(summary, people_key="")
            require_agreed(actor, summary, typed=typed, said=said, confirm=confirm)
            assert summary.file is not None
            stored = store_file(source, summary.file)
            with nothing_left_of_failure(stored):
                job = new_job(
                    actor,
                    stored=stored,
                    title=title,
                    comment=comment,
                    reason=reason,
                    options=options,
                    undo_of=undo_of,
                    keep_off=keep_off,
                    lease_token=secrets.token_hex(16),
                )
                queue_at_once(
                    job,
                    summary,
                    skip_problems=skip_problems,
                    scheduled_for=scheduled_for,
                    said=said,
                    progress=progress,
                )
    except UnreadableFile as error:
        raise FileRefused(refused_summary(source, name=name, options=options, error=error)) from error
    except LeaseLost as error:
        raise WrongState(
            _("The work stood still for too long, and nobody was removed. Send the file again.")
        ) from error
    job.refresh_from_db()
    return job


def require_agreed(
    actor: User,
    summary: PlanSummary,
    *,
    typed: int | None,
    said: Collection[str],
    confirm: Callable[[PlanSummary], bool] | None,
) -> None:
    """Raise ConfirmationRequired or NotConfirmed unless what a plan would do is agreed to.

    Where somebody is asked, ``confirm`` tells them the checks and has them type the number, if it was not typed before,
    and may raise ConfirmationRequired itself.
    """
    checks = checks_of_plan(actor, summary) if confirm is None and summary.remove_count else ()
    restores = summary.kind == Operation.Kind.RESTORE
    try:
        require_answers(checks, remove_count=summary.remove_count, typed=typed, said=said, restores=restores)
        if confirm is not None and summary.remove_count and not confirm(summary):
            raise NotConfirmed(summary)
    except ConfirmationRequired as error:
        error.counts = summary.counts
        raise


def queue_at_once(
    job: Job,
    summary: PlanSummary,
    *,
    skip_problems: bool = False,
    scheduled_for: datetime | None = None,
    said: Collection[str] = (),
    progress: Progress | None = None,
) -> None:
    """Keep the plan that this process has just made for a job of its own, and queue the job.

    Raises LeaseLost, WrongState if what the job undoes goes on again, and ConfirmationRequired if the same people were
    sent since they were planned, unless that is ``said`` to be meant so.
    """
    held = Claim(job_id=job.id, token=job.lease_token or "", attempts=1)
    keep_plan(held, summary, plan_number=1, progress=progress)
    with transaction.atomic():
        _make_final(job.undo_of_id)
        if summary.remove_count and "same_people" not in said:
            _require_first_of_its_people(summary.people_key, but=job.pk, since=summary.planned_at)
        set_plan(
            held,
            summary,
            plan_number=1,
            state=JobState.AWAITING_APPROVAL if summary.approvals else JobState.QUEUED,
            skip_problems=skip_problems,
            scheduled_for=scheduled_for,
            submitted_at=database_now(),
        )
        if summary.approvals:
            notify_waiting(job)


def _make_final(target: int | None) -> None:
    """Lock the job that is undone, which has ended: it does not go on any more. Raises WrongState if it does."""
    if target is None:
        return
    if not Job.objects.select_for_update().filter(pk=target, state__in=ENDED_STATES).exists():
        raise WrongState(_("The job that is to be undone goes on again. Wait until it has ended, or cancel it."))


def submit(
    actor: User,
    job_id: int,
    *,
    plan_number: int,
    skip_problems: bool = False,
    scheduled_for: datetime | None = None,
    typed: int | None = None,
    said: Collection[str] = (),
) -> Job:
    """Queue a draft: exactly the plan that was looked at, named by its number, and once; to run now, or when it is due.

    ``typed`` is the number of people that somebody typed, without which nothing above a limit is queued; ``said`` are
    the codes of the checks that somebody answered by saying so. What needs approval waits for it.

    Raises NotFound, NotPermitted, WrongState (no draft, or planned anew since, or submitted by another request, or the
    job that it undoes goes on again), InvalidRequest (no title, no reason where one is required, or
    NobodyKeptOff: the day until which people are kept off would have come by then), NotAccepted, NothingToDo (an undo
    of nothing), and ConfirmationRequired.
    """
    job = find_to_submit(actor, job_id)
    _require_texts(job.operation, scheduled_for)
    if job.state != JobState.DRAFT or job.plan_number != plan_number:
        raise WrongState(_("The job is no draft any more, or its preview has changed. Look at it again."))
    if job.error:
        # It has no preview, or one that was made under other options.
        raise WrongState(_("The file could not be checked. Upload it again."))
    if job.file_problems or (refusing_count(job) and not skip_problems):
        raise NotAccepted(_("The file has problems. Correct it, or submit and leave the problem lines out."))
    if (job.restores or job.undo_of_id is not None) and not job.remove_count:
        raise nothing_to_undo()
    checks = checks_of_draft(actor, job) if job.remove_count else ()
    require_answers(checks, remove_count=job.remove_count, typed=typed, said=said, restores=job.restores)
    waits = any(check.answer == Answer.APPROVAL for check in checks)
    with transaction.atomic():
        _make_final(job.undo_of_id)
        if job.remove_count and "same_people" not in said:
            _require_first_of_its_people(job.people_key, but=job.pk)
        submitted = Job.objects.filter(pk=job.pk, state=JobState.DRAFT, plan_number=plan_number, error="").update(
            state=JobState.AWAITING_APPROVAL if waits else JobState.QUEUED,
            skip_problems=skip_problems,
            scheduled_for=scheduled_for,
            submitted_at=database_now(),
            attempts=0,
        )
        if not submitted:
            raise WrongState(_("The job was submitted or changed by another request."))
        # The update holds the job's row, as whoever changes the title does: now it stays what it is.
        _require_texts(Operation.objects.get(pk=job.operation_id), scheduled_for)
        if waits:
            notify_waiting(job)
    job.refresh_from_db()
    return job


def _require_texts(operation: Operation, scheduled_for: datetime | None) -> None:
    """Raise InvalidRequest if there is no title, or no reason for a removal that needs one. To put back needs none.

    NobodyKeptOff too: nobody is removed without the hold that was asked for.
    """
    checked_title(operation.title)
    if operation.kind == Operation.Kind.REMOVAL:
        require_reason(operation.reason)
        require_kept_off(keep_off_of(operation), scheduled_for)


def _require_first_of_its_people(people_key: str, *, but: int, since: datetime | None = None) -> None:
    """Raise ConfirmationRequired if another job of the same people was submitted, by whomever: at this very moment, or
    ``since`` somebody looked whether there is one. Called in the transaction that submits.
    """
    if not people_key:
        return
    lock_by_name(f"people {people_key}")
    earlier = sent_before(people_key, but=but)
    if earlier is not None and (since is None or earlier.submitted_at is None or earlier.submitted_at >= since):
        raise ConfirmationRequired(_("The same list was sent just now. Look at the checks again; nothing was done."))


class NotAccepted(InvalidRequest):
    """The draft's file has problems, and they are not to be skipped."""
