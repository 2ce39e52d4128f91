"""What a command shows of a preview or a job, in the words of the one map."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from certremoval.certifications.holding import KeepOff, keep_off_of
from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.certifications.periods import day_words
from certremoval.cli.text import counted, shown, table
from certremoval.organization.models import User
from certremoval.problems import Problem
from certremoval.removals.approving import decision_on
from certremoval.removals.counts import job_counts, job_result
from certremoval.removals.jobs import jobs_of_operations
from certremoval.removals.models import Job, JobState
from certremoval.removals.planning import PlanSummary
from certremoval.removals.purged import purged_words
from certremoval.removals.representation import job_problems
from certremoval.removals.undoing import undos_of
from certremoval.removals.words import OUTCOME_WORDS, number, outcome_words, users

MOST_PROBLEMS_SHOWN = 20
MOST_CERTIFICATIONS_SHOWN = 20

WHAT_STAYS = (
    "Items on transcripts stay; nobody is mailed. Every removal is recorded with all its values, so that it can be"
    " put back."
)
WHAT_COMES_BACK = (
    "They come back with all their values: status, version, period, identifier and dates. Nobody is mailed. An undo can"
    " be undone, too."
)
NEEDS_A_WORKER = "It runs as soon as a worker is there: certremoval serve, or certremoval worker."


def lines_of(count: int) -> str:
    """Return "430 lines"."""
    return f"{number(count)} line{'' if count == 1 else 's'}"


def moment(time: datetime | None, zone: tzinfo | None = None) -> str:
    """Return a time as it is shown: absolute, with its zone; nothing for none."""
    if time is None:
        return ""
    local = time.astimezone(zone or ZoneInfo("UTC"))
    return f"{local.day} {local:%b %Y %H:%M} {local.tzname()}"


def from_where(certifications: Sequence[tuple[str, int]], count: int) -> str:
    """Return the certification that people are removed from; how many, if it is not one. Pairs of title and number."""
    concerned = [title for title, planned in certifications if planned]
    if len(concerned) == 1:
        return shown(concerned[0])
    if not concerned and len(certifications) == 1:
        return shown(certifications[0][0])
    return f"{number(len(concerned) if len(certifications) == count else count)} certifications"


def preview_lines(summary: PlanSummary) -> list[str]:
    """Return what a file would do: the number, who holds what, lines by outcome, names, problems."""
    name = "" if summary.file is None else shown(summary.file.name)
    lines = [f"{name}: {lines_of(summary.row_count)}", ""]
    if summary.remove_count:
        certifications = [(one.title, one.planned) for one in summary.certifications]
        where = from_where(certifications, summary.certification_count)
        lines.append(f"{users(summary.remove_count)} would be removed from {where}.")
        lines.append(holding_sentence(summary))
        if summary.limits:
            lines += [*map(shown, summary.limits), f"So the number must be typed: --confirm {summary.remove_count}."]
        if summary.approvals:
            lines += [*map(shown, summary.approvals), "So another administrator must approve it before it runs."]
    elif not summary.file_problems:
        lines.append("Nobody would be removed.")
    if summary.row_count:
        lines += ["", "Lines", *outcome_lines(summary.counts)]
    if summary.statuses:
        rows = [
            (count, f"{status}{', holds it today' if status in HOLDING_STATUSES else ''}")
            for status, count in summary.statuses.items()
        ]
        lines += ["", "Status of those to be removed", *counted(rows)]
    if summary.certification_count > 1:
        lines += ["", "Certifications", *certification_lines(summary)]
    if summary.people:
        lines += ["", *people_lines(summary)]
    if summary.problem_count:
        lines += ["", *problem_lines(summary.problems, summary.problem_count)]
    return lines


def holding_sentence(summary: PlanSummary) -> str:
    """Return how many of those to be removed hold the certification."""
    if summary.holding == 0:
        return "None of them holds it today."
    if summary.holding == summary.remove_count == 1:
        return "This person holds it today."
    if summary.holding == summary.remove_count:
        return "All of them hold it today."
    return f"{number(summary.holding)} of them {'holds' if summary.holding == 1 else 'hold'} it today."


def outcome_lines(counts: Mapping[str, int], *, restores: bool = False) -> list[str]:
    """Return the lines by outcome; those without a line are not told."""
    told = [(counts[code], outcome_words(code, restores=restores)) for code in OUTCOME_WORDS if counts.get(code)]
    return counted(told)


def certification_lines(summary: PlanSummary) -> list[str]:
    """Return how many are to be removed from each certification."""
    some = sorted(summary.certifications, key=lambda one: -one.planned)[:MOST_CERTIFICATIONS_SHOWN]
    lines = counted([(one.planned, f"{one.title} ({one.certification_id})") for one in some])
    more = summary.certification_count - len(some)
    return [*lines, f"  and {number(more)} more"] if more else lines


def people_lines(summary: PlanSummary) -> list[str]:
    """Return the first people to be removed, by name."""
    several = summary.certification_count > 1
    rows = [
        (
            f"  {person.user_id or person.user_text}",
            person.user_name or "",
            person.status or "",
            *([person.certification_title or person.certification_text] if several else []),
        )
        for person in summary.people
    ]
    headings = ("  User ID", "Name", "Status", *(["Certification"] if several else []))
    more = summary.remove_count - len(summary.people)
    lines = table(headings, rows, None, shrinking=1)
    return ["The first of them" if more else "They are", *lines, *([f"  and {number(more)} more"] if more else [])]


def problem_lines(problems: Sequence[Problem], count: int) -> list[str]:
    """Return the first problems, each with its place, and how many more there are."""
    some = problems[:MOST_PROBLEMS_SHOWN]
    lines = [f"{number(count)} problem{'' if count == 1 else 's'}", *(f"  {told(problem)}" for problem in some)]
    more = count - len(some)
    return [*lines, f"  and {number(more)} more; --json lists the first 1,000."] if more > 0 else lines


def told(problem: Problem) -> str:
    """Return a problem as one line: where, then what."""
    place = ", ".join(
        part for part in (f"line {number(problem.line)}" if problem.line else "", problem.column or "") if part
    )
    return shown(f"{place}: {problem.message}" if place else problem.message)


def advice_for(summary: PlanSummary) -> str:
    """Return how to go on with a file that is refused."""
    if summary.file_problems or not summary.remove_count:
        return "Nothing was changed. Correct the file and send it again."
    others = "person" if summary.remove_count == 1 else "people"
    return (
        f"Nothing was changed. Correct the file, or remove the other {number(summary.remove_count)} {others} and leave"
        " these lines out: certremoval remove with --skip-problems."
    )


def question_lines(
    summary: PlanSummary,
    *,
    checks: Sequence[str],
    keep_off: KeepOff | None = None,
    when: datetime | None = None,
    zone: tzinfo | None = None,
) -> list[str]:
    """Return what somebody must know before they remove people: the confirm dialog of the pages, as lines.

    ``checks`` are those to be answered, a line each.
    """
    certifications = [(one.title, one.planned) for one in summary.certifications]
    where = from_where(certifications, summary.certification_count)
    lines = [f"Remove {users(summary.remove_count)} from {where}?", "", f"  {holding_sentence(summary)}"]
    if summary.certification_count > 1:
        lines += certification_lines(summary)
    left_out = summary.row_count - summary.remove_count
    if left_out:
        lines.append(f"  {lines_of(left_out)} {'is' if left_out == 1 else 'are'} left out.")
    lines += checks
    if keep_off is not None and keep_off.is_firm:
        lines.append(f"  Kept off {keep_off_words(keep_off)}.")
    runs = ("as soon as it is approved" if summary.approvals else "now") if when is None else f"on {moment(when, zone)}"
    return [*lines, f"  It runs {runs}.", "", WHAT_STAYS]


def undo_lines(summary: PlanSummary) -> list[str]:
    """Return what somebody must know before they put people back: the confirm dialog of the pages, as lines."""
    certifications = [(one.title, one.planned) for one in summary.certifications]
    where = from_where(certifications, summary.certification_count)
    lines = [f"Put {users(summary.remove_count)} back on {where}?", ""]
    if summary.certification_count > 1:
        lines += certification_lines(summary)
    if expired := summary.warnings.get("expired"):
        lines.append(f"  {of_them(expired)} back as Certified, with an expiry date that is past.")
    if inactive := summary.warnings.get("inactive"):
        lines.append(f"  {of_them(inactive)} back as an inactive person.")
    if summary.row_count > summary.remove_count:
        alone = {code: count for code, count in summary.planned.items() if code != "restore"}
        lines += ["  The others are left alone:", *outcome_lines(alone)]
    if summary.includes_actor:
        lines.append("  You are one of them.")
    return [*lines, "  It runs now.", "", WHAT_COMES_BACK]


def of_them(count: int) -> str:
    """Return "3 of them come"."""
    return f"{number(count)} of them {'comes' if count == 1 else 'come'}"


def keep_off_words(keep_off: KeepOff) -> str:
    """Return how long people are kept off, if loads that re-add may not enroll them: "until 31 January 2027"."""
    if keep_off.for_good:
        return "for good"
    return "" if keep_off.until is None else f"until {day_words(keep_off.until)}"


def job_title(job: Job) -> str:
    """Return "Job 12, Warehouse South closes"."""
    return f"Job {job.id}, {shown(job.operation.title)}" if job.operation.title else f"Job {job.id}"


def job_sentence(job: Job) -> str:
    """Return the state of a job with its result: Processed never stands alone."""
    match job.state:
        case JobState.CHECKING:
            return "Draft: it is being prepared" if job.restores else "Draft: its file is being checked"
        case JobState.AWAITING_APPROVAL:
            return f"Queued, waits for approval: {job_result(job)}"
    return f"{job.get_state_display()}: {job_result(job)}"


def _named(job: Job, seen: Collection[int]) -> str:
    """Return a job by its title, if that may be told."""
    return job_title(job) if job.pk in seen else f"Job {job.pk}"


def job_lines(job: Job, actor: User) -> list[str]:
    """Return all that is to be told of a job to somebody who sees it."""
    operation, undos = job.operation, undos_of(job)
    others = [*undos, *([job.undo_of] if job.undo_of is not None else [])]
    seen = jobs_of_operations(actor, [other.operation_id for other in others]).values()
    facts = [
        ("Created by", f"{operation.actor_name} ({operation.actor_user_id})"),
        ("Created", moment(operation.created_at)),
        ("Runs on", moment(job.scheduled_for)),
        ("Started", moment(job.started_at)),
        ("Process Date", moment(job.ended_at)),
        ("Comment", operation.comment),
        ("Reason", operation.reason),
        *_decision_facts(job),
        ("Kept off", keep_off_words(keep_off_of(operation))),
        ("Undoes", "" if job.undo_of is None else _named(job.undo_of, seen)),
        ("Undone by", ", ".join(f"{_named(undo, seen)} ({job_sentence(undo)})" for undo in undos)),
        ("File", "" if job.file is None else f"{job.file.name} ({number(job.file.size)} bytes)"),
    ]
    lines = [job_title(job), job_sentence(job) + ".", ""]
    lines += [f"  {label:<13} {shown(value)}" for label, value in facts if value]
    certifications = list(job.certifications.order_by("-planned", "certification_id")[:MOST_CERTIFICATIONS_SHOWN])
    if certifications:
        rows = [
            (one.removed, f"of {number(one.planned)}  {one.title} ({one.certification_id})") for one in certifications
        ]
        lines += ["", f"{'Put back' if job.restores else 'Removed'} by certification", *counted(rows)]
        more = job.certification_count - len(certifications)
        lines += [f"  and {number(more)} more"] if more > 0 else []
    if job.row_count:
        lines += ["", "Lines", *outcome_lines(job_counts(job), restores=job.restores)]
    if job.error:
        lines += ["", shown(job.error)]
    if job.purged_at is not None:
        lines += ["", purged_words(job)]
    elif job.problem_count:
        problems = [Problem(**problem) for problem in job_problems(job)[:MOST_PROBLEMS_SHOWN]]
        lines += ["", *problem_lines(problems, job.problem_count)]
    if advice := next_step(job):
        lines += ["", advice]
    return lines


def _decision_facts(job: Job) -> list[tuple[str, str]]:
    """Return who let the job run, or declined it and why."""
    if (decision := decision_on(job)) is None:
        return []
    who = f"{decision.actor_name} ({decision.actor_user_id}), {moment(decision.decided_at)}"
    return [("Approved by", who)] if decision.approved else [("Declined by", f"{who}: {decision.reason}")]


def next_step(job: Job) -> str:
    """Return what can be done with the job now; nothing where all is done."""
    match job.state:
        case JobState.AWAITING_APPROVAL:
            return f"Another administrator lets it run: certremoval approve {job.id}, or declines it."
        case JobState.QUEUED if job.scheduled_for is None:
            return NEEDS_A_WORKER
        case JobState.QUEUED:
            return f"It runs on {moment(job.scheduled_for)}; certremoval reschedule {job.id} --at WHEN moves it."
        case _ if job.purged_at is not None:
            return ""
        case JobState.FAILED if undos_of(job):
            return "An undo of it was submitted, so it does not go on any more."
        case JobState.FAILED:
            return f"certremoval resume {job.id} lets it go on where it stopped; certremoval cancel {job.id} ends it."
        case JobState.PROCESSED | JobState.CANCELLED:
            return f"What became of each line: certremoval results {job.id} --output result.csv"
    return ""


def jobs_table(jobs: Sequence[Job], width: int | None, zone: tzinfo) -> list[str]:
    """Return the list of jobs: the columns of the page, with the number that other commands need."""
    headings = ("ID", "Job Title", "Created By", "Created Date", "Process Date", "Status", "Result")
    rows = [
        (
            str(job.id),
            job.operation.title,
            job.operation.actor_name,
            moment(job.operation.created_at, zone),
            moment(job.ended_at, zone),
            str(job.get_state_display()),
            job_result(job),
        )
        for job in jobs
    ]
    return table(headings, rows, width, shrinking=1)
