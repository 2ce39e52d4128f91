"""Preview: what is said of a plan that was kept and not submitted yet, counted over its rows and steps."""

from __future__ import annotations

from django.db import connection

from certremoval.database.dialect import spoken

# From the steps to the enrollments, by their key. SQLite goes the way that is written; PostgreSQL may hash all of them.
_UNCHANGED = {
    "sqlite": """
        SELECT COUNT(*) FROM job_steps s CROSS JOIN enrollments e ON e.id = s.enrollment_id
        WHERE s.job_id = %(job)s AND s.plan_number = %(plan)s AND e.revision = s.revision
    """,
    "postgresql": """
        SELECT COUNT(*) FROM job_steps s JOIN enrollments e ON e.id = s.enrollment_id
        WHERE s.job_id = %(job)s AND s.plan_number = %(plan)s AND e.revision = s.revision
    """,
}


_STILL_OFF = """
    SELECT COUNT(*) FROM job_steps s
    WHERE s.job_id = %(job)s AND s.plan_number = %(plan)s
      AND EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_key)
      AND EXISTS (SELECT 1 FROM certifications c WHERE c.id = s.certification_key)
      AND NOT EXISTS (SELECT 1 FROM enrollments e
                      WHERE e.certification_id = s.certification_key AND e.user_id = s.user_key)
      AND NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = (
          SELECT record.id FROM removal_records record
          WHERE record.enrollment_id = s.enrollment_id AND record.revision = s.revision))
"""


def unchanged_steps(*, job: int, plan: int) -> int:
    """Return how many steps of a plan find their enrollment as it was planned."""
    return _count(spoken(_UNCHANGED), job, plan)


def steps_still_off(*, job: int, plan: int) -> int:
    """Return how many steps of an undo still can put their person back."""
    return _count(_STILL_OFF, job, plan)


def _count(question: str, job: int, plan: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question, {"job": job, "plan": plan})
        return int(cursor.fetchone()[0])


def line_of_user(*, job: int, plan: int, user: int) -> int | None:
    """Return the first line on which a user is to be removed, or put back; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line FROM job_rows WHERE job_id = %(job)s AND plan_number = %(plan)s"
            " AND outcome IN ('remove', 'restore') AND user_key = %(user)s ORDER BY line LIMIT 1",
            {"job": job, "plan": plan, "user": user},
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


# `outcome <> 'remove'` is said although it follows: it names the index of such rows. And SQLite takes that index for a
# range of outcomes alone; for one outcome it would rather read all rows of the job (0.3 s of a million).

_LEFT_OUT = """
    SELECT detail, status, COUNT(*) FROM job_rows
    WHERE job_id = %(job)s AND plan_number = %(plan)s
      AND outcome >= 'left_out' AND outcome <= 'left_out' AND outcome <> 'remove'
    GROUP BY detail, status ORDER BY 3 DESC, 1, 2
"""
_KNOWN_PEOPLE_LEFT = """
    SELECT COUNT(*) FROM job_rows
    WHERE job_id = %(job)s AND plan_number = %(plan)s AND outcome > '' AND outcome <> 'remove'
      AND user_key IS NOT NULL
"""


def left_out_rows(*, job: int, plan: int) -> list[tuple[str | None, str | None, int]]:
    """Return (which choice, as JSON; status; rows) of the rows that the administrator left out."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, {"job": job, "plan": plan})
        return list(cursor.fetchall())


def known_people_left(*, job: int, plan: int) -> int:
    """Return how many of the rows that are not to be removed name a person who is known."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_PEOPLE_LEFT, {"job": job, "plan": plan})
        return int(cursor.fetchone()[0])
