"""Notices as their recipient reads them: how many are new, which there are, and marking them as seen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from certremoval.access.scope import isolated
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import NotFound
from certremoval.removals.counts import done_count, job_result
from certremoval.removals.jobs import visible_jobs
from certremoval.removals.models import Job, JobState, Notice, NoticeKind

MOST_COUNTED = 99
"""Where more are new, it is not said how many."""


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as it is shown. ``job`` is None where the recipient may not see it any more: nothing is told of it."""

    notice: Notice
    job: Job | None
    words: str


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices, newest first; ``before`` is where those after them begin, None at the end."""

    told: list[Told]
    before: int | None


def unseen_count(reader: User) -> int:
    """Return how many notices are new to somebody; MOST_COUNTED + 1 stands for that and more. One query."""
    unseen = Notice.objects.filter(recipient=reader.pk, seen_at=None).order_by()
    return unseen[: MOST_COUNTED + 1].count()


def page_of_notices(reader: User, *, before: int | None = None, size: int = 25) -> NoticePage:
    """Return one page of somebody's notices, of those older than the key ``before``. A handful of queries."""
    notices = Notice.objects.filter(recipient=reader.pk).order_by("-pk")
    if before is not None:
        notices = notices.filter(pk__lt=before)
    page = list(notices[: size + 1])
    more, page = len(page) > size, page[:size]
    visible = visible_jobs(reader).filter(pk__in={one.job_id for one in page}) if page else Job.objects.none()
    jobs = {job.pk: job for job in visible.select_related("operation", "decision").defer("units", "statuses")}
    undos = _undos(page)
    told = []
    for notice in page:
        job = jobs.get(notice.job_id)
        told.append(Told(notice, job, "" if job is None else notice_words(notice, job, undos.get(notice.occasion))))
    return NoticePage(told, page[-1].pk if more else None)


def mark_seen(reader: User, *, up_to: int | None = None, notice: int | None = None) -> None:
    """Mark as seen one notice, or all up to the key of the newest that was shown: what came meanwhile stays new.

    Raises NotFound for a notice that is not theirs.
    """
    own = Notice.objects.filter(recipient=reader.pk)
    if notice is not None:
        if not own.filter(pk=notice).exists():
            raise NotFound(_("There is no such notice, or it is not for you."))
        own = own.filter(pk=notice)
    elif up_to is not None:
        own = own.filter(pk__lte=up_to)
    own.filter(seen_at=None).update(seen_at=database_now())


def undo_told(notice: Notice) -> Job | None:
    """Return the undo that a notice tells of; None if it tells of none."""
    return _undos([notice]).get(notice.occasion)


def _undos(notices: list[Notice]) -> dict[int, Job]:
    keys = {one.occasion for one in notices if one.kind == NoticeKind.UNDONE}
    return Job.objects.select_related("operation").defer("units", "statuses").in_bulk(keys) if keys else {}


def notice_words(notice: Notice, job: Job, undo: Job | None) -> str:
    """Return what a notice tells, as things stand now: "403 removed, 27 left out". Nobody removed is ever named."""
    result, by = job_result(job), {"name": isolated(notice.by_name)}
    match notice.kind:
        case NoticeKind.WAITS if job.state == JobState.AWAITING_APPROVAL:
            return _("Waits for your approval: %(result)s") % {"result": result}
        case NoticeKind.WAITS:
            return _("Waited for your approval; now %(state)s") % {"state": job.get_state_display()}
        case NoticeKind.APPROVED:
            return _("Approved by %(name)s") % by
        case NoticeKind.DECLINED:
            return _("Declined by %(name)s") % by
        case NoticeKind.CANCELLED:
            return _("Cancelled by %(name)s: %(result)s") % {**by, "result": result}
        case NoticeKind.FAILED if job.state == JobState.FAILED:
            return _("Failed: %(result)s") % {"result": result}
        case NoticeKind.FAILED:
            return _("Failed, and went on later; now %(state)s") % {"state": job.get_state_display()}
        case NoticeKind.UNDONE if undo is not None:
            values = {**by, "result": job_result(undo)}
            if done_count(undo) < done_count(job):
                return _("Undone in part by %(name)s: %(result)s") % values
            return _("Undone by %(name)s: %(result)s") % values
        case NoticeKind.UNDONE:
            return _("Undone by %(name)s") % by
    return result
