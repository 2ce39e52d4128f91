"""Undo: the people of a job are put back, by a job of its own; or, where that job put people back, removed again.

An undo is looked at before it runs, like any job: as a draft on the pages, as a question on the command line. Who may
undo what is decided by *Certification Removal - Undo*, whose constraints say whose operations.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import creators_in_scope, holds, may_act_on_work_of, require_over_work_of
from certremoval.certifications.history import RemovalEntry, find_record
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, keep_off_of
from certremoval.certifications.models import Enrollment, Operation, RemovalRecord, Restoration
from certremoval.certifications.visibility import sees_operation
from certremoval.database.clock import database_now
from certremoval.database.texts import refuse_unstorable
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NothingToDo, Problem, WrongState
from certremoval.removals.counts import done_count
from certremoval.removals.drafts import draft_of_file, file_of_people
from certremoval.removals.jobs import find_job
from certremoval.removals.keeping import LeaseLost
from certremoval.removals.making import new_job, nothing_left_of_failure
from certremoval.removals.models import DRAFT_STATES, ENDED_STATES, Job
from certremoval.removals.options import PlanOptions, RestoreOptions
from certremoval.removals.permitting import undone_operation
from certremoval.removals.planning import PlanSummary, Progress
from certremoval.removals.restoring import planned_restore
from certremoval.removals.submitting import nothing_to_undo, queue_at_once, queue_file, require_agreed
from certremoval.removals.titles import LONGEST_TITLE, checked_reason, checked_title

_BATCH = 1_000

Confirm = Callable[[PlanSummary], bool]


def left_to_undo(job: Job, undos: Sequence[Job]) -> int:
    """Return how many of those that a job removed (or put back) none of its ``undos`` has put back (or removed)."""
    return done_count(job) - sum(done_count(undo) for undo in undos)


def may_undo(actor: User, job: Job) -> bool:
    """Whether somebody who sees a job may undo it now: it has ended, has done something, and is in their reach."""
    return (
        job.state in ENDED_STATES
        and done_count(job) > 0
        and may_act_on_work_of(actor, Permission.REMOVAL_UNDO, job.operation.actor_id)
    )


def can_be_put_back(actor: User, entries: Collection[RemovalEntry]) -> set[int]:
    """Return those of some removals, by record, that the actor may put back now.

    Their job, if there is one, has ended, and they stand. For the entries of a page.
    """
    if not holds(actor, Permission.REMOVAL_UNDO):
        return set()
    operations = {entry.record_id: entry.operation_key for entry in entries if entry.put_back is None}
    ended = Operation.objects.filter(pk__in=set(operations.values())).exclude(
        Q(job__isnull=False) & ~Q(job__state__in=ENDED_STATES)
    )
    scope = creators_in_scope(actor, Permission.REMOVAL_UNDO)
    reached = set(ended.filter(scope.condition("actor")).values_list("pk", flat=True))
    return {record for record, operation in operations.items() if operation in reached}


def undos_of(job: Job) -> list[Job]:
    """Return the submitted jobs that undo a job, whoever made them, the oldest first."""
    return list(job.undone_by.exclude(state__in=DRAFT_STATES).select_related("operation").order_by("pk"))


def undo_title(title: str) -> str:
    """Return what an undo is called if nobody says: "Undo of Warehouse South closes"."""
    title = _("Undo of %(title)s") % {"title": title}
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def users_ticked(job: Job, keys: Collection[int]) -> list[str]:
    """Return, by the keys of people of today, their User IDs as they were when a job removed them, or put them back."""
    records = RemovalRecord.objects.filter(user_key__in=keys)
    if job.restores:
        back = Restoration.objects.filter(operation_id=job.operation_id)
        records = records.filter(pk__in=back.values("record_id"))
    else:
        records = records.filter(operation_id=job.operation_id)
    return sorted(set(records.values_list("user_id", flat=True)))


def draft_undo(actor: User, job_id: int, *, users: Sequence[str] | None = None) -> Job:
    """Make a draft that undoes a job, for some of its people or for all; a worker or the caller has it planned.

    ``users`` are User IDs as they were when the job ran; None for all. Raises NotFound, NotPermitted, WrongState (the
    job has not ended), NothingToDo (it has done nothing), InvalidRequest (nobody chosen, or somebody it did not touch).
    """
    target = _find_undoable(actor, job_id)
    title = undo_title(target.operation.title)
    if not target.restores:
        return _new_restore(actor, RestoreOptions(target.operation_id, _chosen(users)), title=title, undo_of=target)
    with file_of_people(_put_back_by(target, _chosen(users))) as file:
        if file is None:
            raise nothing_to_undo()
        return draft_of_file(
            actor,
            file,
            name=_name_of_file(target),
            title=title,
            keep_off=_kept_off_again(target),
            options=PlanOptions(),
            undo_of=target,
        )


def draft_put_back(actor: User, record_id: int) -> Job:
    """Make a draft that puts one person back on one certification: of a bulk job, or taken off alone.

    Raises NotFound (no such removal, or none that is shown to the actor), NotPermitted, WrongState (the job is still
    running), NothingToDo (put back already).
    """
    record = find_record(actor, record_id)
    operation = Operation.objects.get(pk=record.operation_id)
    require_over_work_of(actor, Permission.REMOVAL_UNDO, operation.actor_id)
    target = Job.objects.filter(operation=operation).first()
    if target is not None:
        _require_ended(target)
    if Restoration.objects.filter(record_id=record.pk).exists():
        raise nothing_to_undo()
    title = undo_title(_("%(name)s from %(title)s") % {"name": record.user_name, "title": record.certification_title})
    options = RestoreOptions(operation.pk, record=record.pk)
    return _new_restore(actor, options, title=title, undo_of=target)


def undo_job(
    actor: User,
    job_id: int,
    *,
    users: Sequence[str] | None = None,
    title: str = "",
    comment: str = "",
    reason: str = "",
    typed: int | None = None,
    said: Collection[str] = (),
    confirm: Confirm | None = None,
    progress: Progress | None = None,
) -> Job:
    """Plan the undo of a job in this process, and queue it.

    ``typed``, ``said`` and ``confirm`` as of :func:`certremoval.removals.submitting.remove_file`; putting people back
    passes no check. Raises what :func:`draft_undo` raises, NothingToDo if it would change nobody,
    ConfirmationRequired, and NotConfirmed.
    """
    target = _find_undoable(actor, job_id)
    title, reason = checked_title(title or undo_title(target.operation.title)), checked_reason(reason)
    refuse_unstorable((title, comment))
    if target.restores:
        # Whoever it put back, and is still on the certification, is removed again. Who has left since, in whatever way,
        # is left out: that is no mistake in a list of ours.
        with file_of_people(_put_back_by(target, _chosen(users))) as file:
            if file is None:
                raise nothing_to_undo()
            return queue_file(
                actor,
                file,
                name=_name_of_file(target),
                title=title,
                comment=comment,
                reason=reason,
                options=PlanOptions(),
                skip_problems=True,
                undo_of=target,
                keep_off=_kept_off_again(target),
                typed=typed,
                said=said,
                confirm=confirm,
                progress=progress,
            )
    options = RestoreOptions(target.operation_id, _chosen(users))
    return _queue_restore(
        actor,
        options,
        title=title,
        comment=comment,
        reason=reason,
        undo_of=target,
        typed=typed,
        said=said,
        confirm=confirm,
        progress=progress,
    )


def undo_operation(
    actor: User,
    operation_id: int,
    *,
    users: Sequence[str] | None = None,
    title: str = "",
    comment: str = "",
    reason: str = "",
    typed: int | None = None,
    said: Collection[str] = (),
    confirm: Confirm | None = None,
    progress: Progress | None = None,
) -> Job:
    """Plan the undo of a removal that may have no job (of one person, of a full file), and queue it.

    Raises what :func:`undo_job` raises, which is asked where there is a job.
    """
    # Through the operation: what is larger than any key is none, and the database is not asked.
    known = Operation.objects.filter(pk=operation_id).first()
    job = None if known is None else Job.objects.filter(operation=known).first()
    if job is not None:
        return undo_job(
            actor,
            job.pk,
            users=users,
            title=title,
            comment=comment,
            reason=reason,
            typed=typed,
            said=said,
            confirm=confirm,
            progress=progress,
        )
    operation = find_undoable_operation(actor, operation_id)
    title, reason = checked_title(title or undo_title(operation.title)), checked_reason(reason)
    refuse_unstorable((title, comment))
    options = RestoreOptions(operation.pk, _chosen(users))
    return _queue_restore(
        actor,
        options,
        title=title,
        comment=comment,
        reason=reason,
        undo_of=None,
        typed=typed,
        said=said,
        confirm=confirm,
        progress=progress,
    )


def draft_undo_operation(actor: User, operation_id: int) -> Job:
    """Make a draft that undoes a removal that has no job, for all its people.

    Raises NotFound, NotPermitted, WrongState (it has a job, which is undone), NothingToDo.
    """
    operation = find_undoable_operation(actor, operation_id)
    return _new_restore(actor, RestoreOptions(operation.pk), title=undo_title(operation.title), undo_of=None)


def find_undoable_operation(actor: User, operation_id: int) -> Operation:
    """Return a removal that has no job and that the actor may undo.

    Raises NotFound, NotPermitted, WrongState (it has a job, which is undone), NothingToDo (all are put back).
    """
    operation = Operation.objects.filter(pk=operation_id, kind=Operation.Kind.REMOVAL).first()
    if operation is None or not sees_operation(actor, operation):
        raise NotFound(_("There is no such removal, or none that you may see."))
    require_over_work_of(actor, Permission.REMOVAL_UNDO, operation.actor_id)
    if Job.objects.filter(operation_id=operation_id).exists():
        raise WrongState(_("The removal was done by a job. Undo the job."))
    records = RemovalRecord.objects.filter(operation_id=operation_id)
    if not records.filter(~Exists(Restoration.objects.filter(record_id=OuterRef("pk")))).exists():
        raise nothing_to_undo()
    return operation


def _queue_restore(
    actor: User,
    options: RestoreOptions,
    *,
    title: str,
    comment: str,
    reason: str,
    undo_of: Job | None,
    typed: int | None,
    said: Collection[str],
    confirm: Confirm | None,
    progress: Progress | None,
) -> Job:
    """Plan a restore in this process, and queue it."""
    try:
        with planned_restore(options, actor=actor) as summary:
            if not summary.remove_count:
                raise nothing_to_undo()
            require_agreed(actor, summary, typed=typed, said=said, confirm=confirm)
            with nothing_left_of_failure(None) as made:
                job = new_job(
                    actor,
                    stored=None,
                    title=title,
                    comment=comment,
                    reason=reason,
                    options=options,
                    undo_of=undo_of,
                    lease_token=secrets.token_hex(16),
                )
                made.append(job)
                queue_at_once(job, summary, progress=progress)
    except LeaseLost as error:
        raise WrongState(_("The work stood still for too long, and nobody was put back. Try again.")) from error
    job.refresh_from_db()
    return job


def _kept_off_again(target: Job) -> KeepOff:
    """Return how long those are kept off whom the undo of an undo removes again: as long as they were at first."""
    first = undone_operation(target)
    keep_off = NOT_FIRMLY if first is None else keep_off_of(first)
    return NOT_FIRMLY if keep_off.until is not None and keep_off.until <= database_now().date() else keep_off


def _name_of_file(target: Job) -> str:
    return _("Put back by job %(id)s.csv") % {"id": target.pk}


def _find_undoable(actor: User, job_id: int) -> Job:
    job = find_job(actor, job_id)
    require_over_work_of(actor, Permission.REMOVAL_UNDO, job.operation.actor_id)
    _require_ended(job)
    if not done_count(job):
        raise NothingToDo(
            _("The job put nobody back, so there is nothing to undo.")
            if job.restores
            else _("The job removed nobody, so there is nothing to undo.")
        )
    return job


def _require_ended(job: Job) -> None:
    if job.state not in ENDED_STATES:
        raise WrongState(
            _("The job is %(state)s; it can be undone when it has ended. To stop it now, cancel it.")
            % {"state": job.get_state_display()}
        )


def _chosen(users: Sequence[str] | None) -> tuple[str, ...] | None:
    if users is None:
        return None
    if not users:
        raise InvalidRequest(_("Nobody is chosen. Tick the people concerned, or undo the whole job."))
    return tuple(dict.fromkeys(users))


def _new_restore(actor: User, options: RestoreOptions, *, title: str, undo_of: Job | None) -> Job:
    return new_job(actor, stored=None, title=title, comment="", reason="", options=options, undo_of=undo_of)


def _put_back_by(target: Job, users: tuple[str, ...] | None) -> Iterator[tuple[str, str]]:
    """Yield whom a restore has put back and who still is, as (Certification ID, User ID); if given, of ``users``.

    Who has left since, and came back by another way, is somebody else's work and not named. Raises InvalidRequest, at
    the end, for those of ``users`` whom it did not put back.
    """
    wanted, found = set(users or ()), set[str]()
    last = 0
    restorations = Restoration.objects.filter(operation_id=target.operation_id).order_by("pk")
    while batch := list(restorations.filter(pk__gt=last).values_list("pk", "record_id", "enrollment_id")[:_BATCH]):
        last = batch[-1][0]
        records = RemovalRecord.objects.in_bulk([record for _pk, record, _on in batch])
        enrollments = Enrollment.objects.select_related("user", "certification")
        still_on = enrollments.in_bulk([enrollment for _pk, _record, enrollment in batch])
        for _pk, record, enrollment in batch:
            user_id = records[record].user_id
            if users is not None and user_id not in wanted:
                continue
            found.add(user_id)
            if (on := still_on.get(enrollment)) is not None:
                yield on.certification.certification_id, on.user.user_id
    if unknown := sorted(wanted - found):
        problems = [
            Problem("invalid_request", _("%(id)s was not put back by this job.") % {"id": user_id}, value=user_id)
            for user_id in unknown
        ]
        raise InvalidRequest(_("The choice names people whom the job did not put back."), problems=problems)
