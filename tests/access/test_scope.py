"""Whose jobs one sees, in words; they say what the rule finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certremoval.access.models import Permission
from certremoval.access.rules import visible_creators
from certremoval.access.scope import scope_words
from certremoval.organization.models import OrganizationalUnit
from tests.access.conftest import BELOW, Organisation, custom, division, group, own

MANAGE, VIEW = Permission.REMOVAL_MANAGE, Permission.REMOVAL_VIEW
SEES = "You see jobs created by you and by administrators in: "


def test_a_division_and_below(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b, **BELOW))

    assert scope_words(halden.ada) == f"{SEES}Division B and below."


def test_each_kind_of_restriction(halden: Organisation) -> None:
    halden.grant(
        halden.ada,
        VIEW,
        division(halden.b),
        custom(halden.halden, **BELOW),
        own(halden.division, **BELOW),
        own(halden.legal_entity),
        group(halden.night_shift),
    )

    assert scope_words(halden.ada) == (
        f"{SEES}Division B, Legal Entity Halden and below, the group Night shift, your own Division A and below,"
        " your own Legal Entity (you are in none)."
    )


def test_the_same_is_said_of_removals(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b, **BELOW))
    halden.out.is_superuser = True

    assert scope_words(halden.ada, of_removals=True) == (
        "You see removals by you and by administrators in: Division B and below."
    )
    assert scope_words(halden.out, of_removals=True) == "You see all removals."


def test_several_grants_are_told_together_and_each_place_once(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b))
    halden.grant(halden.ada, VIEW, division(halden.b, **BELOW), division(halden.a))

    assert scope_words(halden.ada) == f"{SEES}Division A, Division B and below."


def test_one_grant_without_constraints_wins(halden: Organisation) -> None:
    halden.grant(halden.ada, MANAGE, division(halden.b))
    halden.grant(halden.ada, VIEW)

    assert scope_words(halden.ada) == "You see all jobs."
    assert visible_creators(halden.ada).everyone


def test_a_superuser_sees_all(halden: Organisation) -> None:
    halden.out.is_superuser = True

    assert scope_words(halden.out) == "You see all jobs."


def test_other_permissions_and_the_inactive_see_none(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.CERTIFICATION_VIEW)
    halden.grant(halden.ben, MANAGE)
    halden.ben.is_active = False

    assert (scope_words(halden.ada), scope_words(halden.ben), scope_words(halden.out)) == ("", "", "")


def test_a_unit_called_after_its_type(halden: Organisation) -> None:
    OrganizationalUnit.objects.filter(pk=halden.b.pk).update(name="Division Berlin")
    halden.grant(halden.ada, MANAGE, division(halden.b))

    assert scope_words(halden.ada) == f"{SEES}Division Berlin."


def test_a_name_that_runs_the_other_way_turns_nothing_around_it(halden: Organisation) -> None:
    for name in ("المخازن", "B\u202ereversed"):
        OrganizationalUnit.objects.filter(pk=halden.b.pk).update(name=name)
        halden.grant(halden.ada, MANAGE, division(halden.b, **BELOW))

        assert scope_words(halden.ada) == f"{SEES}Division \u2068{name}\u2069 and below."
        halden.ada.roles.clear()


def test_very_many_places_are_not_all_told(halden: Organisation) -> None:
    units = [halden.unit(halden.division, f"U{number:02}") for number in range(13)]
    halden.grant(halden.ada, MANAGE, *(division(unit) for unit in units))

    assert scope_words(halden.ada).endswith("Division U09, and 3 more.")


def test_few_queries_however_many_constraints(
    halden: Organisation, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        unit = halden.unit(halden.division, f"U{number}")
        halden.grant(halden.ada, MANAGE if number % 2 else VIEW, division(unit), own(halden.division))

    with django_assert_max_num_queries(7):
        scope_words(halden.ada)
