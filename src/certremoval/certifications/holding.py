"""Removed people stay removed: who is held back from a certification, until when, and who lets them on again.

Somebody is *held back* from a certification when they are not on it and their last removal from it, by a job or alone,
was not put back, was not ended (:class:`~certremoval.certifications.models.HoldEnd`) and has not run out. A load of
enrollments passes over them (:mod:`certremoval.loading.enrollments`). A hold is *firm* if the operation says until
when, or for good: neither a load that re-adds nor a full file that no longer names somebody ends it then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of
from certremoval.certifications.history import HistoryPage, RemovalEntry, entry_page
from certremoval.certifications.models import (
    Certification,
    Enrollment,
    HoldEnd,
    Operation,
    RemovalRecord,
    Restoration,
)
from certremoval.certifications.periods import day_words
from certremoval.certifications.visibility import manageable_certifications, sees_operation, viewable_certifications
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NothingToDo, NotPermitted, WrongState

MOST_COUNTED = 10_000
"""More people who are held back than this are not counted: it is told that they are more."""


@dataclass(frozen=True, slots=True)
class KeepOff:
    """How long the people of a removal are kept off: until a day of UTC, for good, or, without either, not firmly.

    On the day ``until`` a load may enroll them again.
    """

    until: date | None = None
    for_good: bool = False

    @property
    def is_firm(self) -> bool:
        """Whether only a lift, an undo or the day ends it."""
        return self.for_good or self.until is not None


NOT_FIRMLY = KeepOff()


def checked_keep_off(until: date | None = None, *, for_good: bool = False) -> KeepOff:
    """Return how long people are to be kept off. Raises InvalidRequest for both at once, and for a day not to come."""
    if until is not None and for_good:
        raise InvalidRequest(_("People are kept off until a day or for good, not both. Choose one of them."))
    if until is not None and until <= database_now().date():
        raise InvalidRequest(
            _("%(day)s has passed or is today: nobody would be kept off. Choose a later day.")
            % {"day": day_words(until)}
        )
    return KeepOff(until, for_good)


def read_day(typed: str) -> date:
    """Read a day that is written as 2026-12-31, and in no other way. Raises InvalidRequest."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed.strip()):
            return date.fromisoformat(typed.strip())
    except ValueError:
        pass
    raise InvalidRequest(_("Say until which day, as 2026-12-31, or choose otherwise."))


class NobodyKeptOff(InvalidRequest):
    """The day until which people are to be kept off comes no later than their removal. Nothing was done."""


def require_kept_off(keep_off: KeepOff, runs_at: datetime | None = None) -> None:
    """Raise NobodyKeptOff unless people removed then (None, or a time that has passed: now) are kept off at all."""
    now = database_now()
    day = max(now, runs_at or now).astimezone(UTC).date()
    if keep_off.until is not None and keep_off.until <= day:
        raise NobodyKeptOff(
            _(
                "They are to be kept off until %(until)s, and the removal would run on %(day)s: nobody would be kept"
                " off. Choose a later day, or an earlier time."
            )
            % {"until": day_words(keep_off.until), "day": day_words(day)}
        )


def keep_off_of(operation: Operation) -> KeepOff:
    """Return how long an operation keeps its people off."""
    return KeepOff(operation.held_until, operation.held_for_good)


def held(records: QuerySet[RemovalRecord]) -> QuerySet[RemovalRecord]:
    """Return those of some removals that hold somebody back now."""
    # What a person is on, and has been removed from later, is looked up by the person: `+ 0` keeps PostgreSQL, which is
    # told nothing yet of a table just filled, from going through all others of the certification for each (14 s for
    # 20,000 people).
    enrollments = Enrollment.objects.annotate(certification_number=F("certification_id") + 0)
    on_it = enrollments.filter(user_id=OuterRef("user_key"), certification_number=OuterRef("certification_key"))
    removals = RemovalRecord.objects.annotate(certification_number=F("certification_key") + 0, number=F("pk") + 0)
    later = removals.filter(
        user_key=OuterRef("user_key"), certification_number=OuterRef("certification_key"), number__gt=OuterRef("pk")
    )
    ended = HoldEnd.objects.filter(record_id=OuterRef("pk"))
    ended_for_all = HoldEnd.objects.filter(operation_id=OuterRef("operation_id"))
    run_out = Operation.objects.filter(pk=OuterRef("operation_id"), held_until__lte=database_now().date())
    return records.filter(
        ~Exists(ended_for_all),
        ~Exists(run_out),
        ~Exists(Restoration.objects.filter(record_id=OuterRef("pk"))),
        ~Exists(ended),
        ~Exists(on_it),
        ~Exists(later),
    )


def held_count(records: QuerySet[RemovalRecord]) -> int:
    """Count the people whom some removals hold back, no further than MOST_COUNTED + 1."""
    return held(records).order_by()[: MOST_COUNTED + 1].count()


def held_from(certification: Certification) -> QuerySet[RemovalRecord]:
    """Return the removals that hold people back from a certification."""
    return held(RemovalRecord.objects.filter(certification_key=certification.pk))


def held_page(actor: User, certification: Certification, *, after: int | None = None, limit: int) -> HistoryPage:
    """Return whom a certification's page tells as held back, the newest first; ``after`` is a record.

    In the order of the records: the index of a certification's serves it, however many there are.

    Whoever sees the certification sees it: the caller has asked. Raises InvalidRequest where ``after`` is none of them.
    """
    return entry_page(actor, held_from(certification), after=after, limit=limit, by_record=True)


def held_person(actor: User, user_key: int, *, limit: int) -> HistoryPage:
    """Return from what a person is held back, the newest first."""
    return entry_page(actor, held(RemovalRecord.objects.filter(user_key=user_key)), limit=limit, by_record=True)


def keep_offs(entries: Iterable[RemovalEntry]) -> Mapping[int, KeepOff]:
    """Return how long each of some removals keeps off, by record."""
    operations = {entry.record_id: entry.operation_key for entry in entries}
    found = Operation.objects.in_bulk(set(operations.values()))
    return {record: keep_off_of(found[operation]) for record, operation in operations.items()}


def liftable(actor: User, entries: Iterable[RemovalEntry]) -> set[int]:
    """Return those of some removals, by record, whose hold the actor may lift."""
    certifications = {entry.record_id: entry.certification_key for entry in entries}
    managed = set(
        manageable_certifications(actor).filter(pk__in=set(certifications.values())).values_list("pk", flat=True)
    )
    return {record for record, certification in certifications.items() if certification in managed}


def find_held(actor: User, record_id: int) -> RemovalRecord:
    """Return a removal that holds somebody back, and whose hold the actor may lift.

    Raises NotFound (no such removal, or of a certification that the actor does not see), NotPermitted, and WrongState
    if it holds nobody back any more.
    """
    record = RemovalRecord.objects.filter(pk=record_id).first()
    if record is None or not viewable_certifications(actor).filter(pk=record.certification_key).exists():
        raise NotFound(_("There is no such removal, or none that you may see."))
    if not manageable_certifications(actor).filter(pk=record.certification_key).exists():
        raise _not_permitted()
    if not held(RemovalRecord.objects.filter(pk=record_id)).exists():
        raise _not_held(record)
    return record


def lift_hold(actor: User, record_id: int) -> RemovalRecord:
    """Let a load enroll somebody again who is held back by this removal; return it.

    Nobody is enrolled by this. Who lifted it, and when, is kept. Raises what :func:`find_held` raises.
    """
    try:
        with transaction.atomic():
            record = find_held(actor, record_id)
            HoldEnd.objects.create(record_id=record.pk, **_lifted_by(actor))
    except IntegrityError:
        # Somebody else was quicker.
        raise _not_held(RemovalRecord.objects.get(pk=record_id)) from None
    return record


def may_lift_all(actor: User, operation: Operation, *, of: QuerySet[Any] | None = None) -> bool:
    """Whether somebody may lift the holds of all whom an operation removed: they manage every certification of it.

    ``of`` are rows with the ``certification_key`` of each; left out, all records of the operation are looked at.
    """
    if Permission.CERTIFICATION_MANAGE in permissions_of(actor):
        return True
    managed = manageable_certifications(actor).values("pk")
    concerned = RemovalRecord.objects.filter(operation_id=operation.pk) if of is None else of
    return not concerned.exclude(certification_key__in=managed).exists()


def find_operation_held(actor: User, operation_id: int, *, of: QuerySet[Any] | None = None) -> Operation:
    """Return an operation that holds people back, and all whose holds the actor may lift; ``of`` as there.

    Raises NotFound, NotPermitted, NothingToDo if it holds nobody back any more.
    """
    operation = Operation.objects.filter(pk=operation_id).first()
    if operation is None or not sees_operation(actor, operation):
        raise NotFound(_("There is no such removal, or none that you may see."))
    if not may_lift_all(actor, operation, of=of):
        raise NotPermitted(
            _(
                "Letting loads enroll all these people again needs the permission %(permission)s, or that you own every"
                " certification concerned."
            )
            % {"permission": Permission.CERTIFICATION_MANAGE.label}
        )
    if not held_count(RemovalRecord.objects.filter(operation_id=operation_id)):
        raise NothingToDo(_("Nobody of this removal is held back any more."))
    return operation


def lift_operation(actor: User, operation_id: int, *, of: QuerySet[Any] | None = None) -> Operation:
    """Let loads enroll again all whom an operation removed; one entry, however many they are.

    It applies to whom the operation removes later, too: the caller sees to it that it removes nobody any more. Raises
    what :func:`find_operation_held` raises.
    """
    try:
        with transaction.atomic():
            operation = find_operation_held(actor, operation_id, of=of)
            HoldEnd.objects.create(operation_id=operation.pk, **_lifted_by(actor))
    except IntegrityError:
        raise NothingToDo(_("Nobody of this removal is held back any more.")) from None
    return operation


def _lifted_by(actor: User) -> dict[str, object]:
    return {
        "kind": HoldEnd.Kind.LIFT,
        "actor_key": actor.pk,
        "actor_user_id": actor.user_id,
        "actor_name": actor.full_name,
        "ended_at": database_now(),
    }


def _not_held(record: RemovalRecord) -> WrongState:
    return WrongState(
        _("%(person)s is not held back from %(certification)s any more. Nothing was done.")
        % {"person": record.user_name, "certification": record.certification_title}
    )


def _not_permitted() -> NotPermitted:
    return NotPermitted(
        _("Letting somebody on again needs the permission %(permission)s, or that you own the certification.")
        % {"permission": Permission.CERTIFICATION_MANAGE.label}
    )
