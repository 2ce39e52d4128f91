"""The list of certifications."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications import catalogue
from certremoval.certifications.catalogue import find_certification, list_certifications
from certremoval.certifications.models import Certification
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NotPermitted
from tests.removals.conftest import enroll

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def pieter() -> User:
    """Owns Lockout and holds nothing."""
    owner = User.objects.create_user("pieter")
    Certification.objects.get(certification_id="LOTO").owners.add(owner)
    return owner


@pytest.fixture(autouse=True)
def _certifications() -> None:
    Certification.objects.create(certification_id="ISO/IEC 27001", title="Internal Auditor")
    Certification.objects.create(certification_id="LOTO", title="Lockout")
    Certification.objects.create(certification_id="OLD", title="Asbestos", is_active=False)
    enroll("LOTO", "a", "b", "c")
    enroll("OLD", "a")


def listed(actor: User, **values: object) -> list[str]:
    page = list_certifications(actor, **values)  # type: ignore[arg-type]
    return [one.certification.certification_id for one in page.certifications]


def test_active_ones_by_title_unless_all_are_asked_for(root: User) -> None:
    assert listed(root) == ["ISO/IEC 27001", "LOTO"]
    assert listed(root, include_inactive=True) == ["OLD", "ISO/IEC 27001", "LOTO"]


@pytest.mark.parametrize(
    ("search", "found"),
    [("lock", ["LOTO"]), ("oto", ["LOTO"]), ("iec 2", ["ISO/IEC 27001"]), ("%", []), ("asbestos", [])],
)
def test_a_search_looks_in_title_and_certification_id(root: User, search: str, found: list[str]) -> None:
    assert listed(root, search=search) == found


def test_people_are_counted_up_to_a_limit(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> list[tuple[int, bool]]:
        return [(one.people, one.more) for one in list_certifications(root).certifications]

    assert counted() == [(0, False), (3, False)]
    monkeypatch.setattr(catalogue, "MOST_COUNTED", 2)
    assert counted() == [(0, False), (3, True)]


def test_an_owner_sees_the_owned_and_who_owns_none_needs_the_permission(pieter: User) -> None:
    learner = User.objects.create_user("learner")
    iso = Certification.objects.get(certification_id="ISO/IEC 27001")

    assert listed(pieter, include_inactive=True) == ["LOTO"]
    with pytest.raises(NotFound):
        find_certification(pieter, iso.pk)
    with pytest.raises(NotPermitted, match="Certification - View"):
        list_certifications(learner)
    with pytest.raises(NotPermitted):
        find_certification(learner, iso.pk)


@pytest.mark.parametrize("permission", [Permission.CERTIFICATION_VIEW, Permission.REMOVAL_MANAGE])
def test_who_may_view_all_sees_all(permission: Permission) -> None:
    viewer = User.objects.create_user("viewer")
    role = Role.objects.create(name="viewers")
    role.members.add(viewer)
    Grant.objects.create(role=role, permission=permission)

    assert listed(viewer) == ["ISO/IEC 27001", "LOTO"]


def test_who_may_view_all_is_shown_an_empty_list_where_there_is_none(root: User) -> None:
    Certification.objects.exclude(enrollments__isnull=False).delete()
    assert listed(root, search="nothing") == []


def test_pages_follow_each_other(root: User) -> None:
    first, second = (list_certifications(root, page=page, size=1) for page in (1, 2))

    assert [one.certification.certification_id for one in first.certifications] == ["ISO/IEC 27001"]
    assert [one.certification.certification_id for one in second.certifications] == ["LOTO"]
    assert (first.pages, first.total) == (2, 2)


@pytest.mark.parametrize("page", [0, -1, 3, 10**30])
def test_a_page_that_there_is_not_is_refused(root: User, page: int) -> None:
    with pytest.raises(InvalidRequest, match="the last one is page 2"):
        list_certifications(root, page=page, size=1)


def test_queries_do_not_grow_with_the_list(root: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            list_certifications(root)
        return len(captured)

    before = queries()
    for number in range(20):
        enroll(f"C{number}", "a", "b")
    assert queries() == before == 3
