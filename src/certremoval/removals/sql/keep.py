"""Keep: the planned rows are copied to the job, in short pieces on SQLite, and plans nobody needs are deleted."""

from __future__ import annotations

from django.db import connection

from certremoval.database.dialect import spoken
from certremoval.removals.sql.summarise import WORK_BY_CERTIFICATION

NO_END = 2**62
"""Beyond every line."""

_ROW = """
    line, position, outcome, certification_text, user_text, certification_key, user_key,
    status, related_line, record_id, suggestion, detail
"""
_COPY_ROWS = f"""
    INSERT INTO job_rows (job_id, plan_number, {_ROW})
    SELECT %(job)s, %(plan)s, {_ROW} FROM planned_rows
    WHERE line > %(after)s AND line <= %(up_to)s
    ORDER BY line
"""
_LAST_LINE = (
    "SELECT MAX(line) FROM (SELECT line FROM planned_rows WHERE line > %(after)s ORDER BY line LIMIT %(size)s) c"
)

# No order is asked for: the planned rows lie in the order of work, and PostgreSQL sorted a million once more. On SQLite
# the position is always the table's key, whatever the key's name (:mod:`certremoval.removals.sql.planned`).
_STEP = "position, certification_key, user_key, enrollment_id, revision"
_COPY_STEPS = f"""
    INSERT INTO job_steps (job_id, plan_number, {_STEP})
    SELECT %(job)s, %(plan)s, {_STEP} FROM planned_rows
    WHERE {{position}} > %(after)s AND {{position}} <= %(up_to)s
"""
_POSITION = {"sqlite": "rowid", "postgresql": "position"}
_DELETE = """
    DELETE FROM {table} WHERE job_id = %(job)s AND plan_number = %(plan)s AND {key} <= (
        SELECT MAX({key}) FROM (
            SELECT {key} FROM {table} WHERE job_id = %(job)s AND plan_number = %(plan)s
            ORDER BY {key} LIMIT %(size)s
        ) c
    )
"""

_CERTIFICATIONS = f"""
    INSERT INTO job_certifications (job_id, certification_key, certification_id, title, planned, removed)
    SELECT %(job)s, c.id, c.certification_id, c.title, p.planned, 0
    FROM ({WORK_BY_CERTIFICATION}) p
    JOIN certifications c ON c.id = p.certification_key
    ORDER BY c.certification_id
"""


def last_line(*, after: int, size: int) -> int | None:
    """Return the last of the next ``size`` lines of ``planned_rows`` beyond line ``after``; None at the end."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_LINE, {"after": after, "size": size})
        (line,) = cursor.fetchone()
    return None if line is None else int(line)


def keep_rows(*, job: int, plan: int, after: int, up_to: int) -> None:
    """Copy the planned rows whose line is above ``after`` and not above ``up_to`` to the job's plan."""
    with connection.cursor() as cursor:
        cursor.execute(_COPY_ROWS, {"job": job, "plan": plan, "after": after, "up_to": up_to})


def keep_steps(*, job: int, plan: int, after: int, up_to: int) -> None:
    """Copy the steps whose position is above ``after`` and not above ``up_to`` to the job's plan."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COPY_STEPS.format(position=spoken(_POSITION)), {"job": job, "plan": plan, "after": after, "up_to": up_to}
        )


def keep_certifications(*, job: int) -> None:
    """Write the job's certifications anew, with how many are to be removed from each."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM job_certifications WHERE job_id = %(job)s", {"job": job})
        cursor.execute(_CERTIFICATIONS, {"job": job})


def next_plan(*, job: int, after: int) -> int | None:
    """Return the number of the job's next plan beyond ``after`` of which rows are kept; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(plan_number) FROM job_rows WHERE job_id = %(job)s AND plan_number > %(after)s",
            {"job": job, "after": after},
        )
        (number,) = cursor.fetchone()
    return None if number is None else int(number)


def delete_plan_rows(*, job: int, plan: int, size: int) -> int:
    """Delete up to ``size`` rows and as many steps of one plan, and return how many went; 0 means that none is left."""
    deleted = 0
    with connection.cursor() as cursor:
        for table, key in (("job_steps", "position"), ("job_rows", "line")):
            cursor.execute(_DELETE.format(table=table, key=key), {"job": job, "plan": plan, "size": size})
            deleted += cursor.rowcount
    return deleted
