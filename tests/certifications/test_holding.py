"""Who may let removed people on again: whoever manages the certification; recorded, once, and nobody is enrolled."""

from __future__ import annotations

import pytest

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.holding import (
    find_operation_held,
    held,
    held_count,
    held_from,
    held_page,
    held_person,
    keep_offs,
    lift_hold,
    lift_operation,
    may_lift_all,
)
from certremoval.certifications.models import HoldEnd, Operation, RemovalRecord
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NothingToDo, NotPermitted, WrongState
from certremoval.removals.verifying import verify
from tests.elsewhere import at_once
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    enrolled,
    make_user,
    people,
    removal_file,
    remove,
    run,
)

pytestmark = pytest.mark.django_db(transaction=True)


def holder(user_id: str, *permissions: Permission) -> User:
    user = make_user(user_id, f"{user_id.capitalize()} Ito")
    role = Role.objects.create(name=user_id)
    role.members.add(user)
    for permission in permissions:
        Grant.objects.create(role=role, permission=permission)
    return user


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


@pytest.fixture
def removal(root: User) -> Operation:
    """Ana and Ben were taken off Forklift, and Ana off Lockout, by one job."""
    enroll(FORKLIFT, "ana", "ben", "cy")
    enroll("LOTO", "ana")
    job = run(remove(root, removal_file([(FORKLIFT, "ana"), (FORKLIFT, "ben"), ("LOTO", "ana")])))
    return job.operation


def the(user_id: str, on: str = FORKLIFT) -> RemovalRecord:
    return RemovalRecord.objects.get(user_id=user_id, certification_id=on)


def held_ids(on: str = FORKLIFT) -> set[str]:
    return set(held_from(certification(on)).values_list("user_id", flat=True))


def test_who_is_held_back_from_what(removal: Operation, root: User) -> None:
    ana = User.objects.get(user_id="ana")
    assert (held_ids(), held_ids("LOTO")) == ({"ana", "ben"}, {"ana"})
    assert {entry.certification_id for entry in held_person(root, ana.pk, limit=10).entries} == {FORKLIFT, "LOTO"}
    assert held_count(RemovalRecord.objects.filter(operation_id=removal.pk)) == 3
    page = held_page(root, certification(), limit=1)
    following = held_page(root, certification(), after=page.next, limit=1)
    assert [entry.person.user_id for entry in (*page.entries, *following.entries)] == ["ben", "ana"]
    assert following.next is None
    assert not any(one.is_firm for one in keep_offs(page.entries).values())


def test_a_place_in_the_list_that_is_none_is_refused(removal: Operation, root: User) -> None:
    with pytest.raises(InvalidRequest):
        held_page(root, certification(), after=the("ana", "LOTO").pk, limit=1)


def test_whoever_is_on_it_again_is_not_held_back(removal: Operation) -> None:
    enroll(FORKLIFT, "ana")
    assert held_ids() == {"ben"}


def test_an_earlier_removal_holds_nobody(removal: Operation, root: User) -> None:
    enroll(FORKLIFT, "ana")
    run(remove(root, people("ana")))
    records = RemovalRecord.objects.filter(user_id="ana", certification_id=FORKLIFT).order_by("pk")
    assert [one.pk for one in held(records)] == [records[1].pk]


@pytest.mark.parametrize("who", ["manager", "owner"])
def test_whoever_manages_the_certification_lifts_it(removal: Operation, who: str) -> None:
    actor = holder("manager", Permission.CERTIFICATION_MANAGE) if who == "manager" else make_user("owner", "Ole Ito")
    if who == "owner":
        certification().owners.add(actor)

    record = lift_hold(actor, the("ana").pk)

    assert record.user_id == "ana"
    assert (held_ids(), held_ids("LOTO")) == ({"ben"}, {"ana"})
    assert enrolled() == ["cy"], "nobody is enrolled by a lift"
    end = HoldEnd.objects.get()
    assert (end.kind, end.record_id, end.operation_id) == ("lift", record.pk, None)
    assert (end.actor_key, end.actor_user_id, end.actor_name) == (actor.pk, actor.user_id, actor.full_name)
    assert abs((database_now() - end.ended_at).total_seconds()) < 60


@pytest.mark.parametrize(
    ("permission", "refusal"),
    [
        (Permission.REMOVAL_MANAGE, NotPermitted),
        (Permission.CERTIFICATION_VIEW, NotPermitted),
        (Permission.REMOVAL_UNDO, NotFound),
    ],
)
def test_others_do_not(removal: Operation, permission: Permission, refusal: type[Exception]) -> None:
    actor = holder("other", permission)
    with pytest.raises(refusal):
        lift_hold(actor, the("ana").pk)
    assert not HoldEnd.objects.exists()


def test_an_owner_lifts_nothing_of_another_certification(removal: Operation) -> None:
    owner = make_user("owner")
    certification("LOTO").owners.add(owner)
    with pytest.raises(NotFound):
        lift_hold(owner, the("ana").pk)


def test_a_record_that_is_none_is_not_found(root: User) -> None:
    with pytest.raises(NotFound):
        lift_hold(root, 10**9)


def test_what_is_lifted_is_not_lifted_again(removal: Operation, root: User) -> None:
    lift_hold(root, the("ana").pk)
    with pytest.raises(WrongState, match="any more"):
        lift_hold(root, the("ana").pk)
    assert HoldEnd.objects.count() == 1


def test_two_at_once_lift_once(removal: Operation, root: User) -> None:
    refusals: list[WrongState] = []

    def once() -> None:
        try:
            lift_hold(root, the("ana").pk)
        except WrongState as refusal:
            refusals.append(refusal)

    at_once(once, once)

    assert (len(refusals), HoldEnd.objects.count()) == (1, 1)


def test_all_of_an_operation_are_lifted_by_one_entry(removal: Operation, root: User) -> None:
    lift_operation(root, removal.pk)

    assert (held_ids(), held_ids("LOTO")) == (set(), set())
    end = HoldEnd.objects.get()
    assert (end.kind, end.record_id, end.operation_id, end.actor_key) == ("lift", None, removal.pk, root.pk)
    with pytest.raises(NothingToDo):
        lift_operation(root, removal.pk)
    assert verify() == []


def test_two_at_once_lift_all_once(removal: Operation, root: User) -> None:
    refusals: list[NothingToDo] = []

    def once() -> None:
        try:
            lift_operation(root, removal.pk)
        except NothingToDo as refusal:
            refusals.append(refusal)

    at_once(once, once)

    assert (len(refusals), HoldEnd.objects.count()) == (1, 1)


def test_a_later_removal_holds_anew_after_a_lift_of_all(removal: Operation, root: User) -> None:
    lift_operation(root, removal.pk)
    enroll(FORKLIFT, "ana")
    run(remove(root, people("ana")))

    assert held_ids() == {"ana"}


def test_all_are_lifted_by_who_sees_the_operation_and_manages_every_certification_of_it(removal: Operation) -> None:
    sees = Permission.REMOVAL_VIEW
    owner_of_one, owner_of_both = holder("one", sees), holder("both", sees)
    certification().owners.add(owner_of_one, owner_of_both)
    certification("LOTO").owners.add(owner_of_both)
    manager = holder("manager", sees, Permission.CERTIFICATION_MANAGE)

    assert [may_lift_all(actor, removal) for actor in (owner_of_one, owner_of_both, manager)] == [False, True, True]
    with pytest.raises(NotPermitted):
        lift_operation(owner_of_one, removal.pk)
    with pytest.raises(NotPermitted):
        lift_operation(holder("viewer", sees), removal.pk)
    with pytest.raises(NotFound):
        find_operation_held(holder("blind", Permission.CERTIFICATION_MANAGE), removal.pk)
    assert not HoldEnd.objects.exists()
    lift_operation(owner_of_both, removal.pk)
    assert HoldEnd.objects.get().actor_user_id == "both"
