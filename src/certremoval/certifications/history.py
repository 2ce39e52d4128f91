"""What was removed of one person, and put back: their history, which outlives jobs and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from certremoval.access.models import REMOVAL_PERMISSIONS, Permission
from certremoval.access.rules import permissions_of, require
from certremoval.certifications.models import Enrollment, Operation, RemovalRecord, Restoration
from certremoval.certifications.visibility import viewable_certifications, visible_operations
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound

_BATCH_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody as they were called at the time."""

    user_id: str
    name: str

    def as_json(self) -> dict[str, object]:
        return {"user_id": self.user_id, "name": self.name}


@dataclass(frozen=True, slots=True)
class ShownOperation:
    """What is told of an operation only to whoever sees it: it leads to its job."""

    id: int
    title: str
    comment: str

    def as_json(self) -> dict[str, object]:
        return {"id": self.id, "title": self.title, "comment": self.comment}


@dataclass(frozen=True, slots=True)
class Act:
    """An act of removing or putting back. ``operation`` is None where the viewer does not see it.

    Date, actor and reason are history and show always (design, *Permissions*).
    """

    at: datetime
    by: NamedPerson
    reason: str
    operation: ShownOperation | None

    def as_json(self) -> dict[str, object]:
        """Return the act as JSON; the time is RFC 3339 in UTC."""
        return {
            "at": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "by": self.by.as_json(),
            "reason": self.reason,
            "operation": None if self.operation is None else self.operation.as_json(),
        }


@dataclass(frozen=True, slots=True)
class RemovalEntry:
    """One removal of a person from a certification, all names as they were then.

    ``before`` holds the enrollment's values at the removal, by the names of ``Enrollment.VALUES``; ``put_back`` is
    None as long as the removal stands.
    """

    record_id: int
    person: NamedPerson
    certification_id: str
    certification_title: str
    removed: Act
    before: Mapping[str, str | date | None]
    put_back: Act | None
    user_key: int = 0
    certification_key: int = 0
    operation_key: int = 0
    enrollment_id: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the entry as JSON: times are RFC 3339 in UTC, days ISO dates."""
        return {
            "record_id": self.record_id,
            "user": self.person.as_json(),
            "certification": {"certification_id": self.certification_id, "title": self.certification_title},
            "removed": self.removed.as_json(),
            "before": {
                name: value.isoformat() if isinstance(value, date) else value for name, value in self.before.items()
            },
            "put_back": None if self.put_back is None else self.put_back.as_json(),
        }


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some entries, the newest first; ``next`` is the record after which the following begin, None at the end."""

    entries: list[RemovalEntry]
    next: int | None


def removal_history(actor: User, user_id: str) -> Iterator[RemovalEntry]:
    """Return what was removed of one person, the newest first, as a stream.

    For holders of *Certification - View* or of any removal permission; for owners of certifications, what concerns
    theirs. Each batch is some queries of its own, however long the history.

    Raises, at once and not at the first entry: NotPermitted; NotFound if nobody has the User ID.
    """
    records = _records_shown_to(actor)
    person = User.objects.filter(user_id=user_id).only("pk").first()
    if person is None:
        raise NotFound(
            _("%(user_id)s is nobody here. Compare it with the User ID on the person's page.") % {"user_id": user_id}
        )
    return entry_stream(actor, records.filter(user_key=person.pk))


def removal_history_page(actor: User, user_key: int, *, after: int | None = None, limit: int = 20) -> HistoryPage:
    """Return a page of what :func:`removal_history` streams, of the person with this key.

    Raises NotPermitted; InvalidRequest where ``after`` is none of these records.
    """
    return entry_page(actor, _records_shown_to(actor).filter(user_key=user_key), after=after, limit=limit)


def removals_from(actor: User, user_key: int, certification_key: int, *, limit: int) -> HistoryPage:
    """Return the last removals of a person from one certification, the newest first. Raises NotPermitted."""
    records = _records_shown_to(actor).filter(user_key=user_key, certification_key=certification_key)
    return entry_page(actor, records, limit=limit)


def find_record(actor: User, record_id: int) -> RemovalRecord:
    """Return one removal that is shown to the actor. Raises NotPermitted, NotFound."""
    record = _records_shown_to(actor).filter(pk=record_id).first()
    if record is None:
        raise NotFound(_("There is no such removal, or none that you may see."))
    return record


def _records_shown_to(actor: User) -> QuerySet[RemovalRecord]:
    if not permissions_of(actor).isdisjoint({Permission.CERTIFICATION_VIEW, *REMOVAL_PERMISSIONS}):
        return RemovalRecord.objects.all()
    owned = viewable_certifications(actor)
    if not owned.exists():
        require(actor, Permission.CERTIFICATION_VIEW)
    return RemovalRecord.objects.filter(certification_key__in=owned.values("pk"))


def entry_page(
    actor: User,
    records: QuerySet[RemovalRecord],
    *,
    after: int | None = None,
    limit: int,
    by_record: bool = False,
) -> HistoryPage:
    """Return entries of the records that come after the record ``after`` (None: from the newest on).

    The order is that of time, or with ``by_record`` that in which the records were made.

    Raises InvalidRequest where ``after`` is none of the records: of others nothing is told, not even when they were.
    """
    last = None if after is None else records.filter(pk=after).first()
    if after is not None and last is None:
        raise InvalidRequest(_("The place in the list is not known any more. Start again from the newest removals."))
    if by_record:
        ordered = records.order_by("-pk") if last is None else records.filter(pk__lt=last.pk).order_by("-pk")
    else:
        ordered = _newest_first(records, last)
    found = list(ordered[: limit + 1])
    return HistoryPage(list(_entries(actor, found[:limit])), next=found[limit - 1].pk if len(found) > limit else None)


def entry_stream(actor: User, records: QuerySet[RemovalRecord]) -> Iterator[RemovalEntry]:
    """Yield entries of all the records, the newest first; each batch is a few queries of its own."""
    last: RemovalRecord | None = None
    while batch := list(_newest_first(records, last)[:_BATCH_RECORDS]):
        yield from _entries(actor, batch)
        last = batch[-1]


def _newest_first(records: QuerySet[RemovalRecord], last: RemovalRecord | None) -> QuerySet[RemovalRecord]:
    records = records.order_by("-removed_at", "-pk")
    if last is None:
        return records
    # The first condition is one range of the index by time; the second tells apart what was removed at once.
    same_time = Q(removed_at__lt=last.removed_at) | Q(pk__lt=last.pk)
    return records.filter(same_time, removed_at__lte=last.removed_at)


def _entries(actor: User, batch: list[RemovalRecord]) -> Iterator[RemovalEntry]:
    restorations = {
        one.record_id: one for one in Restoration.objects.filter(record_id__in=[record.pk for record in batch])
    }
    acts = _Acts(actor, [*batch, *restorations.values()])
    for record in batch:
        back = restorations.get(record.pk)
        yield RemovalEntry(
            record_id=record.pk,
            person=NamedPerson(record.user_id, record.user_name),
            certification_id=record.certification_id,
            certification_title=record.certification_title,
            removed=acts.act(record.operation_id, record.removed_at),
            before={name: getattr(record, name) for name in Enrollment.VALUES},
            put_back=None if back is None else acts.act(back.operation_id, back.restored_at),
            user_key=record.user_key,
            certification_key=record.certification_key,
            operation_key=record.operation_id,
            enrollment_id=record.enrollment_id,
        )


class _Acts:
    """The operations of a batch of records and restorations, and which of them the actor sees."""

    def __init__(self, actor: User, history: Iterable[RemovalRecord | Restoration]) -> None:
        self._operations = Operation.objects.in_bulk({one.operation_id for one in history})
        self._visible = set(visible_operations(actor).filter(pk__in=self._operations).values_list("pk", flat=True))

    def act(self, operation_id: int, at: datetime) -> Act:
        operation = self._operations[operation_id]
        shown = ShownOperation(operation.pk, operation.title, operation.comment)
        return Act(
            at=at,
            by=NamedPerson(operation.actor_user_id, operation.actor_name),
            reason=operation.reason,
            operation=shown if operation_id in self._visible else None,
        )
