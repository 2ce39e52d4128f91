"""Settings: superusers change them within bounds, each change is recorded, and one certification may have its own."""

from __future__ import annotations

import pytest

from certremoval.organization.models import User
from certremoval.policy.models import PolicyChange
from certremoval.policy.settings import (
    AS_FOR_ALL,
    DEFAULTS,
    KINDS,
    all_policies,
    change_setting,
    change_settings,
    current_policy,
)
from certremoval.problems import InvalidRequest, NotPermitted

pytestmark = pytest.mark.django_db


def test_nothing_set_means_the_defaults_and_every_setting_is_described() -> None:
    assert current_policy() == DEFAULTS
    assert set(KINDS) == set(DEFAULTS.__dataclass_fields__)


def test_a_change_counts_at_once_and_is_recorded_with_who_what_and_when(superuser: User) -> None:
    assert change_setting(superuser, "most_untyped", 50)
    assert change_setting(superuser, "most_untyped", 60)
    assert current_policy().most_untyped == 60
    changes = list(PolicyChange.objects.order_by("pk").values_list("name", "before", "after", "actor_name"))
    assert changes == [("most_untyped", 500, 50, "Ada Root"), ("most_untyped", 50, 60, "Ada Root")]


def test_a_change_to_what_is_so_already_is_none(superuser: User) -> None:
    assert not change_setting(superuser, "most_untyped", 500)
    assert not PolicyChange.objects.exists()


def test_one_certification_has_its_own_value_until_it_is_reset(superuser: User) -> None:
    change_setting(superuser, "share_untyped", 30)
    assert change_setting(superuser, "most_untyped", 5, certification=(7, "C-7"))
    one = all_policies()[1]
    assert set(one) == {7}
    assert (one[7].most_untyped, one[7].share_untyped, current_policy().most_untyped) == (5, 30, 500)
    assert change_settings(superuser, {"most_untyped": AS_FOR_ALL}, certification=(7, "C-7"))
    assert not change_settings(superuser, {"most_untyped": AS_FOR_ALL}, certification=(7, "C-7"))
    assert all_policies()[1] == {}
    kept = PolicyChange.objects.filter(certification_id="C-7").order_by("pk")
    assert list(kept.values_list("before", "after")) == [(None, 5), (5, None)]


def test_one_certification_may_be_without_a_limit_that_all_others_have(superuser: User) -> None:
    change_setting(superuser, "most_unapproved", 100)
    assert change_setting(superuser, "most_unapproved", None, certification=(7, "C-7"))
    assert all_policies()[1][7].most_unapproved is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("most_untyped", -1),
        ("most_untyped", None),
        ("most_untyped", True),
        ("share_untyped", 101),
        ("reason_required", 1),
        ("details_kept_days", 0),
        ("nothing", 1),
    ],
)
def test_what_makes_no_sense_is_refused(superuser: User, name: str, value: int | bool | None) -> None:
    with pytest.raises(InvalidRequest):
        change_setting(superuser, name, value)
    assert not PolicyChange.objects.exists()


def test_what_is_no_matter_of_one_certification_is_not_set_for_one(superuser: User) -> None:
    with pytest.raises(InvalidRequest):
        change_setting(superuser, "details_kept_days", 5, certification=(7, "C-7"))


def test_nobody_but_an_active_superuser_changes_anything(superuser: User) -> None:
    administrator = User.objects.create(user_id="A-1")
    superuser.is_active = False
    for somebody in (administrator, superuser):
        with pytest.raises(NotPermitted):
            change_setting(somebody, "most_untyped", 1)
        with pytest.raises(NotPermitted):
            change_settings(somebody, {"most_untyped": AS_FOR_ALL}, certification=(7, "C-7"))
