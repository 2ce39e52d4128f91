"""Drafts: a file that was uploaded, pasted or chosen, planned, looked at and changed before it is submitted.

A draft is seen by its creator alone. Each choice on it (whom to leave out, another column) has it planned anew under a
new number; the old plan is kept until the new one is there.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from django.db import DatabaseError, InterfaceError, transaction
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff
from certremoval.certifications.models import Operation
from certremoval.database.texts import refuse_unstorable
from certremoval.organization.models import User
from certremoval.policy.file_limits import file_limits
from certremoval.problems import InvalidRequest, NotFound, NothingToDo, UnreadableFile, WrongState
from certremoval.reading import write_csv
from certremoval.removals.files import describe_file, is_small, open_stored_file, store_file
from certremoval.removals.jobs import find_job
from certremoval.removals.keeping import LeaseLost, delete_plan, delete_plans, keep_plan
from certremoval.removals.leases import lease_kept
from certremoval.removals.making import (
    FileRefused,
    delete_draft,
    delete_unused_file,
    new_job,
    nothing_left_of_failure,
    set_plan,
)
from certremoval.removals.models import DRAFT_STATES, Job, JobState, StoredFile
from certremoval.removals.options import PlanOptions, RestoreOptions
from certremoval.removals.pasted import pasted_user_ids
from certremoval.removals.permitting import find_to_submit
from certremoval.removals.planning import PlanSummary, Progress, count_units, planned, refused_summary
from certremoval.removals.restoring import planned_restore
from certremoval.removals.rows import CERTIFICATION_COLUMN, USER_COLUMN, open_removal_table
from certremoval.removals.sql import lease
from certremoval.removals.sql.lease import Claim
from certremoval.removals.titles import checked_reason, checked_title

logger = logging.getLogger(__name__)

SMALL_FILE = 256 * 1024
"""Bytes; some ten thousand lines. A file up to this is planned while its sender waits (docs/decisions/0007)."""

SMALL_UNDO = 10_000
"""Rows of the job that is undone, up to which its undo is planned while its sender waits."""

FEW_CHOSEN = 1_000
"""People chosen for an undo, up to whom it is planned at once, however large the job was."""

PASTED_FILE = "Pasted list.csv"


def upload_draft(
    actor: User,
    source: BinaryIO,
    *,
    name: str,
    title: str = "",
    comment: str = "",
    reason: str = "",
    keep_off: KeepOff = NOT_FIRMLY,
    options: PlanOptions,
) -> Job:
    """Store a file as a draft that a worker will check. A title may still be missing.

    Raises NotPermitted, InvalidRequest (title or reason too long), FileRefused (too large to be stored).
    """
    require(actor, Permission.REMOVAL_MANAGE)
    return draft_of_file(
        actor, source, name=name, title=title, comment=comment, reason=reason, keep_off=keep_off, options=options
    )


def draft_of_file(
    actor: User,
    source: BinaryIO,
    *,
    name: str,
    title: str,
    comment: str = "",
    reason: str = "",
    keep_off: KeepOff = NOT_FIRMLY,
    options: PlanOptions,
    undo_of: Job | None = None,
) -> Job:
    """Do what :func:`upload_draft` does for an actor whose permission was asked for; ``undo_of``: a restore."""
    title, reason = checked_title(title) if title.strip() else "", checked_reason(reason)
    refuse_unstorable((title, comment))
    stored = _store_within_limit(source, name=name, options=options)
    with nothing_left_of_failure(stored):
        return new_job(
            actor,
            stored=stored,
            title=title,
            comment=comment,
            reason=reason,
            options=options,
            undo_of=undo_of,
            keep_off=keep_off,
        )


def draft_of_people(
    actor: User,
    rows: Iterable[tuple[str, str]],
    *,
    name: str,
    certification: str | None = None,
    title: str = "",
    comment: str = "",
) -> Job:
    """Make a draft of people chosen on a page: (Certification ID, User ID), which become a file like an uploaded one.

    The rows are streamed. Raises NothingToDo if there are none, NotPermitted, InvalidRequest, FileRefused.
    """
    require(actor, Permission.REMOVAL_MANAGE)
    options = PlanOptions(certification=certification)
    with file_of_people(rows) as file:
        if file is None:
            raise NothingToDo(_("Nobody is chosen. Tick the people to be removed, or change the filters."))
        return draft_of_file(actor, file, name=name, title=title, comment=comment, options=options)


@contextmanager
def file_of_people(rows: Iterable[tuple[str, str]]) -> Iterator[BinaryIO | None]:
    """Write people, as (Certification ID, User ID), into a file like an uploaded one; None if there are none."""
    count = 0

    def counted() -> Iterator[tuple[str, str]]:
        nonlocal count
        yield CERTIFICATION_COLUMN, USER_COLUMN
        for row in rows:
            refuse_unstorable(row)
            count += 1
            yield row

    with tempfile.TemporaryFile() as file:
        write_csv(file, counted())
        yield file if count else None


def draft_of_pasted(
    actor: User,
    text: str,
    *,
    certification: str,
    title: str = "",
    comment: str = "",
    reason: str = "",
    keep_off: KeepOff = NOT_FIRMLY,
) -> Job:
    """Make a draft of a pasted list, one User ID a line (see :func:`pasted_user_ids`), for one certification.

    ``certification`` is its Certification ID. It becomes a file like an uploaded one, whose lines are those of the
    list, below a heading. Raises InvalidRequest if nobody is in the list, NotPermitted, FileRefused.
    """
    require(actor, Permission.REMOVAL_MANAGE)
    ids = pasted_user_ids(text)
    if not ids:
        raise InvalidRequest(_("The list is empty. Paste one User ID a line."))
    refuse_unstorable(ids)
    with tempfile.TemporaryFile() as file:
        write_csv(file, chain([(USER_COLUMN,)], ((user_id,) for user_id in ids)))
        options = PlanOptions(certification=certification)
        return upload_draft(
            actor,
            file,
            name=PASTED_FILE,
            title=title,
            comment=comment,
            reason=reason,
            keep_off=keep_off,
            options=options,
        )


def check_now(job: Job, *, at_most: int = SMALL_FILE) -> Job:
    """Plan a small file at once, so that its sender need not wait for a worker; return the job as it is then.

    The draft is claimed as a worker claims it. What is left to the workers: a file of more than ``at_most`` bytes (a
    workbook that unpacks to much more), a draft that a worker has or had, and one whose planning fails. Raises NotFound
    if the draft was discarded meanwhile.
    """
    if job.state == JobState.CHECKING and not job.attempts and _is_small(job, at_most):
        held = lease.claim(secrets.token_hex(16), drafts=True, job=job.pk)
        if held is not None:
            _plan_at_once(held)
    try:
        job.refresh_from_db()
    except Job.DoesNotExist:
        raise NotFound(_("There is no job %(id)s, or none that you may see.") % {"id": job.pk}) from None
    return job


def _is_small(job: Job, at_most: int) -> bool:
    if job.file is not None:
        return is_small(job.file, at_most)
    if not job.restores:
        return False
    options = RestoreOptions.from_json(job.options)
    few = options.record is not None or (options.users is not None and len(options.users) <= FEW_CHOSEN)
    return few or job.undo_of is None or job.undo_of.checkpoint <= SMALL_UNDO


def _plan_at_once(held: Claim) -> None:
    """Plan a claimed draft; whatever fails is left to a worker, which finds and tells the same."""
    try:
        plan_draft(held)
    except LeaseLost:
        logger.info("Draft %s was discarded, or a worker has it.", held.job_id)
    except Exception:
        logger.exception("Draft %s could not be checked at once.", held.job_id)
        with suppress(DatabaseError, InterfaceError):  # then its lease runs out
            lease.release(held)


def plan_draft(held: Claim, *, progress: Progress | None = None) -> None:
    """Plan a draft that this process holds, and make it a draft to look at.

    The lease is renewed by a thread while long statements run. Raises LeaseLost if the draft was discarded, another
    process took it over, or it was the unfinished work of a command that died (which is deleted); a file that cannot
    be used makes a refused draft.
    """
    job = Job.objects.select_related("operation", "operation__actor", "file").get(pk=held.job_id)
    if job.needs_its_maker:
        delete_draft(job)
        raise LeaseLost
    if job.file is None and not job.restores:
        raise LeaseLost
    plan_number = job.plan_number + 1
    delete_plans(job.id, but=job.plan_number)  # what planners that were killed have left
    with lease_kept(held, state=JobState.CHECKING):
        try:
            with _planned(job, progress) as summary:
                summary = replace(summary, units=count_units(summary.remove_count))
                keep_plan(held, summary, plan_number=plan_number, progress=progress)
                set_plan(held, summary, plan_number=plan_number, state=JobState.DRAFT)
        except (UnreadableFile, InvalidRequest) as error:
            # A choice of whom to leave out that names nothing is told on the draft, like a problem of the file.
            summary = _refused(job, UnreadableFile(*error.problems))
            with transaction.atomic():
                set_plan(held, summary, plan_number=plan_number, state=JobState.DRAFT)
                job.certifications.all().delete()
    if job.plan_number:
        delete_plan(job.id, job.plan_number)


@contextmanager
def _planned(job: Job, progress: Progress | None) -> Iterator[PlanSummary]:
    """Plan what the draft is to do: its file, or the removals that it is to undo."""
    actor = job.operation.actor
    if job.file is None:
        with planned_restore(RestoreOptions.from_json(job.options), actor=actor) as summary:
            yield summary
        return
    options = PlanOptions.from_json(job.options)
    with (
        _copied(job.file) as source,
        planned(source, name=job.file.name, options=options, actor=actor, progress=progress) as summary,
    ):
        # What undoes a job names the same people again, as it is meant to: it is no list that was sent.
        yield summary if job.undo_of_id is None else replace(summary, people_key="")


def _refused(job: Job, error: UnreadableFile) -> PlanSummary:
    if job.file is None:
        problems = tuple(error.problems)
        options = RestoreOptions.from_json(job.options)
        return PlanSummary(None, options, job.kind, file_problems=problems, problem_count=len(problems))
    with _copied(job.file) as source:
        return refused_summary(source, name=job.file.name, options=PlanOptions.from_json(job.options), error=error)


def revise_draft(actor: User, job_id: int, *, options: PlanOptions) -> Job:
    """Have a draft planned anew with other options; the old plan is kept until the new one is there.

    Raises NotFound, NotPermitted, WrongState.
    """
    job = find_to_submit(actor, job_id)
    if job.file is None:
        raise WrongState(_("Only a draft with a file can be changed. Discard this one, and choose anew."))
    if job.undo_of_id is not None and options.reading != PlanOptions.from_json(job.options).reading:
        # Whoever may undo may not by that remove whom they like.
        raise WrongState(_("The file of an undo is not read otherwise. Discard this draft, and create a removal job."))
    changed = Job.objects.filter(pk=job.pk, state=JobState.DRAFT).update(
        state=JobState.CHECKING, options=options.as_json(), attempts=0, error=""
    )
    if not changed:
        raise WrongState(_("Only a draft can be changed."))
    job.refresh_from_db()
    return job


def replace_file(actor: User, job_id: int, source: BinaryIO, *, name: str) -> Job:
    """Give a draft another file: title, comment, reason and whom to leave out stay, how the file is read does not.

    A check of the old file that is under way comes to nothing: its lease is taken. Raises NotFound, NotPermitted,
    WrongState, FileRefused (too large to be stored; the draft is as it was).
    """
    job = find_to_submit(actor, job_id)
    if job.file is None or job.undo_of_id is not None:
        raise WrongState(_("An undo takes no other file. Discard this draft, and create a removal job."))
    before = PlanOptions.from_json(job.options)
    options = replace(before, user_column=None, match="user_id", sheet=None, encoding=None)
    stored = _store_within_limit(source, name=name, options=options)
    with nothing_left_of_failure(stored):
        same = Job.objects.filter(pk=job.pk, state__in=DRAFT_STATES, needs_its_maker=False, file=job.file_id)
        replaced = same.update(
            state=JobState.CHECKING,
            file=stored,
            options=options.as_json(),
            lease_token=None,
            lease_until=None,
            attempts=0,
            error="",
        )
        if not replaced:
            raise WrongState(_("Only a draft can be changed, and another request was quicker. Look at it again."))
    delete_unused_file(job.file_id)
    return find_job(actor, job_id)


def title_draft(
    actor: User, job_id: int, *, title: str, comment: str, reason: str, keep_off: KeepOff | None = None
) -> Job:
    """Say what a draft is called, why, and how long its people are kept off (None: as before).

    A title may still be missing. Whoever puts people back keeps nobody off.

    Raises NotFound, NotPermitted, InvalidRequest, WrongState.
    """
    job = find_to_submit(actor, job_id)
    title, reason = checked_title(title) if title.strip() else "", checked_reason(reason)
    refuse_unstorable((title, comment))
    if job.restores:
        keep_off = NOT_FIRMLY
    how_long = {} if keep_off is None else {"held_until": keep_off.until, "held_for_good": keep_off.for_good}
    with transaction.atomic():
        # Locked: a request that submits it comes before, and then the title stays as it was submitted, or after.
        draft = Job.objects.select_for_update().filter(pk=job.pk, state__in=DRAFT_STATES).first()
        if draft is None:
            raise WrongState(_("Only a draft can be changed."))
        Operation.objects.filter(pk=job.operation_id).update(title=title, comment=comment, reason=reason, **how_long)
    return find_job(actor, job_id)


def discard(actor: User, job_id: int) -> None:
    """Delete a draft with its rows and its file. Raises NotFound, WrongState."""
    job = find_job(actor, job_id)
    if not delete_draft(job):
        raise WrongState(_("Only a draft can be discarded."))


def _store_within_limit(source: BinaryIO, *, name: str, options: PlanOptions) -> StoredFile:
    """Store a file. Raises FileRefused if it is too large."""
    facts = describe_file(source, name=name)
    if facts.size > file_limits().max_file_bytes:
        try:
            open_removal_table(source, name=name, options=options)
        except UnreadableFile as error:
            raise FileRefused(refused_summary(source, name=name, options=options, error=error)) from error
    return store_file(source, facts)


@contextmanager
def _copied(stored: StoredFile) -> Iterator[BinaryIO]:
    """Copy to a local file first: rows are read while the connection is busy taking them in."""
    with tempfile.TemporaryFile() as target:
        with open_stored_file(stored) as source:
            while piece := source.read(256 * 1024):
                target.write(piece)
        target.seek(0)
        yield target
