"""What somebody holds, and what a constraint may say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Constraint, Permission
from certremoval.access.rules import holds, holds_unconstrained, permissions_of, require, require_any
from certremoval.problems import NotPermitted
from tests.access.conftest import BELOW, Organisation, custom, division, group, own

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("granted", "held"),
    [
        ("REMOVAL_MANAGE", {"REMOVAL_MANAGE", "REMOVAL_VIEW", "CERTIFICATION_VIEW"}),
        ("REMOVAL_VIEW", {"REMOVAL_VIEW"}),
        ("REMOVAL_UNDO", {"REMOVAL_UNDO"}),
        ("REMOVAL_APPROVE", {"REMOVAL_APPROVE"}),
        ("CERTIFICATION_VIEW", {"CERTIFICATION_VIEW"}),
        ("CERTIFICATION_MANAGE", {"CERTIFICATION_MANAGE", "CERTIFICATION_VIEW"}),
    ],
)
def test_what_includes_what(halden: Organisation, granted: str, held: set[str]) -> None:
    halden.grant(halden.ada, Permission[granted])

    assert permissions_of(halden.ada) == {Permission[name] for name in held}
    for permission in Permission:
        assert holds(halden.ada, permission) == (permission.name in held)
        assert holds_unconstrained(halden.ada, permission) == (permission.name in held)


def test_permissions_of_several_roles_add_up(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_UNDO)
    halden.grant(halden.ada, Permission.REMOVAL_APPROVE)
    halden.grant(halden.ben, Permission.CERTIFICATION_VIEW)

    assert permissions_of(halden.ada) == {Permission.REMOVAL_UNDO, Permission.REMOVAL_APPROVE}


def test_a_constrained_permission_is_held_but_not_unconstrained(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE, division(halden.b))

    assert holds(halden.ada, Permission.REMOVAL_MANAGE)
    assert not holds_unconstrained(halden.ada, Permission.REMOVAL_MANAGE)
    assert not holds_unconstrained(halden.ada, Permission.REMOVAL_VIEW)
    assert holds_unconstrained(halden.ada, Permission.CERTIFICATION_VIEW), "constraints limit jobs alone"


def test_superusers_hold_everything_and_the_inactive_nothing(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE)
    halden.ada.is_superuser = True
    assert permissions_of(halden.ada) == set(Permission)
    halden.ada.is_active = False
    assert permissions_of(halden.ada) == set()
    halden.ada.is_superuser = False
    assert permissions_of(halden.ada) == set()


def test_requiring_raises_with_the_permission_to_ask_for(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE, division(halden.b))
    require(halden.ada, Permission.REMOVAL_MANAGE)
    require(halden.ada, Permission.REMOVAL_VIEW)
    require_any(halden.ada, [Permission.REMOVAL_UNDO, Permission.REMOVAL_VIEW])

    with pytest.raises(NotPermitted) as refusal:
        require(halden.ben, Permission.REMOVAL_MANAGE)
    assert refusal.value.message == (
        "This needs the permission CSV Bulk Certification Removal - Manage, which ben does not hold."
        " Ask whoever manages roles for it."
    )
    with pytest.raises(NotPermitted, match="Certification Removal - Undo"):
        require_any(halden.ada, [Permission.REMOVAL_UNDO, Permission.REMOVAL_APPROVE])


def test_asking_is_one_query(halden: Organisation) -> None:
    for permission in Permission:
        halden.grant(halden.ada, permission)
    with CaptureQueriesContext(connection) as queries:
        permissions_of(halden.ada)
        holds_unconstrained(halden.ada, Permission.REMOVAL_UNDO)
    assert len(queries) == 2


# What a constraint may say (for the pages on which roles are made)


def mistakes(halden: Organisation, permission: Permission = Permission.REMOVAL_MANAGE, **values: Any) -> set[str]:
    try:
        Constraint(grant=halden.grant(halden.ada, permission), **values).full_clean()
    except ValidationError as error:
        return set(error.message_dict) - {"__all__"}
    return set()


def test_all_four_kinds_are_accepted(halden: Organisation) -> None:
    for constraint in (
        division(halden.b, **BELOW),
        custom(halden.halden, **BELOW),
        own(halden.legal_entity, **BELOW),
        group(halden.night_shift),
    ):
        assert mistakes(halden, **constraint) == set()


def test_organizational_units_are_of_standard_types_and_custom_ones_of_custom_types(halden: Organisation) -> None:
    assert mistakes(halden, **division(halden.halden)) == {"unit"}
    assert mistakes(halden, **custom(halden.b)) == {"unit"}


def test_a_kind_names_its_one_thing(halden: Organisation) -> None:
    assert mistakes(halden, kind="organizational_units") == {"unit"}
    assert mistakes(halden, kind="groups", unit=halden.b) == {"group", "unit"}
    assert mistakes(halden, **own(halden.division), group=halden.night_shift) == {"group"}


def test_a_group_has_no_subordinates(halden: Organisation) -> None:
    assert mistakes(halden, **group(halden.night_shift), include_subordinates=True) == {"include_subordinates"}


@pytest.mark.parametrize("permission", [Permission.CERTIFICATION_VIEW, Permission.CERTIFICATION_MANAGE])
def test_permissions_that_are_not_about_jobs_are_not_restricted(halden: Organisation, permission: Permission) -> None:
    assert mistakes(halden, permission, **division(halden.b)) == {"kind"}


def test_what_a_constraint_names_cannot_be_deleted(halden: Organisation) -> None:
    """With its last constraint the grant would reach everybody."""
    polska = own(halden.legal_entity), custom(halden.polska), group(halden.night_shift)
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE, *polska)
    halden.polska.memberships.all().delete()

    for named in (halden.polska, halden.night_shift):
        with pytest.raises(ProtectedError):
            named.delete()
    assert not holds_unconstrained(halden.ada, Permission.REMOVAL_MANAGE)
