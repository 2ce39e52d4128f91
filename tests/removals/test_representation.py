"""The contract's JSON: exactly its keys, its types, its times."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from certremoval.organization.models import User
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.planning import preview
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.representation import job_json, preview_json, refusal_json, rfc3339
from certremoval.removals.submitting import remove_file
from certremoval.removals.words import OUTCOME_WORDS
from tests.removals.conftest import FORKLIFT, enroll, make_user, people, removal_file, remove, run

pytestmark = pytest.mark.django_db(transaction=True)

JOB_KEYS = [
    "id",
    "kind",
    "title",
    "comment",
    "reason",
    "status",
    "accepted",
    "created_by",
    "created_at",
    "scheduled_for",
    "started_at",
    "processed_at",
    "file",
    "certifications",
    "certification_count",
    "counts",
    "progress",
    "problems",
    "problem_count",
    "undo_of",
    "undone_by",
    "error",
]
PREVIEW_KEYS = [
    "kind",
    "accepted",
    "file",
    "certifications",
    "certification_count",
    "counts",
    "problems",
    "problem_count",
]
OUTCOME_CODES = {
    "remove",
    "removed",
    "left_out",
    "already_removed",
    "not_enrolled",
    "unknown_user",
    "ambiguous_user",
    "unknown_certification",
    "certification_mismatch",
    "duplicate",
    "invalid",
    "blank",
    "changed_since_preview",
    "gone_since_preview",
    "not_reached",
    "restore",
    "restored",
    "enrolled_again",
    "already_restored",
}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z").fullmatch


def counts(**known: int) -> dict[str, int]:
    return {"rows": 0, **dict.fromkeys(OUTCOME_CODES, 0), **known}


def seen(job: Job) -> dict[str, Any]:
    """The job's JSON as it arrives elsewhere."""
    job.refresh_from_db()
    answer: dict[str, Any] = json.loads(json.dumps(job_json(job)))
    return answer


def test_the_outcome_codes_are_the_contracts() -> None:
    assert set(OUTCOME_WORDS) == OUTCOME_CODES


class TestJob:
    def test_waiting(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        source = people("K-1", "K-2", "K-2")

        job = remove_file(
            root, source, name="x/people.csv", title="Title", comment="C", reason="R", options=PlanOptions()
        )

        answer = seen(job)
        assert list(answer) == JOB_KEYS
        assert RFC_3339(answer.pop("created_at"))
        assert answer == {
            "id": job.pk,
            "kind": "removal",
            "title": "Title",
            "comment": "C",
            "reason": "R",
            "status": "queued",
            "accepted": True,
            "created_by": {"user_id": "ROOT", "name": "Rosa Oort"},
            "scheduled_for": None,
            "started_at": None,
            "processed_at": None,
            "file": {
                "name": "people.csv",
                "size": len(source.getvalue()),
                "sha256": hashlib.sha256(source.getvalue()).hexdigest(),
            },
            "certifications": [
                {"certification_id": FORKLIFT, "title": f"Title of {FORKLIFT}", "planned": 2, "removed": 0}
            ],
            "certification_count": 1,
            "counts": counts(rows=3, remove=2, duplicate=1),
            "progress": 0.0,
            "problems": [],
            "problem_count": 0,
            "undo_of": None,
            "undone_by": [],
            "error": None,
        }

    def test_processed(self, root: User) -> None:
        _, changed = enroll(FORKLIFT, "K-1", "K-2")
        gone = enroll("LOTO", "K-1")[0]
        rows = [(FORKLIFT, "K-1"), (FORKLIFT, "K-2"), ("LOTO", "K-1"), (FORKLIFT, "NOBODY")]
        job = remove(root, removal_file(rows), skip_problems=True)
        changed.status = "Expired"
        changed.save()
        gone.delete()

        answer = seen(run(job))

        assert answer["status"] == "processed"
        assert answer["accepted"] is True
        assert answer["counts"] == counts(
            rows=4, removed=1, changed_since_preview=1, gone_since_preview=1, unknown_user=1
        )
        assert [(one["certification_id"], one["planned"], one["removed"]) for one in answer["certifications"]] == [
            (FORKLIFT, 2, 1),
            ("LOTO", 1, 0),
        ]
        assert answer["progress"] == 1.0
        assert [problem["line"] for problem in answer["problems"]] == [5]
        assert answer["problem_count"] == 1
        for key in ("created_at", "started_at", "processed_at"):
            assert RFC_3339(answer[key])
        assert answer["created_at"] <= answer["started_at"] <= answer["processed_at"]

    def test_half_done(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3", "K-4")
        job = remove(root, people("K-1", "K-2", "K-3", "K-4"))
        held = claim_job(job.pk)
        assert held is not None
        run_slice(held, stop=lambda: True, pace=Pace(largest=1))

        answer = seen(job)
        assert (answer["status"], answer["progress"]) == ("in_progress", 0.25)
        assert answer["counts"] == counts(rows=4, removed=1, remove=3)

        Job.objects.update(state=JobState.FAILED, error="The database refused the work.")
        answer = seen(job)
        assert answer["counts"] == counts(rows=4, removed=1, not_reached=3)
        assert answer["error"] == "The database refused the work."
        assert answer["accepted"] is True

    def test_nothing_to_do(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"), leave_out_users=("K-1",))

        assert seen(job)["progress"] == 0.0
        assert seen(run(job))["progress"] == 1.0
        assert seen(job)["counts"] == counts(rows=1, left_out=1)

    def test_whoever_made_it_keeps_the_name_of_then(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"))
        User.objects.filter(pk=root.pk).update(first_name="Renamed")

        assert seen(job)["created_by"] == {"user_id": "ROOT", "name": "Rosa Oort"}

    def test_without_its_file(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"))
        Job.objects.update(file=None)

        assert seen(job)["file"] is None

    def test_undone(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        job, second, third = (remove(root, people(user_id)) for user_id in ("K-1", "K-2", "K-3"))
        Job.objects.filter(pk__in=(second.pk, third.pk)).update(undo_of=job)

        assert seen(job)["undone_by"] == [second.pk, third.pk]
        assert seen(third)["undo_of"] == job.pk

    def test_problems_of_all_kinds_by_line(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        enroll(FORKLIFT, "K-1")
        make_user("K-2")
        rows = [(FORKLIFT, "NOBODY"), (FORKLIFT, "K-1"), (FORKLIFT, "K-2"), (FORKLIFT, ""), (FORKLIFT, "NOBODY ELSE")]
        job = remove(root, removal_file(rows), skip_problems=True)

        assert [problem["line"] for problem in seen(job)["problems"]] == [2, 4, 5, 6]
        monkeypatch.setattr("certremoval.removals.representation.MOST_PROBLEMS_TOLD", 3)
        assert [problem["line"] for problem in seen(job)["problems"]] == [2, 4, 5]

    def test_the_first_thousand_problems_and_certifications(self, root: User) -> None:
        ids = [f"C-{number:04}" for number in range(1_003)]
        make_user("K-1")
        for one in ids:
            enroll(one, "K-1")
        rows = [(one, "NOBODY") for one in ids] + [("C-0000", "K-1")]

        answer = seen(remove(root, removal_file(rows), skip_problems=True))

        assert (len(answer["problems"]), answer["problem_count"]) == (1_000, 1_003)
        assert answer["problems"][0]["line"] == 2
        assert (len(answer["certifications"]), answer["certification_count"]) == (1_000, 1_003)
        assert answer["certifications"][0]["planned"] == 1


class TestPreview:
    def test_it_is_the_jobs_json_without_what_only_a_stored_job_has(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        source = people("K-1", "NOBODY")

        answer = preview_json(preview(source, name="people.csv", options=PlanOptions(), skip_problems=True))
        job = seen(remove(root, source, skip_problems=True))

        assert list(answer) == PREVIEW_KEYS
        assert json.loads(json.dumps(answer)) == {key: job[key] for key in PREVIEW_KEYS}
        assert answer["counts"] == counts(rows=2, remove=1, unknown_user=1)

    def test_of_a_file_that_cannot_be_used(self) -> None:
        answer = preview_json(preview(removal_file([]), name="x", options=PlanOptions()))

        assert list(answer) == PREVIEW_KEYS
        assert (answer["accepted"], answer["counts"], answer["certifications"]) == (False, counts(), [])
        assert answer["problems"] == [
            {
                "code": "file_empty",
                "message": "The file has a heading line but no people under it. Add one User ID per line.",
            }
        ]

    def test_of_a_refusal(self, root: User) -> None:
        enroll(FORKLIFT, "000123")

        with pytest.raises(FileRefused) as refused:
            remove(root, people("123"))

        answer = refusal_json(refused.value.summary)
        assert list(answer) == ["accepted", "problems", "counts"]
        assert answer["accepted"] is False
        assert answer["counts"] == counts(rows=1, unknown_user=1)
        (problem,) = answer["problems"]
        assert list(problem) == ["code", "message", "line", "column", "value", "suggestion"]
        assert (problem["line"], problem["column"], problem["value"], problem["suggestion"]) == (
            2,
            "User ID",
            "123",
            "000123",
        )


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (datetime(2026, 5, 3, 1, 2, 3, tzinfo=UTC), "2026-05-03T01:02:03Z"),
        (datetime(2026, 5, 3, 1, 2, 3, 4_000, tzinfo=timezone(timedelta(hours=2))), "2026-05-02T23:02:03.004000Z"),
    ],
)
def test_times_are_rfc_3339_in_utc(moment: datetime | None, text: str | None) -> None:
    assert rfc3339(moment) == text
