"""Whose certifications: those with the permission all, owners their own."""

from __future__ import annotations

import pytest

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.models import Certification
from certremoval.certifications.visibility import (
    manageable_certifications,
    may_manage_certification,
    may_view_certification,
    viewable_certifications,
)
from certremoval.organization.models import User

pytestmark = pytest.mark.django_db

BOTH = {"FORKLIFT-3Y", "LOTO"}


@pytest.fixture(autouse=True)
def _certifications() -> None:
    for certification_id in BOTH:
        Certification.objects.create(certification_id=certification_id, title=certification_id)


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


def grant(user: User, permission: Permission) -> None:
    role = Role.objects.create(name=str(permission.label))
    role.members.add(user)
    Grant.objects.create(role=role, permission=permission)


def views_and_manages(user: User) -> tuple[set[str], set[str]]:
    """Return the ids that the user may view and manage; asked of each, and as lists."""
    everything = list(Certification.objects.all())
    views = {one.certification_id for one in everything if may_view_certification(user, one)}
    manages = {one.certification_id for one in everything if may_manage_certification(user, one)}
    assert views == set(viewable_certifications(user).values_list("certification_id", flat=True))
    assert manages == set(manageable_certifications(user).values_list("certification_id", flat=True))
    return views, manages


@pytest.mark.parametrize(
    ("permission", "views", "manages"),
    [
        (Permission.CERTIFICATION_VIEW, BOTH, set()),
        (Permission.CERTIFICATION_MANAGE, BOTH, BOTH),
        (Permission.REMOVAL_MANAGE, BOTH, set()),
        (Permission.REMOVAL_VIEW, set(), set()),
        (Permission.REMOVAL_UNDO, set(), set()),
        (Permission.REMOVAL_APPROVE, set(), set()),
    ],
)
def test_what_each_permission_opens(ada: User, permission: Permission, views: set[str], manages: set[str]) -> None:
    grant(ada, permission)
    assert views_and_manages(ada) == (views, manages)


def test_an_owner_holds_both_for_that_certification(ada: User) -> None:
    Certification.objects.get(certification_id="LOTO").owners.add(ada)
    assert views_and_manages(ada) == ({"LOTO"}, {"LOTO"})


def test_an_owner_who_may_view_all_manages_the_owned(ada: User) -> None:
    Certification.objects.get(certification_id="LOTO").owners.add(ada)
    grant(ada, Permission.CERTIFICATION_VIEW)
    assert views_and_manages(ada) == (BOTH, {"LOTO"})


def test_superusers_all_and_learners_none(ada: User) -> None:
    assert views_and_manages(ada) == (set(), set())
    ada.is_superuser = True
    assert views_and_manages(ada) == (BOTH, BOTH)


def test_an_inactive_owner_holds_nothing(ada: User) -> None:
    Certification.objects.get(certification_id="LOTO").owners.add(ada)
    ada.is_active = False
    assert views_and_manages(ada) == (set(), set())
