"""Read: rows of a plan in the order of the file, with the names that their keys stand for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from certremoval.database.dialect import dialect
from certremoval.organization.searching import name_ranges

_SELECT = """
    SELECT r.position, r.line, r.outcome, r.certification_text, r.user_text, r.status, r.related_line,
           r.suggestion, r.detail, r.user_key,
           COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.user_id, record.user_name) AS user_name,
           u.user_id,
           c.title AS certification_title,
           COALESCE(NULLIF(TRIM(s.first_name || ' ' || s.last_name), ''), s.user_id) AS suggested_name,
           record.removed_at AS record_at, drift.outcome AS drift, r.certification_key
    FROM (SELECT * FROM {rows} r WHERE {where} ORDER BY r.line LIMIT %(limit)s) r
    LEFT JOIN users u ON u.id = r.user_key
    LEFT JOIN certifications c ON c.id = r.certification_key
    LEFT JOIN users s ON s.user_id = r.suggestion
    LEFT JOIN removal_records record ON record.id = r.record_id
    LEFT JOIN job_drift drift ON drift.job_id = %(job)s AND drift.position = r.position
    ORDER BY r.line
"""


def named_rows(rows: str, *, where: str, job: int, limit: int, **parameters: Any) -> list[tuple[Any, ...]]:
    """Return the first ``limit`` rows by line; ``rows`` is ``job_rows`` or ``planned_rows`` (then ``job`` is 0)."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(rows=rows, where=where), {"job": job, "limit": limit, **parameters})
        rows_found: list[tuple[Any, ...]] = cursor.fetchall()
    return rows_found


_NOT_DONE = """
    SELECT r.line, r.position, r.outcome, d.outcome
    FROM job_rows r LEFT JOIN job_drift d ON d.job_id = r.job_id AND d.position = r.position
    WHERE r.job_id = %(job)s AND r.plan_number = %(plan)s AND r.line >= %(first)s AND r.line <= %(last)s
      AND (r.outcome <> 'remove' OR r.position > %(checkpoint)s OR d.position IS NOT NULL)
"""


def rows_not_removed(
    *, job: int, plan: int, checkpoint: int, first: int, last: int
) -> list[tuple[int, int, str, str | None]]:
    """Return (line, position, planned outcome, drift) of the rows in these lines of which nobody was removed."""
    with connection.cursor() as cursor:
        parameters = {"job": job, "plan": plan, "checkpoint": checkpoint, "first": first, "last": last}
        cursor.execute(_NOT_DONE, parameters)
        rows_found: list[tuple[int, int, str, str | None]] = cursor.fetchall()
    return rows_found


_LINES_BETWEEN = """
    FROM job_rows WHERE job_id = %(job)s AND plan_number = %(plan)s AND line >= %(first)s AND line <= %(last)s
"""


def lines_of_job(*, job: int, plan: int, first: int, last: int) -> Collection[int]:
    """Return the lines from ``first`` to ``last`` that are rows of the job: as a rule all, so they are counted."""
    parameters = {"job": job, "plan": plan, "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), MIN(line), MAX(line) {_LINES_BETWEEN}", parameters)
        count, lowest, highest = cursor.fetchone()
        if not count:
            return ()
        if count == highest - lowest + 1:
            return range(lowest, highest + 1)
        cursor.execute(f"SELECT line {_LINES_BETWEEN}", parameters)
        return [line for (line,) in cursor.fetchall()]


ANY = "TRUE"
# What is to be worked on are the first positions: those up to the checkpoint are done, or were left alone.
DONE = "r.position <= %(checkpoint)s"
DONE_WITHOUT_DRIFT = f"{DONE} AND r.position NOT IN (SELECT position FROM job_drift WHERE job_id = %(job)s)"
STILL_TO_BE_DONE = "r.position > %(checkpoint)s AND r.position <= %(to_do)s"


def planned_as(outcome: str) -> str:
    """Return the condition of rows of one outcome other than ``remove``; said twice, so that their index is used."""
    return f"r.outcome = '{outcome}' AND r.outcome <> 'remove'"


def left_alone_as(drift: str) -> str:
    """Return the condition of rows whose step was left alone with this note."""
    noted = f"SELECT position FROM job_drift WHERE job_id = %(job)s AND outcome = '{drift}'"
    return f"{DONE} AND r.position IN ({noted})"


def left_alone(*, job: int, checkpoint: int) -> list[tuple[str, int]]:
    """Return how many of a job's rows up to ``checkpoint`` were left alone when it came to them, by outcome."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, COUNT(*) FROM job_drift WHERE job_id = %s AND position <= %s GROUP BY outcome",
            [job, checkpoint],
        )
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class People:
    """Who is searched for: as typed, and with small letters A to Z."""

    text: str
    lowered: str


_LINES = """
    SELECT r.line FROM job_rows r
    WHERE r.job_id = %(job)s AND r.plan_number = %(plan)s AND r.line > %(after)s AND r.line <= %(up_to)s
      AND {where}
    ORDER BY r.line LIMIT %(limit)s
"""
_SEARCHED = {
    "sqlite": """ AND (r.user_key IN ({people}) OR instr(lower(r.user_text), %(lowered)s) > 0
                       OR lower(r.certification_text) = %(lowered)s)""",
    "postgresql": """ AND (r.user_key IN ({people}) OR strpos(lower(r.user_text COLLATE "C"), %(lowered)s) > 0
                           OR lower(r.certification_text COLLATE "C") = %(lowered)s)""",
}


def lines_between(
    *,
    job: int,
    plan: int,
    checkpoint: int,
    to_do: int,
    where: str,
    people: People | None,
    after: int,
    up_to: int,
    limit: int,
) -> list[int]:
    """Return the first lines beyond ``after``, up to ``up_to``, of which a condition above is true."""
    parameters: dict[str, Any] = {
        "job": job,
        "plan": plan,
        "checkpoint": checkpoint,
        "to_do": to_do,
        "after": after,
        "up_to": up_to,
        "limit": limit,
    }
    if people is not None:
        named, names = _people_named(people)
        where += _SEARCHED[dialect()].format(people=named)
        parameters |= {"lowered": people.lowered, **names}
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(where=where), parameters)
        return [line for (line,) in cursor.fetchall()]


def last_line(*, job: int, plan: int) -> int:
    """Return the last line of the job's file that has a row; 0 if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line FROM job_rows WHERE job_id = %s AND plan_number = %s ORDER BY line DESC LIMIT 1", (job, plan)
        )
        found = cursor.fetchone()
    return found[0] if found else 0


def last_line_of(*, job: int, plan: int, outcomes: Collection[str]) -> int:
    """Return the last line of the job's file with one of some outcomes other than ``remove``; 0 if there is none."""
    last = 0
    with connection.cursor() as cursor:
        for outcome in outcomes:
            cursor.execute(
                "SELECT line FROM job_rows WHERE job_id = %s AND plan_number = %s AND outcome = %s"
                " AND outcome <> 'remove' ORDER BY line DESC LIMIT 1",
                (job, plan, outcome),
            )
            if found := cursor.fetchone():
                last = max(last, found[0])
    return last


def _people_named(people: People) -> tuple[str, dict[str, str]]:
    """Return a query for the keys of the users, with its parameters: each part of it is one range of an index."""
    ways, parameters = ["user_id = %(text)s"], {"text": people.text}
    for number, way in enumerate(name_ranges(people.text)):
        first, end, exact = f"first_{number}", f"end_{number}", f"exact_{number}"
        condition = f"{way.beginning} >= %({first})s AND {way.beginning} < %({end})s"
        parameters |= {first: way.first, end: way.end}
        if way.exact is not None:
            condition += f" AND {way.known} = %({exact})s"
            parameters[exact] = way.exact
        ways.append(condition)
    return " UNION ALL ".join(f"SELECT id FROM users WHERE {way}" for way in ways), parameters
