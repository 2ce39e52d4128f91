"""Person: where the plans of jobs name one person on one certification, found without reading a large plan whole.

No index of the rows or steps leads to a person: one would cost every plan more than all of its rows (decision 0006).
But the steps lie in the order of work, and the rows of a restore in the order of the records that they are about: in
either a place is found by halving, in some twenty steps along the key. What is not so ordered is read through, and
the caller says how much of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from certremoval.database.dialect import spoken


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a job's plan to be read through: all, those of some outcomes (none of them ``remove``), or one line."""

    job: int
    plan: int
    outcomes: tuple[str, ...] = ()
    line: int | None = None


_COLUMNS = """
    job_id, line, position, outcome, certification_text, user_text, status, related_line, record_id, suggestion, detail
"""
_READ = """
    SELECT r.job_id, r.line, r.position, r.outcome, r.certification_text, r.user_text, r.status, r.related_line,
           r.suggestion, r.detail, record.removed_at, drift.outcome
    FROM ({stretches}) r
    LEFT JOIN removal_records record ON record.id = r.record_id
    LEFT JOIN job_drift drift ON drift.job_id = r.job_id AND drift.position = r.position
    ORDER BY r.job_id DESC, r.line LIMIT %(limit)s
"""
_STRETCH = """
    SELECT {columns} FROM job_rows
    WHERE job_id = %(job_{at})s AND plan_number = %(plan_{at})s
      AND user_key = %(user)s AND certification_key = %(certification)s {among}
"""


def rows_naming(stretches: Sequence[Stretch], *, user: int, certification: int, limit: int) -> list[tuple[Any, ...]]:
    """Return the rows of some stretches that name a person on a certification, the newest job first.

    (job, line, position, outcome, certification's text, user's text, status, related line, suggestion, detail, when
    the removal was that the row is about, how its step was left alone.) Each stretch is a range of an index, named with
    its own values: so the database knows of each how long it is, and reads no other.
    """
    if not stretches:
        return []
    parameters: dict[str, Any] = {"user": user, "certification": certification, "limit": limit}
    parts = []
    for at, one in enumerate(stretches):
        parameters |= {f"job_{at}": one.job, f"plan_{at}": one.plan}
        among = ""
        if one.line is not None:
            among = f"AND line = %(line_{at})s"
            parameters[f"line_{at}"] = one.line
        elif one.outcomes:
            # `outcome <> 'remove'` is said although it follows: it names the index of such rows.
            names = [f"outcome_{at}_{number}" for number, _outcome in enumerate(one.outcomes)]
            parameters |= dict(zip(names, one.outcomes, strict=True))
            among = "AND outcome IN (" + ", ".join(f"%({name})s" for name in names) + ") AND outcome <> 'remove'"
        parts.append(_STRETCH.format(columns=_COLUMNS, at=at, among=among))
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(stretches=" UNION ALL ".join(parts)), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@dataclass(frozen=True, slots=True)
class Halving:
    """A plan in which a place is looked for: from 1 to ``last``, by the id that lies there (see the functions)."""

    job: int
    plan: int
    last: int
    wanted: int


_HALVE = """
    WITH RECURSIVE halved(job_id, plan_number, wanted, low, high) AS (
        {searches}
        UNION ALL
        SELECT h.job_id, h.plan_number, h.wanted,
               CASE WHEN {before} THEN x.{place} + 1 ELSE h.low END,
               CASE WHEN {before} THEN h.high ELSE x.{place} END
        FROM halved h
        JOIN {table} x ON x.job_id = h.job_id AND x.plan_number = h.plan_number AND x.{place} = (h.low + h.high) / 2
        WHERE h.low < h.high
    )
    {found}
"""
_SEARCH = """
    SELECT CAST(%(job_{at})s AS bigint), CAST(%(plan_{at})s AS integer), CAST(%(wanted_{at})s AS bigint),
           CAST(1 AS bigint), CAST(%(last_{at})s AS bigint)
"""
_BEFORE_STEP = {
    "sqlite": "(x.certification_key, x.user_key) < (%(certification)s, %(user)s)",
    "postgresql": "x.enrollment_id < h.wanted",
}
_STEPS_FOUND = """
    SELECT s.job_id, s.position, drift.outcome
    FROM halved h
    JOIN job_steps s ON s.job_id = h.job_id AND s.plan_number = h.plan_number AND s.position = h.low
    LEFT JOIN job_drift drift ON drift.job_id = s.job_id AND drift.position = s.position
    WHERE h.low = h.high AND s.user_key = %(user)s AND s.certification_key = %(certification)s
"""
_LINES_FOUND = """
    SELECT r.job_id, r.line
    FROM halved h
    JOIN job_rows r ON r.job_id = h.job_id AND r.plan_number = h.plan_number AND r.line = h.low
    WHERE h.low = h.high AND r.record_id = h.wanted
"""


def steps_of_person(searches: Sequence[Halving], *, user: int, certification: int) -> list[tuple[int, int, str | None]]:
    """Return (job, position, how it was left alone) of the steps of plans that remove a person.

    The order of steps is the order of work (see :mod:`certremoval.removals.sql.planned`): on SQLite by certification
    and user, so that one search a plan suffices; on PostgreSQL by enrollment id, which is what is ``wanted``.
    """
    if not searches:
        return []
    halving = _HALVE.format(
        searches=_searches(searches),
        before=spoken(_BEFORE_STEP),
        table="job_steps",
        place="position",
        found=_STEPS_FOUND,
    )
    with connection.cursor() as cursor:
        cursor.execute(halving, {"user": user, "certification": certification, **_parameters(searches)})
        return sorted({(job, position, drift) for job, position, drift in cursor.fetchall()}, key=lambda one: one[:2])


def lines_of_records(searches: Sequence[Halving]) -> list[tuple[int, int]]:
    """Return (job, line) of the rows of restores that are about the removal records that are ``wanted``.

    The rows of a restore are numbered in the order of the records, without a gap.
    """
    if not searches:
        return []
    halving = _HALVE.format(
        searches=_searches(searches),
        before="x.record_id < h.wanted",
        table="job_rows",
        place="line",
        found=_LINES_FOUND,
    )
    with connection.cursor() as cursor:
        cursor.execute(halving, _parameters(searches))
        return sorted((job, line) for job, line in cursor.fetchall())


def _searches(searches: Sequence[Halving]) -> str:
    return " UNION ALL ".join(_SEARCH.format(at=at) for at, _search in enumerate(searches))


def _parameters(searches: Sequence[Halving]) -> dict[str, int]:
    return {
        f"{name}_{at}": getattr(search, name)
        for at, search in enumerate(searches)
        for name in ("job", "plan", "last", "wanted")
    }
