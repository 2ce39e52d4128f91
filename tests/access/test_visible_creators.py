"""Whose work may this administrator see, and act on?

Seen through the operations that each of the cast created (one each, and one of the system's).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import REMOVAL_PERMISSIONS, Permission
from certremoval.access.rules import (
    creators_in_scope,
    holds_unconstrained,
    may_act_on_work_of,
    require_over_work_of,
    visible_creators,
)
from certremoval.certifications.models import Operation
from certremoval.certifications.visibility import sees_operation, visible_operations
from certremoval.organization.models import GroupMembership, OrganizationalUnit, UnitMembership, User
from certremoval.problems import NotPermitted
from tests.access.conftest import BELOW, Organisation, custom, division, group, own

pytestmark = pytest.mark.usefixtures("_work")

MANAGE = Permission.REMOVAL_MANAGE
VIEW = Permission.REMOVAL_VIEW
UNDO = Permission.REMOVAL_UNDO
APPROVE = Permission.REMOVAL_APPROVE

EVERYBODY = {"ada", "abe", "ben", "bea", "cid", "cyd", "nia", "out"}
EVERYTHING = EVERYBODY | {"the system"}


def seen(viewer: User) -> set[str]:
    """Titles of the operations that the viewer sees; every other way to ask must answer alike."""
    titles = set(visible_operations(viewer).values_list("title", flat=True))
    for operation in Operation.objects.all():
        assert sees_operation(viewer, operation) == (operation.title in titles)
        assert visible_creators(viewer).includes(operation.actor_id) == (operation.title in titles)
    assert set(user_ids(visible_creators(viewer).users())) == titles - {"the system"}
    return titles


def in_scope(viewer: User, permission: Permission) -> set[str]:
    """User IDs over whose work the viewer may act; asked of each, and as a list."""
    listed = set(user_ids(creators_in_scope(viewer, permission).users()))
    assert listed == {user.user_id for user in User.objects.all() if may_act_on_work_of(viewer, permission, user.pk)}
    return listed


def user_ids(users: Iterable[User]) -> list[str]:
    return [user.user_id for user in users]


def test_the_example_of_the_reference(halden: Organisation) -> None:
    """Ada sits in Division A, constrained to Division B: her own and B's administrators', none of her colleagues'."""
    halden.grant(halden.ada, MANAGE, division(halden.b))
    assert seen(halden.ada) == {"ada", "ben"}


def test_without_a_permission_nobody_sees_anything_not_even_their_own(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.CERTIFICATION_VIEW)
    halden.grant(halden.ada, Permission.CERTIFICATION_MANAGE)
    assert seen(halden.ada) == set()


@pytest.mark.parametrize("permission", REMOVAL_PERMISSIONS)
def test_each_removal_permission_alone_shows_the_jobs_inside_its_constraints(
    halden: Organisation, permission: Permission
) -> None:
    halden.grant(halden.ada, permission, division(halden.b))
    assert seen(halden.ada) == {"ada", "ben"}


@pytest.mark.parametrize(
    ("kind", "alone", "with_subordinates"),
    [
        ("organizational units", {"ben"}, {"ben", "bea"}),
        ("custom organizational units", {"cid"}, {"cid", "cyd"}),
    ],
)
def test_units_with_and_without_subordinates(
    halden: Organisation, kind: str, alone: set[str], with_subordinates: set[str]
) -> None:
    def constraint(**more: Any) -> dict[str, Any]:
        return custom(halden.halden, **more) if kind.startswith("custom") else division(halden.b, **more)

    halden.grant(halden.out, VIEW, constraint())
    assert seen(halden.out) == {"out"} | alone

    halden.grant(halden.out, VIEW, constraint(**BELOW))
    assert seen(halden.out) == {"out"} | with_subordinates


def test_ones_own_units_are_those_of_the_viewer(halden: Organisation) -> None:
    """The same restriction shows each viewer another set: here alone it matters where the viewer sits."""
    for viewer in (halden.ada, halden.ben, halden.bea, halden.out):
        halden.grant(viewer, VIEW, own(halden.division))

    assert seen(halden.ada) == {"ada", "abe", "nia"}
    assert seen(halden.ben) == {"ben"}
    assert seen(halden.bea) == {"bea"}
    assert seen(halden.out) == {"out"}


def test_ones_own_units_with_subordinates(halden: Organisation) -> None:
    for viewer in (halden.ben, halden.bea):
        halden.grant(viewer, VIEW, own(halden.division, **BELOW))

    assert seen(halden.ben) == {"ben", "bea"}
    assert seen(halden.bea) == {"bea"}, "what is above is not below"


def test_ones_own_units_of_the_named_type_only(halden: Organisation) -> None:
    UnitMembership.objects.create(user=halden.ada, type=halden.legal_entity, unit=halden.halden)
    halden.grant(halden.ada, VIEW, own(halden.legal_entity))
    assert seen(halden.ada) == {"ada", "cid"}


def test_groups(halden: Organisation) -> None:
    halden.grant(halden.out, VIEW, group(halden.night_shift))
    assert seen(halden.out) == {"out", "nia"}


def test_constraints_of_a_grant_are_ored(halden: Organisation) -> None:
    constraints = (
        division(halden.b),
        custom(halden.halden, **BELOW),
        group(halden.night_shift),
        own(halden.division, **BELOW),
    )
    halden.grant(halden.bea, VIEW, *constraints)
    assert seen(halden.bea) == {"bea", "ben", "cid", "cyd", "nia"}


def test_several_grants_are_a_union(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b))
    halden.grant(halden.ada, UNDO, group(halden.night_shift))
    halden.grant(halden.ada, MANAGE, custom(halden.polska))
    assert seen(halden.ada) == {"ada", "ben", "nia", "cyd"}


def test_a_grant_without_constraints_wins_and_shows_the_systems_work(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b))
    halden.grant(halden.ada, APPROVE)
    assert seen(halden.ada) == EVERYTHING


def test_the_system_is_inside_no_constraint(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.a, **BELOW), division(halden.b, **BELOW))
    assert seen(halden.ada) == {"ada", "abe", "nia", "ben", "bea"}


def test_superusers_see_everything(halden: Organisation) -> None:
    User.objects.filter(pk=halden.out.pk).update(is_superuser=True)
    halden.out.refresh_from_db()
    assert seen(halden.out) == EVERYTHING


def test_the_inactive_see_nothing_superusers_included(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE)
    for is_superuser in (False, True):
        halden.ada.is_active, halden.ada.is_superuser = False, is_superuser
        assert seen(halden.ada) == set()


def test_the_work_of_the_inactive_stays_visible(halden: Organisation) -> None:
    User.objects.filter(user_id="ben").update(is_active=False)
    halden.grant(halden.ada, VIEW, division(halden.b))
    assert seen(halden.ada) == {"ada", "ben"}


def test_a_transferred_person_is_in_or_out_at_once(halden: Organisation) -> None:
    halden.grant(halden.ada, VIEW, division(halden.b), group(halden.night_shift))

    UnitMembership.objects.filter(user=halden.ben).update(unit=halden.a)
    UnitMembership.objects.filter(user=halden.abe).update(unit=halden.b)
    GroupMembership.objects.filter(user=halden.nia).update(user=halden.out)

    assert seen(halden.ada) == {"ada", "abe", "out"}


def test_a_moved_unit_takes_its_people_along_at_once(halden: Organisation) -> None:
    halden.grant(halden.ada, VIEW, division(halden.b, **BELOW))

    OrganizationalUnit.objects.filter(pk=halden.docks.pk).update(parent=halden.a)

    assert seen(halden.ada) == {"ada", "ben"}


def test_the_viewers_own_transfer_moves_what_they_see(halden: Organisation) -> None:
    halden.grant(halden.ada, VIEW, own(halden.division))

    UnitMembership.objects.filter(user=halden.ada).update(unit=halden.b)

    assert seen(halden.ada) == {"ada", "ben"}


def test_a_cycle_of_units_does_not_hang_the_list(halden: Organisation) -> None:
    OrganizationalUnit.objects.filter(pk=halden.b.pk).update(parent=halden.docks)
    halden.grant(halden.ada, VIEW, division(halden.docks, **BELOW))
    assert seen(halden.ada) == {"ada", "ben", "bea"}


def test_a_role_taken_away_ends_what_it_showed(halden: Organisation) -> None:
    grant = halden.grant(halden.ada, VIEW)
    grant.role.members.remove(halden.ada)
    assert seen(halden.ada) == set()


def test_anothers_grant_shows_nothing(halden: Organisation) -> None:
    halden.grant(halden.ben, MANAGE)
    assert seen(halden.ada) == set()


# Acting: within the scope of the permission that is used


def test_seeing_is_not_enough_to_act(halden: Organisation) -> None:
    """View shows B; Undo, constrained to A, undoes no job of B."""
    halden.grant(halden.out, VIEW, division(halden.b))
    halden.grant(halden.out, UNDO, division(halden.a))

    assert seen(halden.out) == {"out", "ada", "abe", "nia", "ben"}
    assert in_scope(halden.out, UNDO) == {"out", "ada", "abe", "nia"}
    assert in_scope(halden.out, VIEW) == {"out", "ben"}
    assert in_scope(halden.out, APPROVE) == set()


def test_manage_includes_view_within_its_own_constraints(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b))

    assert in_scope(halden.ada, VIEW) == {"ada", "ben"}
    assert in_scope(halden.ada, UNDO) == set()


def test_view_does_not_include_manage(halden: Organisation) -> None:
    halden.grant(halden.ada, VIEW)

    assert in_scope(halden.ada, MANAGE) == set()
    assert in_scope(halden.ada, VIEW) == EVERYBODY


def test_an_unconstrained_view_does_not_widen_undo(halden: Organisation) -> None:
    halden.grant(halden.ada, VIEW)
    halden.grant(halden.ada, UNDO, division(halden.b))

    assert in_scope(halden.ada, UNDO) == {"ada", "ben"}
    assert holds_unconstrained(halden.ada, VIEW)
    assert not holds_unconstrained(halden.ada, UNDO)


def test_acting_on_the_systems_work_needs_a_permission_without_constraints(halden: Organisation) -> None:
    halden.grant(halden.ada, UNDO, division(halden.b))
    halden.grant(halden.ben, UNDO)

    assert not may_act_on_work_of(halden.ada, UNDO, None)
    assert may_act_on_work_of(halden.ben, UNDO, None)


def test_requiring_tells_who_lacks_the_permission_and_whom_it_does_not_reach(halden: Organisation) -> None:
    halden.grant(halden.ada, UNDO, division(halden.b))

    require_over_work_of(halden.ada, UNDO, halden.ben.pk)
    with pytest.raises(NotPermitted, match="Certification Removal - Undo is restricted for ada"):
        require_over_work_of(halden.ada, UNDO, halden.abe.pk)
    with pytest.raises(NotPermitted, match="ben does not hold"):
        require_over_work_of(halden.ben, UNDO, halden.ben.pk)


def test_constraints_say_nothing_of_certifications(halden: Organisation) -> None:
    with pytest.raises(ValueError, match="certification_view"):
        creators_in_scope(halden.ada, Permission.CERTIFICATION_VIEW)


def test_two_queries_however_many_constraints_and_creators(halden: Organisation) -> None:
    """One for the grants, one for the list: the creators are found within it."""
    for permission in REMOVAL_PERMISSIONS:
        constraints = (division(halden.b, **BELOW), custom(halden.halden), group(halden.night_shift))
        halden.grant(halden.ada, permission, *constraints, own(halden.division, **BELOW), own(halden.division))

    with CaptureQueriesContext(connection) as queries:
        titles = {operation.title for operation in visible_operations(halden.ada)}
    assert titles == {"ada", "abe", "nia", "ben", "bea", "cid"}
    assert len(queries) == 2
