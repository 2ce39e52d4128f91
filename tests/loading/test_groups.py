"""Loading groups."""

from __future__ import annotations

import pytest

from certremoval.organization.models import Group, GroupMembership
from tests.loading.files import GROUPS, USERS, accepted, counts, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    accepted("users", USERS, *(f"{name},{name},,,yes" for name in ("ana", "ben", "cy", "000123")))


def members(group_id: str) -> set[str]:
    return set(Group.objects.get(group_id=group_id).members.values_list("user_id", flat=True))


def test_groups_are_loaded() -> None:
    report = accepted("groups", GROUPS, "N,Night shift,ana", "Q3,Contractors Q3,ana", "N,Night shift,ben")

    assert (counts(report), report.removed) == ((3, 0, 0), 0)
    assert report.notes == ("New groups: N, Q3.",)
    assert Group.objects.get(group_id="N").name == "Night shift"
    assert (members("N"), members("Q3")) == ({"ana", "ben"}, {"ana"})


def test_the_members_of_named_groups_are_replaced_and_other_groups_stay() -> None:
    accepted("groups", GROUPS, "N,Night,ana", "N,Night,ben", "Q3,Q3,ana", "Q3,Q3,cy")
    kept = GroupMembership.objects.get(group__group_id="N", user__user_id="ben").pk

    report = accepted("groups", GROUPS, "N,Night,ben", "N,Night,cy")

    assert (counts(report), report.removed, report.notes) == ((1, 0, 1), 1, ())
    assert (members("N"), members("Q3")) == ({"ben", "cy"}, {"ana", "cy"})
    assert GroupMembership.objects.get(group__group_id="N", user__user_id="ben").pk == kept


def test_the_same_file_twice_changes_nothing() -> None:
    lines = (GROUPS, "N,Night,ana", "N,Night,ben")
    accepted("groups", *lines)
    report = accepted("groups", *lines)

    assert (counts(report), report.removed) == ((0, 0, 2), 0)


def test_rows_of_a_renamed_group_are_updated() -> None:
    accepted("groups", GROUPS, "N,Night,ana", "N,Night,ben")
    report = accepted("groups", GROUPS, "N,Night shift,ana", "N,Night shift,cy")

    assert (counts(report), report.removed) == ((1, 1, 0), 1)
    assert Group.objects.get().name == "Night shift"


def test_every_problem_by_line() -> None:
    assert refused(
        "groups",
        GROUPS,
        "N,Night,ana",
        ",Night,ben",
        "N,,ben",
        "N,Night,",
        "N,Nights,cy",
        "N,Night,ana",
        "N,Night,123",
    ) == [
        (3, "Group ID", "blank", ""),
        (4, "Name", "blank", ""),
        (5, "User ID", "blank", ""),
        (6, "Name", "invalid", "Nights"),
        (7, "User ID", "duplicate", "ana"),
        (8, "User ID", "unknown_user", "123"),
    ]
    assert not Group.objects.exists()
