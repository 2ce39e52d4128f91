"""How the removal of many enrollments is recorded by SQL: which values a record keeps, said once.

What finds them stands with whoever removes them: a chunk of a job (``removals/sql/remove.py``), or a full file
(``loading/sql/holds.py``).
"""

from __future__ import annotations

from certremoval.certifications.models import Enrollment

USER_NAME = "COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.user_id)"
"""A user's name by SQL, as ``User.full_name`` has it; ``u`` is the user."""


def insert_records(*, operation: str, now: str) -> str:
    """Return the beginning of an INSERT of removal records, up to the SELECT list; FROM and the rest follow.

    ``operation`` and ``now`` are SQL for the operation's key and the time. The rows are read from enrollments ``e``,
    users ``u`` and certifications ``c``.
    """
    values = ", ".join(Enrollment.VALUES)
    values_before = ", ".join(f"e.{value}" for value in Enrollment.VALUES)
    return f"""
        INSERT INTO removal_records (
            operation_id, enrollment_id, revision, certification_key, certification_id, certification_title,
            user_key, user_id, user_name, {values}, removed_at
        )
        SELECT {operation}, e.id, e.revision, c.id, c.certification_id, c.title,
               u.id, u.user_id, {USER_NAME}, {values_before}, {now}
    """
