"""Several settings at once: all of them or none, all mistakes together, and nobody's change is overwritten unseen."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from certremoval.organization.models import User
from certremoval.policy.models import PolicyChange, Setting
from certremoval.policy.settings import (
    AS_FOR_ALL,
    DEFAULTS,
    KINDS,
    ChangedMeanwhile,
    all_policies,
    certifications_with_own,
    change_setting,
    change_settings,
    current_policy,
    own_values,
    value_words,
)
from certremoval.problems import InvalidRequest, NotPermitted

pytestmark = pytest.mark.django_db
C7 = (7, "C-7")


def test_several_settings_are_changed_and_each_that_was_otherwise_is_recorded(superuser: User) -> None:
    values = {"most_untyped": 500, "share_untyped": 30, "reason_required": True, "details_kept_days": None}

    assert change_settings(superuser, values) == ["share_untyped", "reason_required", "details_kept_days"]

    policy = current_policy()
    assert (policy.share_untyped, policy.reason_required, policy.details_kept_days) == (30, True, None)
    recorded = PolicyChange.objects.order_by("pk").values_list("name", "before", "after")
    assert list(recorded) == [
        ("share_untyped", 20, 30),
        ("reason_required", False, True),
        ("details_kept_days", 730, None),
    ]


def test_one_mistake_and_nothing_is_changed_and_all_mistakes_are_told_by_setting(superuser: User) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        change_settings(superuser, {"most_untyped": 7, "share_untyped": 101, "max_rows": "many", "least_on_it": None})

    assert {problem.column for problem in refusal.value.problems} == {"share_untyped", "max_rows", "least_on_it"}
    assert "from 0 to 100" in refusal.value.problems[0].message
    assert current_policy() == DEFAULTS
    assert not PolicyChange.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_told_with_who_and_nothing_is_changed(superuser: User) -> None:
    other = User.objects.create(user_id="S-2", first_name="Bea", last_name="Root", is_superuser=True)
    shown = own_values()
    change_setting(other, "most_untyped", 50)

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_settings(superuser, {"most_untyped": 70, "share_untyped": 5}, shown=shown)

    (problem,) = refusal.value.problems
    assert (problem.column, problem.message) == ("most_untyped", "Bea Root has changed this meanwhile: 50.")
    assert (current_policy().most_untyped, current_policy().share_untyped) == (50, 20)
    assert change_settings(superuser, {"most_untyped": 70}, shown=own_values()) == ["most_untyped"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", [None, 50], ids=["never set before", "set before"])
def test_of_two_who_save_at_the_same_moment_one_is_told(superuser: User, before: int | None) -> None:
    if before is not None:
        change_setting(superuser, "most_untyped", before)
    shown = own_values()
    together, outcomes = threading.Barrier(2), []

    def save(value: int) -> None:
        together.wait()
        try:
            outcomes.append(change_settings(superuser, {"most_untyped": value}, shown=shown))
        except ChangedMeanwhile as refusal:
            outcomes.append([refusal.problems[0].column or ""])
            told.append(value)
        finally:
            connection.close()

    told: list[int] = []
    threads = [threading.Thread(target=save, args=(value,)) for value in (60, 70)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [["most_untyped"], ["most_untyped"]]
    assert len(told) == 1
    assert current_policy().most_untyped == 130 - told[0]


def test_a_setting_back_at_its_default_is_stored_no_more(superuser: User) -> None:
    change_setting(superuser, "most_untyped", 50)
    change_setting(superuser, "most_untyped", 500)

    assert not Setting.objects.exists()
    assert PolicyChange.objects.count() == 2


def test_one_certifications_own_values_and_the_way_back(superuser: User) -> None:
    change_settings(superuser, {"most_untyped": 500, "most_unapproved": None}, certification=C7)

    assert certifications_with_own() == {7: {"most_untyped": 500, "most_unapproved": None}}
    assert own_values(7)["share_untyped"] is AS_FOR_ALL
    # Its own from now on, although equal to that of all today.
    change_setting(superuser, "most_untyped", 10)
    assert all_policies()[1][7].most_untyped == 500

    change_settings(superuser, {"most_untyped": AS_FOR_ALL, "most_unapproved": AS_FOR_ALL}, certification=C7)
    assert certifications_with_own() == {}


def test_the_record_tells_no_limit_of_ones_own_from_having_nothing_of_ones_own(superuser: User) -> None:
    change_settings(superuser, {"most_unapproved": None}, certification=C7)
    change_settings(superuser, {"most_unapproved": AS_FOR_ALL}, certification=C7)

    recorded = PolicyChange.objects.order_by("pk").values_list("before", "after")
    assert list(recorded) == [(None, "no limit"), ("no limit", None)]


def test_as_for_all_is_nothing_that_holds_for_all(superuser: User) -> None:
    with pytest.raises(InvalidRequest):
        change_settings(superuser, {"most_untyped": AS_FOR_ALL})


def test_nobody_but_superusers(administrator: User) -> None:
    with pytest.raises(NotPermitted, match="for superusers"):
        change_settings(administrator, {"most_untyped": 1})
    assert current_policy() == DEFAULTS


def test_values_in_words() -> None:
    assert value_words("most_untyped", 1_500) == "1,500"
    assert value_words("most_unapproved", None) == "no limit"
    assert value_words("details_kept_days", None) == "for good"
    assert value_words("reason_required", True) == "Yes"
    assert value_words("most_untyped", AS_FOR_ALL) == "as for all certifications"
    assert all(str(kind.none_words) for kind in KINDS.values())
