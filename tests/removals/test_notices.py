"""Who is told what, when: in the transaction of what happened, once, and nobody whom a job removes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.organization.models import User
from certremoval.policy.settings import change_settings
from certremoval.problems import NotFound, WrongState
from certremoval.removals import processing
from certremoval.removals.actions import cancel, resume
from certremoval.removals.approving import approve, decline
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState, MailState, Notice
from certremoval.removals.notices import MOST_COUNTED, mark_seen, page_of_notices, unseen_count
from certremoval.removals.noticing import notify_ended, notify_waiting
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, claim_next_job, run_slice
from certremoval.removals.sql.remove import CountsDisagree
from certremoval.removals.undoing import draft_undo, undo_job
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_group, make_user, people, remove, run

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING = (Permission.REMOVAL_MANAGE, Permission.REMOVAL_UNDO)


def give(user_id: str, *permissions: Permission, **constraint: object) -> User:
    user = make_user(user_id, user_id.capitalize() + " Ito", email=f"{user_id}@example.org")
    role = Role.objects.create(name=f"Role of {user_id}")
    role.members.add(user)
    for permission in permissions:
        grant = Grant.objects.create(role=role, permission=permission)
        if constraint:
            Constraint.objects.create(grant=grant, **constraint)
    return user


@pytest.fixture
def ada() -> User:
    """Who makes the jobs."""
    return give("ada", *EVERYTHING)


@pytest.fixture
def ben() -> User:
    """A colleague who may do the same."""
    return give("ben", *EVERYTHING)


@pytest.fixture
def job(ada: User) -> Job:
    """Ada's job, which removes three of four people."""
    enroll(FORKLIFT, "K-1", "K-2", "K-3", "K-4")
    return remove(ada, people("K-1", "K-2", "K-3"), title="Forklift clean-up")


def told(recipient: User) -> list[str]:
    """Return what somebody was told, the oldest first, as words."""
    return [one.words for one in reversed(page_of_notices(recipient).told)]


def everybody_told() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient__user_id", "kind"))


def run_some(job: Job, rows: int) -> None:
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, pace=Pace(largest=rows), stop=lambda: True)


class TestProcessed:
    def test_its_creator_is_told_what_it_came_to(self, ada: User, ben: User, job: Job) -> None:
        assert everybody_told() == []
        run(job)
        assert told(ada) == ["3 removed"]
        assert everybody_told() == [("ada", "processed")]

    def test_it_is_told_once_however_many_chunks(self, ada: User, job: Job) -> None:
        run(job, chunk=1)
        assert told(ada) == ["3 removed"]

    def test_a_chunk_that_is_rolled_back_tells_nobody(
        self, ada: User, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def tell_and_die(job_id: int) -> None:
            notify_ended(job_id)
            assert Notice.objects.exists()
            raise KeyboardInterrupt

        monkeypatch.setattr(processing, "notify_ended", tell_and_die)
        held = claim_job(job.pk)
        assert held is not None
        with pytest.raises(KeyboardInterrupt):
            run_slice(held)
        assert everybody_told() == []
        assert enrolled() == ["K-1", "K-2", "K-3", "K-4"]
        monkeypatch.undo()

        assert run_slice(held)
        assert everybody_told() == [("ada", "processed")]

    def test_a_worker_that_lost_the_job_tells_nobody(self, job: Job) -> None:
        held = claim_job(job.pk)
        assert held is not None
        Job.objects.filter(pk=job.pk).update(lease_token="another")
        processing.fail(held, "Too late.")
        assert everybody_told() == []

    def test_what_was_told_is_not_told_again(self, ada: User, job: Job) -> None:
        run(job)
        notify_ended(job.pk)
        assert everybody_told() == [("ada", "processed")]

    def test_the_people_removed_are_not_told(self, ada: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        User.objects.filter(user_id__startswith="K-").update(email="k@example.org")
        run(remove(ada, people("K-1", "K-2")))
        assert {recipient for recipient, _kind in everybody_told()} == {"ada"}

    def test_of_work_of_the_system_nobody_is_told(self, job: Job) -> None:
        job.operation.actor = None
        job.operation.save()
        run(job)
        assert everybody_told() == []

    def test_the_inactive_are_not_told(self, ada: User, job: Job) -> None:
        User.objects.filter(pk=ada.pk).update(is_active=False)
        run(job)
        assert everybody_told() == []

    def test_a_job_with_nothing_to_do_is_told_too(self, ada: User) -> None:
        enroll(FORKLIFT, "K-1")
        run(remove(ada, people("NOBODY"), skip_problems=True))
        assert told(ada) == ["0 removed, 1 left out"]

    def test_a_draft_tells_nothing(self, ada: User) -> None:
        enroll(FORKLIFT, "K-1")
        check_now(upload_draft(ada, people("K-1"), name="x.csv", title="T", options=PlanOptions()))
        assert everybody_told() == []


class TestFailed:
    def test_each_failure_is_told(self, ada: User, job: Job) -> None:
        for _time in range(2):
            held = claim_job(job.pk)
            assert held is not None
            processing.fail(held, "The database refused the work.")
            assert told(ada)[-1] == "Failed: 0 removed, 3 not reached, still on it"
            resume(ada, job.pk)
        run(job)
        assert everybody_told() == [("ada", "failed"), ("ada", "failed"), ("ada", "processed")]
        assert told(ada) == [*["Failed, and went on later; now Processed"] * 2, "3 removed"]

    def test_a_job_that_is_given_up_is_told(
        self, ada: User, job: Job, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        Job.objects.filter(pk=job.pk).update(attempts=settings.ENVIRONMENT.max_attempts)
        assert claim_next_job() is None
        assert everybody_told() == [("ada", "failed")]

    def test_a_job_that_meets_too_many_changes_is_told(self, root: User, ada: User, job: Job) -> None:
        change_settings(root, {"changes_least": 0, "changes_share": 0})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE enrollments SET status = 'Expired'")
        run(job, chunk=1)
        assert everybody_told() == [("ada", "failed")]

    def test_a_database_that_refuses_the_work_is_told(
        self, ada: User, job: Job, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**values: object) -> None:
            raise CountsDisagree("no")

        monkeypatch.setattr(processing, "remove_chunk", refuse)
        run(job)
        assert everybody_told() == [("ada", "failed")]


class TestCancelled:
    def test_the_creator_is_told_who_cancelled(self, ada: User, ben: User, job: Job) -> None:
        run_some(job, 1)
        cancel(ben, job.pk)
        assert told(ada) == ["Cancelled by Ben Ito: 1 removed, 2 not reached, still on it"]
        assert everybody_told() == [("ada", "cancelled")]

    def test_a_name_turns_nothing_around(self, ada: User, job: Job) -> None:
        cancel(give("\u05e9\u05dc\u05d5\u05dd", *EVERYTHING), job.pk)
        assert told(ada) == [
            "Cancelled by \u2068\u05e9\u05dc\u05d5\u05dd Ito\u2069: 0 removed, 3 not reached, still on it"
        ]

    def test_who_cancels_their_own_is_not_told(self, ada: User, job: Job) -> None:
        cancel(ada, job.pk)
        assert everybody_told() == []

    def test_what_cannot_be_cancelled_tells_nothing(self, ada: User, ben: User, job: Job) -> None:
        run(job)
        with pytest.raises(WrongState):
            cancel(ben, job.pk)
        assert everybody_told() == [("ada", "processed")]


class TestUndone:
    def test_the_creator_is_told_by_whom_and_how_much(self, ada: User, ben: User, job: Job) -> None:
        run(job)
        run(undo_job(ben, job.pk, users=["K-1"], confirm=bool))
        run(undo_job(ben, job.pk, confirm=bool))
        assert told(ada) == [
            "3 removed",
            "Undone in part by Ben Ito: 1 put back",
            "Undone in part by Ben Ito: 2 put back, 1 left alone",
        ]
        assert [kind for recipient, kind in everybody_told() if recipient == "ben"] == ["processed", "processed"]

    def test_who_undoes_their_own_is_told_of_the_undo_alone(self, ada: User, job: Job) -> None:
        run(job)
        run(undo_job(ada, job.pk, confirm=bool))
        assert everybody_told() == [("ada", "processed"), ("ada", "processed")]

    def test_an_undo_that_has_done_nothing_is_not_told(self, ada: User, ben: User, job: Job) -> None:
        run(job)
        cancel(ben, undo_job(ben, job.pk, confirm=bool).pk)
        draft_undo(ben, job.pk)
        assert told(ada) == ["3 removed"]

    def test_an_undo_that_was_cancelled_half_way_is_told(self, ada: User, ben: User, job: Job) -> None:
        run(job)
        undo = undo_job(ben, job.pk, confirm=bool)
        run_some(undo, 1)
        cancel(ben, undo.pk)
        assert told(ada)[-1] == "Undone in part by Ben Ito: 1 put back, 2 not reached, still off it"

    def test_an_undo_that_failed_and_went_on_is_told_once(self, ada: User, ben: User, job: Job) -> None:
        run(job)
        undo = undo_job(ben, job.pk, confirm=bool)
        run_some(undo, 1)
        held = claim_job(undo.pk)
        assert held is not None
        processing.fail(held, "The database refused the work.")
        resume(ben, undo.pk)
        run(undo)
        assert told(ada)[1:] == ["Undone by Ben Ito: 3 put back"]


@pytest.fixture
def waiting(job: Job) -> Job:
    """Ada's job, which waits for approval."""
    Job.objects.filter(pk=job.pk).update(state=JobState.AWAITING_APPROVAL)
    job.refresh_from_db()
    return job


def decide(job: Job, actor: User, *, approved: bool) -> None:
    """Decide on a job that waits."""
    if approved:
        approve(actor, job.pk)
    else:
        decline(actor, job.pk, reason="Not agreed")


class TestWaits:
    def test_all_who_may_approve_it_are_told_and_nobody_else(self, root: User, ada: User, waiting: Job) -> None:
        give("carla", Permission.REMOVAL_APPROVE)
        give("dan", Permission.REMOVAL_APPROVE, kind="groups", group=make_group("ada's", "ada"))
        give("eve", Permission.REMOVAL_APPROVE, kind="groups", group=make_group("others"))
        give("finn", *EVERYTHING)
        Grant.objects.create(role=ada.roles.get(), permission=Permission.REMOVAL_APPROVE)
        notify_waiting(waiting)
        assert everybody_told() == [("carla", "waits"), ("dan", "waits")]
        assert told(User.objects.get(user_id="dan")) == ["Waits for your approval: 3 to be removed"]

    def test_superusers_are_told_where_nobody_else_could_approve(self, root: User, ada: User, waiting: Job) -> None:
        Grant.objects.create(role=ada.roles.get(), permission=Permission.REMOVAL_APPROVE)  # never one's own
        User.objects.create_superuser("gone", is_active=False)
        notify_waiting(waiting)
        assert everybody_told() == [("ROOT", "waits")]

    def test_a_superuser_is_not_asked_for_their_own(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"))
        notify_waiting(job)
        assert everybody_told() == []

    @pytest.mark.parametrize("approved", [True, False])
    def test_its_creator_is_told_the_decision_and_nobody_is_asked_any_more(
        self, ada: User, waiting: Job, approved: bool
    ) -> None:
        carla, dan = give("carla", Permission.REMOVAL_APPROVE), give("dan", Permission.REMOVAL_APPROVE)
        notify_waiting(waiting)
        assert (unseen_count(carla), unseen_count(dan)) == (1, 1)
        decide(waiting, carla, approved=approved)
        assert told(ada) == ["Approved by Carla Ito" if approved else "Declined by Carla Ito"]
        assert (unseen_count(carla), unseen_count(dan)) == (0, 0)
        assert told(dan) == [f"Waited for your approval; now {'Queued' if approved else 'Cancelled'}"]

    def test_a_job_that_was_cancelled_waits_for_nobody(self, ada: User, waiting: Job) -> None:
        carla = give("carla", Permission.REMOVAL_APPROVE)
        notify_waiting(waiting)
        cancel(ada, waiting.pk)
        assert unseen_count(carla) == 0


class TestReading:
    def test_a_page_and_those_before_it(self, ada: User, job: Job) -> None:
        keys = make_notices(ada, job, 5)
        first = page_of_notices(ada, size=2)
        assert [one.notice.pk for one in first.told] == [keys[4], keys[3]]
        second = page_of_notices(ada, before=first.before, size=2)
        assert [one.notice.pk for one in second.told] == [keys[2], keys[1]]
        last = page_of_notices(ada, before=second.before, size=2)
        assert [one.notice.pk for one in last.told] == [keys[0]]
        assert last.before is None

    def test_of_a_job_that_one_may_not_see_nothing_is_told(self, ada: User, job: Job) -> None:
        run(job)
        Grant.objects.all().delete()
        (one,) = page_of_notices(ada).told
        assert (one.job, one.words) == (None, "")

    def test_what_came_meanwhile_stays_new(self, ada: User, job: Job) -> None:
        keys = make_notices(ada, job, 3)
        mark_seen(ada, up_to=keys[1])
        assert unseen_count(ada) == 1
        mark_seen(ada, notice=keys[2])
        assert unseen_count(ada) == 0

    def test_nobody_marks_anothers(self, ada: User, ben: User, job: Job) -> None:
        keys = make_notices(ada, job, 2)
        mark_seen(ben, up_to=keys[1])
        with pytest.raises(NotFound):
            mark_seen(ben, notice=keys[0])
        assert unseen_count(ada) == 2

    def test_what_was_seen_keeps_its_time(self, ada: User, job: Job) -> None:
        (key,) = make_notices(ada, job, 1)
        mark_seen(ada, notice=key)
        seen_at = Notice.objects.get().seen_at
        mark_seen(ada, up_to=key)
        assert Notice.objects.get().seen_at == seen_at

    def test_no_more_are_counted_than_are_told(self, ada: User, job: Job) -> None:
        make_notices(ada, job, MOST_COUNTED + 5)
        assert unseen_count(ada) == MOST_COUNTED + 1

    def test_few_queries_however_many(
        self, ada: User, ben: User, job: Job, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        run(job)
        for user in ("K-1", "K-2", "K-3"):
            run(undo_job(ben, job.pk, users=[user], confirm=bool))
        with django_assert_max_num_queries(4):
            assert len(page_of_notices(ada).told) == 4


def make_notices(recipient: User, job: Job, count: int) -> list[int]:
    made = Notice.objects.bulk_create(
        Notice(job=job, recipient=recipient, kind="failed", occasion=number, created_at=job.operation.created_at)
        for number in range(count)
    )
    return [one.pk for one in made]


class TestWhoIsMailed:
    @pytest.fixture(autouse=True)
    def _mail(self, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
            update={"email_host": "mail.example.org", "email_from": "certremoval@example.org"}
        )

    def mail_state(self, job: Job) -> str:
        run(job)
        return Notice.objects.get().mail_state

    def test_who_has_an_address(self, job: Job) -> None:
        assert self.mail_state(job) == MailState.WAITING
        assert Notice.objects.get().message_id.endswith("@example.org>")

    def test_not_who_has_none(self, ada: User, job: Job) -> None:
        User.objects.filter(pk=ada.pk).update(email="")
        assert self.mail_state(job) == MailState.NONE

    def test_not_who_does_not_want_it(self, ada: User, job: Job) -> None:
        User.objects.filter(pk=ada.pk).update(notices_by_mail=False)
        assert self.mail_state(job) == MailState.NONE

    def test_nobody_where_there_is_no_mail_server(self, job: Job, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"email_host": ""})
        assert self.mail_state(job) == MailState.NONE

    def test_nobody_is_asked_by_mail_for_what_is_decided(self, ada: User, waiting: Job) -> None:
        carla = give("carla", Permission.REMOVAL_APPROVE)
        dan = give("dan", Permission.REMOVAL_APPROVE)
        notify_waiting(waiting)
        decide(waiting, carla, approved=True)
        assert Notice.objects.get(recipient=dan).mail_state == MailState.NONE
