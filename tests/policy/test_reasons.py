"""Reasons: superusers keep the list, each change is recorded; and where one is required, nobody is removed without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from certremoval.organization.models import User
from certremoval.policy.changes import changes_page
from certremoval.policy.models import PolicyChange, Reason
from certremoval.policy.reasons import (
    MOST_OFFERED,
    ReasonRequired,
    add_reason,
    all_reasons,
    bring_back_reason,
    move_reason,
    offered_reasons,
    rename_reason,
    require_reason,
    retire_reason,
)
from certremoval.policy.settings import change_setting
from certremoval.problems import InvalidRequest, NotFound, NotPermitted, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def reasons(superuser: User) -> list[Reason]:
    return [add_reason(superuser, text) for text in ("Changed roles", " Left the company ", "Site closed")]


def test_reasons_are_offered_in_the_order_in_which_they_came(reasons: list[Reason]) -> None:
    assert offered_reasons() == ["Changed roles", "Left the company", "Site closed"]


def test_one_is_moved_up_and_down_and_the_ends_stay(reasons: list[Reason], superuser: User) -> None:
    move_reason(superuser, reasons[2].pk, up=True)
    assert offered_reasons() == ["Changed roles", "Site closed", "Left the company"]
    move_reason(superuser, reasons[0].pk, up=False)
    assert offered_reasons() == ["Site closed", "Changed roles", "Left the company"]
    changes = PolicyChange.objects.count()
    move_reason(superuser, reasons[2].pk, up=True)
    move_reason(superuser, reasons[1].pk, up=False)
    assert offered_reasons() == ["Site closed", "Changed roles", "Left the company"]
    assert PolicyChange.objects.count() == changes


def test_a_retired_one_is_offered_no_more_and_comes_back_as_the_last(reasons: list[Reason], superuser: User) -> None:
    retire_reason(superuser, reasons[0].pk)
    assert offered_reasons() == ["Left the company", "Site closed"]
    assert [one.text for one in all_reasons(superuser)[1]] == ["Changed roles"]
    with pytest.raises(WrongState):
        retire_reason(superuser, reasons[0].pk)
    with pytest.raises(NotFound):
        move_reason(superuser, reasons[0].pk, up=True)
    bring_back_reason(superuser, reasons[0].pk)
    assert offered_reasons() == ["Left the company", "Site closed", "Changed roles"]


def test_one_is_renamed_also_in_its_letter_case(reasons: list[Reason], superuser: User) -> None:
    rename_reason(superuser, reasons[0].pk, "Changed Roles")
    rename_reason(superuser, reasons[2].pk, "Site closes")
    assert offered_reasons() == ["Changed Roles", "Left the company", "Site closes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "is empty"),
        ("changed ROLES", "Changed roles is offered already"),
        ("site closed", "Site closed was offered before"),
        ("x" * 256, "256 characters"),
        ("a\0b", "holds a character that is none"),
        ("\ud800", "holds a character that is none"),
    ],
)
def test_what_cannot_be_offered_is_refused(reasons: list[Reason], superuser: User, text: str, said: str) -> None:
    retire_reason(superuser, reasons[2].pk)
    for act in (lambda: add_reason(superuser, text), lambda: rename_reason(superuser, reasons[1].pk, text)):
        with pytest.raises(InvalidRequest, match=said):
            act()
    assert offered_reasons() == ["Changed roles", "Left the company"]


def test_no_more_are_offered_than_a_person_can_choose_from(superuser: User) -> None:
    Reason.objects.bulk_create(Reason(text=f"Reason {n}", position=n) for n in range(MOST_OFFERED))
    with pytest.raises(InvalidRequest, match="100 reasons are offered already"):
        add_reason(superuser, "One more")
    retired = Reason.objects.create(text="Old", is_active=False)
    with pytest.raises(InvalidRequest, match="100 reasons are offered already"):
        bring_back_reason(superuser, retired.pk)


def test_each_change_is_recorded_in_words_the_newest_first(reasons: list[Reason], superuser: User) -> None:
    rename_reason(superuser, reasons[2].pk, "Site closes")
    move_reason(superuser, reasons[1].pk, up=True)
    retire_reason(superuser, reasons[0].pk)
    bring_back_reason(superuser, reasons[0].pk)

    told = [(one.what, one.before, one.after) for one in changes_page(superuser).changes]
    assert told[:4] == [
        ("A reason, offered again", "", "Changed roles"),
        ("A reason, offered no more", "Changed roles", ""),
        (
            "Order of the reasons",
            "Changed roles; Left the company; Site closes",
            "Left the company; Changed roles; Site closes",
        ),
        ("A reason, renamed", "Site closed", "Site closes"),
    ]
    assert told[4:] == [
        ("A reason, offered", "", text) for text in ("Site closed", "Left the company", "Changed roles")
    ]
    assert set(PolicyChange.objects.values_list("name", "actor_name")) == {("reason", "Ada Root")}


def test_nobody_but_superusers(reasons: list[Reason], administrator: User) -> None:
    key = reasons[1].pk
    acts: list[Callable[[], object]] = [
        lambda: all_reasons(administrator),
        lambda: add_reason(administrator, "Another"),
        lambda: rename_reason(administrator, key, "Another"),
        lambda: move_reason(administrator, key, up=True),
        lambda: retire_reason(administrator, key),
        lambda: bring_back_reason(administrator, key),
        lambda: changes_page(administrator),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert offered_reasons() == ["Changed roles", "Left the company", "Site closed"]


def test_a_reason_is_missed_only_where_one_is_required(superuser: User) -> None:
    require_reason("")
    change_setting(superuser, "reason_required", True)
    require_reason("Changed roles")
    with pytest.raises(ReasonRequired, match="Say in a few words why"):
        require_reason(" ")


def test_the_advice_names_what_is_offered(superuser: User) -> None:
    change_setting(superuser, "reason_required", True)
    for number in range(1, 8):
        add_reason(superuser, f"Reason {number}")
    with pytest.raises(ReasonRequired) as refusal:
        require_reason("")
    assert "(Reason 1; Reason 2; Reason 3; Reason 4; Reason 5; …)" in refusal.value.message


def test_the_record_is_paged(superuser: User) -> None:
    for number in range(1, 6):
        change_setting(superuser, "most_untyped", number)

    first = changes_page(superuser, limit=2)
    assert [one.after for one in first.changes] == ["5", "4"]
    second = changes_page(superuser, before=first.next, limit=2)
    assert [one.after for one in second.changes] == ["3", "2"]
    last = changes_page(superuser, before=second.next, limit=2)
    assert ([(one.before, one.after) for one in last.changes], last.next) == ([("500", "1")], None)
