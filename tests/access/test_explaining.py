"""Why somebody sees whose jobs: the reasons, and that together they are the rule itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.access.explaining import reasons_to_see
from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.access.rules import visible_creators
from certremoval.organization.models import UnitMembership, User
from tests.access.conftest import BELOW, Organisation, custom, division, group, own

pytestmark = pytest.mark.django_db


def told(person: User) -> list[tuple[str, str, bool]]:
    return [(reason.permission, reason.place, reason.everybody) for reason in reasons_to_see(person)]


def test_each_restriction_is_a_reason_of_its_own(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE, division(halden.b, **BELOW), group(halden.night_shift))
    halden.grant(halden.ada, Permission.REMOVAL_VIEW, own(halden.division))

    assert sorted(told(halden.ada)) == [
        ("CSV Bulk Certification Removal - Manage", "Division B and below", False),
        ("CSV Bulk Certification Removal - Manage", "the group Night shift", False),
        ("Certification Removal - View", "your own Division A", False),
    ]


def test_a_permission_without_restriction_comes_first(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.REMOVAL_MANAGE, division(halden.b))
    halden.grant(halden.ada, Permission.REMOVAL_VIEW)
    assert told(halden.ada)[0] == ("Certification Removal - View", "", True)


def test_there_is_no_reason_for_who_holds_nothing_about_jobs(halden: Organisation) -> None:
    halden.grant(halden.ada, Permission.CERTIFICATION_VIEW)
    assert told(halden.ada) == told(halden.out) == []
    halden.grant(halden.ben, Permission.REMOVAL_VIEW)
    User.objects.filter(pk=halden.ben.pk).update(is_active=False)
    assert told(User.objects.get(pk=halden.ben.pk)) == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_the_reasons_together_are_the_rule(halden: Organisation, data: st.DataObject) -> None:
    """Whatever is granted, wherever people sit and however the tree grows: somebody's jobs are seen exactly where a
    reason reaches them.
    """
    units = [halden.a, halden.b, halden.docks]
    for number, unit in enumerate(units):
        unit.parent = data.draw(st.sampled_from([None, *units[:number]]))
        unit.save()
    UnitMembership.objects.filter(type=halden.division).delete()
    for user in User.objects.all():
        if (sits := data.draw(st.sampled_from([None, *units]))) is not None:
            UnitMembership.objects.create(user=user, type=halden.division, unit=sits)
    Grant.objects.all().delete()
    Role.objects.all().delete()
    choices: list[dict[str, Any]] = [
        division(halden.a),
        division(halden.b),
        division(halden.b, **BELOW),
        custom(halden.halden),
        custom(halden.halden, **BELOW),
        own(halden.division),
        own(halden.legal_entity, **BELOW),
        group(halden.night_shift),
    ]
    permissions = [Permission.REMOVAL_MANAGE, Permission.REMOVAL_VIEW, Permission.REMOVAL_UNDO]
    for permission in data.draw(st.lists(st.sampled_from(permissions), unique=True, min_size=1)):
        grant = halden.grant(halden.ada, permission)
        for chosen in data.draw(st.lists(st.sampled_from(range(len(choices))), unique=True, max_size=3)):
            Constraint.objects.create(grant=grant, **choices[chosen])
    reasons, rule = reasons_to_see(halden.ada), visible_creators(halden.ada)

    for user in User.objects.all():
        assert rule.includes(user.pk) == any(reason.creators.includes(user.pk) for reason in reasons)
