"""The register: every removal over all jobs and of single people, found by filters, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.certifications.history import Act, HistoryPage, RemovalEntry, entry_page, entry_stream
from certremoval.certifications.models import Certification, Operation, RemovalRecord
from certremoval.certifications.periods import Period
from certremoval.certifications.visibility import people_who_acted, work_is_seen_now
from certremoval.database.texts import refuse_unstorable
from certremoval.organization.models import OrganizationalUnit, UnitMembership, User
from certremoval.organization.searching import LONGEST_SEARCH, name_ranges
from certremoval.organization.units import units_and_below
from certremoval.problems import InvalidRequest
from certremoval.reading import MAX_SHEET_ROWS

FEW_MEMBERS, FEW_OPERATIONS, FEW_RECORDS = 500, 500, 5_000
"""Up to so many people of a unit, or operations of an administrator, are found first, and then their records."""

MOST_CERTIFICATIONS = 1_000
"""Certifications that a part of a title stands for."""

MOST_UNITS = 5_000
"""Units whose keys are named in a query; of more, the query walks the tree itself."""

RECORD_COLUMNS = (
    "Removed",
    "Certification ID",
    "Certification",
    "User ID",
    "Name",
    "Status",
    "Version",
    "Assigned Date",
    "Due Date",
    "Certified Date",
    "Expiration Date",
    "Period",
    "Identifier",
    "Removed By",
    "Removed By User ID",
    "Reason",
    "Job Title",
    "Comment",
    "Put Back",
    "Put Back By",
    "Put Back By User ID",
    "Put Back Reason",
)
"""The columns of the register as a file: who was removed from what, all values before, by whom, put back or not."""

_BEFORE = (
    "status",
    "version",
    "assigned_date",
    "due_date",
    "certified_date",
    "expiration_date",
    "period",
    "identifier",
)


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which removals are shown. ``period`` is of the day of removal.

    ``certification`` is a Certification ID or a part of a title; ``unit`` the key of a unit, which stands for those
    below it too, where people sit now; ``administrator`` is a User ID or the beginning of a name; ``status`` is the
    one before the removal. Making one raises InvalidRequest for texts that no search takes.
    """

    period: Period = field(default_factory=Period)
    certification: str = ""
    unit: int | None = None
    administrator: str = ""
    status: str = ""

    def __post_init__(self) -> None:
        for text in (self.certification, self.administrator, self.status):
            if len(text) > LONGEST_SEARCH:
                raise InvalidRequest(
                    _("A filter has %(length)s characters; at most %(limit)s are looked for.")
                    % {"length": f"{len(text):,}", "limit": LONGEST_SEARCH}
                )
            refuse_unstorable((text,))


def record_page(actor: User, shown: RecordFilter, *, after: int | None = None, limit: int = 50) -> HistoryPage:
    """Return a page of the removals that the actor sees, the newest first: those after the record ``after``.

    Raises NotPermitted without any removal permission; InvalidRequest where ``after`` is none of these records.
    """
    return entry_page(actor, _records(actor, shown), after=after, limit=limit)


def record_rows(actor: User, shown: RecordFilter) -> Iterator[tuple[str, ...]]:
    """Return the same removals as rows under :data:`RECORD_COLUMNS`, a stream. Raises NotPermitted, at once."""
    return rows_of(entry_stream(actor, _records(actor, shown)))


def require_sheet_of_records(actor: User, shown: RecordFilter) -> None:
    """Raise InvalidRequest unless the same removals and a heading fit on one sheet of a workbook."""
    most = MAX_SHEET_ROWS - 1
    if _records(actor, shown).order_by("removed_at", "pk").values("pk")[: most + 1].count() > most:
        raise InvalidRequest(
            _("These are more removals than a sheet holds, which is %(most)s. Export to CSV, or narrow the filters.")
            % {"most": f"{most:,}"}
        )


def rows_of(entries: Iterator[RemovalEntry]) -> Iterator[tuple[str, ...]]:
    """Yield entries as rows under :data:`RECORD_COLUMNS`. Times are UTC, days ISO dates."""
    for entry in entries:
        removed, back = entry.removed, entry.put_back
        yield (
            _time(removed),
            entry.certification_id,
            entry.certification_title,
            entry.person.user_id,
            entry.person.name,
            *(_text(entry.before[name]) for name in _BEFORE),
            removed.by.name,
            removed.by.user_id,
            removed.reason,
            *(("", "") if removed.operation is None else (removed.operation.title, removed.operation.comment)),
            *(("", "", "", "") if back is None else (_time(back), back.by.name, back.by.user_id, back.reason)),
        )


def _records(actor: User, shown: RecordFilter) -> QuerySet[RemovalRecord]:
    require_any(actor, REMOVAL_PERMISSIONS)
    seen = work_is_seen_now(actor, "actor")
    if administrator := shown.administrator.strip():
        seen &= _is_of(administrator)
    records = RemovalRecord.objects.all()
    if seen:
        records = records.filter(_of_operations(seen))
    first, end = shown.period.instants()
    if first is not None:
        records = records.filter(removed_at__gte=first)
    if end is not None:
        records = records.filter(removed_at__lt=end)
    if certification := shown.certification.strip():
        records = records.filter(_was_on(certification))
    if shown.unit is not None:
        records = records.filter(_sits_in(shown.unit))
    if status := shown.status.strip():
        records = records.filter(status=status)
    return records


def _is_of(administrator: str) -> Q:
    """Return the condition that an operation is of this User ID, or of somebody who was or is called so."""
    called = Q()
    for way in name_ranges(administrator):
        called |= way.condition()
    now = list(people_who_acted().filter(called).values_list("pk", flat=True)) if called else []
    return Q(actor_user_id=administrator) | Q(actor__in=now) | Q(actor_name__istartswith=administrator)


def _of_operations(seen: Q) -> Q:
    """Return the condition that a record is of an operation that fulfils a condition.

    The records of few operations are found by them. Of many, each record is asked on the way along the index by time,
    which ends when the page is full: to find and sort all that somebody sees took ten times as long.
    """
    few = list(Operation.objects.filter(seen).order_by().values_list("pk", flat=True)[: FEW_OPERATIONS + 1])
    if len(few) <= FEW_OPERATIONS:
        keys = RemovalRecord.objects.filter(operation_id__in=few).order_by().values_list("pk", flat=True)
        if (records := _at_most(keys)) is not None:
            return Q(pk__in=records)
    return Q(Exists(Operation.objects.filter(seen, pk=OuterRef("operation_id"))))


def _at_most(keys: QuerySet[RemovalRecord, int]) -> list[int] | None:
    """Return the keys if they are few; None if they are many."""
    found = list(keys[: FEW_RECORDS + 1])
    return found if len(found) <= FEW_RECORDS else None


def _was_on(certification: str) -> Q:
    """Return the condition that a record is of this Certification ID, else of certifications that are called so.

    A certification that is there no more is known by its ID, as the record keeps it.
    """
    exactly = Certification.objects.filter(certification_id=certification).values_list("pk", flat=True)
    keys = list(exactly) or list(
        Certification.objects.filter(title__icontains=certification).values_list("pk", flat=True)[:MOST_CERTIFICATIONS]
    )
    return Q(certification_key__in=keys) | Q(certification_id=certification)


def _sits_in(unit_key: int) -> Q:
    """Return the condition that whoever was removed sits in a unit, or below it, now.

    Few are found by their records; of many, each record on the way is asked.
    """
    unit = OrganizationalUnit.objects.filter(pk=unit_key).first()
    if unit is None:
        return Q(pk__in=())
    units = list(units_and_below([unit.pk])[: MOST_UNITS + 1])
    where = Q(unit__in=units) if len(units) <= MOST_UNITS else Q(unit__in=units_and_below([unit.pk]))
    members = UnitMembership.objects.filter(where)
    few = list(members.values_list("user", flat=True)[: FEW_MEMBERS + 1])
    if len(few) <= FEW_MEMBERS:
        keys = RemovalRecord.objects.filter(user_key__in=few).order_by().values_list("pk", flat=True)
        if (records := _at_most(keys)) is not None:
            return Q(pk__in=records)
    # With the type it is one row of the unique index, and not a look at each of the units. And not EXISTS: PostgreSQL
    # makes a join of it, of all records with all members, and sorts what that gives.
    seat = members.filter(user=OuterRef("user_key"), type=unit.type).values("pk")[:1]
    return Q(IsNull(Subquery(seat), False))


def _time(act: Act) -> str:
    return act.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(value: str | date | None) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else value


def operations_named(entries: list[RemovalEntry]) -> set[int]:
    """Return the keys of the operations that are shown with their titles."""
    acts = [act for entry in entries for act in (entry.removed, entry.put_back) if act is not None]
    return {act.operation.id for act in acts if act.operation is not None}
