"""What superusers set counts for jobs: changes since the preview, sizes of files, a reason where one is required."""

from __future__ import annotations

import pytest

from certremoval.certifications.models import Certification, Enrollment, RemovalRecord
from certremoval.certifications.removing import remove_person
from certremoval.organization.models import User
from certremoval.policy.reasons import ReasonRequired, add_reason
from certremoval.policy.settings import change_setting, change_settings
from certremoval.removals.drafts import check_now, title_draft, upload_draft
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobState, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import changes_limit
from certremoval.removals.results import result_file
from certremoval.removals.submitting import remove_file, submit
from certremoval.removals.undoing import draft_undo, undo_job
from tests.removals.conftest import FORKLIFT, enroll, enrolled, people, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


def drafted(root: User, *user_ids: str, reason: str = "") -> Job:
    options = PlanOptions()
    job = upload_draft(root, people(*user_ids), name="x.csv", title="Leavers", reason=reason, options=options)
    return check_now(job)


class TestChangesSinceThePreview:
    def with_changes(self, root: User, *, changed: int) -> Job:
        on = enroll(FORKLIFT, *(f"K-{number:03}" for number in range(60)))
        job = remove(root, people(*(one.user.user_id for one in on)))
        Enrollment.objects.filter(pk__in=[one.pk for one in on[:changed]]).update(status="Expired")
        return job

    def test_a_job_stops_above_the_share_that_is_set(self, root: User) -> None:
        change_settings(root, {"changes_share": 5, "changes_least": 0})
        job = run(self.with_changes(root, changed=4), chunk=1)
        assert (job.state, job.changed_count) == (JobState.FAILED, 4)
        assert "more than 3 are not expected" in job.error

    def test_and_not_below_it(self, root: User) -> None:
        change_settings(root, {"changes_share": 5, "changes_least": 0})
        assert run(self.with_changes(root, changed=3), chunk=1).state == JobState.PROCESSED

    def test_of_nothing_that_may_change_the_first_change_stops_it(self, root: User) -> None:
        change_settings(root, {"changes_share": 0, "changes_least": 0})
        assert run(self.with_changes(root, changed=0), chunk=7).state == JobState.PROCESSED
        assert changes_limit(1_000) == 0

    def test_a_share_of_all_stops_nothing(self, root: User) -> None:
        change_setting(root, "changes_share", 100)
        assert run(self.with_changes(root, changed=60), chunk=7).state == JobState.PROCESSED


class TestFiles:
    def test_one_above_the_size_that_is_set_is_not_taken(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        change_setting(root, "max_file_bytes", 10)
        with pytest.raises(FileRefused, match="has problems") as refusal:
            drafted(root, "K-1")
        assert [problem.code for problem in refusal.value.problems] == ["file_too_large"]
        assert "the limit is 10 bytes" in refusal.value.problems[0].message
        with pytest.raises(FileRefused):
            remove(root, people("K-1"))
        assert not StoredFile.objects.exists()

    def test_one_with_more_lines_than_are_set_is_refused(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        change_setting(root, "max_rows", 1)
        assert [problem["code"] for problem in drafted(root, "K-1", "K-2").file_problems] == ["too_many_rows"]

    def test_results_of_a_file_that_was_taken_are_there_whatever_is_set_since(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = run(remove(root, people("K-1", "K-2")))
        change_settings(root, {"max_file_bytes": 10, "max_rows": 1})
        assert b"".join(result_file(job)).count(b"removed") == 2


class TestReasons:
    @pytest.fixture(autouse=True)
    def required(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        add_reason(root, "Changed roles")
        change_setting(root, "reason_required", True)

    def test_a_file_without_one_makes_no_job(self, root: User) -> None:
        with pytest.raises(ReasonRequired, match=r"Choose one that is offered \(Changed roles\)"):
            remove(root, people("K-1"))
        assert not Job.objects.exists()
        remove_file(root, people("K-1"), name="x", title="T", reason="Anything else", options=PlanOptions())

    def test_a_draft_is_checked_without_and_not_submitted(self, root: User) -> None:
        job = drafted(root, "K-1")
        with pytest.raises(ReasonRequired):
            submit(root, job.pk, plan_number=job.plan_number)
        assert Job.objects.get().state == JobState.DRAFT

        title_draft(root, job.pk, title="Leavers", comment="", reason="Changed roles")
        assert submit(root, job.pk, plan_number=job.plan_number).state == JobState.QUEUED

    def test_one_person_is_not_removed_without(self, root: User) -> None:
        on, person = Certification.objects.get().pk, User.objects.get(user_id="K-1").pk
        with pytest.raises(ReasonRequired):
            remove_person(root, certification_key=on, user_key=person, reason="  ")
        assert enrolled(FORKLIFT) == ["K-1", "K-2"]
        assert remove_person(root, certification_key=on, user_key=person, reason="Left").reason == "Left"

    def test_people_are_put_back_without_and_not_removed_again(self, root: User) -> None:
        job = remove_file(root, people("K-1"), name="x", title="T", reason="Left", options=PlanOptions())
        run(job)
        draft = check_now(draft_undo(root, job.pk))
        undo = run(submit(root, draft.pk, plan_number=draft.plan_number))
        assert enrolled(FORKLIFT) == ["K-1", "K-2"]

        with pytest.raises(ReasonRequired):
            undo_job(root, undo.pk)
        draft = check_now(draft_undo(root, undo.pk))
        with pytest.raises(ReasonRequired):
            submit(root, draft.pk, plan_number=draft.plan_number)
        run(undo_job(root, undo.pk, reason="It was right"))
        assert RemovalRecord.objects.count() == 2

    def test_not_required_any_more_none_is_missed(self, root: User) -> None:
        change_setting(root, "reason_required", False)
        assert remove(root, people("K-1")).operation.reason == ""
