"""``history`` and ``verify``: proving it afterwards."""

from __future__ import annotations

import pytest

from certremoval.certifications.models import RemovalRecord
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World


@pytest.fixture
def job(world: World, run: Run) -> Job:
    run("remove", world.file("000123"), "--title", "Leavers", "--reason", "Site closure", "--yes", "--wait")
    return Job.objects.get()


def test_history_tells_when_by_whom_and_why(job: Job, run: Run) -> None:
    ended = run("history", "000123")

    assert ended.code == 0
    assert "Forklift Operator Safety (FORKLIFT-3Y), status before: Certified" in ended.out
    assert "by Dana Osei (admin); Leavers; reason: Site closure" in ended.out


def test_history_as_json(job: Job, run: Run) -> None:
    answer = run("history", "000123", "--json").json

    assert answer["user_id"] == "000123"
    assert [one["before"]["status"] for one in answer["removals"]] == ["Certified"]


def test_history_of_somebody_of_whom_nothing_was_removed(job: Job, run: Run) -> None:
    ended = run("history", "000124")

    assert (ended.code, ended.out, ended.err) == (0, "", "No removals for this person.\n")
    assert run("history", "000124", "--json").json["removals"] == []


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nobody"], "not_found"), (["000123", "--as", "learner"], "not_permitted")]
)
def test_history_is_refused(job: Job, run: Run, arguments: list[str], code: str) -> None:
    ended = run("history", *arguments, "--json")

    assert ended.code == 1
    assert [one["code"] for one in ended.json["problems"]] == [code]


def test_verify_says_what_it_checked(job: Job, run: Run) -> None:
    ended = run("verify")

    assert ended.code == 0
    assert "Nobody is enrolled" in ended.out
    assert "promises hold." in ended.out
    answer = run("verify", "--json").json
    assert (answer["holds"], answer["problems"]) == (True, [])
    assert answer["checked"]


def test_verify_tells_each_broken_promise(job: Job, run: Run) -> None:
    record = RemovalRecord.objects.get()
    record.pk, record.revision = None, record.revision + 5
    record.save(force_insert=True)

    ended = run("verify")
    assert ended.code == 1
    assert f"job {job.id}" in ended.out
    answer = run("verify", "--json")
    assert answer.code == 1
    assert answer.json["holds"] is False
    assert answer.json["problems"]


class TestTheTimeline:
    def test_it_tells_what_became_of_one_person_on_one_certification(self, job: Job, run: Run) -> None:
        ended = run("history", "000123", "--certification", "FORKLIFT-3Y")

        first, now, _gap, planned, removed = ended.out.splitlines()
        assert ended.code == 0
        assert first == "Ana Ruiz (000123) on Forklift Operator Safety (FORKLIFT-3Y)"
        assert now.startswith("Not on it now: removed on ")
        who = "by Dana Osei (admin); Leavers; reason: Site closure"
        assert planned.endswith(f"To be removed; line 2 of job {job.pk}; {who}")
        assert removed.endswith(f"Removed; job {job.pk}; status before: Certified; {who}")
        assert "Lines were looked for in every job" in ended.err

    def test_as_json(self, job: Job, run: Run) -> None:
        answer = run("history", "000123", "--certification", "FORKLIFT-3Y", "--json").json

        assert [entry["kind"] for entry in answer["entries"]] == ["planned", "removed"]
        assert answer["searched"]["jobs_purged"] == 0

    def test_of_somebody_of_whom_nothing_is_known(self, job: Job, run: Run) -> None:
        ended = run("history", "000123", "--certification", "LOTO")

        assert (ended.code, ended.out.splitlines()[1:]) == (0, ["Not on it. No removal is on record."])

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["nobody", "--certification", "LOTO"], "not_found"),
            (["000123", "--certification", "NONE"], "not_found"),
            (["000123", "--certification", "LOTO", "--as", "learner"], "not_permitted"),
        ],
    )
    def test_it_is_refused(self, job: Job, run: Run, arguments: list[str], code: str) -> None:
        ended = run("history", *arguments, "--json")

        assert ended.code == 1
        assert [one["code"] for one in ended.json["problems"]] == [code]

    def test_an_empty_certification_never_means_all(self, job: Job, run: Run) -> None:
        assert run("history", "000123", "--certification", "").code == 2
