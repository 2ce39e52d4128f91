"""Undo: the people of a job come back with every value, exactly once, or are left alone with the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.access.models import Constraint, ConstraintKind, Grant, Permission, Role
from certremoval.certifications.history import removal_history
from certremoval.certifications.models import Certification, Enrollment, Operation, RemovalRecord, Restoration
from certremoval.certifications.removing import remove_person
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NothingToDo, NotPermitted, WrongState
from certremoval.removals.actions import cancel, resume
from certremoval.removals.counts import job_counts, job_result
from certremoval.removals.drafts import check_now, discard
from certremoval.removals.job_lines import lines_of_job
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job, JobState
from certremoval.removals.pace import Pace
from certremoval.removals.planning import PlanSummary
from certremoval.removals.previews import changed_since_preview
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.representation import job_json
from certremoval.removals.results import result_file
from certremoval.removals.submitting import NotConfirmed, submit
from certremoval.removals.undoing import draft_put_back, draft_undo, may_undo, undo_job
from certremoval.removals.verifying import verify
from certremoval.removals.words import result_kind, result_sentence
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_unit, make_user, people, removal_file, remove, run

pytestmark = pytest.mark.django_db(transaction=True)

Values = dict[int, tuple[Any, ...]]


@pytest.fixture(autouse=True)
def every_promise_holds() -> Any:
    """After each test, whatever happened in it."""
    yield
    assert verify() == []


def values(*, with_revision: bool = False) -> Values:
    """Return every value of every enrollment, by id."""
    names = ("certification_id", "user_id", *Enrollment.VALUES, *(["revision"] if with_revision else []))
    return {row[0]: row[1:] for row in Enrollment.objects.values_list("pk", *names)}


def give(person: User, permission: Permission) -> Grant:
    """Give a permission by a role of its own."""
    role = Role.objects.create(name=f"{permission} of {person}")
    role.members.add(person)
    return Grant.objects.create(role=role, permission=permission)


def counts_of(job: Job) -> dict[str, int]:
    """Return the counts that are not 0, without the number of rows."""
    job.refresh_from_db()
    return {outcome: count for outcome, count in job_counts(job).items() if count and outcome != "rows"}


def everyone_removed(root: User, *user_ids: str, **enrollment: Any) -> Job:
    """Put these on the certification, and take them off by a job."""
    enroll(FORKLIFT, *user_ids, **enrollment)
    return run(remove(root, people(*user_ids)))


class TestEverythingComesBack:
    def test_with_every_value_the_same_id_and_a_higher_revision(self, root: User) -> None:
        enroll(
            FORKLIFT,
            "K-1",
            status="Certified/Renewal In Progress",
            version="3",
            period="2",
            identifier="F-00017",
            assigned_date=date(2024, 2, 29),
            due_date=date(2024, 5, 1),
            certified_date=date(2024, 4, 30),
            expiration_date=date(2031, 4, 30),
        )
        enroll(FORKLIFT, "K-2", status="In Progress")
        before, revisions = values(), dict(Enrollment.objects.values_list("pk", "revision"))
        job = run(remove(root, people("K-2", "K-1")))

        undo = run(undo_job(root, job.pk))

        assert values() == before
        assert dict(Enrollment.objects.values_list("pk", "revision")) == {
            pk: revision + 1 for pk, revision in revisions.items()
        }
        assert undo.operation.kind == "restore"
        assert undo.state == JobState.PROCESSED
        assert counts_of(undo) == {"restored": 2}

    def test_the_undo_is_an_operation_of_whoever_undid_it_and_the_history_says_so(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        other = User.objects.create_superuser("OTHER", first_name="Ole", last_name="Berg")

        undo = run(undo_job(other, job.pk, reason="Wrong list"))

        (entry,) = removal_history(root, "K-1")
        assert entry.put_back is not None
        assert entry.put_back.by.user_id == "OTHER"
        assert entry.put_back.reason == "Wrong list"
        assert undo.operation.title == "Undo of Changed roles"
        assert job_json(job)["undone_by"] == [undo.pk]
        assert job_json(undo)["undo_of"] == job.pk
        assert job_json(undo)["file"] is None

    def test_of_a_long_title_the_undo_has_the_beginning(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(root, people("K-1"), title="T" * 100))

        undo = undo_job(root, job.pk)

        assert undo.operation.title == f"Undo of {'T' * 91}…"

    def test_several_certifications_each_with_its_own_count(self, root: User) -> None:
        for one, user_ids in (("A", ["K-1", "K-2"]), ("B", ["K-2"])):
            enroll(one, *user_ids)
        job = run(remove(root, removal_file([("A", "K-1"), ("A", "K-2"), ("B", "K-2")])))

        undo = run(undo_job(root, job.pk))

        told = [(one["certification_id"], one["planned"], one["removed"]) for one in job_json(undo)["certifications"]]
        assert told == [("A", 2, 2), ("B", 1, 1)]

    def test_a_job_that_was_cancelled_on_its_way(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        before = values()
        job = remove(root, people("K-1", "K-2", "K-3"))
        one_chunk(job)
        cancel(root, job.pk)

        run(undo_job(root, job.pk))

        assert values() == before

    def test_a_job_that_failed_and_it_does_not_go_on_then(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        one_chunk(job)
        fail(job)

        undo = undo_job(root, job.pk)
        draft_undo(root, job.pk)  # a draft beside it lifts nothing

        with pytest.raises(WrongState, match="not undone"):
            resume(root, job.pk)
        assert counts_of(run(undo)) == {"restored": 1}

    def test_nobody_is_put_back_twice_by_two_undos_at_once(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2")
        one, two = undo_job(root, job.pk), undo_job(root, job.pk)

        run(one)
        run(two)

        assert counts_of(one) == {"restored": 2}
        assert counts_of(two) == {"already_restored": 2}
        assert Restoration.objects.count() == 2

    def test_it_can_be_interrupted_after_every_chunk(self, root: User) -> None:
        enroll(FORKLIFT, *(f"K-{number}" for number in range(7)))
        before = values()
        job = run(remove(root, people(*(f"K-{number}" for number in range(7)))))
        undo = undo_job(root, job.pk)

        for done in (2, 4, 6):
            one_chunk(undo, size=2)
            undo.refresh_from_db()
            assert undo.checkpoint == Restoration.objects.count() == done
            assert verify() == []
        run(undo)

        assert values() == before

    def test_a_plan_made_before_sees_a_change(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        older = remove(root, people("K-1"))
        run(undo_job(root, run(remove(root, people("K-1"))).pk))

        run(older)

        assert counts_of(older) == {"changed_since_preview": 1}
        assert enrolled() == ["K-1"]


def one_chunk(job: Job, *, size: int = 1) -> None:
    """Do one chunk of a job, and let go of it."""
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, pace=Pace(largest=size), stop=lambda: True)


def fail(job: Job) -> None:
    """Let a job have failed where it is."""
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, ended_at=database_now(), error="Some reason.")


Change = Callable[[], object]


def enrolled_anew() -> None:
    enroll(FORKLIFT, "K-1", status="In Progress")


def user_gone() -> None:
    User.objects.get(user_id="K-1").delete()


def certification_gone() -> None:
    Certification.objects.get(certification_id=FORKLIFT).delete()


class TestWhatHappenedInBetween:
    CHANGES = (
        pytest.param(enrolled_anew, "enrolled_again", id="enrolled again"),
        pytest.param(user_gone, "unknown_user", id="user deleted"),
        pytest.param(certification_gone, "unknown_certification", id="certification deleted"),
    )

    @pytest.mark.parametrize(("change", "outcome"), CHANGES)
    def test_before_the_preview_it_is_told_there(self, root: User, change: Change, outcome: str) -> None:
        job = everyone_removed(root, "K-1")
        enroll("OTHER-CERT", "K-2")
        change()

        draft = check_now(draft_undo(root, job.pk))

        assert draft.state == JobState.DRAFT
        assert draft.planned == {outcome: 1}
        assert draft.remove_count == 0
        with pytest.raises(NothingToDo):
            submit(root, draft.pk, plan_number=draft.plan_number)
        with pytest.raises(NothingToDo):
            undo_job(root, job.pk)

    @pytest.mark.parametrize(("change", "outcome"), CHANGES)
    def test_after_the_preview_they_are_left_alone_and_the_job_says_why(
        self, root: User, change: Change, outcome: str
    ) -> None:
        job = everyone_removed(root, "K-1")
        draft = check_now(draft_undo(root, job.pk))
        assert changed_since_preview(draft) == 0
        undo = submit(root, draft.pk, plan_number=draft.plan_number)
        change()

        run(undo)

        assert counts_of(undo) == {outcome: 1}
        (line,) = lines_of_job(undo, outcomes=[outcome]).lines
        assert line.outcome == outcome
        assert line.line.user_text == "K-1"

    def test_who_came_back_since_is_counted_before_it_is_submitted(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2", "K-3")
        draft = check_now(draft_undo(root, job.pk))
        enrolled_anew()
        run(undo_job(root, job.pk, users=["K-2"]))

        assert changed_since_preview(draft) == 2

    def test_somebody_who_is_on_it_again_keeps_what_is_there_and_the_others_come_back(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2")
        enrolled_anew()

        undo = run(undo_job(root, job.pk))

        assert counts_of(undo) == {"restored": 1, "enrolled_again": 1}
        assert Enrollment.objects.get(user__user_id="K-1").status == "In Progress"
        assert Enrollment.objects.get(user__user_id="K-2").status == "Certified"

    def test_removed_again_after_an_undo_only_the_second_removal_is_put_back(self, root: User) -> None:
        first = everyone_removed(root, "K-1")
        run(undo_job(root, first.pk))
        Enrollment.objects.update(status="Expired")
        second = run(remove(root, people("K-1")))

        with pytest.raises(NothingToDo):
            undo_job(root, first.pk)
        run(undo_job(root, second.pk))

        assert Enrollment.objects.get().status == "Expired"

    def test_put_back_and_found_so_by_the_undo_that_was_planned_before(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2")
        undo = undo_job(root, job.pk)
        enrolled_anew()
        before = undo_job(root, job.pk, users=["K-2"])
        run(before)

        run(undo)

        assert counts_of(undo) == {"enrolled_again": 1, "already_restored": 1}
        assert result_sentence(job_counts(undo), restores=True) == "0 put back, 2 left alone"
        assert result_kind(job_counts(undo), restores=True) == "bad"


class TestTheWarningsOfAPreview:
    def test_an_expiry_date_now_past_and_an_inactive_person(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", expiration_date=date(2020, 1, 1))
        enroll(FORKLIFT, "K-2", expiration_date=date(2020, 1, 1), status="Expired")
        enroll(FORKLIFT, "K-3", expiration_date=date(2999, 1, 1))
        job = run(remove(root, people("K-1", "K-2", "K-3")))
        User.objects.filter(user_id__in=["K-3", "K-1"]).update(is_active=False)

        draft = check_now(draft_undo(root, job.pk))

        assert draft.warnings == {"expired": 1, "inactive": 2}
        words = {shown.line.user_text: shown.words for shown in lines_of_job(draft).lines}
        assert words == {
            "K-1": "Will be put back, with an expiry date that is past, as an inactive person",
            "K-2": "Will be put back",
            "K-3": "Will be put back, as an inactive person",
        }

    @pytest.mark.parametrize(("user_ids", "expected"), [(("K-1", "ROOT"), True), (("K-1",), False)])
    def test_whoever_asks_is_among_them(self, user_ids: tuple[str, ...], expected: bool, root: User) -> None:
        job = everyone_removed(root, *user_ids)
        told: list[bool] = []

        def confirm(summary: PlanSummary) -> bool:
            told.append(summary.includes_actor)
            return True

        undo_job(root, job.pk, confirm=confirm)

        assert told == [expected]


class TestChosenPeople:
    def test_only_they_come_back(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2", "K-3")

        undo = run(undo_job(root, job.pk, users=["K-3", "K-1", "K-1"]))

        assert enrolled() == ["K-1", "K-3"]
        assert undo.row_count == 2

    def test_the_others_can_come_back_later(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2", "K-3")
        run(undo_job(root, job.pk, users=["K-3"]))

        rest = run(undo_job(root, job.pk))

        assert counts_of(rest) == {"restored": 2, "already_restored": 1}

    def test_somebody_whom_the_job_did_not_remove_is_refused_by_name(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        make_user("K-9")

        with pytest.raises(InvalidRequest) as refusal:
            undo_job(root, job.pk, users=["K-1", "K-9", "NOBODY"])

        assert [problem.message for problem in refusal.value.problems] == [
            "K-9 was not removed by this job.",
            "NOBODY was not removed by this job.",
        ]
        assert Job.objects.count() == 1

    def test_an_empty_choice_is_never_everybody(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        with pytest.raises(InvalidRequest, match="Nobody is chosen"):
            undo_job(root, job.pk, users=[])

    def test_a_draft_whose_choice_names_others_says_so(self, root: User) -> None:
        job = everyone_removed(root, "K-1")

        draft = check_now(draft_undo(root, job.pk, users=["K-9"]))

        assert [problem["message"] for problem in draft.file_problems] == ["K-9 was not removed by this job."]
        assert draft.remove_count == 0


class TestOnePerson:
    def test_taken_off_alone_comes_back_by_a_job_of_one_row(self, root: User) -> None:
        (on,) = enroll(FORKLIFT, "K-1", identifier="F-1")
        before = values()
        remove_person(root, certification_key=on.certification_id, user_key=on.user_id)

        draft = check_now(draft_put_back(root, RemovalRecord.objects.get().pk))
        undo = run(submit(root, draft.pk, plan_number=draft.plan_number))

        assert values() == before
        assert undo.undo_of is None
        assert (undo.row_count, counts_of(undo)) == (1, {"restored": 1})

    def test_of_a_bulk_job_comes_back_from_one_certification_alone(self, root: User) -> None:
        enroll("A", "K-1")
        enroll("B", "K-1", "K-2")
        job = run(remove(root, removal_file([("A", "K-1"), ("B", "K-1"), ("B", "K-2")])))
        record = RemovalRecord.objects.get(certification_id="B", user_id="K-1")

        draft = check_now(draft_put_back(root, record.pk))
        undo = run(submit(root, draft.pk, plan_number=draft.plan_number))

        assert (enrolled("A"), enrolled("B")) == ([], ["K-1"])
        assert undo.undo_of_id == job.pk

    def test_who_is_back_already_is_refused(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        run(undo_job(root, job.pk))
        with pytest.raises(NothingToDo):
            draft_put_back(root, RemovalRecord.objects.get().pk)


class TestUndoingAnUndo:
    def test_is_a_removal_of_whom_it_put_back(self, root: User) -> None:
        job = everyone_removed(root, "K-1", "K-2")
        undo = run(undo_job(root, job.pk))

        again = run(undo_job(root, undo.pk))

        assert again.operation.kind == "removal"
        assert again.undo_of_id == undo.pk
        assert again.operation.title == "Undo of Undo of Changed roles"
        assert enrolled() == []
        assert counts_of(again) == {"removed": 2}

    def test_who_left_since_is_left_out(self, root: User) -> None:
        undo = run(undo_job(root, everyone_removed(root, "K-1", "K-2").pk))
        Enrollment.objects.get(user__user_id="K-1").delete()

        again = run(undo_job(root, undo.pk))

        assert counts_of(again) == {"removed": 1}

    def test_who_left_and_was_enrolled_anew_is_left_alone(self, root: User) -> None:
        undo = run(undo_job(root, everyone_removed(root, "K-1", "K-2").pk))
        Enrollment.objects.get(user__user_id="K-1").delete()
        enrolled_anew()

        run(undo_job(root, undo.pk))

        assert enrolled() == ["K-1"]

    def test_an_id_that_is_somebody_elses_now_removes_nobody_else(self, root: User) -> None:
        undo = run(undo_job(root, everyone_removed(root, "K-1", "K-2").pk))
        Enrollment.objects.get(user__user_id="K-1").delete()
        user_gone()
        enrolled_anew()

        run(undo_job(root, undo.pk))

        assert enrolled() == ["K-1"]

    def test_when_all_have_left_there_is_nothing_to_undo(self, root: User) -> None:
        undo = run(undo_job(root, everyone_removed(root, "K-1").pk))
        Enrollment.objects.all().delete()
        with pytest.raises(NothingToDo, match="nothing left to undo"):
            undo_job(root, undo.pk)
        with pytest.raises(NothingToDo, match="nothing left to undo"):
            draft_undo(root, undo.pk)

    def test_and_that_can_be_undone_too(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", identifier="F-1")
        before = values()
        job = run(remove(root, people("K-1")))
        for _ in range(3):
            job = run(undo_job(root, job.pk))

        assert values() == before

    def test_as_a_draft_and_for_chosen_people(self, root: User) -> None:
        undo = run(undo_job(root, everyone_removed(root, "K-1", "K-2").pk))

        draft = check_now(draft_undo(root, undo.pk, users=["K-2"]))
        again = run(submit(root, draft.pk, plan_number=draft.plan_number))

        assert enrolled() == ["K-1"]
        assert again.undo_of_id == undo.pk
        with pytest.raises(InvalidRequest, match="did not put back"):
            draft_undo(root, undo.pk, users=["K-9"])


class TestWhatCannotBeUndone:
    def test_a_job_that_has_not_ended(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"))
        assert not may_undo(root, job)
        with pytest.raises(WrongState, match="can be undone when it has ended"):
            undo_job(root, job.pk)

    def test_a_job_that_removed_nobody(self, root: User) -> None:
        everyone_removed(root, "K-1")
        nobody = run(remove(root, people("K-1")))
        assert not may_undo(root, nobody)
        with pytest.raises(NothingToDo, match="removed nobody"):
            undo_job(root, nobody.pk)

    def test_an_undo_is_not_submitted_while_its_target_goes_on_again(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        one_chunk(job)
        fail(job)
        draft = check_now(draft_undo(root, job.pk))
        resume(root, job.pk)

        with pytest.raises(WrongState, match="goes on again"):
            submit(root, draft.pk, plan_number=draft.plan_number)

    def test_no_as_an_answer_leaves_nothing(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        seen: list[PlanSummary] = []

        def answers_no(summary: PlanSummary) -> bool:
            seen.append(summary)
            return False

        with pytest.raises(NotConfirmed, match="nobody was put back"):
            undo_job(root, job.pk, confirm=answers_no)

        assert seen[0].remove_count == 1
        assert Job.objects.count() == Operation.objects.count() == 1
        assert enrolled() == []

    def test_a_draft_of_an_undo_can_be_discarded(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        draft = check_now(draft_undo(root, job.pk))

        discard(root, draft.pk)

        assert Job.objects.get() == job
        assert job_json(job)["undone_by"] == []

    def test_a_draft_is_not_yet_told_of(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        draft_undo(root, job.pk)
        assert job_json(job)["undone_by"] == []


class TestLists:
    def test_a_list_asks_nothing_for_a_single_undo(self, root: User) -> None:
        job = everyone_removed(root, "K-1")
        undo = undo_job(root, job.pk)
        enrolled_anew()
        undo = find_job(root, run(undo).pk)
        with CaptureQueriesContext(connection) as queries:
            assert job_result(undo) == "0 put back, 1 left alone"
        assert len(queries) == 0


class TestPermission:
    @pytest.fixture
    def done(self, root: User) -> Job:
        """A job of somebody in Division A."""
        creator = make_user("CREATOR")
        give(creator, Permission.REMOVAL_MANAGE)
        self.division = make_unit("Division", "A", "CREATOR")
        enroll(FORKLIFT, "K-1")
        return run(remove(creator, people("K-1")))

    def constrained(self, user_id: str, permission: Permission) -> User:
        user = make_user(user_id)
        grant = give(user, permission)
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=self.division)
        return user

    def test_undo_inside_its_constraints(self, done: Job) -> None:
        user = self.constrained("UNDOER", Permission.REMOVAL_UNDO)
        assert may_undo(user, done)
        run(undo_job(user, done.pk))
        assert enrolled() == ["K-1"]

    def test_not_by_somebody_who_only_sees_the_job(self, done: Job) -> None:
        viewer = self.constrained("VIEWER", Permission.REMOVAL_VIEW)
        assert not may_undo(viewer, done)
        with pytest.raises(NotPermitted):
            undo_job(viewer, done.pk)
        with pytest.raises(NotPermitted):
            draft_undo(viewer, done.pk)

    def test_not_by_the_creator_without_the_permission(self, done: Job) -> None:
        with pytest.raises(NotPermitted):
            undo_job(User.objects.get(user_id="CREATOR"), done.pk)

    def test_not_outside_the_constraints_though_the_job_is_seen(self, done: Job) -> None:
        user = make_user("ELSEWHERE")
        give(user, Permission.REMOVAL_VIEW)
        grant = give(user, Permission.REMOVAL_UNDO)
        Constraint.objects.create(
            grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=make_unit("Division", "B")
        )
        assert not may_undo(user, done)
        with pytest.raises(NotPermitted):
            undo_job(user, done.pk)
        with pytest.raises(NotPermitted):
            draft_put_back(user, RemovalRecord.objects.get().pk)

    def test_a_draft_is_not_submitted_when_the_permission_is_gone(self, done: Job) -> None:
        user = self.constrained("UNDOER", Permission.REMOVAL_UNDO)
        give(user, Permission.REMOVAL_VIEW)
        draft = check_now(draft_undo(user, done.pk))
        user.roles.filter(grants__permission=Permission.REMOVAL_UNDO).delete()

        with pytest.raises(NotPermitted):
            submit(user, draft.pk, plan_number=draft.plan_number)


class TestTheResultFile:
    def test_names_each_person_with_what_became_of_them(self, root: User) -> None:
        make_user("K-1", "Ana Ruiz")
        job = everyone_removed(root, "K-1", "K-2")
        enroll(FORKLIFT, "K-2")
        undo = run(undo_job(root, job.pk))

        text = b"".join(result_file(undo)).decode("utf-8-sig")

        assert list(csv.reader(io.StringIO(text))) == [
            ["Certification ID", "User ID", "Name", "Outcome", "Detail"],
            [FORKLIFT, "K-1", "Ana Ruiz", "restored", "Put back"],
            [FORKLIFT, "K-2", "K-2", "enrolled_again", "On it again, left alone"],
        ]

    def test_of_a_cancelled_undo_says_who_is_still_off(self, root: User) -> None:
        undo = undo_job(root, everyone_removed(root, "K-1", "K-2").pk)
        one_chunk(undo)
        cancel(root, undo.pk)
        undo.refresh_from_db()

        text = b"".join(result_file(undo)).decode("utf-8-sig")

        assert {row[4] for row in csv.reader(io.StringIO(text))} == {"Detail", "Put back", "Not reached, still off it"}
        assert result_sentence(job_counts(undo), restores=True) == "1 put back, 1 not reached, still off it"


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
DAYS = st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))
ENROLLMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["Certified", "Revoked", "Something of theirs"]),
            "version": TEXT,
            "period": TEXT,
            "identifier": TEXT,
            "assigned_date": DAYS,
            "due_date": DAYS,
            "certified_date": DAYS,
            "expiration_date": DAYS,
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(enrollments=ENROLLMENTS, chunk=st.integers(1, 4), stops=st.lists(st.booleans(), max_size=8))
def test_remove_then_undo_leaves_every_value_as_before_wherever_it_is_interrupted(
    root: User, enrollments: list[dict[str, Any]], chunk: int, stops: list[bool]
) -> None:
    Enrollment.objects.all().delete()
    ids = [f"K-{number}" for number in range(len(enrollments))]
    for user_id, each in zip(ids, enrollments, strict=True):
        enroll(FORKLIFT, user_id, **each)
    before = values()
    job = run(remove(root, people(*ids)), chunk=chunk)
    undo = undo_job(root, job.pk)

    for stop in stops:
        undo.refresh_from_db()
        if stop and undo.state == JobState.IN_PROGRESS:
            # A worker that died: its lease runs out.
            connection.cursor().execute("UPDATE jobs SET lease_until = NULL WHERE id = %s", [undo.pk])
        if undo.state != JobState.PROCESSED:
            one_chunk(undo, size=chunk)
    undo.refresh_from_db()
    if undo.state != JobState.PROCESSED:
        run(undo, chunk=chunk)

    assert values() == before
