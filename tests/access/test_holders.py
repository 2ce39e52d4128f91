"""Who may act on somebody's work: the reverse of whose work somebody reaches."""

from __future__ import annotations

import pytest

from certremoval.access.holders import who_may_act_on_work_of
from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.access.rules import may_act_on_work_of
from certremoval.organization.models import User
from tests.removals.conftest import make_group, make_unit, make_user

pytestmark = pytest.mark.django_db

APPROVE = Permission.REMOVAL_APPROVE


def give(user_id: str, permission: Permission, **constraint: object) -> User:
    user = User.objects.filter(user_id=user_id).first() or make_user(user_id)
    role = Role.objects.create(name=f"{user_id} {Role.objects.count()}")
    role.members.add(user)
    grant = Grant.objects.create(role=role, permission=permission)
    if constraint:
        Constraint.objects.create(grant=grant, **constraint)
    return user


@pytest.fixture
def ben() -> User:
    """Of Division B-Docks, below B, and of the night shift: whose work is to be acted on."""
    return make_user("ben")


@pytest.fixture
def holders(ben: User) -> list[User]:
    """One for each way to reach Ben's work, and to miss it."""
    above = make_unit("Division", "B")
    docks = make_unit("Division", "B-Docks", "ben", parent=above)
    night = make_group("N", "ben")
    other = make_group("M")
    inactive = give("inactive", APPROVE)
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    sits_with_ben = give("sits with him", APPROVE, kind="user_organizational_units", ou_type=docks.type)
    docks.memberships.create(user=sits_with_ben, type=docks.type)
    return [
        give("everybody's", APPROVE),
        give("by a group", APPROVE, kind="groups", group=night),
        give("by a unit", APPROVE, kind="organizational_units", unit=docks),
        give("by a unit above", APPROVE, kind="organizational_units", unit=above, include_subordinates=True),
        give("by a unit above alone", APPROVE, kind="organizational_units", unit=above),
        give("another group's", APPROVE, kind="groups", group=other),
        give("only manages", Permission.REMOVAL_MANAGE),
        give("only undoes", Permission.REMOVAL_UNDO),
        sits_with_ben,
        inactive,
        ben,
        User.objects.create_superuser("superuser"),
    ]


def test_those_in_whose_reach_the_work_is(ben: User, holders: list[User]) -> None:
    found = {user.user_id for user in who_may_act_on_work_of(ben.pk, APPROVE)}
    assert found == {"everybody's", "by a group", "by a unit", "by a unit above", "sits with him"}


def test_it_is_the_reverse_of_the_rule_that_guards_the_action(ben: User, holders: list[User]) -> None:
    by_rule = {
        user.user_id for user in User.objects.filter(is_superuser=False) if may_act_on_work_of(user, APPROVE, ben.pk)
    }
    assert {user.user_id for user in who_may_act_on_work_of(ben.pk, APPROVE)} == by_rule


def test_the_systems_work_is_for_those_without_constraints(holders: list[User]) -> None:
    assert [user.user_id for user in who_may_act_on_work_of(None, APPROVE)] == ["everybody's"]


def test_a_permission_that_includes_it_counts(ben: User) -> None:
    give("manages", Permission.REMOVAL_MANAGE)
    assert [user.user_id for user in who_may_act_on_work_of(ben.pk, Permission.REMOVAL_VIEW)] == ["manages"]


def test_whoever_has_it_by_two_roles_is_named_once(ben: User) -> None:
    give("twice", APPROVE)
    give("twice", APPROVE)
    assert [user.user_id for user in who_may_act_on_work_of(ben.pk, APPROVE)] == ["twice"]


def test_a_superuser_with_a_role_for_it_is_among_them(ben: User) -> None:
    User.objects.create_superuser("root")
    give("root", APPROVE)
    assert [user.user_id for user in who_may_act_on_work_of(ben.pk, APPROVE)] == ["root"]
