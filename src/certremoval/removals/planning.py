"""Planning: every row of a file classed before anything happens. The plan that is shown is the plan that runs.

Stage and classify write TEMP tables alone, so that a preview leaves nothing and a page's write never waits for it.
What is kept of a plan is copied from them (:mod:`certremoval.removals.keeping`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO

from django.db import connection

from certremoval.certifications.limits import approvals_needed, limits_passed
from certremoval.certifications.models import HOLDING_STATUSES, Certification, Operation
from certremoval.database.clock import database_now
from certremoval.database.dialect import dialect
from certremoval.database.transactions import reading_transaction
from certremoval.organization.models import OUType, User
from certremoval.problems import Problem, UnreadableFile
from certremoval.removals.choices import resolve_left_out
from certremoval.removals.counts import TO_DO, planned_counts, refusing_count
from certremoval.removals.files import FileFacts, describe_file
from certremoval.removals.lines import (
    Line,
    planned_lines_to_do,
    planned_problem_lines,
    problem_of,
    unknown_certification_message,
)
from certremoval.removals.options import PlanOptions, RestoreOptions
from certremoval.removals.rows import RemovalRows, open_removal_table
from certremoval.removals.sql import summarise
from certremoval.removals.sql.classify import classify_rows
from certremoval.removals.sql.stage import stage_rows
from certremoval.removals.suggesting import near_certification, suggest_ids
from certremoval.removals.words import REFUSING_OUTCOMES

MOST_PROBLEMS_TOLD = 1_000
MOST_CERTIFICATIONS_TOLD = 1_000
PEOPLE_SHOWN = 10
UNITS_SHOWN = 10

Progress = Callable[[str, int], None]
"""Told the name of the stage (``reading``, ``checking``, ``keeping``) and the rows done so far. While the stage is
``reading`` it may not ask the database, which is busy taking the rows in."""


@dataclass(frozen=True, slots=True)
class CertificationCount:
    """One certification that the file names, and how many of its people are to be removed."""

    certification_id: str
    title: str
    planned: int


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The rows to be removed, by the unit of one OU type in which their people sit.

    ``units`` are the ten with the most rows, each as (key, ID, name, rows); ``others`` counts the rows of people in
    other units of this type, ``none`` of people in none: all together are the rows to be removed. A person counts for
    the very unit, not for those above it, and once for each certification.
    """

    type_name: str
    units: tuple[tuple[int, str, str, int], ...]
    others: int
    none: int

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the job.

        ``{"type": name, "units": [{"key", "unit_id", "name", "count"}, …], "others": rows, "none": rows}``
        """
        names = ("key", "unit_id", "name", "count")
        return {
            "type": self.type_name,
            "units": [dict(zip(names, unit, strict=True)) for unit in self.units],
            "others": self.others,
            "none": self.none,
        }


def count_units(remove_count: int) -> tuple[UnitCounts, ...]:
    """Break the rows to be removed of the plan being made down by unit, for each OU type in which any of them sits.

    Standard types first, in their order, then custom ones by name. For drafts alone: it joins all rows to be removed
    with where their people sit.
    """
    order = {name: place for place, name in enumerate(OUType.STANDARD)}
    by_type: dict[str, UnitCounts] = {}
    for type_name, in_units, unit in summarise.units(remove_count=remove_count, most=UNITS_SHOWN):
        before = by_type.get(type_name) or UnitCounts(type_name, (), others=in_units, none=remove_count - in_units)
        by_type[type_name] = replace(before, units=(*before.units, unit), others=before.others - unit[-1])
    return tuple(by_type[name] for name in sorted(by_type, key=lambda name: (order.get(name, len(order)), name)))


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a file would do, or an undo, which has no file.

    ``problems`` are the first 1,000 of all ``problem_count``, file problems first, then by line. ``accepted``: no
    refusing problem remains, given ``skip_problems``. ``statuses`` breaks the rows to be removed down by enrollment
    status; ``holding`` of them hold the certification now. ``people`` are the first of them, by line.
    ``includes_actor``: the administrator who asks is one of them. ``units`` are counted for drafts alone.
    ``warnings`` are told of an undo: how many of those to be put back come back with an expiry date now past
    (``expired``) or as inactive people (``inactive``). ``limits`` are those that the removal passes, as sentences: the
    number of people must be typed before it runs. ``approvals`` are those above which another administrator approves.
    ``people_key`` stands for the people whom the file names, however it is written. ``planned_at`` is when it was
    looked who is on the certifications (the database's time).
    """

    file: FileFacts | None
    options: PlanOptions | RestoreOptions
    kind: str = Operation.Kind.REMOVAL
    skip_problems: bool = False
    row_count: int = 0
    planned: dict[str, int] = field(default_factory=dict)
    file_problems: tuple[Problem, ...] = ()
    row_problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    certifications: tuple[CertificationCount, ...] = ()
    certification_count: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    people: tuple[Line, ...] = ()
    units: tuple[UnitCounts, ...] = ()
    includes_actor: bool = False
    warnings: dict[str, int] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    people_key: str = ""
    planned_at: datetime | None = field(default=None, compare=False)

    @property
    def remove_count(self) -> int:
        """How many people would be removed; of an undo, put back."""
        return self.planned.get(TO_DO[self.kind], 0)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome: every code, 0 included."""
        return planned_counts(self.planned, self.row_count)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What refuses the file, file problems first, then by line; at most 1,000."""
        return (*self.file_problems, *self.row_problems)[:MOST_PROBLEMS_TOLD]

    @property
    def accepted(self) -> bool:
        """Whether the file would be taken as it is, under the options given."""
        return not self.file_problems and (self.skip_problems or not refusing_count(self))

    @property
    def holding(self) -> int:
        """How many of those to be removed hold the certification now."""
        return sum(count for status, count in self.statuses.items() if status in HOLDING_STATUSES)


def preview(
    source: BinaryIO,
    *,
    name: str,
    options: PlanOptions,
    skip_problems: bool = False,
    actor: User | None = None,
    progress: Progress | None = None,
) -> PlanSummary:
    """Tell what a file would do; write nothing.

    A file that cannot be used gives a summary that is not accepted. Raises InvalidRequest where a choice of whom to
    leave out names nothing.
    """
    try:
        with planned(
            source, name=name, options=options, skip_problems=skip_problems, actor=actor, progress=progress
        ) as summary:
            return summary
    except UnreadableFile as error:
        return refused_summary(source, name=name, options=options, error=error)


def refused_summary(source: BinaryIO, *, name: str, options: PlanOptions, error: UnreadableFile) -> PlanSummary:
    """Return the summary of a file of which nothing could be used."""
    return PlanSummary(
        file=describe_file(source, name=name),
        options=options,
        file_problems=tuple(sorted(error.problems, key=lambda problem: problem.place)),
        problem_count=len(error.problems),
    )


@contextmanager
def planned(
    source: BinaryIO,
    *,
    name: str,
    options: PlanOptions,
    skip_problems: bool = False,
    actor: User | None = None,
    progress: Progress | None = None,
) -> Iterator[PlanSummary]:
    """Plan a file; inside the block the TEMP table ``planned_rows`` is there to be kept.

    See :func:`planned_rows_made` for its transaction. Raises UnreadableFile and InvalidRequest.
    """
    tell = progress or (lambda stage, rows: None)

    def plan() -> PlanSummary:
        return _plan(source, name=name, options=options, skip_problems=skip_problems, actor=actor, progress=tell)

    with planned_rows_made(plan) as summary:
        yield summary


@contextmanager
def planned_rows_made(plan: Callable[[], PlanSummary]) -> Iterator[PlanSummary]:
    """Make a plan with its TEMP table ``planned_rows``, in the transaction that each database needs for it.

    On PostgreSQL the block is one transaction with the planning. On SQLite planning has ended when the block begins,
    and nothing is locked.
    """
    try:
        if dialect() == "postgresql":
            with reading_transaction():
                yield plan()
        else:
            with reading_transaction():
                summary = plan()
            yield summary
    finally:
        if dialect() == "sqlite":
            with connection.cursor() as cursor:
                for table in (
                    "staged_rows",
                    "resolved_rows",
                    "classified_rows",
                    "planned_rows",
                    "left_out_choices",
                    "left_out_units",
                    "chosen_people",
                    "guesses",
                    "planned_counts",
                ):
                    cursor.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _plan(
    source: BinaryIO,
    *,
    name: str,
    options: PlanOptions,
    skip_problems: bool,
    actor: User | None,
    progress: Progress,
) -> PlanSummary:
    facts, planned_at = describe_file(source, name=name), database_now()
    left_out = resolve_left_out(options)
    rows = RemovalRows(open_removal_table(source, name=name, options=options), options)
    staged = stage_rows(rows.staged(lambda count: progress("reading", count)))
    progress("checking", staged.rows)
    classify_rows(
        match=options.match,
        certification=options.certification,
        anything_told=staged.anything_told,
        left_out_users=left_out.users,
        left_out_statuses=left_out.statuses,
        left_out_units=left_out.units,
    )
    summarise.count_rows()
    counted = summarise.outcomes()
    suggest_ids(counted, by_user_id=options.match == "user_id")
    summary = _summarise(facts, options, counted, skip_problems=skip_problems, actor=actor)
    return replace(summary, planned_at=planned_at, people_key=summarise.people_key())


def _summarise(
    facts: FileFacts, options: PlanOptions, counted: dict[str, int], *, skip_problems: bool, actor: User | None
) -> PlanSummary:
    given = options.certification
    given_title = given or ""
    file_problems: tuple[Problem, ...] = ()
    if given is not None:
        title = Certification.objects.filter(certification_id=given).values_list("title", flat=True).first()
        given_title = title or given
        if title is None:
            suggestion = near_certification(given)
            message = unknown_certification_message(given, suggestion)
            file_problems = (Problem("unknown_certification", message, value=given, suggestion=suggestion),)
    certification_count, certifications = summarise.certifications(limit=MOST_CERTIFICATIONS_TOLD)
    refusing = sum(counted.get(outcome, 0) for outcome in REFUSING_OUTCOMES)
    if file_problems:
        # The certification that was given does not exist: one problem, not one for each of its rows.
        refusing -= summarise.rows_of_unknown_certification(given_title)
    problem_lines = planned_problem_lines(given=given, limit=MOST_PROBLEMS_TOLD) if refusing else []
    remove_count = counted.get("remove", 0)
    taken = summarise.removals_by_certification
    return PlanSummary(
        file=facts,
        options=options,
        skip_problems=skip_problems,
        row_count=sum(counted.values()),
        planned=counted,
        file_problems=file_problems,
        row_problems=tuple(problem_of(line, options, given_title=given_title) for line in problem_lines),
        problem_count=len(file_problems) + refusing,
        certifications=tuple(CertificationCount(*counts) for counts in certifications),
        certification_count=certification_count,
        statuses=summarise.statuses(),
        people=tuple(planned_lines_to_do(limit=PEOPLE_SHOWN)),
        includes_actor=actor is not None and summarise.concerns_user(actor.pk),
        limits=limits_passed(remove_count, taken),
        approvals=approvals_needed(remove_count, taken),
    )
