"""``jobs`` and ``job``: looking at what was done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World


@pytest.fixture
def leavers(world: World, run: Run) -> Job:
    """A processed job: one removed, one line left out."""
    ended = run("remove", world.file("000123", "nobody"), "--title", "Leavers", "--skip-problems", "--yes", "--wait")
    assert ended.code == 0, ended.err
    return Job.objects.get()


def submit(world: World, run: Run, title: str) -> Job:
    assert run("remove", world.file("000124"), "--title", title, "--yes").code == 0
    return Job.objects.latest("id")


def test_the_table_has_the_columns_of_the_page(leavers: Job, run: Run) -> None:
    ended = run("jobs")

    assert ended.code == 0
    heading, line = ended.out.splitlines()
    columns = ["ID", "Job Title", "Created By", "Created Date", "Process Date", "Status", "Result"]
    assert [column.strip() for column in heading.split("  ") if column] == columns
    assert "Leavers" in line
    assert "Dana Osei" in line
    assert "Processed" in line
    assert "1 removed, 1 left out" in line
    assert " UTC" in line


def test_an_empty_list_says_so(world: World, run: Run) -> None:
    ended = run("jobs", "--search", "nothing")

    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "No job matches.\n"


def test_json_is_a_list_of_jobs_and_the_way_on(leavers: Job, run: Run) -> None:
    answer = run("jobs", "--json").json

    assert set(answer) == {"jobs", "next"}
    assert answer["next"] is None
    assert [job["title"] for job in answer["jobs"]] == ["Leavers"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (["processed"], {"Leavers"}),
        (["Processed"], {"Leavers"}),
        (["queued"], {"Waits"}),
        (["QUEUED"], {"Waits"}),
        (["in_progress"], set()),
        (["In Progress"], set()),
        (["queued", "Processed"], {"Waits", "Leavers"}),
        (["awaiting_approval"], set()),
        (["draft"], set()),
    ],
)
def test_a_status_is_a_code_or_the_word_shown(
    world: World, leavers: Job, run: Run, status: list[str], expected: set[str]
) -> None:
    submit(world, run, "Waits")
    options = [part for one in status for part in ("--status", one)]

    assert {job["title"] for job in run("jobs", "--json", *options).json["jobs"]} == expected


def test_filters_are_joined(world: World, leavers: Job, run: Run) -> None:
    today = database_now().date().isoformat()
    tomorrow = (database_now().date() + timedelta(days=1)).isoformat()

    def titles(*options: str) -> list[str]:
        return [job["title"] for job in run("jobs", "--json", *options).json["jobs"]]

    assert titles("--on", today, "--search", "leav", "--mine", "--certification", "FORKLIFT-3Y") == ["Leavers"]
    assert titles("--from", today, "--to", tomorrow) == ["Leavers"]
    assert titles("--from", tomorrow) == []
    assert titles("--certification", "LOTO") == []


def test_the_list_needs_a_permission(world: World, leavers: Job, run: Run) -> None:
    ended = run("jobs", "--json", "--as", "learner")

    assert ended.code == 1
    assert ended.json["problems"][0]["code"] == "not_permitted"


def test_dates_are_days_of_the_time_zone(world: World, leavers: Job, run: Run) -> None:
    Operation.objects.update(created_at="2026-05-11T23:30:00+00:00")

    assert run("jobs", "--on", "2026-05-12", "--timezone", "Europe/Warsaw", "--json").json["jobs"]
    assert not run("jobs", "--on", "2026-05-12", "--json").json["jobs"]
    assert "12 May 2026 01:30 CEST" in run("jobs", "--timezone", "Europe/Warsaw").out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--from", "2026-05-12", "--to", "2026-05-03"], "The start, 12 May"),
        (["--on", "2026-05-12", "--from", "2026-05-03"], "one date or a range"),
        (["--on", "12.5.2026"], "Write it as in 2026-05-12"),
        (["--timezone", "Mars/Olympus"], "Mars/Olympus is no time zone"),
        (["--status", "nearly"], "nearly is no status"),
        (["--cursor", "xyz"], "cursor"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_nonsense_is_a_mistake_of_usage(world: World, run: Run, options: list[str], words: str) -> None:
    ended = run("jobs", *options, "--json")

    assert ended.code == 2
    assert words in ended.err
    assert ended.json["problems"][0]["code"] == "invalid_request"


def test_a_long_list_goes_on_at_its_cursor(
    world: World, leavers: Job, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certremoval.removals import jobs

    newer = submit(world, run, "Waits")
    monkeypatch.setattr(jobs, "MOST_LISTED", 1)

    first = run("jobs", "--json").json
    assert [job["id"] for job in first["jobs"]] == [newer.id]
    second = run("jobs", "--json", "--cursor", first["next"]).json
    assert [job["id"] for job in second["jobs"]] == [leavers.id]
    assert second["next"] is None
    assert f"--cursor {first['next']}" in run("jobs").err


def test_one_job_with_its_facts_and_its_problems(leavers: Job, run: Run) -> None:
    ended = run("job", leavers.id)

    assert ended.code == 0
    assert f"Job {leavers.id}, Leavers\nProcessed: 1 removed, 1 left out.\n" in ended.out
    for words in (
        "Dana Osei (admin)",
        "leavers.csv",
        "1  of 1  Forklift Operator Safety",
        "1  No such user",
        "line 3,",
    ):
        assert words in ended.out


def test_one_job_as_json(leavers: Job, run: Run) -> None:
    answer = run("job", leavers.id, "--json").json

    assert answer["id"] == leavers.id
    assert answer["accepted"] is True
    assert answer["problem_count"] == 1


@pytest.mark.parametrize("command", ["job", "results", "cancel", "resume"])
def test_a_job_that_one_may_not_see_is_not_there(leavers: Job, run: Run, command: str) -> None:
    hidden = run(command, leavers.id, "--as", "learner")
    missing = run(command, leavers.id + 1, "--as", "learner")

    assert hidden.code == missing.code == 1
    assert hidden.err.replace(str(leavers.id), "N") == missing.err.replace(str(leavers.id + 1), "N")


def test_a_title_cannot_move_the_cursor(world: World, run: Run) -> None:
    job = submit(world, run, "Leavers\x1b[2J\u202egnp")

    for ended in (run("jobs"), run("job", job.id)):
        assert "\x1b" not in ended.out
        assert "\u202e" not in ended.out
    assert run("job", job.id, "--json").json["title"] == "Leavers\x1b[2J\u202egnp"
