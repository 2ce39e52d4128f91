"""Checks before a job runs: oneself on the list, the same people sent before, limits that are settings."""

from __future__ import annotations

import io
from functools import partial

import pytest
from django.db import connection

from certremoval.access.models import Permission
from certremoval.certifications.limits import ConfirmationRequired
from certremoval.certifications.models import Certification
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.removals.actions import cancel
from certremoval.removals.checks import SAID, Check, checks_of_draft, checks_of_plan, limits_passed_by
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import PlanSummary
from certremoval.removals.submitting import remove_file, submit
from certremoval.removals.undoing import undo_job
from tests.elsewhere import at_once, elsewhere
from tests.removals.conftest import FORKLIFT, enroll, make_user, people, plan, removal_file, remove, run
from tests.web.conftest import holder

pytestmark = pytest.mark.django_db(transaction=True)


def draft(actor: User, file: io.BytesIO, *, name: str = "p.csv") -> Job:
    return check_now(upload_draft(actor, file, name=name, title="Leavers", options=PlanOptions()))


def check(actor: User, job: Job, code: str) -> Check:
    (found,) = (one for one in checks_of_draft(actor, job) if one.code == code)
    return found


def test_every_check_of_an_ordinary_list_is_passed(root: User) -> None:
    enroll(FORKLIFT, "A", "B")

    checks = checks_of_draft(root, draft(root, people("A", "B")))

    assert [one.code for one in checks] == ["number", "approval", "self", "same_people"]
    assert all(one.passed for one in checks)
    assert [one.code for one in checks_of_plan(root, plan(people("A")).summary)] == [one.code for one in checks]


def test_whoever_is_on_the_list_says_so_first(root: User) -> None:
    enroll(FORKLIFT, "A", "ROOT")
    job = draft(root, people("A", "ROOT"))
    assert check(root, job, "self").words == "You are one of them, on line 3."

    with pytest.raises(ConfirmationRequired, match="You are one of them"):
        submit(root, job.pk, plan_number=job.plan_number)
    with pytest.raises(ConfirmationRequired, match="You are one of them"):
        remove_file(root, people("A", "ROOT"), name="p.csv", title="Leavers", options=PlanOptions())

    assert submit(root, job.pk, plan_number=job.plan_number, said=["self"]).state == "queued"


def test_the_same_people_are_known_again_in_any_order_encoding_and_delimiter(root: User) -> None:
    enroll(FORKLIFT, "A", "B", "C")
    run(remove(root, people("A", "B")))
    enroll(FORKLIFT, "B")
    again = io.BytesIO("Site;user id;CERTIFICATION ID\nX; B ;FORKLIFT-3Y\nY;A;FORKLIFT-3Y\n".encode("utf-16"))

    found = check(root, draft(root, again), "same_people")

    assert not found.passed
    assert found.words.startswith("You ran this list on ")
    assert found.words.endswith(": 1 of 2 are already off.")
    assert found.job == Job.objects.order_by("pk")[0].pk


@pytest.mark.parametrize("others", [("A",), ("A", "B", "C"), ("A", "C")], ids=["fewer", "more", "another"])
def test_other_people_are_another_list(root: User, others: tuple[str, ...]) -> None:
    enroll(FORKLIFT, "A", "B", "C")
    run(remove(root, people("A", "B")))

    assert check(root, draft(root, people("C", *others)), "same_people").passed
    if others != ("A",):
        assert plan(people(*others)).summary.people_key != plan(people("A", "B")).summary.people_key


def test_neighbours_whose_squares_have_equal_sums_are_told_apart(root: User) -> None:
    users = [f"Z-{number}" for number in range(7)]
    enroll(FORKLIFT, *users)

    def key(*numbers: int) -> str:
        return plan(people(*(users[number] for number in numbers))).summary.people_key

    assert key(0, 4, 5) != key(1, 2, 6)


def test_a_list_that_waits_to_be_run_is_said_to_be_sent_and_by_whom_only_where_that_job_is_seen(root: User) -> None:
    enroll(FORKLIFT, "A", "B")
    ada, ben = holder("ada", Permission.REMOVAL_MANAGE), make_user("ben", "Ben Ito")
    remove(ada, people("A", "B"))
    summary = plan(people("B", "A")).summary

    def words(actor: User) -> str:
        return next(one.words for one in checks_of_plan(actor, summary) if one.code == "same_people")

    assert words(ada).startswith("You sent this list on ")
    assert words(root).startswith("Ada Ito sent this list on ")
    assert words(ben).startswith("This list was sent on ")
    assert words(ben).endswith(", and it has not run yet.")


def test_a_list_of_which_nobody_is_left_is_submitted_and_asked_nothing(root: User) -> None:
    enroll(FORKLIFT, "A", "ROOT")
    run(remove(root, people("A", "ROOT")))
    job = draft(root, people("A", "ROOT"))

    assert run(submit(root, job.pk, plan_number=job.plan_number)).state == "processed"


def test_a_list_that_was_sent_since_it_was_looked_at_is_asked_about_at_the_terminal_too(root: User) -> None:
    enroll(FORKLIFT, "A", "B")

    def meanwhile(summary: PlanSummary) -> bool:
        elsewhere(lambda: remove(root, people("B", "A")))
        return True

    with pytest.raises(ConfirmationRequired, match="sent just now"):
        remove(root, people("A", "B"), confirm=meanwhile)
    assert Job.objects.count() == 1


def test_the_same_people_on_another_certification_are_another_list(root: User) -> None:
    enroll(FORKLIFT, "A", "B")
    enroll("LOTO", "A", "B")
    run(remove(root, people("A", "B")))

    assert check(root, draft(root, people("A", "B", on="LOTO")), "same_people").passed
    crossed = removal_file([(FORKLIFT, "A"), ("LOTO", "B")])
    assert plan(crossed).summary.people_key != plan(removal_file([(FORKLIFT, "B"), ("LOTO", "A")])).summary.people_key


def test_a_line_twice_a_person_left_out_and_lines_with_problems_make_no_other_list(root: User) -> None:
    enroll(FORKLIFT, "A", "B")
    key = plan(people("A", "B")).summary.people_key

    assert plan(people("A", "B", "A", "NOBODY", "")).summary.people_key == key
    assert plan(people("A", "B"), leave_out_users=("B",)).summary.people_key == key
    assert plan(people("NOBODY")).summary.people_key == ""


def test_a_list_sent_by_another_is_told_by_name_and_led_to_only_where_it_is_seen(root: User) -> None:
    enroll(FORKLIFT, "A", "B")
    ada = holder("ada", Permission.REMOVAL_MANAGE)
    run(remove(ada, people("A")))
    enroll(FORKLIFT, "A")

    seen = check(root, draft(root, people("A")), "same_people")
    assert seen.words.startswith("Ada Ito ran this list on ")
    assert seen.job is not None

    ben = make_user("ben", "Ben Ito")  # sees no jobs at all
    unseen = next(one for one in checks_of_plan(ben, plan(people("A")).summary) if one.code == "same_people")
    assert (unseen.words, unseen.job) == (seen.words, None)


def test_a_job_that_never_removed_anybody_was_not_sent(root: User) -> None:
    enroll(FORKLIFT, "A")
    cancel(root, remove(root, people("A")).pk)
    draft(root, people("A"))

    assert check(root, draft(root, people("A")), "same_people").passed


def test_an_undo_of_an_undo_is_no_list_that_was_sent_before(root: User) -> None:
    enroll(FORKLIFT, "A", "B")
    back = run(undo_job(root, run(remove(root, people("A", "B"))).pk))

    run(undo_job(root, back.pk))

    assert Job.objects.filter(undo_of=back).count() == 1


def test_of_two_who_send_the_same_list_at_the_same_moment_one_is_asked(root: User) -> None:
    """Neither had been sent when they looked."""
    enroll(FORKLIFT, "A", "B")
    jobs = [draft(root, people("A", "B")), draft(root, people("B", "A"))]
    ended: list[str] = []

    def one(job: Job) -> None:
        try:
            ended.append(str(submit(root, job.pk, plan_number=job.plan_number).state))
        except ConfirmationRequired:
            ended.append("asked")

    at_once(*(partial(one, job) for job in jobs))

    assert sorted(ended) == ["asked", "queued"]


def test_saying_so_is_no_number_and_the_number_is_no_saying_so(root: User) -> None:
    users = [f"U-{number}" for number in range(24)]
    enroll(FORKLIFT, *users, "ROOT")
    job = draft(root, people(*users[:9], "ROOT"))

    for typed, said in ((10, ()), (None, SAID), (9, SAID)):
        with pytest.raises(ConfirmationRequired):
            submit(root, job.pk, plan_number=job.plan_number, typed=typed, said=said)
    assert submit(root, job.pk, plan_number=job.plan_number, typed=10, said=SAID).state == "queued"


def test_one_certification_has_limits_of_its_own(root: User) -> None:
    enroll(FORKLIFT, "A", "B", "C")
    enroll("LOTO", "A", "B", "C")
    forklift = Certification.objects.get(certification_id=FORKLIFT)
    change_setting(root, "most_untyped", 1, certification=(forklift.pk, FORKLIFT))

    assert limits_passed_by(draft(root, people("A"))) == ()
    assert limits_passed_by(draft(root, people("A", "B"))) == (f"{forklift.title}: More than 1 person at once.",)
    assert limits_passed_by(draft(root, people("A", "B", on="LOTO"))) == ()


def test_a_limit_that_is_raised_counts_with_the_next_question(root: User) -> None:
    users = [f"U-{number}" for number in range(30)]
    enroll(FORKLIFT, *users)
    job = draft(root, people(*users[:10]))
    assert limits_passed_by(job)

    change_setting(root, "share_untyped", 50)

    assert limits_passed_by(job) == ()
    assert limits_passed_by(draft(root, people(*users[:16])))


def test_keys_too_large_for_small_numbers_are_told_apart_too(root: User) -> None:
    """Products of two keys stay within what both databases count with."""
    enroll(FORKLIFT, "A", "B")
    with connection.cursor() as cursor:
        for number, user in ((2**40 + 3, "HIGH-1"), (2**41 + 5, "HIGH-2")):
            made = make_user(user)
            cursor.execute("UPDATE users SET id = %s WHERE id = %s", [number, made.pk])
    keys = {plan(people(*users)).summary.people_key for users in (("HIGH-1",), ("HIGH-2",), ("HIGH-1", "HIGH-2"))}

    assert len(keys) == 3
