"""The lines of a job's file as its pages show them: by outcome, searched, some at a time.

The order is that of the file, and a page continues after the last line of the one before. What takes an index is
found by it; the rest (where a person of some name is, which of the rows to be removed are done) is looked for along
the file, in stretches, and no longer than :data:`SECONDS_OF_A_SEARCH`: a page may then hold fewer lines than it has
room for and still have a ``next``.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from certremoval.database.texts import refuse_unstorable, too_long_to_search
from certremoval.organization.lowering import ascii_lower
from certremoval.problems import InvalidRequest, Problem
from certremoval.removals.counts import DONE, TO_DO, job_counts
from certremoval.removals.lines import (
    Line,
    detail_words,
    job_lines_at,
    outcome_now,
    problem_of,
    restored_words,
    title_of_given,
)
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.purged import require_details
from certremoval.removals.sql import read
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES

LONGEST_SEARCH = 200
"""Characters."""

MOST_LINES = 500
LAST_LINE = 2**62
"""No file has so many lines; larger numbers are none that a database takes."""

FIRST_STRETCH = 50_000
LONGEST_STRETCH = 500_000
SECONDS_OF_A_SEARCH = 1.0


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its outcome as it is now, the words of that, and what is wrong if the line refuses the file."""

    line: Line
    outcome: str
    words: str
    problem: Problem | None

    @property
    def label(self) -> str:
        """What the outcome is called, where ``words`` tell what is wrong and do not name it; else empty."""
        return str(OUTCOME_WORDS[self.outcome]) if self.problem else ""


@dataclass(slots=True)
class LinesPage:
    """Some lines by line; ``next`` is the ``after`` of those that follow, None at the end.

    ``looked_to`` is the line up to which the file was looked through, where time ran out before the page was full.
    """

    lines: list[ShownLine]
    next: int | None
    looked_to: int | None = None


def lines_of_job(
    job: Job, *, outcomes: Collection[str] = (), search: str = "", after: int = 0, limit: int = 50
) -> LinesPage:
    """Return the lines of the job's file from the first one after line ``after``.

    ``outcomes`` are codes as they are now, any of which a line may have; none means all. ``search`` finds people by
    the beginning of a name (see :mod:`certremoval.organization.searching`) and by User ID, lines by a part of what
    they hold for the user, and by a whole Certification ID. Raises InvalidRequest for a code that is none, and for a
    search that no line could hold, and Purged if the lines are no longer kept.
    """
    require_details(job)
    unknown = sorted(set(outcomes) - set(OUTCOME_WORDS))
    if unknown:
        raise InvalidRequest(_("There is no outcome of this name. Choose one of those that the page lists."))
    refuse_unstorable((search,))
    if len(search) > LONGEST_SEARCH:
        raise InvalidRequest(too_long_to_search(search, LONGEST_SEARCH))
    after, limit = min(max(after, 0), LAST_LINE), min(max(limit, 1), MOST_LINES)
    places, next_after, looked_to = _places(job, outcomes, " ".join(search.split()), after, limit)
    options = PlanOptions.from_json(job.options)
    given_title = title_of_given(options) if options.certification else ""
    lines = [shown_line(job, line, options, given_title=given_title) for line in job_lines_at(job, places)]
    return LinesPage(lines=lines, next=next_after, looked_to=looked_to)


def shown_line(job: Job, line: Line, options: PlanOptions, *, given_title: str) -> ShownLine:
    """Return a line of the job as it is shown. ``given_title``: of the certification started from."""
    outcome = outcome_now(job, planned=line.outcome, position=line.position, drift=line.drift)
    if job.restores:
        return ShownLine(line, outcome, restored_words(line, outcome), None)
    planned = line.outcome != "remove"
    return ShownLine(
        line=line,
        outcome=outcome,
        words=detail_words(line, options, given_title=given_title) if planned else str(OUTCOME_WORDS[outcome]),
        problem=problem_of(line, options, given_title=given_title) if outcome in REFUSING_OUTCOMES else None,
    )


def _places(
    job: Job, outcomes: Collection[str], search: str, after: int, limit: int
) -> tuple[list[int], int | None, int | None]:
    """Return line numbers, the ``after`` of the next page, and how far was looked if that is not the end."""
    conditions = list(_conditions(job, outcomes))
    if not conditions:
        return [], None, None
    people = read.People(search, ascii_lower(search)) if search else None
    last = read.last_line(job=job.id, plan=job.plan_number)
    stretch = FIRST_STRETCH if people or any(by_step for _where, by_step in conditions) else LAST_LINE
    until = time.monotonic() + SECONDS_OF_A_SEARCH
    found: list[int] = []
    while after < last:
        begun = time.monotonic()
        up_to = min(after + stretch, last)
        here = [
            line
            for where, _by_step in conditions
            for line in read.lines_between(
                job=job.id,
                plan=job.plan_number,
                checkpoint=job.checkpoint,
                to_do=job.remove_count,
                where=where,
                people=people,
                after=after,
                up_to=up_to,
                limit=limit + 1 - len(found),
            )
        ]
        found += sorted(here)
        if len(found) > limit:
            return found[:limit], found[limit - 1], None
        after = up_to
        now = time.monotonic()
        if now > until and after < last:
            return found, after, after
        if now - begun < SECONDS_OF_A_SEARCH / 10:
            stretch = min(stretch * 4, LONGEST_STRETCH)
    return found, None, None


def _conditions(job: Job, outcomes: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Yield a condition for each outcome that any line has, and whether it looks at the steps done so far."""
    if not outcomes:
        yield read.ANY, False
        return
    counts, to_do = job_counts(job), TO_DO[job.kind]
    for outcome in sorted(set(outcomes)):
        if not counts[outcome]:
            continue
        if outcome == DONE[to_do]:
            yield read.DONE_WITHOUT_DRIFT if job.changed_count or job.gone_count else read.DONE, True
        elif outcome in (to_do, "not_reached"):
            yield read.STILL_TO_BE_DONE, True
        else:
            # Planned so, or found so when the job came to it; of a restore some may be both.
            if job.planned.get(outcome):
                yield read.planned_as(outcome), False
            if counts[outcome] > job.planned.get(outcome, 0):
                yield read.left_alone_as(outcome), True
