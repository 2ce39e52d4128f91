"""Which lines of jobs name one person on one certification: looked for within bounds, and what was not is told."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certremoval.certifications.models import Certification
from certremoval.database.dialect import dialect
from certremoval.organization.models import User
from certremoval.removals.counts import TO_DO
from certremoval.removals.jobs import visible_jobs
from certremoval.removals.lines import Line
from certremoval.removals.models import Job, JobCertification
from certremoval.removals.sql.person import Halving, Stretch, lines_of_records, rows_naming, steps_of_person
from certremoval.removals.words import number

MOST_JOBS = 100
"""Of those that name the certification, the newest; and beside them those that removed the person, or put them back."""

ROWS_READ = 50_000
"""Lines that are read through for one page, all jobs together: some hundredths of a second."""

MOST_LINES = 200
"""Lines that are shown."""

MOST_IDS = 20
"""Removals, or enrollments, of one person on one certification that a large job is searched for."""

MOST_SEARCHES = 300
"""Searches of large jobs for one of these; SQLite takes 500 parts of one statement."""

MOST_OLDER_JOBS = 50
"""Jobs that removed the person, or put them back, and are none of the newest."""

_OTHERS = (
    "left_out",
    "already_removed",
    "not_enrolled",
    "duplicate",
    "certification_mismatch",
    "enrolled_again",
    "already_restored",
)
"""The planned outcomes other than what is to be done of which a row has a person and a certification."""


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line of a job that names the person; ``line`` is None where only the step that removes them was found."""

    job: Job
    line: Line | None
    planned: str
    position: int
    drift: str | None


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked through: ``jobs`` of them, all that name the certification unless ``older`` follow.

    ``partly`` are large jobs of which not all lines were looked through, ``purged`` are jobs whose
    lines are no longer kept; ``cut`` says that more lines were found than are shown.
    """

    jobs: int
    older: bool
    partly: tuple[Job, ...] = ()
    purged: int = 0
    cut: bool = False

    def sentences(self) -> list[str]:
        """Return what to tell of it, one sentence each."""
        if not self.jobs and not self.purged and not self.older:
            return [_("No job that you may see names this certification.")]
        said = []
        if self.older:
            said.append(
                _("Lines were looked for in the newest %(number)s jobs that name this certification; no older ones.")
                % {"number": number(MOST_JOBS)}
            )
        else:
            said.append(_("Lines were looked for in every job that names this certification and that you may see."))
        for job in self.partly:
            said.append(
                _("Job %(job)s is large: of its %(number)s lines not all were looked through.")
                % {"job": job.pk, "number": number(job.row_count)}
            )
        if self.purged:
            said.append(
                ngettext(
                    "The lines of %(number)s job are no longer kept.",
                    "The lines of %(number)s jobs are no longer kept.",
                    self.purged,
                )
                % {"number": number(self.purged)}
            )
        if self.cut:
            said.append(_("Only the first %(number)s lines are shown.") % {"number": number(MOST_LINES)})
        return said


def lines_naming(
    actor: User,
    person: User,
    certification_key: int,
    certification_id: str,
    *,
    operations: Collection[int],
    records: Collection[int],
    enrollments: Collection[int],
) -> tuple[list[NamedLine], Searched]:
    """Return the lines of jobs, visible to the actor, that name a person on a certification; and what was searched.

    ``operations``, ``records`` and ``enrollments`` are what is known of the pair, the newest first: by them a place in
    a large job is found, and jobs that are older than the newest. The number of queries does not depend on any of it.
    """
    newest = list(
        JobCertification.objects.filter(certification_id=certification_id)
        .order_by("-job_id")
        .values_list("job_id", flat=True)[: MOST_JOBS + 1]
    )
    visible = visible_jobs(actor).select_related("operation", "decision").defer("units", "statuses", "file_problems")
    jobs = {job.pk: job for job in visible.filter(pk__in=newest[:MOST_JOBS])}
    jobs |= {
        job.pk: job for job in visible.filter(operation__in=list(operations)[:MOST_OLDER_JOBS]).exclude(pk__in=jobs)
    }
    stretches: list[Stretch] = []
    steps: list[Halving] = []
    restores: list[Halving] = []
    partly: list[Job] = []
    purged, left = 0, ROWS_READ
    for job in sorted(jobs.values(), key=lambda job: -job.pk):
        if job.purged_at is not None:
            purged += 1
        elif job.plan_number == 0:
            continue  # a draft that has no plan yet
        elif job.row_count <= left:
            stretches.append(Stretch(job.pk, job.plan_number))
            left -= job.row_count
        else:
            # In the rows of a restore the person is found by each removal that may be put back; in the steps of a
            # removal as such, by one search, on SQLite, and by each enrollment that they had on PostgreSQL.
            ids = records if job.restores else (0,) if dialect() == "sqlite" else enrollments
            last = job.row_count if job.restores else job.remove_count
            searches = [Halving(job.pk, job.plan_number, last, one) for one in list(ids)[:MOST_IDS] if last]
            others = () if job.restores else tuple(outcome for outcome in _OTHERS if job.planned.get(outcome))
            count = sum(job.planned[outcome] for outcome in others)
            # Whose enrollment is gone without a record is not found by it. (Who was never removed is in no restore.)
            unfindable = bool(job.remove_count) and not searches and not job.restores
            if count > left or unfindable or len(restores) + len(steps) + len(searches) > MOST_SEARCHES:
                partly.append(job)
            if count <= left and others:
                stretches.append(Stretch(job.pk, job.plan_number, outcomes=others))
                left -= count
            if len(restores) + len(steps) + len(searches) <= MOST_SEARCHES:
                (restores if job.restores else steps).extend(searches)
    stretches += [Stretch(job, jobs[job].plan_number, line=line) for job, line in lines_of_records(restores)]
    rows = rows_naming(stretches, user=person.pk, certification=certification_key, limit=MOST_LINES + 1)
    title = Certification.objects.filter(pk=certification_key).values_list("title", flat=True).first()
    found = [_named(jobs[row[0]], row[1:], person, title) for row in rows[:MOST_LINES]]
    found += [
        NamedLine(jobs[job], None, TO_DO[jobs[job].kind], position, drift)
        for job, position, drift in steps_of_person(steps, user=person.pk, certification=certification_key)
    ]
    searched = Searched(
        jobs=len(jobs) - purged,
        older=len(newest) > MOST_JOBS,
        partly=tuple(partly),
        purged=purged,
        cut=len(rows) > MOST_LINES,
    )
    return found, searched


def _named(job: Job, row: tuple[object, ...], person: User, title: str | None) -> NamedLine:
    line, position, outcome, certification_text, user_text, status, related, suggestion, detail, record_at, drift = row
    if record_at is not None and dialect() == "sqlite":
        # SQLite has no times: Django keeps them as text, in UTC.
        record_at = datetime.fromisoformat(str(record_at)).replace(tzinfo=UTC)
    values: dict[str, object] = {
        "position": position,
        "line": line,
        "outcome": outcome,
        "certification_text": certification_text,
        "user_text": user_text,
        "status": status,
        "related_line": related,
        "suggestion": suggestion,
        "detail": json.loads(str(detail or "{}")),
        "user_key": person.pk,
        "user_name": person.full_name,
        "user_id": person.user_id,
        "certification_title": title,
        "suggested_name": None,
        "record_at": record_at,
        "drift": drift,
        "certification_key": None,
    }
    named = Line(**values)  # type: ignore[arg-type]
    return NamedLine(job, named, named.outcome, named.position, named.drift)
