"""Noticing: creators and approvers are told when a job waits for them, ends, fails, or is undone.

Each function is called inside the transaction that brings about what it tells, with the job's row locked: a chunk that
is rolled back has told nobody, and nothing happens of which nobody is told. What was told is not told again
(``told_once``). The people whom a job removes or puts back are never told.

Whether an e-mail goes out is settled here, too: not for an installation without a mail server, and not to who has no
address or does not want it. So turning e-mail on sends nothing of the past.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from certremoval.access.holders import who_may_act_on_work_of
from certremoval.access.models import Permission
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.removals.counts import done_count
from certremoval.removals.models import Decision, Job, JobState, MailState, Notice, NoticeKind


def notify_waiting(job: Job) -> None:
    """Tell everybody who may approve a job that it waits for them; its creator never may.

    Superusers may approve everything, but are told only if a role makes them approvers, or if nobody else could:
    an installation that has approvers does not trouble them with each job.
    """
    creator = job.operation.actor_id
    approvers = [*who_may_act_on_work_of(creator, Permission.REMOVAL_APPROVE)]
    if all(one.pk == creator for one in approvers):
        approvers = [*User.objects.filter(is_superuser=True, is_active=True)]
    _tell(job, [one for one in approvers if one.pk != creator], NoticeKind.WAITS, by_name=job.operation.actor_name)


def notify_decided(job: Job) -> None:
    """Tell its creator what was decided on a job that waited, and by whom; nobody else is asked for it any more."""
    _waits_no_more(job)
    decision = Decision.objects.get(job=job)
    kind = NoticeKind.APPROVED if decision.approved else NoticeKind.DECLINED
    _tell(job, _creator(job, but=decision.actor_id), kind, by_name=decision.actor_name)


def notify_cancelled(job: Job, by: User) -> None:
    """Tell its creator that somebody else has cancelled a job; nobody is asked to approve it any more."""
    _waits_no_more(job)
    _tell(job, _creator(job, but=by.pk), NoticeKind.CANCELLED, by_name=by.full_name)
    _notify_undone(job)


def notify_ended(job_id: int) -> None:
    """Tell the creator of a job that was just processed, or has just failed; each failure is told.

    If it undoes another administrator's job, that one is told, too.
    """
    heavy = ("units", "statuses", "options", "file_problems")
    job = Job.objects.select_related("operation").defer(*heavy).get(pk=job_id)
    if job.state == JobState.FAILED:
        failures = Notice.objects.filter(job=job, kind=NoticeKind.FAILED).count()
        _tell(job, _creator(job), NoticeKind.FAILED, occasion=failures + 1)
    else:
        _tell(job, _creator(job), NoticeKind.PROCESSED)
    _notify_undone(job)


def _notify_undone(undo: Job) -> None:
    """Tell the creator of a job that somebody else has undone, wholly or in part: once the undo has done anything."""
    if undo.undo_of_id is None or not done_count(undo):
        return
    target = Job.objects.select_related("operation").get(pk=undo.undo_of_id)
    creator = _creator(target, but=undo.operation.actor_id)
    _tell(target, creator, NoticeKind.UNDONE, by_name=undo.operation.actor_name, occasion=undo.pk)


def _creator(job: Job, *, but: int | None = None) -> Iterable[User]:
    """Return who made a job, to be told: nobody for work of the system, for the inactive, and for whom to leave out."""
    creator = job.operation.actor_id
    if creator is None or creator == but:
        return []
    return User.objects.filter(pk=creator, is_active=True)


def _waits_no_more(job: Job) -> None:
    waiting = Notice.objects.filter(job=job, kind=NoticeKind.WAITS)
    waiting.filter(seen_at=None).update(seen_at=database_now())
    waiting.filter(mail_state=MailState.WAITING).update(mail_state=MailState.NONE, mail_due_at=None)


def _tell(job: Job, recipients: Iterable[User], kind: NoticeKind, *, by_name: str = "", occasion: int = 0) -> None:
    now = database_now()
    Notice.objects.bulk_create(
        [
            Notice(
                job=job,
                recipient=recipient,
                kind=kind,
                occasion=occasion,
                by_name=by_name,
                created_at=now,
                message_id=_new_message_id(),
                **_mail(recipient, now),
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )


def _mail(recipient: User, now: datetime) -> dict[str, object]:
    if not settings.ENVIRONMENT.email_host or not recipient.email or not recipient.notices_by_mail:
        return {"mail_state": MailState.NONE}
    return {"mail_state": MailState.WAITING, "mail_due_at": now}


def _new_message_id() -> str:
    domain = settings.ENVIRONMENT.email_from.rpartition("@")[2] or "certremoval.invalid"
    return f"<{secrets.token_hex(16)}@{domain}>"
