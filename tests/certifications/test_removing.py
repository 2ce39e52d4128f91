"""Removing one person: recorded and deleted in one act, or nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications import removing
from certremoval.certifications.limits import ApprovalRequired
from certremoval.certifications.models import Certification, Enrollment, Operation, RemovalRecord
from certremoval.certifications.removing import find_removable, remove_person
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import InvalidRequest, NotFound, NotPermitted, WrongState
from certremoval.removals.verifying import verify
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> User:
    """On Forklift with every value, and on Lockout."""
    ana = make_user("000123", "Ana Ruiz")
    certification(FORKLIFT, "Forklift Operator Safety")
    enroll(
        FORKLIFT,
        "000123",
        version="2",
        period="2026",
        identifier="F-7",
        assigned_date=date(2026, 1, 1),
        due_date=date(2026, 2, 2),
        certified_date=date(2026, 3, 3),
        expiration_date=date(2029, 4, 4),
    )
    enroll("LOTO", "000123")
    return ana


@pytest.fixture
def cleo() -> User:
    """Holds Certification - Manage."""
    return holder("cleo", Permission.CERTIFICATION_MANAGE)


def holder(user_id: str, permission: Permission) -> User:
    user = make_user(user_id, f"{user_id.capitalize()} Ito")
    role = Role.objects.create(name=user_id)
    role.members.add(user)
    Grant.objects.create(role=role, permission=permission)
    return user


def remove(actor: User, person: User, **texts: Any) -> Operation:
    return remove_person(actor, certification_key=certification().pk, user_key=person.pk, **texts)


def nothing_happened() -> bool:
    return (Enrollment.objects.count(), RemovalRecord.objects.count(), Operation.objects.count()) == (2, 0, 0)


def test_the_enrollment_goes_and_its_record_holds_all_values(ana: User, cleo: User) -> None:
    enrollment = Enrollment.objects.get(certification=certification(), user=ana)

    operation = remove(cleo, ana, comment=" Asked by phone ", reason="Role change")

    assert list(Enrollment.objects.values_list("certification__certification_id", flat=True)) == ["LOTO"]
    record = RemovalRecord.objects.get()
    assert (record.operation_id, record.enrollment_id, record.revision) == (operation.pk, enrollment.pk, 1)
    assert (record.certification_key, record.user_key) == (certification().pk, ana.pk)
    assert (record.certification_id, record.certification_title) == (FORKLIFT, "Forklift Operator Safety")
    assert (record.user_id, record.user_name) == ("000123", "Ana Ruiz")
    for name in Enrollment.VALUES:
        assert getattr(record, name) == getattr(enrollment, name)
    assert (operation.kind, operation.title) == ("removal", "Ana Ruiz from Forklift Operator Safety")
    assert (operation.comment, operation.reason) == ("Asked by phone", "Role change")
    assert (operation.actor, operation.actor_user_id, operation.actor_name) == (cleo, "cleo", "Cleo Ito")
    assert abs(datetime.now(UTC) - record.removed_at) < timedelta(minutes=1)
    assert operation.created_at == record.removed_at


def test_the_promises_of_the_database_hold_afterwards(ana: User, cleo: User) -> None:
    remove(cleo, ana)
    assert verify() == []


def test_a_long_title_is_cut(ana: User, cleo: User) -> None:
    Certification.objects.filter(pk=certification().pk).update(title="x" * 500)

    title = remove(cleo, ana).title

    assert len(title) == 100
    assert title.startswith("Ana Ruiz from xxx")
    assert title.endswith("x…")


def test_an_inactive_person_is_removed_like_an_active_one(ana: User, cleo: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    remove(cleo, ana)
    assert RemovalRecord.objects.count() == 1


def test_an_owner_removes_from_the_owned_and_from_no_other(ana: User) -> None:
    owner = make_user("owner")
    certification().owners.add(owner)

    remove(owner, ana)

    with pytest.raises(NotFound):
        remove_person(owner, certification_key=certification("LOTO").pk, user_key=ana.pk)
    assert RemovalRecord.objects.count() == 1


@pytest.mark.parametrize("permission", [Permission.CERTIFICATION_VIEW, Permission.REMOVAL_MANAGE])
def test_who_may_only_look_removes_nobody(ana: User, permission: Permission) -> None:
    with pytest.raises(NotPermitted, match="Certification - Manage"):
        remove(holder("viewer", permission), ana)
    assert nothing_happened()


def test_who_holds_nothing_or_is_inactive_is_refused(ana: User, cleo: User) -> None:
    cleo.is_active = False
    for actor in (make_user("learner"), cleo):
        with pytest.raises(NotPermitted):
            remove(actor, ana)
    assert nothing_happened()


def test_who_is_not_there_is_told_so(ana: User, cleo: User) -> None:
    bo = make_user("bo", "Bo Ito")
    with pytest.raises(WrongState, match=r"Bo Ito \(bo\) is not on Forklift Operator Safety any more"):
        remove(cleo, bo)
    with pytest.raises(NotFound):
        remove_person(cleo, certification_key=certification().pk, user_key=2**62)
    with pytest.raises(NotFound):
        remove_person(cleo, certification_key=2**62, user_key=ana.pk)
    assert nothing_happened()


def test_the_second_removal_of_the_same_finds_nothing(ana: User, cleo: User) -> None:
    remove(cleo, ana)
    with pytest.raises(WrongState, match="any more"):
        remove(cleo, ana)
    assert RemovalRecord.objects.count() == Operation.objects.count() == 1


def test_whoever_is_enrolled_again_can_be_removed_again(ana: User, cleo: User) -> None:
    remove(cleo, ana)
    enroll(FORKLIFT, "000123", status="In Progress")
    remove(cleo, ana)
    assert list(RemovalRecord.objects.order_by("pk").values_list("status", flat=True)) == ["Certified", "In Progress"]


@pytest.mark.parametrize("texts", [{"comment": "a\0b"}, {"reason": "\ud800"}, {"reason": "x" * 256}])
def test_a_text_that_cannot_be_kept_is_refused(ana: User, cleo: User, texts: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        remove(cleo, ana, **texts)
    assert nothing_happened()


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen between looking at the enrollment and taking it away."""

    def find_then_act(*args: object, **kwargs: object) -> Enrollment:
        seen = find_removable(*args, **kwargs)  # type: ignore[arg-type]
        act()
        return seen

    monkeypatch.setattr(removing, "find_removable", find_then_act)


def test_an_enrollment_that_goes_at_that_moment_is_not_recorded_twice(
    ana: User, cleo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: Enrollment.objects.filter(certification=certification(), user=ana).delete())
    with pytest.raises(WrongState, match=r"is not on .* any more"):
        remove(cleo, ana)
    assert RemovalRecord.objects.count() == Operation.objects.count() == 0


def test_an_enrollment_that_changes_at_that_moment_is_left_alone(
    ana: User, cleo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(monkeypatch, lambda: Enrollment.objects.filter(user=ana).update(status="Expired"))
    with pytest.raises(WrongState, match="changed at this very moment"):
        remove(cleo, ana)
    assert nothing_happened()


def test_two_at_once_remove_once(ana: User, cleo: User) -> None:
    """Whichever comes first does it, the other is told; both are whole transactions of their own."""
    refusals: list[WrongState] = []

    def once() -> None:
        try:
            remove(cleo, ana)
        except WrongState as refusal:
            refusals.append(refusal)

    at_once(once, once)

    assert len(refusals) == 1
    assert RemovalRecord.objects.count() == Operation.objects.count() == 1


def test_a_fault_half_way_leaves_everything_as_it_was(ana: User, cleo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(**values: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(RemovalRecord.objects, "create", fault)
    with pytest.raises(DatabaseError):
        remove(cleo, ana)
    assert nothing_happened()


def test_where_even_one_person_needs_approval_nobody_is_removed_alone(ana: User, cleo: User) -> None:
    """Only a job can wait for another administrator."""
    superusers = [User.objects.create_superuser(name) for name in ("ROOT-1", "ROOT-2")]
    change_setting(superusers[0], "most_unapproved", 0)

    with pytest.raises(ApprovalRequired, match="Make a job of it"):
        remove(cleo, ana)
    assert nothing_happened()

    change_setting(superusers[0], "most_unapproved", 1)
    remove(cleo, ana)
