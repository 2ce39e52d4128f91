"""The past jobs are in every state, at their times, by administrators who exist, and about people who exist."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from certremoval.demo.organisation import ADMINISTRATORS, Ending, PastJob, generate
from certremoval.demo.organisation.past_jobs import next_workday, workday

from .conftest import TODAY, Written

NOON = datetime.combine(TODAY, time(12), UTC)


@pytest.fixture
def jobs(halden: Written) -> dict[str, PastJob]:
    return {job.key: job for job in halden.organisation.past_jobs}


class TestAllJobs:
    def test_are_about_thirty_over_eighteen_months(self, any_size: Written) -> None:
        jobs = any_size.organisation.past_jobs
        assert 30 <= len(jobs) <= 35
        assert list(jobs) == sorted(jobs, key=lambda job: job.created_at)
        assert NOON - jobs[0].created_at > timedelta(535)
        assert NOON - jobs[-1].created_at < timedelta(5)

    def test_end_in_every_way(self, jobs: dict[str, PastJob]) -> None:
        assert {job.ending for job in jobs.values()} == set(Ending)

    def test_name_people_who_are_enrolled_and_not_in_the_story(self, any_size: Written) -> None:
        story = any_size.organisation.story
        in_story = {line.user_id for line in story.lines} | set(story.lost_zeros)
        for job in any_size.organisation.past_jobs:
            good = {(line.certification_id, line.user_id) for line in job.lines if line.outcome == "remove"}
            assert good <= set(any_size.enrolled), job.key
            allowed = set(story.removed_last_week) if job.key == "last-week" else set()
            assert {user_id for _, user_id in good} & in_story == allowed, job.key

    def test_take_nobody_twice_unless_they_were_put_back(self, any_size: Written) -> None:
        taken: dict[tuple[str, str], str] = {}
        for job in any_size.organisation.past_jobs:
            for line in job.lines:
                if line.outcome == "remove":
                    pair = (line.certification_id, line.user_id)
                    assert pair not in taken or (taken[pair], job.key) == ("stores-hygiene", "stores-hygiene-2")
                    taken[pair] = job.key

    def test_found_their_people_as_they_are_today(self, any_size: Written) -> None:
        """Nothing that the load files say of them happened after the job."""
        rows = any_size.enrolled
        for job in any_size.organisation.past_jobs:
            day = job.created_at.date().isoformat()
            for line in job.lines:
                if line.outcome == "remove":
                    row = rows[line.certification_id, line.user_id]
                    assert max(row["Assigned Date"], row["Certified Date"]) <= day, (job.key, row)
                    if row["Status"].startswith("Expired"):
                        assert row["Expiration Date"] <= day, (job.key, row)

    def test_bad_lines_are_as_bad_as_told(self, any_size: Written) -> None:
        for job in any_size.organisation.past_jobs:
            seen: set[tuple[str, str]] = set()
            for line in job.lines:
                pair = (line.certification_id, line.user_id)
                assert (line.outcome == "duplicate") == (pair in seen), (job.key, line)
                assert (line.outcome == "blank") == (line.user_id == ""), (job.key, line)
                if line.user_id:
                    assert (line.outcome == "unknown_user") == (line.user_id not in any_size.users), (job.key, line)
                if line.outcome == "not_enrolled":
                    assert pair not in any_size.enrolled, (job.key, line)
                seen.add(pair)

    def test_are_of_bounded_size(self, any_size: Written) -> None:
        for job in any_size.organisation.past_jobs:
            assert 1 <= sum(line.outcome == "remove" for line in job.lines) <= 400 or job.key == "leavers-again"

    def test_are_created_by_people_who_may(self, jobs: dict[str, PastJob]) -> None:
        may = {
            one.user_id
            for one in ADMINISTRATORS
            if one.superuser or any(p.word == "removal_manage" for role in one.roles for p in role.permissions)
        }
        assert {job.created_by for job in jobs.values()} <= may
        assert len({job.created_by for job in jobs.values()}) == len(may)

    def test_times_follow_each_other(self, jobs: dict[str, PastJob]) -> None:
        for job in jobs.values():
            times = [moment for moment in (job.created_at, job.started_at, job.ended_at) if moment]
            assert times == sorted(times), job.key
            assert times[-1] < NOON, job.key
            assert all(moment.tzinfo is UTC for moment in times)
            if job.decided_at:
                assert job.ended_at
                assert job.created_at < job.decided_at <= job.ended_at

    def test_titles_fit(self, jobs: dict[str, PastJob]) -> None:
        titles = [job.title for job in jobs.values()] + [job.undo.title for job in jobs.values() if job.undo]
        assert max(map(len, titles)) == 100
        assert len(set(titles)) == len(titles)

    def test_file_is_what_was_uploaded(self, jobs: dict[str, PastJob]) -> None:
        lines = jobs["long-title"].file().decode("utf-8-sig").split("\r\n")
        assert lines[0] == "Certification ID,User ID"
        assert len(lines) == 1 + len(jobs["long-title"].lines) + 1
        assert "ADR," in lines


class TestSpecialJobs:
    def test_a_title_with_script_and_emoji(self, jobs: dict[str, PastJob]) -> None:
        assert "<script>" in jobs["script-title"].title
        assert "🚜" in jobs["script-title"].title

    def test_a_title_of_100_characters(self, jobs: dict[str, PastJob]) -> None:
        assert len(jobs["long-title"].title) == 100

    def test_a_title_from_right_to_left(self, jobs: dict[str, PastJob]) -> None:
        assert jobs["right-to-left"].title.startswith("إزالة")

    def test_several_certifications_in_one_file(self, jobs: dict[str, PastJob]) -> None:
        assert len({line.certification_id for line in jobs["leavers-spring"].lines}) == 4

    def test_one_finds_everybody_removed_already(self, any_size: Written) -> None:
        (job,) = [job for job in any_size.organisation.past_jobs if job.key == "leavers-again"]
        assert set(job.counts) == {"already_removed"}
        assert job.removed == 0
        assert not job.skip_problems

    def test_one_is_undone_wholly_before_its_people_are_removed_again(self, jobs: dict[str, PastJob]) -> None:
        undo = jobs["stores-hygiene"].undo
        assert undo
        assert undo.user_ids is None
        assert undo.created_at < jobs["stores-hygiene-2"].created_at

    def test_one_is_undone_in_part(self, jobs: dict[str, PastJob]) -> None:
        job = jobs["privacy-home-care"]
        assert job.undo
        assert job.undo.user_ids
        assert 0 < len(job.undo.user_ids) < job.removed

    def test_problems_had_to_be_skipped(self, jobs: dict[str, PastJob]) -> None:
        assert {key for key, job in jobs.items() if job.skip_problems} == {
            "loto-food",
            "long-title",
            "leavers-spring",
            "sites-loto",
        }

    def test_one_stopped_half_way_and_stayed_so(self, jobs: dict[str, PastJob]) -> None:
        for key in ("confined-cancelled", "food-forklift-failed"):
            assert 0 < jobs[key].removed < jobs[key].counts["remove"]
        assert jobs["food-forklift-failed"].error

    def test_one_was_resumed_and_came_to_its_end(self, jobs: dict[str, PastJob]) -> None:
        job = jobs["tills"]
        assert job.stops_after
        assert job.stops_after < job.removed == job.counts["remove"]

    def test_one_waits_for_approval_and_would_take_everyone(self, any_size: Written) -> None:
        (job,) = [job for job in any_size.organisation.past_jobs if job.ending == Ending.AWAITING_APPROVAL]
        named = {line.user_id for line in job.lines}
        (earlier,) = [job for job in any_size.organisation.past_jobs if job.key == "fire-warden-food"]
        left = {user_id for certification_id, user_id in any_size.enrolled if certification_id == "FIRE-WARDEN-2019"}
        left -= {line.user_id for line in earlier.lines}
        assert named <= left
        assert len(named) > 0.95 * len(left)
        assert job.ended_at is None

    def test_one_is_scheduled_for_days_to_come(self, jobs: dict[str, PastJob]) -> None:
        job = jobs["hygiene-scheduled"]
        assert job.scheduled_for
        assert job.scheduled_for > NOON + timedelta(3)
        assert job.ended_at is None


@pytest.mark.parametrize("days", range(14))
def test_the_undone_job_is_put_back_in_time_whatever_day_it_is(tmp_path: Path, days: int) -> None:
    jobs = {job.key: job for job in generate(tmp_path, today=TODAY + timedelta(days), users=1000).past_jobs}
    undo = jobs["stores-hygiene"].undo
    assert undo
    assert jobs["stores-hygiene"].created_at < undo.created_at < jobs["stores-hygiene-2"].created_at


@pytest.mark.parametrize("seed", range(12))
def test_every_job_finds_people_with_other_seeds_too(tmp_path: Path, seed: int) -> None:
    assert generate(tmp_path, today=TODAY, users=1000, seed=seed).past_jobs


def test_jobs_are_made_on_workdays() -> None:
    assert workday(date(2025, 11, 23), 0) == date(2025, 11, 21)
    assert workday(date(2025, 11, 21), 0) == date(2025, 11, 21)
    assert next_workday(date(2025, 11, 22)) == date(2025, 11, 24)
    assert next_workday(date(2025, 11, 24)) == date(2025, 11, 24)
