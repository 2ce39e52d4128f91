"""The rows of a plan as people read them: with names and titles, and with the sentence that says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certremoval.certifications.models import Certification
from certremoval.problems import Problem
from certremoval.reading import rounded_range
from certremoval.removals.counts import DONE
from certremoval.removals.models import ENDED_STATES, Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.rows import CERTIFICATION_COLUMN, user_column
from certremoval.removals.sql.read import named_rows
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, number, outcome_words

_OF_JOB = "job_rows"
_OF_PLAN = "planned_rows"
_JOB = "r.job_id = %(job)s AND r.plan_number = %(plan)s"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what the file says, whom that names, and what is planned or has become of it."""

    position: int
    line: int
    outcome: str
    certification_text: str
    user_text: str
    status: str | None
    related_line: int | None
    suggestion: str | None
    detail: dict[str, Any]
    user_key: int | None
    user_name: str | None
    user_id: str | None
    certification_title: str | None
    suggested_name: str | None
    record_at: datetime | None
    drift: str | None
    certification_key: int | None


_NAMES = [field.name for field in fields(Line)]
_DETAIL, _RECORD_AT = _NAMES.index("detail"), _NAMES.index("record_at")


def outcome_now(job: Job, *, planned: str, position: int, drift: str | None) -> str:
    """Return the outcome code of a row as it is now; ``drift`` is the note of its step, if it was left alone."""
    if planned not in DONE:
        return planned
    if position > job.checkpoint:
        return "not_reached" if job.state in ENDED_STATES else planned
    return drift or DONE[planned]


def _lines(rows: str, where: str, parameters: dict[str, Any]) -> Iterator[Line]:
    for row in named_rows(rows, where=where, **parameters):
        values: list[Any] = list(row)
        values[_DETAIL] = json.loads(values[_DETAIL] or "{}")
        if connection.vendor == "sqlite" and values[_RECORD_AT] is not None:
            # SQLite has no times: Django keeps them as text, in UTC.
            values[_RECORD_AT] = datetime.fromisoformat(str(values[_RECORD_AT])).replace(tzinfo=UTC)
        yield Line(*values)


def job_lines_to_explain(job: Job, first: int, last: int) -> list[Line]:
    """Return the rows from line ``first`` to ``last`` that were not to be removed: those that need an explanation."""
    where = f"{_JOB} AND r.line >= %(first)s AND r.line <= %(last)s AND r.outcome <> 'remove'"
    parameters = {"job": job.id, "plan": job.plan_number, "first": first, "last": last, "limit": last - first + 1}
    return list(_lines(_OF_JOB, where, parameters))


def job_lines_after(job: Job, after: int, *, limit: int) -> list[Line]:
    """Return the job's first rows after line ``after``."""
    where = f"{_JOB} AND r.line > %(after)s"
    return list(_lines(_OF_JOB, where, {"job": job.id, "plan": job.plan_number, "after": after, "limit": limit}))


def job_lines_at(job: Job, places: Collection[int]) -> list[Line]:
    """Return the job's rows at these lines, by line."""
    if not places:
        return []
    at = {f"line{index}": place for index, place in enumerate(places)}
    where = f"{_JOB} AND r.line IN (" + ", ".join(f"%({name})s" for name in at) + ")"
    return list(_lines(_OF_JOB, where, {"job": job.id, "plan": job.plan_number, "limit": len(places), **at}))


_REFUSING = "r.outcome IN (" + ", ".join(f"'{outcome}'" for outcome in REFUSING_OUTCOMES) + ")"


def planned_problem_lines(*, given: str | None, limit: int) -> list[Line]:
    """Return the first rows of the plan being made that refuse the file, by line.

    Rows of a certification that was given and does not exist are left out: that is one problem, without a line.
    """
    where = f"{_REFUSING} AND NOT (r.outcome = 'unknown_certification' AND r.certification_text = %(given)s)"
    return list(_lines(_OF_PLAN, where, {"job": 0, "given": given or "", "limit": limit}))


def planned_lines_to_do(*, limit: int) -> list[Line]:
    """Return the first rows of the plan being made that would be removed, or put back, by line."""
    return list(_lines(_OF_PLAN, "r.outcome IN ('remove', 'restore')", {"job": 0, "limit": limit}))


def job_problem_lines(job: Job, *, after: int = 0, limit: int) -> list[Line]:
    """Return rows of the job that refuse the file, by line, from the first one after line ``after``.

    Each outcome is looked for by itself, along its index: of a million lines few are problems as a rule.
    """
    first_of_each = " UNION ALL ".join(_FIRST_OF.format(outcome=outcome) for outcome in REFUSING_OUTCOMES)
    given = job.options.get("certification") or ""
    parameters = {"job": job.id, "plan": job.plan_number, "after": after, "given": given, "limit": limit}
    return list(_lines(_OF_JOB, f"{_JOB} AND r.line IN ({first_of_each})", parameters))


# `outcome <> 'remove'` is said although it follows: it names the index of such rows.
_FIRST_OF = """
    SELECT line FROM (
        SELECT line FROM job_rows WHERE job_id = %(job)s AND plan_number = %(plan)s AND line > %(after)s
          AND outcome = '{outcome}' AND outcome <> 'remove'
          AND NOT (outcome = 'unknown_certification' AND certification_text = %(given)s)
        ORDER BY line LIMIT %(limit)s
    ) of_{outcome}
"""


def title_of_given(options: PlanOptions) -> str:
    """Return the title of the certification that the administrator started from; its ID if it does not exist."""
    given = options.certification or ""
    title = Certification.objects.filter(certification_id=given).values_list("title", flat=True).first()
    return title or given


def problem_of(line: Line, options: PlanOptions, *, given_title: str) -> Problem:
    """Return what is wrong with a row that refuses the file. ``given_title``: of the certification started from."""
    about_certification = line.outcome in ("unknown_certification", "certification_mismatch")
    if line.outcome in ("blank", "invalid"):
        about_certification = line.detail.get("cell") == "certification"
    message = _MESSAGES[line.outcome](line, options, given_title)
    if line.detail.get("cell") == "surplus":
        return Problem(code=line.outcome, message=message, line=line.line)
    return Problem(
        code=line.outcome,
        message=message,
        line=line.line,
        column=CERTIFICATION_COLUMN if about_certification else user_column(options),
        value=line.certification_text if about_certification else line.user_text,
        suggestion=line.suggestion,
    )


def _person(user_id: str, name: str | None) -> str:
    """Return "000123 (Ana Ruiz)"; somebody without a name is called by the User ID, and so is not named twice."""
    return user_id if name is None or name == user_id else f"{user_id} ({name})"


def _blank(line: Line, options: PlanOptions, _given: str) -> str:
    if line.detail.get("cell") == "certification":
        return _("The Certification ID is empty. An empty cell never means all. Fill it in or delete the line.")
    return _("The %(column)s is empty. An empty cell never means everybody. Fill it in or delete the line.") % {
        "column": user_column(options)
    }


def _invalid(line: Line, _options: PlanOptions, _given: str) -> str:
    if line.detail.get("cell") == "surplus":
        return _(
            "The line has more cells than there are headings. Put text that contains the separator in quotation marks,"
            " or delete what is too much."
        )
    message = str(line.detail.get("message", ""))
    if line.suggestion and line.detail.get("cell") == "certification":
        message += " " + _("Did you mean %(suggestion)s?") % {"suggestion": line.suggestion}
    elif line.suggestion:
        person = _person(line.suggestion, line.suggested_name)
        message += " " + _("%(person)s is on this certification.") % {"person": person}
    return message


def _mismatch(line: Line, _options: PlanOptions, given: str) -> str:
    return _(
        "You started from %(given)s, but this line names %(named)s. Correct the line, or start from the tool page to"
        " mix certifications."
    ) % {"given": given, "named": line.certification_title or line.certification_text}


def _unknown_certification(line: Line, _options: PlanOptions, _given: str) -> str:
    return unknown_certification_message(line.certification_text, line.suggestion)


def unknown_certification_message(text: str, suggestion: str | None) -> str:
    """Return what is said of a Certification ID that names nothing."""
    if suggestion:
        return _("%(id)s is not a certification. Did you mean %(suggestion)s?") % {"id": text, "suggestion": suggestion}
    return _("%(id)s is not a certification. Compare it with the Certification ID on the certification's page.") % {
        "id": text
    }


def _ambiguous(line: Line, options: PlanOptions, _given: str) -> str:
    what = _("e-mail address") if options.match == "email" else _("username")
    return _("More than one user has the %(what)s %(value)s. Use the User ID on this line.") % {
        "what": what,
        "value": line.user_text,
    }


def _unknown_user(line: Line, options: PlanOptions, _given: str) -> str:
    text = line.user_text
    if options.match != "user_id":
        return _("Nobody here has %(value)s. Correct it, or use the User ID.") % {"value": text}
    rounded = rounded_range(text) is not None
    values = {"id": text, "person": _person(line.suggestion or "", line.suggested_name)}
    if rounded:
        message = _(
            "%(id)s is a number that a spreadsheet has rounded; its last digits are lost."
            " Take the id from the original list again."
        )
        if line.suggestion:
            message += " " + _("%(person)s is on this certification.")
    elif line.suggestion is None:
        message = _("%(id)s is nobody here. Compare it with the User ID on the person's page, or delete the line.")
    else:
        message = _("%(id)s is nobody here, but %(person)s is on this certification.") + " "
        if set(line.suggestion.removesuffix(text)) == {"0"}:
            message += _("Spreadsheets drop leading zeros: format the column as text, or use the XLSX template.")
        else:
            message += _("Correct the line if that is who you mean.")
    return message % values


def _not_enrolled(line: Line, _options: PlanOptions, _given: str) -> str:
    return _("%(person)s is not on %(title)s. Remove the line, or submit and leave it out.") % {
        "person": _person(line.user_text, line.user_name),
        "title": line.certification_title,
    }


_MESSAGES = {
    "blank": _blank,
    "invalid": _invalid,
    "certification_mismatch": _mismatch,
    "unknown_certification": _unknown_certification,
    "ambiguous_user": _ambiguous,
    "unknown_user": _unknown_user,
    "not_enrolled": _not_enrolled,
}


def detail_words(line: Line, options: PlanOptions, *, given_title: str) -> str:
    """Return what the planned outcome of a row is called, with what is known of it: the result file's ``Detail``."""
    outcome = line.outcome
    if outcome in _MESSAGES:
        return _MESSAGES[outcome](line, options, given_title)
    if outcome == "duplicate":
        return _("Same as line %(line)s") % {"line": number(line.related_line or 0)}
    if outcome == "already_removed" and line.record_at is not None:
        return _("Already removed on %(date)s") % {"date": _day(line.record_at)}
    if outcome == "left_out":
        match line.detail.get("choice"):
            case "status":
                return _("Left out: status %(status)s") % {"status": line.status}
            case "unit":
                return _("Left out: %(unit)s") % {"unit": line.detail.get("unit")}
        return _("Left out by name")
    return str(OUTCOME_WORDS[outcome])


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def restored_words(line: Line, outcome: str) -> str:
    """Return what the outcome of a row of a restore is called, with what to know before somebody comes back."""
    words = outcome_words(outcome, restores=True)
    if outcome == "restore":
        if line.detail.get("expired"):
            words += _(", with an expiry date that is past")
        if line.detail.get("inactive"):
            words += _(", as an inactive person")
    return words
