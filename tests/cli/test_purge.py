"""``purge``, and what the other commands say of a job that was purged."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certremoval.database.clock import moved
from certremoval.policy.settings import change_setting
from certremoval.removals.models import Job, JobRow
from tests.cli.conftest import Run, World


@pytest.fixture
def old(world: World, run: Run) -> Job:
    """A job of two years ago: Ana is removed, and nobody is nobody."""
    with moved(-timedelta(days=731)):
        run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--skip-problems", "--yes", "--wait")
    return Job.objects.get()


def test_a_dry_run_tells_what_would_go_and_deletes_nothing(old: Job, run: Run) -> None:
    ended = run("purge", "--dry-run")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "This would be deleted:",
        "   1  job: its lines and its file",
        "   0  drafts",
        "   2  lines",
        "   1  file",
        f"  {old.file and old.file.size}  bytes of them",
        "",
        "Files and lines are kept for 730 days after a job has ended, drafts for 7 days."
        " Who was removed, by whom and why stays in Removal Records.",
        "Nothing was deleted; this was a dry run.",
    ]
    assert JobRow.objects.count() == 2


def test_it_says_what_it_has_deleted(old: Job, run: Run) -> None:
    would = run("purge", "--dry-run", "--json").json
    did = run("purge", "--json")

    assert did.code == 0
    assert did.json == {
        "dry_run": False,
        "details_kept_days": 730,
        "jobs": 1,
        "lines": 2,
        "files": 1,
        "bytes": old.file and old.file.size,
        "drafts": 0,
    }
    assert would == {**did.json, "dry_run": True}
    assert not JobRow.objects.exists()
    assert run("purge").out == (
        "Nothing is due. Files and lines are kept for 730 days after a job has ended, drafts for 7 days.\n"
    )


def test_kept_for_ever(old: Job, world: World, run: Run) -> None:
    change_setting(world.admin, "details_kept_days", None)

    assert run("purge").out == "Nothing is due. Files and lines are kept for ever, drafts for 7 days.\n"
    assert run("purge", "--json").json["details_kept_days"] is None


def test_the_result_of_a_purged_job_is_refused_and_the_rest_is_told(old: Job, run: Run) -> None:
    before = run("job", old.id, "--json").json
    run("purge")

    refused = run("results", old.id)
    assert refused.code == 1
    assert refused.out == ""
    assert refused.err.startswith("The lines of this job and its file were deleted on ")
    assert ", 731 days after it ended." in refused.err

    told = run("job", old.id, "--json")
    assert told.code == 0
    assert told.json == {**before, "problems": []}
    assert told.json["problem_count"] == 1

    words = run("job", old.id).out
    assert "Who was removed, by whom and why stays in Removal Records." in words
    assert "certremoval results" not in words
    assert run("history", "000123", "--json").json["removals"]
    assert run("verify").code == 0


def test_with_json_the_refusal_has_its_code(old: Job, run: Run, world: World) -> None:
    run("purge")
    ended = run("results", old.id, "--output", world.folder / "result.csv", "--json")

    assert ended.code == 1
    assert [problem["code"] for problem in ended.json["problems"]] == ["purged"]
    assert not (world.folder / "result.csv").exists()


def test_a_purged_job_is_undone_as_any_other(old: Job, run: Run, world: World) -> None:
    run("purge")
    assert run("undo", old.id, "--user-id", "000123", "--yes", "--wait").code == 0

    assert world.on_forklift() == {"000123", "000124", "000125"}
