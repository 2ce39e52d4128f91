"""Everyone on a certification, as a file that can be sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from certremoval.certifications.models import Certification, Enrollment
from certremoval.database.bulk import BATCH_ROWS
from certremoval.problems import NotFound

EXPORT_COLUMNS = (
    "Certification ID",
    "User ID",
    "Status",
    "Version",
    "Assigned Date",
    "Due Date",
    "Certified Date",
    "Expiration Date",
    "Period",
    "Identifier",
    "Name",
    "User Status",
    "Email",
)
"""The columns of the ``enrollments`` load in its order, then what tells who it is (Contract: files): the file is both
a removal file and a load."""

_VALUES = (
    "user__user_id",
    "status",
    "version",
    "assigned_date",
    "due_date",
    "certified_date",
    "expiration_date",
    "period",
    "identifier",
    "user__first_name",
    "user__last_name",
    "user__is_active",
    "user__email",
    "user",
)


def enrollment_export_rows(certification_id: str, *, batch_rows: int = BATCH_ROWS) -> Iterator[tuple[str, ...]]:
    """Return a stream of rows under :data:`EXPORT_COLUMNS`, one for everyone on a certification, inactive users too.

    Acts for the system: who may ask is asked by the caller. The rows come in the order in which people became known
    (their keys), which the unique index of the enrollments gives without sorting. Each batch is a query of its own
    that begins after the last person, because an open cursor pins SQLite's log or a transaction of PostgreSQL; who is
    taken off while the stream runs may be in it or not.

    Raises NotFound, at once and not at the first row, for a certification that does not exist.
    """
    certification = Certification.objects.filter(certification_id=certification_id).first()
    if certification is None:
        raise NotFound(f"{certification_id} is not a certification. {_advice(certification_id)}")
    return _rows(certification, batch_rows)


def _rows(certification: Certification, batch_rows: int) -> Iterator[tuple[str, ...]]:
    everyone = Enrollment.objects.filter(certification=certification).order_by("user").values_list(*_VALUES)
    after = 0
    while batch := list(everyone.filter(user__gt=after)[:batch_rows]):
        for user_id, status, version, assigned, due, certified, expires, period, identifier, *person in batch:
            first_name, last_name, is_active, email, after = person
            yield (
                certification.certification_id,
                user_id,
                status,
                version,
                _day(assigned),
                _day(due),
                _day(certified),
                _day(expires),
                period,
                identifier,
                f"{first_name} {last_name}".strip() or user_id,
                "Active" if is_active else "Inactive",
                email,
            )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _advice(certification_id: str) -> str:
    known = Certification.objects.values_list("certification_id", flat=True)
    by_small_letters = {one.casefold(): one for one in known}
    close = get_close_matches(certification_id.casefold(), by_small_letters, n=1, cutoff=0.75)
    if close:
        return f"Did you mean {by_small_letters[close[0]]}?"
    return "Compare it with the Certification ID on the certification's page."
