"""The demonstration as it is built: the database keeps every promise and shows what is told of it.

One small organisation is built for all tests of this module and emptied after them; each test's own changes are
rolled back.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Max, Min

from certremoval.access.models import Role
from certremoval.certifications.models import Enrollment, RemovalRecord
from certremoval.database.clock import database_now
from certremoval.demo.build import build
from certremoval.demo.models import Demonstration
from certremoval.demo.organisation import ADMINISTRATORS, Ending, Organisation, PastJob, Sample
from certremoval.demo.organisation.cast import USER_IDS
from certremoval.demo.replaying import steps_of_the_past
from certremoval.organization.models import User
from certremoval.problems import WrongState
from certremoval.removals.checks import SAID
from certremoval.removals.counts import job_counts
from certremoval.removals.jobs import visible_jobs
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import preview
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.results import result_file
from certremoval.removals.submitting import remove_file
from certremoval.removals.verifying import verify
from tests.emptying import empty_database

pytestmark = pytest.mark.django_db

CREATORS = {"system", "unconstrained", "admin-a", "own-units", "own-location", "custom-units", "units", "groups"}
STATES = {
    Ending.PROCESSED: JobState.PROCESSED,
    Ending.FAILED_THEN_PROCESSED: JobState.PROCESSED,
    Ending.FAILED: JobState.FAILED,
    Ending.CANCELLED_PARTWAY: JobState.CANCELLED,
    Ending.CANCELLED_BEFORE_START: JobState.CANCELLED,
    Ending.DECLINED: JobState.CANCELLED,
    Ending.AWAITING_APPROVAL: JobState.AWAITING_APPROVAL,
    Ending.QUEUED: JobState.QUEUED,
}


@dataclass(frozen=True, slots=True)
class BuiltDemonstration:
    """The organisation, its folder, what was told while it was built, and the time before."""

    organisation: Organisation
    folder: Path
    told: list[str]
    began: datetime


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BuiltDemonstration]:
    """The smallest demonstration."""
    folder = tmp_path_factory.mktemp("built")
    told: list[str] = []
    with django_db_blocker.unblock():
        began = database_now()
        organisation = build(folder, users=1000, tell=told.append).organisation
    yield BuiltDemonstration(organisation, folder, told, began)
    with django_db_blocker.unblock():
        empty_database()


@pytest.fixture
def replayed(built: BuiltDemonstration) -> dict[str, tuple[PastJob, Job]]:
    """The past jobs by key, each with what became of it."""
    past_jobs = {past.key: past for past in built.organisation.past_jobs}
    keys = [key for key, _act in steps_of_the_past(past_jobs.values())]
    jobs = Job.objects.select_related("operation", "file").order_by("operation__created_at", "id")
    return {key: (past_jobs[key], job) for key, job in zip(keys, jobs, strict=True) if key in past_jobs}


def story_preview(built: BuiltDemonstration, **choices: Any) -> dict[str, int]:
    """Return the outcomes that the story's file would have now, without those that no line has."""
    path = built.organisation.samples[0].path
    with path.open("rb") as file:
        summary = preview(file, name=path.name, options=PlanOptions(**choices))
    return {outcome: count for outcome, count in summary.counts.items() if count}


class TestPast:
    def test_all_promises_hold(self, built: BuiltDemonstration) -> None:
        assert verify() == []

    def test_every_state_is_there(self, built: BuiltDemonstration) -> None:
        assert set(Job.objects.values_list("state", flat=True)) == {
            JobState.PROCESSED,
            JobState.FAILED,
            JobState.CANCELLED,
            JobState.QUEUED,
            JobState.AWAITING_APPROVAL,
        }

    def test_three_jobs_were_undone_one_of_them_for_some_of_its_people(
        self, replayed: dict[str, tuple[PastJob, Job]]
    ) -> None:
        undone = {key: (past, job) for key, (past, job) in replayed.items() if past.undo is not None}
        assert len(undone) == 3
        for key, (past, job) in undone.items():
            assert past.undo is not None
            undo = job.undone_by.get()
            assert (undo.state, undo.operation.title) == (JobState.PROCESSED, past.undo.title), key
            expected = past.removed if past.undo.user_ids is None else len(past.undo.user_ids)
            assert job_counts(undo)["restored"] == expected, key
            assert (
                timedelta(milliseconds=-1) <= undo.operation.created_at - past.undo.created_at < timedelta(seconds=20)
            )

    def test_a_declined_job_says_by_whom_and_why(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        decision = replayed["confined-declined"][1].decision
        assert (decision.actor_name, decision.approved) == ("Graham Whitlock", False)
        assert decision.reason.startswith("The silos ")

    def test_each_job_is_as_it_is_told(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        for key, (past, job) in replayed.items():
            operation = job.operation
            assert job.state == STATES[past.ending], key
            assert (operation.title, operation.comment, operation.reason) == (past.title, past.comment, past.reason)
            assert operation.actor_user_id == past.created_by, key
            assert job.file is not None
            assert job.file.name == past.file_name
            assert {outcome: count for outcome, count in job.planned.items() if count} == past.counts, key
            assert job_counts(job)["removed"] == past.removed, key
            assert job.skip_problems == past.skip_problems, key
            assert job.lease_token is None, key

    def test_each_job_has_its_times(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        for key, (past, job) in replayed.items():
            assert job.scheduled_for == past.scheduled_for, key
            for told, found in (
                (past.created_at, job.operation.created_at),
                (past.started_at, job.started_at),
                (past.ended_at, job.ended_at),
            ):
                if told is None or found is None:
                    assert told is found, key
                else:
                    # The clock, moved by whole milliseconds, goes on while the job is made.
                    assert timedelta(milliseconds=-1) <= found - told < timedelta(seconds=20), key

    def test_nothing_happens_today_or_later_but_what_is_scheduled(self, built: BuiltDemonstration) -> None:
        latest = Job.objects.aggregate(Max("operation__created_at"), Max("started_at"), Max("ended_at"))
        assert max(latest.values()) < built.began
        first = Job.objects.aggregate(first=Min("operation__created_at"))["first"]
        assert timedelta(535) < built.began - first < timedelta(550)
        queued = Job.objects.get(state=JobState.QUEUED)
        assert queued.scheduled_for
        assert queued.scheduled_for > built.began

    def test_records_are_of_the_time_of_their_job(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        for key, (_, job) in replayed.items():
            for removed_at in RemovalRecord.objects.filter(operation_id=job.operation_id).values_list("removed_at"):
                assert job.started_at is not None
                assert job.ended_at is not None
                assert job.started_at <= removed_at[0] <= job.ended_at, key

    def test_reasons_of_failed_jobs_are_in_words(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        assert replayed["hv-failed"][1].error == "The database could not be reached for 10 minutes."
        assert {key for key, (_, job) in replayed.items() if job.error} == {
            "food-forklift-failed",
            "hv-failed",
        }

    def test_those_stopped_half_way_are_half_done(self, replayed: dict[str, tuple[PastJob, Job]]) -> None:
        for key in ("confined-cancelled", "food-forklift-failed"):
            _, job = replayed[key]
            assert 0 < job.checkpoint < job.remove_count
            assert job_counts(job)["not_reached"] == job.remove_count - job.checkpoint


class TestStory:
    def test_previews_the_numbers_of_the_specification(self, built: BuiltDemonstration) -> None:
        assert story_preview(built) == {
            "rows": 430,
            "remove": 412,
            "unknown_user": 4 + 3,
            "duplicate": 5,
            "not_enrolled": 3,
            "already_removed": 2,
            "blank": 1,
        }

    def test_leaves_out_the_same_nine_by_name_by_file_and_by_unit(self, built: BuiltDemonstration) -> None:
        story = built.organisation.story
        names = (built.folder / story.left_out_file_name).read_text("utf-8").splitlines()
        assert tuple(names) == story.left_out_user_ids
        by_name = story_preview(built, leave_out_users=story.left_out_user_ids)
        assert (by_name["remove"], by_name["left_out"]) == (403, 9)
        assert by_name == story_preview(built, leave_out_units=(story.left_out_unit,))

    def test_61_still_hold_the_certification_and_the_administrator_is_one_of_the_412(
        self, built: BuiltDemonstration
    ) -> None:
        path = built.organisation.samples[0].path
        administrator = User.objects.get(user_id=built.organisation.story.administrator)
        with path.open("rb") as file:
            summary = preview(file, name=path.name, options=PlanOptions(), actor=administrator)
        assert summary.holding == 61
        assert summary.includes_actor

    def test_removes_403_and_leaves_out_27(self, built: BuiltDemonstration) -> None:
        story = built.organisation.story
        path = built.organisation.samples[0].path
        with path.open("rb") as file:
            job = remove_file(
                User.objects.get(user_id=story.administrator),
                file,
                name=path.name,
                title=story.title,
                options=PlanOptions(leave_out_users=story.left_out_user_ids),
                skip_problems=True,
                typed=403,
                said=SAID,
            )
        held = claim_job(job.id)
        assert held is not None
        assert run_slice(held)
        job.refresh_from_db()
        counts = job_counts(job)
        assert (job.state, counts["removed"], counts["rows"] - counts["removed"]) == ("processed", 403, 27)
        assert verify() == []
        lines = b"".join(result_file(job)).decode("utf-8-sig").splitlines()
        assert Counter(line.rsplit(",Removed", 1)[0].rsplit(",", 1)[-1] for line in lines[1:])["removed"] == 403
        left = Enrollment.objects.filter(
            certification__certification_id=story.certification_id, user__user_id__in=story.left_out_user_ids
        )
        assert left.count() == 9


def options_of(sample: Sample) -> PlanOptions:
    """Read the command line's options of a sample."""
    names = {"--encoding": "encoding", "--user-column": "user_column", "--match": "match"}
    words: Any = iter(sample.options)
    return PlanOptions(**{names[word]: next(words) for word in words})


def test_each_sample_removes_as_many_as_it_says(built: BuiltDemonstration) -> None:
    for sample in built.organisation.samples:
        with sample.path.open("rb") as file:
            summary = preview(file, name=sample.path.name, options=options_of(sample), skip_problems=True)
        assert (summary.row_count, summary.remove_count) == (sample.lines, sample.removes), sample.path.name


def test_the_sample_of_an_older_spreadsheet_is_refused_without_its_encoding(built: BuiltDemonstration) -> None:
    (sample,) = [one for one in built.organisation.samples if "--encoding" in one.options]
    with sample.path.open("rb") as file:
        summary = preview(file, name=sample.path.name, options=PlanOptions())
    assert [problem.code for problem in summary.problems] == ["file_format"]


class TestAdministrators:
    @pytest.mark.parametrize(
        ("viewer", "creators"),
        [
            ("system", CREATORS),
            ("unconstrained", CREATORS),
            # Sits in Logistics: none of her colleague there.
            ("admin-a", {"admin-a", "own-units", "own-location"}),
            ("own-units", {"own-units", "own-location"}),
            ("own-location", {"own-location", "admin-a"}),
            ("custom-units", {"custom-units"}),
            ("units", {"units", "custom-units", "groups"}),
            ("groups", {"groups", "admin-a", "custom-units"}),
            ("approver", CREATORS),
            ("auditor", CREATORS),
            ("owner", set()),
            ("learner", set()),
        ],
    )
    def test_see_the_jobs_that_their_constraints_show(
        self, built: BuiltDemonstration, viewer: str, creators: set[str]
    ) -> None:
        actor = User.objects.get(user_id=USER_IDS[viewer])
        seen = set(visible_jobs(actor).values_list("operation__actor_user_id", flat=True))
        assert seen == {USER_IDS[key] for key in creators}

    def test_each_role_is_there_once_with_its_people(self, built: BuiltDemonstration) -> None:
        told = {role.name: set[str]() for one in ADMINISTRATORS for role in one.roles}
        for one in ADMINISTRATORS:
            for role in one.roles:
                told[role.name].add(one.user_id)
        assert {role.name: {user.user_id for user in role.members.all()} for role in Role.objects.all()} == told

    def test_one_is_a_superuser(self, built: BuiltDemonstration) -> None:
        assert [user.user_id for user in User.objects.filter(is_superuser=True)] == [USER_IDS["system"]]


class TestAgain:
    def test_keeps_what_is_there_and_writes_the_files_anew(self, built: BuiltDemonstration) -> None:
        def figures() -> list[int]:
            return [model.objects.count() for model in (User, Enrollment, Job, RemovalRecord, Demonstration, Role)]

        before = figures()
        story = built.organisation.samples[0].path
        content = story.read_bytes()
        story.write_text("edited")
        again = build(built.folder, tell=lambda words: None)
        assert again.was_there
        assert again.organisation == built.organisation
        assert story.read_bytes() == content
        assert figures() == before

    def test_of_another_size_is_refused(self, built: BuiltDemonstration) -> None:
        with pytest.raises(WrongState, match="with 1,000 users, not 2,000"):
            build(built.folder, users=2000, tell=lambda words: None)

    def test_its_command_prints_sign_ins_that_work_and_files_to_try(
        self, built: BuiltDemonstration, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"data": built.folder})
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
        monkeypatch.setenv("COLUMNS", "100")
        printed: list[str] = []
        for _ in range(2):
            out, err = io.StringIO(), io.StringIO()
            call_command("demo", stdout=out, stderr=err)
            printed.append(out.getvalue())
            assert "Giving new passwords ...\n" in err.getvalue()
        lines = printed[1].splitlines()
        for administrator in ADMINISTRATORS:
            (line,) = [line for line in lines if line.startswith(administrator.name)]
            user_id, password = line.removeprefix(administrator.name).split()[:2]
            assert user_id == administrator.user_id
            assert administrator.shows in " ".join(printed[1].split())
            assert User.objects.get(user_id=user_id).check_password(password)
            assert password not in printed[0]
        for sample in built.organisation.samples:
            assert any(line.lstrip().startswith("certremoval preview") and sample.path.name in line for line in lines)

    def test_nobody_but_administrators_can_sign_in(self, built: BuiltDemonstration) -> None:
        assert not User.objects.get(user_id=USER_IDS["ana-ruiz"]).has_usable_password()


def test_progress_is_told_step_by_step(built: BuiltDemonstration) -> None:
    assert built.told == [
        f"Writing the files of 1,000 people into {built.folder}",
        "Loading organizational units",
        "Loading users",
        "Loading groups",
        "Loading certifications",
        "Loading enrollments",
        "Giving roles to administrators",
        "Running 36 jobs of the last 18 months, their undos among them",
    ]
