"""Limits: at, below and above them, and who must type the number."""

from __future__ import annotations

from functools import partial

import pytest

from certremoval.certifications import limits
from certremoval.certifications.limits import ConfirmationRequired, number_typed
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import WrongState
from certremoval.removals import planning
from certremoval.removals.checks import limits_passed_by
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.submitting import submit
from certremoval.removals.undoing import draft_undo, undo_job
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, enroll, enrolled, people, plan, removal_file, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


def on_it(number: int, *, certification: str = FORKLIFT, named: str = "U") -> list[str]:
    """Put so many people on a certification and return their User IDs."""
    users = [f"{named}-{one:03}" for one in range(number)]
    enroll(certification, *users)
    return users


def draft(root: User, *users: str) -> Job:
    return check_now(upload_draft(root, people(*users), name="p.csv", title="Leavers", options=PlanOptions()))


@pytest.mark.parametrize(
    ("enrolled_now", "removed", "asks"),
    [(25, 5, False), (25, 6, True), (24, 24, False), (24, 6, False), (30, 6, False), (29, 6, True), (100, 20, False)],
)
def test_a_share_of_one_certification(root: User, enrolled_now: int, removed: int, asks: bool) -> None:
    users = on_it(enrolled_now)[:removed]

    assert bool(plan(people(*users)).summary.limits) is asks
    assert bool(limits_passed_by(draft(root, *users))) is asks


def test_a_number_of_people(root: User) -> None:
    change_setting(root, "most_untyped", 10)
    users = on_it(100)

    assert plan(people(*users[:10])).summary.limits == ()
    assert plan(people(*users[:11])).summary.limits == ("More than 10 people at once.",)


def test_the_limit_is_five_hundred_people() -> None:
    assert limits.limits_passed(500, lambda more_than: []) == ()
    assert limits.limits_passed(501, lambda more_than: []) == ("More than 500 people at once.",)


def test_each_certification_counts_by_itself(root: User) -> None:
    """Ten of fifty in all are a fifth; that they are six of one is more."""
    first, second = on_it(25), on_it(25, certification="LOTO", named="V")
    rows = [*((FORKLIFT, user) for user in first[:4]), *(("LOTO", user) for user in second[:6])]

    assert plan(removal_file(rows)).summary.limits == ("More than 20 % of everyone on Title of LOTO.",)


def test_those_already_off_hide_nothing(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first certifications of a file are told; the limit looks at all that people are taken off."""
    monkeypatch.setattr(planning, "MOST_CERTIFICATIONS_TOLD", 1)
    enroll("AAA", "V-1")
    run(remove(root, people("V-1", on="AAA")))
    rows = [("AAA", "V-1"), *((FORKLIFT, user) for user in on_it(25)[:6])]

    assert plan(removal_file(rows)).summary.limits == ("More than 20 % of everyone on Title of FORKLIFT-3Y.",)


def test_of_many_certifications_the_first_are_told(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_TOLD", 1)
    rows = [(one, user) for one in ("A", "B", "C") for user in on_it(25, certification=one, named=one)[:6]]

    told = ("More than 20 % of everyone on Title of A.", "And as much of more certifications.")
    assert plan(removal_file(rows)).summary.limits == told


def test_without_the_number_a_draft_is_not_submitted(root: User) -> None:
    job = draft(root, *on_it(25)[:6])

    for typed in (None, 5, 7, 0):
        with pytest.raises(ConfirmationRequired):
            submit(root, job.pk, plan_number=job.plan_number, typed=typed)
    job.refresh_from_db()
    assert job.state == "draft"

    assert submit(root, job.pk, plan_number=job.plan_number, typed=6).state == "queued"


def test_the_share_is_of_who_is_on_it_when_it_is_submitted(root: User) -> None:
    """Six of thirty are a fifth; by the time of submitting three others have left."""
    users = on_it(30)
    job = draft(root, *users[:6])
    run(remove(root, people(*users[27:])))

    with pytest.raises(ConfirmationRequired):
        submit(root, job.pk, plan_number=job.plan_number)


def test_two_submissions_at_once_make_one_job_and_each_needs_the_number(root: User) -> None:
    job = draft(root, *on_it(25)[:6])

    def submitted(*numbers: int | None) -> list[str]:
        ended: list[str] = []

        def one(typed: int | None) -> None:
            try:
                submit(root, job.pk, plan_number=job.plan_number, typed=typed)
                ended.append("queued")
            except ConfirmationRequired:
                ended.append("asked")
            except WrongState:
                ended.append("too late")

        at_once(*(partial(one, typed) for typed in numbers))
        return ended

    assert submitted(None, 5, None) == ["asked"] * 3
    assert sorted(submitted(6, 6)) == ["queued", "too late"]


def test_putting_people_back_needs_no_number_but_a_wrong_one_is_refused(root: User) -> None:
    users = on_it(25)
    done = run(remove(root, people(*users[:10])))

    with pytest.raises(ConfirmationRequired, match="would be put back"):
        undo_job(root, done.pk, typed=9)
    back = run(undo_job(root, done.pk))
    assert len(enrolled()) == 25

    # Undoing that takes ten of 25 off again: a removal like any other.
    again = check_now(draft_undo(root, back.pk))
    with pytest.raises(ConfirmationRequired):
        submit(root, again.pk, plan_number=again.plan_number)
    with pytest.raises(ConfirmationRequired):
        undo_job(root, back.pk)
    run(undo_job(root, back.pk, typed=10))
    assert len(enrolled()) == 15


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        *[("412", 412), (" 3,982 ", 3982), ("3.982", 3982), ("3\u202f982", 3982), ("1'000", 1000), ("007", 7)],
        ("1.234,567", 1234567),
        *[("", None), ("yes", None), ("-1", None), ("4e2", None), ("4.03", None), ("4,0,3", None)],
        *[("\u0664\u0661\u0662", None), ("9" * 13, None)],
    ],
)
def test_a_number_as_people_type_it(text: str, typed: int | None) -> None:
    assert number_typed(text) == typed
