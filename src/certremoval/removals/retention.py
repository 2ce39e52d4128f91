"""Retention: how long the lines and the file of a job are kept, and drafts; and their purge.

What was removed, by whom and why is never purged: operations, removal records and restorations stay, and of a job all
but its lines: its counts, by certification too, who decided on it, and what its file was called and its SHA-256. So a
purged job is told as before, can be undone as before, and only its lines and files are refused, with the date.

A purge works in short transactions, each of which leaves everything as it should be: first the job is marked, and from
then on nobody is shown its lines; then they go, the file first. Killed at any moment, it is finished by the next one.
Two at once do no harm: a row that is gone already is passed over, and a job's purge has ended when nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from certremoval.database.clock import database_now
from certremoval.policy.settings import current_policy
from certremoval.removals.making import take_away_draft
from certremoval.removals.models import ENDED_STATES, Job, JobState, StoredFile
from certremoval.removals.pace import Pace
from certremoval.removals.sql import purge as pieces
from certremoval.removals.sql.purge import Kind
from certremoval.removals.sql.read import left_alone

DRAFT_DAYS = 7
"""After so many days a draft is discarded: counted from when it was made, or last checked, if that was later. Its
preview is as old then. A draft that waits to be checked waits for that first."""

UNUSED_FILE_DAYS = 1
"""After so many days a stored file that no job has was left by somebody who was killed while it was stored."""

MOST_AT_ONCE = 1_000


@dataclass(slots=True)
class PurgeReport:
    """What was purged, or would be: jobs, drafts, lines (of jobs and of drafts), and files with their bytes.

    ``finished``: nothing is left that is due.
    """

    jobs: int = 0
    drafts: int = 0
    lines: int = 0
    files: int = 0
    bytes: int = 0
    finished: bool = True

    @property
    def did_anything(self) -> bool:
        """Whether anything was deleted."""
        return any((self.jobs, self.drafts, self.lines, self.files))


def due(*, most: int | None = MOST_AT_ONCE) -> list[tuple[Kind, int]]:
    """Return what is to be purged now, by the settings as they stand; two queries."""
    return pieces.due(
        job_days=current_policy().details_kept_days,
        draft_days=DRAFT_DAYS,
        unused_file_days=UNUSED_FILE_DAYS,
        most=most,
    )


def purge(*, stop: Callable[[], bool] | None = None) -> PurgeReport:
    """Delete what is due, in short transactions (outside any other); return what went.

    ``stop`` is asked after each of them; where it says so the rest is left for the next purge.
    """
    report, pace = PurgeReport(), Pace()
    steps = _steps(report, pace)
    while True:
        pace.begin()
        if next(steps, None) is None:
            return report
        pace.end()
        if stop is not None and stop():
            report.finished = False
            return report


def what_is_due() -> PurgeReport:
    """Return what a purge would delete now; deletes nothing."""
    report = PurgeReport()
    jobs: list[int] = []
    drafts: list[int] = []
    files: set[int] = set()
    for kind, key in due(most=None):
        match kind:
            case "job":
                jobs.append(key)
            case "draft":
                drafts.append(key)
            case "lines":
                report.lines += pieces.lines_kept(job=key)
            case "file":
                files.add(key)
    report.jobs, report.drafts = len(jobs), len(drafts)
    going = {*jobs, *drafts}
    for job in (*jobs, *drafts):
        report.lines += pieces.lines_kept(job=job)
        file = Job.objects.values_list("file_id", flat=True).get(pk=job)
        others = Job.objects.filter(file_id=file, purged_at=None).exclude(pk__in=going) if file is not None else None
        if file is not None and others is not None and not others.exists():
            files.add(file)
    sizes = [size for size in (pieces.bytes_kept(file=file) for file in files) if size]
    report.files, report.bytes = len(sizes), sum(sizes)
    return report


def _steps(report: PurgeReport, pace: Pace) -> Iterator[bool]:
    """Purge what is due; yield after each short transaction."""
    passed: set[tuple[Kind, int]] = set()
    while found := [one for one in due() if one not in passed]:
        passed.update(found)  # another purge may be at work on it, or a cancellation was quicker: not again in this one
        for kind, key in found:
            match kind:
                case "job":
                    yield from _purge_job(key, report, pace)
                case "draft":
                    report.drafts += take_away_draft(key, only=_old_draft())
                    yield True
                case "lines":
                    yield from _delete_rows(key, report, pace)
                case "file":
                    yield from _delete_file(key, report)
                    StoredFile.objects.filter(pk=key).delete()
                    yield True


def _old_draft() -> Q:
    """Return the condition of a draft that is due: it may have been checked anew, or be checked, since it was found."""
    old = database_now() - timedelta(days=DRAFT_DAYS)
    return Q(Q(planned_at=None) | Q(planned_at__lt=old), state=JobState.DRAFT)


def _purge_job(job_id: int, report: PurgeReport, pace: Pace) -> Iterator[bool]:
    job = Job.objects.select_related("operation").filter(pk=job_id).first()
    if job is None:
        return
    if job.purged_at is None:
        if not _mark(job):
            return
        yield True
    # The file first: a download that is under way then breaks off. A line that is missing would be told as nothing.
    if job.file_id is not None and not pieces.is_needed(file=job.file_id):
        yield from _delete_file(job.file_id, report)
    yield from _delete_rows(job_id, report, pace)
    if pieces.end_purge(job=job_id):
        report.jobs += 1
        yield True


def _mark(job: Job) -> bool:
    """Note that a job is purged, with what its counts need of its lines; False if it goes on again, or was marked."""
    options = {**job.options, **({} if job.restores else {"leave_out_users": []})}
    noted = dict(left_alone(job=job.pk, checkpoint=job.checkpoint))
    # As it ended when the notes were counted: who lets it go on, or cancels it, changes that.
    same = Job.objects.filter(pk=job.pk, purged_at=None, ended_at=job.ended_at, state__in=ENDED_STATES)
    return bool(
        same.update(purged_at=database_now(), purged_counts=noted, options=options, units=[], statuses={}, warnings={})
    )


def _delete_rows(job_id: int, report: PurgeReport, pace: Pace) -> Iterator[bool]:
    """Delete a job's steps, lines and notes, in this order: lines stand for what is left, notes tell of them."""
    while pieces.delete_steps(job=job_id, size=pace.size):
        yield True
    while count := pieces.delete_lines(job=job_id, size=pace.size):
        report.lines += count
        yield True
    while pieces.delete_notes(job=job_id, size=pace.size):
        yield True


def _delete_file(file_id: int, report: PurgeReport) -> Iterator[bool]:
    """Delete the bytes of a stored file; what it was called, its size and its SHA-256 stay with the job."""
    had_any = False
    while size := pieces.delete_pieces(file=file_id):
        had_any = True
        report.bytes += size
        yield True
    report.files += had_any
