"""Approval: who decides on whose job, on what, once; and above which limit it is needed."""

from __future__ import annotations

from functools import partial

import pytest

from certremoval.access.models import Constraint, ConstraintKind, Grant, Permission, Role
from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import ActionRefused, InvalidRequest, NotFound, NotPermitted, WrongState
from certremoval.removals.actions import cancel
from certremoval.removals.approving import approve, decision_on, decline, may_decide, waiting_for
from certremoval.removals.checks import checks_of_plan
from certremoval.removals.counts import job_counts
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Decision, Job, JobState, Notice
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import claim_job
from certremoval.removals.representation import job_json
from certremoval.removals.scheduling import read_when, reschedule
from certremoval.removals.submitting import submit
from certremoval.removals.undoing import undo_job
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_unit, make_user, people, plan, remove, run
from tests.web.conftest import holder

pytestmark = pytest.mark.django_db(transaction=True)

USERS = ("U-1", "U-2", "U-3")


@pytest.fixture
def ada(root: User) -> User:
    """Removes people; more than two need approval. Root is one who can give it, Grace another."""
    change_setting(root, "most_unapproved", 2)
    enroll(FORKLIFT, *USERS)
    return holder("ada", Permission.REMOVAL_MANAGE)


@pytest.fixture
def grace(ada: User) -> User:
    return holder("grace", Permission.REMOVAL_APPROVE)


def waiting(ada: User) -> Job:
    job = remove(ada, people(*USERS))
    assert job.state == JobState.AWAITING_APPROVAL
    return job


def test_it_runs_only_after_another_has_approved_it(ada: User, grace: User) -> None:
    job = waiting(ada)
    assert claim_job(job.pk) is None

    job = approve(grace, job.pk)

    assert job.state == JobState.QUEUED
    decision = decision_on(job)
    assert decision is not None
    assert (decision.approved, decision.actor_name, decision.actor_user_id) == (True, "Grace Ito", "grace")
    run(job)
    assert enrolled() == []


def test_whoever_may_approve_it_is_told_that_it_waits_and_its_creator_what_was_decided(ada: User, grace: User) -> None:
    def told(user: User) -> list[tuple[str, int]]:
        return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", "job"))

    draft = check_now(upload_draft(ada, people(*USERS), name="p.csv", title="Leavers", options=PlanOptions()))
    submit(ada, draft.pk, plan_number=draft.plan_number)
    at_the_terminal = waiting(ada)
    assert told(grace) == [("waits", draft.pk), ("waits", at_the_terminal.pk)]
    assert told(ada) == []

    approve(grace, draft.pk)
    decline(grace, at_the_terminal.pk, reason="Twice")

    assert told(ada) == [("approved", draft.pk), ("declined", at_the_terminal.pk)]


def test_a_draft_waits_too_and_what_is_decided_on_is_what_was_submitted(ada: User, grace: User) -> None:
    draft = check_now(upload_draft(ada, people(*USERS), name="p.csv", title="Leavers", options=PlanOptions()))
    job = submit(ada, draft.pk, plan_number=draft.plan_number)
    assert job.state == JobState.AWAITING_APPROVAL
    Enrollment.objects.filter(user__user_id="U-2").update(status="Revoked")

    job = run(approve(grace, job.pk))

    assert enrolled() == ["U-2"]
    assert job_counts(job)["changed_since_preview"] == 1


@pytest.mark.parametrize(
    ("people_removed", "state"), [(1, JobState.QUEUED), (2, JobState.QUEUED), (3, JobState.AWAITING_APPROVAL)]
)
def test_below_at_and_above_the_limit(ada: User, grace: User, people_removed: int, state: JobState) -> None:
    assert remove(ada, people(*USERS[:people_removed])).state == state


def test_as_long_as_not_two_people_could_approve_nothing_waits(ada: User) -> None:
    """Root alone holds everything."""
    assert remove(ada, people(*USERS)).state == JobState.QUEUED


def test_where_nobody_but_its_creator_could_approve_a_job_the_check_says_so(ada: User, grace: User) -> None:
    elsewhere = make_unit("Division", "C")
    for somebody in (grace, holder("gus", Permission.REMOVAL_APPROVE)):
        grant = Grant.objects.get(role__members=somebody)
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=elsewhere)
    summary = plan(people(*USERS)).summary

    def words() -> str:
        return next(one.words for one in checks_of_plan(ada, summary) if one.code == "approval")

    assert words() == "More than 2 people at once."
    User.objects.filter(is_superuser=True).update(is_active=False)
    assert words() == "More than 2 people at once. Nobody but you could approve it now: ask whoever manages roles."


def test_somebody_inactive_could_not_approve(ada: User, grace: User) -> None:
    grace.is_active = False
    grace.save()

    assert remove(ada, people(*USERS)).state == JobState.QUEUED


def test_a_share_of_one_certification_and_a_certification_of_its_own(root: User, ada: User, grace: User) -> None:
    change_setting(root, "most_unapproved", None)
    enroll("LOTO", *(f"V-{number}" for number in range(30)))
    change_setting(root, "share_unapproved", 50)
    key = Certification.objects.get(certification_id=FORKLIFT).pk
    change_setting(root, "most_unapproved", 1, certification=(key, FORKLIFT))

    def state(*users: str, on: str) -> str:
        return remove(ada, people(*users, on=on)).state

    assert state(*(f"V-{number}" for number in range(15)), on="LOTO") == JobState.QUEUED
    assert state(*(f"V-{number}" for number in range(16)), on="LOTO") == JobState.AWAITING_APPROVAL
    assert state("U-1", on=FORKLIFT) == JobState.QUEUED
    assert state("U-1", "U-2", on=FORKLIFT) == JobState.AWAITING_APPROVAL


def test_putting_people_back_waits_for_nobody_and_undoing_that_does(root: User, ada: User, grace: User) -> None:
    done = run(approve(grace, waiting(ada).pk))

    back = run(undo_job(root, done.pk))
    assert len(enrolled()) == 3

    assert undo_job(root, back.pk).state == JobState.AWAITING_APPROVAL


def test_declining_cancels_and_says_why(ada: User, grace: User) -> None:
    job = waiting(ada)
    for reason in ("", "   "):
        with pytest.raises(InvalidRequest, match="reason is missing"):
            decline(grace, job.pk, reason=reason)

    job = decline(grace, job.pk, reason=" Not agreed with the site ")

    assert (job.state, job.ended_at is not None) == (JobState.CANCELLED, True)
    assert job_json(job)["error"] == "Declined by Grace Ito: Not agreed with the site"
    assert len(enrolled()) == 3


def test_nobody_decides_on_a_job_of_their_own(root: User, ada: User, grace: User) -> None:
    Grant.objects.create(role=Role.objects.get(name="Role of ada"), permission=Permission.REMOVAL_APPROVE)
    for creator in (ada, root):
        job = waiting(creator)
        assert not may_decide(creator, job)
        assert job not in waiting_for(creator)
        for act in (partial(approve, creator, job.pk), partial(decline, creator, job.pk, reason="No")):
            with pytest.raises(NotPermitted, match="of their own"):
                act()
        cancel(creator, job.pk)


def test_who_may_decide(root: User, ada: User, grace: User) -> None:
    """Approve over the creator's work, by whichever grant; seeing the job is not enough."""
    make_unit("Division", "B", "ada")
    other = make_unit("Division", "C")
    inside, outside = holder("inside", Permission.REMOVAL_APPROVE), holder("outside", Permission.REMOVAL_APPROVE)
    unit = ada.memberships.get().unit
    for somebody, place in ((inside, unit), (outside, other)):
        grant = Grant.objects.get(role__members=somebody)
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=place)
    viewer, undoer, learner = (
        holder("viewer", Permission.REMOVAL_VIEW),
        holder("undoer", Permission.REMOVAL_UNDO),
        make_user("learner"),
    )
    job = waiting(ada)

    assert [may_decide(one, job) for one in (grace, inside, root)] == [True] * 3
    assert [list(waiting_for(one)) for one in (grace, inside, root)] == [[job]] * 3
    for one, refusal in (
        (outside, NotFound),
        (viewer, NotPermitted),
        (undoer, NotPermitted),
        (learner, ActionRefused),
    ):
        assert not may_decide(one, job)
        assert list(waiting_for(one)) == []
        with pytest.raises(refusal):
            approve(one, job.pk)
    assert approve(inside, job.pk).state == JobState.QUEUED


def test_what_does_not_wait_is_not_decided_on(ada: User, grace: User) -> None:
    decided = approve(grace, waiting(ada).pk)
    cancel(ada, decided.pk)
    for job in (remove(ada, people("U-1")), decided):
        with pytest.raises(WrongState):
            approve(grace, job.pk)
        with pytest.raises(WrongState):
            decline(grace, job.pk, reason="Too late")
    assert Decision.objects.count() == 1


def test_of_two_who_decide_at_the_same_moment_one_does(root: User, ada: User, grace: User) -> None:
    job = waiting(ada)
    ended: list[str] = []

    def one(act: partial[Job]) -> None:
        try:
            ended.append(str(act().state))
        except WrongState:
            ended.append("too late")

    at_once(
        partial(one, partial(approve, grace, job.pk)),
        partial(one, partial(decline, root, job.pk, reason="No")),
        partial(one, partial(approve, root, job.pk)),
    )

    assert ended.count("too late") == 2
    decision = Decision.objects.get()
    job.refresh_from_db()
    assert job.state == (JobState.QUEUED if decision.approved else JobState.CANCELLED)


def test_its_creator_cancels_and_moves_a_job_that_waits(ada: User, grace: User) -> None:
    job = waiting(ada)
    when = read_when("2027-05-03 06:00", ada)
    assert reschedule(ada, job.pk, when).state == JobState.AWAITING_APPROVAL
    assert approve(grace, job.pk).scheduled_for == when

    second = remove(ada, people(*USERS))
    assert second.state == JobState.AWAITING_APPROVAL
    cancelled = cancel(ada, second.pk)
    assert cancelled is not None
    assert cancelled.state == JobState.CANCELLED
