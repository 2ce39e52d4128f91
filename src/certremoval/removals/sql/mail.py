"""Mail: the notices whose e-mail is to be sent, as a queue: a row is its own entry, as a job is.

A claim is ONE compare-and-set UPDATE: from now on the e-mail is being sent, and for CLAIM_SECONDS nobody else tries.
Who then dies has sent it or not; after that time it is tried again. All times are the database's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from certremoval.database.clock import now_sql
from certremoval.database.dialect import spoken

CLAIM_SECONDS = 600
"""Far longer than the sending of one e-mail takes, whose every step ends after 20 seconds."""

_DUE = "mail_state IN ('waiting', 'sending') AND mail_due_at <= {now}"
_IS_DUE = f"SELECT 1 FROM notices WHERE {_DUE} LIMIT 1"
_PICK = {
    "sqlite": f"SELECT id FROM notices WHERE {_DUE} ORDER BY mail_due_at LIMIT 1",
    "postgresql": f"SELECT id FROM notices WHERE {_DUE} ORDER BY mail_due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
}
_CLAIM = f"""
    UPDATE notices SET mail_state = 'sending', mail_attempts = mail_attempts + 1, mail_tried_at = {{now}},
        mail_due_at = {{later}}
    WHERE id = ({{pick}}) AND {_DUE}
    RETURNING id, mail_attempts
"""
_SETTLE = """
    UPDATE notices SET mail_state = %(state)s, mail_due_at = {due}, mail_error = %(error)s
    WHERE id = %(notice)s AND mail_state = 'sending' AND mail_attempts = %(attempts)s
"""


@dataclass(frozen=True, slots=True)
class MailClaim:
    """An e-mail that this process is to send; ``attempts`` counts the tries, this one too, and names the claim."""

    notice: int
    attempts: int


def claim_mail() -> MailClaim | None:
    """Take the e-mail that is due the longest; None if none is.

    It is looked first: a claim takes SQLite's write lock, which an idle process need not do once a second.
    """
    now, later = now_sql(), now_sql(plus_seconds=CLAIM_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_IS_DUE.format(now=now), [])
        if cursor.fetchone() is None:
            return None
        cursor.execute(_CLAIM.format(now=now, later=later, pick=spoken(_PICK).format(now=now)), [])
        row = cursor.fetchone()
    return None if row is None else MailClaim(*row)


def settle(held: MailClaim, state: str, *, error: str = "", again_in: float | None = None) -> None:
    """Say what became of an e-mail; ``again_in`` seconds it is due again. Nothing if another process has it by now."""
    due = "NULL" if again_in is None else now_sql(plus_seconds=again_in)
    values: dict[str, int | str] = {"notice": held.notice, "attempts": held.attempts, "state": state, "error": error}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE.format(due=due), values)
