"""Who is on a certification, as a file that can be sent back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certremoval.certifications.models import Certification, Enrollment
from certremoval.certifications.people_on import PeopleOn, matching
from certremoval.database.bulk import BATCH_ROWS, batches
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound
from certremoval.reading import MAX_SHEET_ROWS

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
        raise NotFound(
            _("%(certification)s is not a certification. %(advice)s")
            % {"certification": certification_id, "advice": _advice(certification_id)}
        )
    everyone = Enrollment.objects.filter(certification=certification)
    batches_of_everyone = _batches_by_key(everyone, _VALUES, batch_rows)
    return (_row(certification, values) for batch in batches_of_everyone for values in batch)


def people_export_rows(people: PeopleOn, *, batch_rows: int = BATCH_ROWS) -> Iterator[tuple[str, ...]]:
    """Return a stream of rows under :data:`EXPORT_COLUMNS` of exactly the people found.

    In the order of their names where they are few, else in that of their keys.
    """
    for batch in _batches(people, _VALUES, batch_rows):
        for values in batch:
            yield _row(people.certification, values)


def people_rows(people: PeopleOn, *, batch_rows: int = BATCH_ROWS) -> Iterator[tuple[str, str]]:
    """Return a stream of (Certification ID, User ID) of exactly the people found, in the same order."""
    for batch in _batches(people, ("user__user_id", "user"), batch_rows):
        for user_id, _key in batch:
            yield people.certification.certification_id, user_id


def enrollments_of_person(person: User) -> Iterator[tuple[str, ...]]:
    """Yield rows under :data:`EXPORT_COLUMNS` of all that one person is on, by Certification ID."""
    enrollments = Enrollment.objects.filter(user=person).order_by("certification__certification_id")
    by_key = Certification.objects.in_bulk(list(enrollments.values_list("certification", flat=True)))
    for certification, *values in enrollments.values_list("certification", *_VALUES):
        yield _row(by_key[certification], tuple(values))


def require_sheet(people: PeopleOn) -> None:
    """Raise InvalidRequest unless the people found and a heading fit on one sheet of a workbook."""
    most = MAX_SHEET_ROWS - 1
    if people.few is not None:
        return
    everyone = Enrollment.objects.filter(certification=people.certification)
    for counted in (everyone, matching(people.certification, people.shown)):
        if counted.order_by("user").values("user")[: most + 1].count() <= most:
            return
    raise InvalidRequest(
        _("These are more people than a sheet holds, which is %(most)s. Use Export to CSV, or narrow the filters.")
        % {"most": f"{most:,}"}
    )


def _batches(people: PeopleOn, values: tuple[str, ...], batch_rows: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield values of the people found, the user's key last, a query each."""
    if people.few is None:
        yield from _batches_by_key(matching(people.certification, people.shown), values, batch_rows)
        return
    enrollments = Enrollment.objects.filter(certification=people.certification).values_list(*values)
    for keys in batches([key for *_name, key in people.few], batch_rows):
        by_user = {row[-1]: row for row in enrollments.filter(user__in=keys)}
        yield [by_user[key] for key in keys if key in by_user]


def _batches_by_key(
    enrollments: QuerySet[Enrollment], values: tuple[str, ...], batch_rows: int
) -> Iterator[list[tuple[Any, ...]]]:
    ordered = enrollments.order_by("user").values_list(*values)
    after = 0
    while batch := list(ordered.filter(user__gt=after)[:batch_rows]):
        yield batch
        after = batch[-1][-1]


def _row(certification: Certification, values: tuple[Any, ...]) -> tuple[str, ...]:
    user_id, status, version, assigned, due, certified, expires, period, identifier, *person = values
    first_name, last_name, is_active, email, _key = person
    return (
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
        return _("Did you mean %(close)s?") % {"close": by_small_letters[close[0]]}
    return _("Compare it with the Certification ID on the certification's page.")
