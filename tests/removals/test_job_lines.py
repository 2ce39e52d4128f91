"""The lines of a job as its pages show them: by outcome as it is now, searched, some at a time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.certifications.models import Enrollment
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.removals import job_lines
from certremoval.removals.actions import cancel
from certremoval.removals.job_lines import LinesPage, lines_of_job
from certremoval.removals.models import Job, JobState
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.words import OUTCOME_WORDS
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, removal_file, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


def told(page: LinesPage) -> list[tuple[int, str, str]]:
    return [(shown.line.line, shown.outcome, shown.words) for shown in page.lines]


def numbers(job: Job, search: str = "", *outcomes: str) -> list[int]:
    return [shown.line.line for shown in lines_of_job(job, outcomes=outcomes, search=search).lines]


def half_done(root: User, *user_ids: str, chunk: int) -> Job:
    """A job in progress of which one chunk is done."""
    enroll(FORKLIFT, *user_ids)
    job = remove(root, people(*user_ids))
    held = claim_job(job.pk)
    assert held is not None
    assert not run_slice(held, stop=lambda: True, pace=Pace(largest=chunk))
    job.refresh_from_db()
    assert job.state == JobState.IN_PROGRESS
    return job


@pytest.fixture
def mixed(root: User) -> Job:
    """A job of one line each: removed, changed, gone, left out, unknown, on it not, twice, and empty."""
    enroll(FORKLIFT, "K-1", "CHANGED", "GONE", "KEPT")
    make_user("OFF", "Jon Bell")
    rows = [(FORKLIFT, user) for user in ("K-1", "CHANGED", "GONE", "KEPT", "NOBODY", "OFF", "K-1", "")]
    job = remove(root, removal_file(rows), skip_problems=True, leave_out_users=("KEPT",))
    Enrollment.objects.filter(user__user_id="CHANGED").update(status="Expired")
    Enrollment.objects.filter(user__user_id="GONE").delete()
    return run(job)


class TestTheLines:
    def test_each_with_its_outcome_as_it_is_now_and_its_words(self, mixed: Job) -> None:
        assert told(lines_of_job(mixed)) == [
            (2, "removed", "Removed"),
            (3, "changed_since_preview", "Changed since preview, left alone"),
            (4, "gone_since_preview", "Was already gone"),
            (5, "left_out", "Left out by name"),
            (6, "unknown_user", "NOBODY is nobody here. Compare it with the User ID on the person's page, or delete"
                                " the line."),
            (7, "not_enrolled", f"OFF (Jon Bell) is not on Title of {FORKLIFT}. Remove the line, or submit and leave"
                                " it out."),
            (8, "duplicate", "Same as line 2"),
            (9, "blank", "The User ID is empty. An empty cell never means everybody. Fill it in or delete the line."),
        ]  # fmt: skip

    def test_what_refuses_the_file_comes_with_its_problem(self, mixed: Job) -> None:
        problems = {shown.line.line: shown.problem for shown in lines_of_job(mixed).lines}

        assert [line for line, problem in problems.items() if problem] == [6, 7, 9]
        assert problems[6] is not None
        assert (problems[6].code, problems[6].line, problems[6].value) == ("unknown_user", 6, "NOBODY")

    @pytest.mark.parametrize(
        ("outcomes", "lines"),
        [
            (["removed"], [2]),
            (["changed_since_preview"], [3]),
            (["gone_since_preview"], [4]),
            (["left_out"], [5]),
            (["blank", "not_enrolled", "unknown_user"], [6, 7, 9]),
            (["removed", "gone_since_preview", "duplicate"], [2, 4, 8]),
            (["remove"], []),
            (["not_reached"], []),
            (["ambiguous_user"], []),
            (list(OUTCOME_WORDS), list(range(2, 10))),
        ],
    )
    def test_by_outcome(self, mixed: Job, outcomes: list[str], lines: list[int]) -> None:
        assert numbers(mixed, "", *outcomes) == lines

    def test_a_code_that_is_none_is_refused(self, mixed: Job) -> None:
        with pytest.raises(InvalidRequest, match="no outcome of this name"):
            lines_of_job(mixed, outcomes=["removed", "' OR 1=1"])

    def test_of_the_plan_that_counts_alone(self, mixed: Job) -> None:
        Job.objects.filter(pk=mixed.pk).update(plan_number=2)
        mixed.refresh_from_db()

        assert numbers(mixed) == []

    def test_of_this_job_alone(self, mixed: Job, root: User) -> None:
        other = remove(root, people("KEPT"))

        assert numbers(other) == [2]
        assert numbers(mixed, "KEPT") == [5]


class TestWhileTheJobRuns:
    def test_what_is_done_and_what_is_still_to_be_done(self, root: User) -> None:
        job = half_done(root, "K-1", "K-2", "K-3", chunk=1)

        assert [outcome for _, outcome, _ in told(lines_of_job(job))] == ["removed", "remove", "remove"]
        assert (numbers(job, "", "removed"), numbers(job, "", "remove")) == ([2], [3, 4])
        assert numbers(job, "", "not_reached") == []

    def test_once_it_is_cancelled_the_rest_is_not_reached(self, root: User) -> None:
        job = half_done(root, "K-1", "K-2", "K-3", chunk=2)
        cancel(root, job.pk)
        job.refresh_from_db()

        assert (numbers(job, "", "not_reached"), numbers(job, "", "remove")) == ([4], [])
        assert told(lines_of_job(job))[-1] == (4, "not_reached", "Not reached, still on it")


class TestPages:
    @pytest.mark.parametrize("outcomes", [(), ("unknown_user", "removed"), ("unknown_user",), ("removed",)])
    def test_continue_after_the_last_line(self, root: User, outcomes: tuple[str, ...]) -> None:
        enroll(FORKLIFT, *(f"K-{n}" for n in range(0, 12, 3)))
        job = run(remove(root, people(*(f"K-{n}" for n in range(12))), skip_problems=True))
        all_lines = numbers(job, "", *outcomes)

        seen, after = [], 0
        while True:
            page = lines_of_job(job, outcomes=outcomes, after=after, limit=3)
            seen += [shown.line.line for shown in page.lines]
            if page.next is None:
                break
            assert len(page.lines) == 3
            after = page.next
        assert seen == all_lines
        assert len(seen) >= 4

    def test_the_last_one_has_no_next(self, mixed: Job) -> None:
        assert lines_of_job(mixed, limit=8).next is None
        assert lines_of_job(mixed, limit=7).next == 8

    @pytest.mark.parametrize("after", [-1, 10**30])
    def test_numbers_that_no_line_has(self, mixed: Job, after: int) -> None:
        assert len(lines_of_job(mixed, after=after).lines) == (8 if after < 0 else 0)

    def test_a_search_over_many_stretches(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(job_lines, "FIRST_STRETCH", 2)
        monkeypatch.setattr(job_lines, "LONGEST_STRETCH", 3)
        certification()
        job = run(remove(root, people(*(f"{'AB'[n % 2]}-{n}" for n in range(20))), skip_problems=True))

        first = lines_of_job(job, search="a-", limit=7)
        rest = lines_of_job(job, search="a-", after=first.next or 0, limit=7)

        assert [shown.line.line for shown in (*first.lines, *rest.lines)] == list(range(2, 22, 2))
        assert rest.next is None

    def test_a_search_that_takes_too_long_says_how_far_it_came(
        self, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(job_lines, "FIRST_STRETCH", 4)
        monkeypatch.setattr(job_lines, "LONGEST_STRETCH", 4)
        monkeypatch.setattr(job_lines, "SECONDS_OF_A_SEARCH", 0)
        certification()
        job = run(remove(root, people("A", "N-1", "N-2", "N-3", "N-4", "A-2"), skip_problems=True))

        first = lines_of_job(job, search="A")
        second = lines_of_job(job, search="A", after=first.next or 0)

        assert [shown.line.line for shown in first.lines] == [2]
        assert (first.next, first.looked_to) == (4, 4)
        assert ([shown.line.line for shown in second.lines], second.next, second.looked_to) == ([7], None, None)

    def test_queries_do_not_grow_with_the_lines(self, root: User) -> None:
        enroll(FORKLIFT, *(f"K-{n}" for n in range(40)))
        jobs = [run(remove(root, people(*(f"K-{n}" for n in ids)))) for ids in (range(2), range(2, 40))]
        asked = []
        for job in jobs:
            with CaptureQueriesContext(connection) as queries:
                assert lines_of_job(job, search="K", outcomes=["removed"]).lines
            asked.append(len(queries))

        assert asked[0] == asked[1] <= 4


class TestSearch:
    @pytest.fixture
    def job(self, root: User) -> Job:
        make_user("000123", "Ana María Ruiz")
        User.objects.filter(user_id="000123").update(
            first_name="Ana María", last_name="Ruiz", first_name_key="ana maria", last_name_key="ruiz"
        )
        make_user("K-2", "Şule Anatol")
        make_user("K-3", "Jon Bell")
        enroll(FORKLIFT, "000123", "K-2", "K-3")
        rows = [(FORKLIFT, "000123"), (FORKLIFT, "K-2"), (FORKLIFT, "k_3%"), ("FORKLFT", "K-3")]
        return remove(root, removal_file(rows), skip_problems=True)

    @pytest.mark.parametrize(
        ("search", "lines"),
        [
            ("ana", [2, 3]),
            ("ANA MARIA", [2]),
            ("ana maria ru", [2]),
            ("Ruiz, Ana María", [2]),
            ("ruiz ana maria x", []),
            ("sule", [3]),
            ("natol", []),
            ("000123", [2]),
            ("0012", [2]),
            ("k-2", [3]),
            ("K_3", [4]),
            ("_", [4]),
            ("%", [4]),
            ("  K-3  ", [5]),
            ("bell", [5]),
            ("forklft", [5]),
            ("nobody", []),
        ],
    )
    def test_finds_beginnings_of_names_ids_and_what_the_line_holds(
        self, job: Job, search: str, lines: list[int]
    ) -> None:
        assert numbers(job, search) == lines

    def test_among_lines_of_an_outcome(self, job: Job) -> None:
        assert numbers(job, "k", "unknown_user") == [4]
        assert numbers(job, "k", "remove") == [3]

    def test_by_the_user_id_of_somebody_whom_the_file_names_otherwise(self, root: User) -> None:
        make_user("K-9", "Ida Öz", email="Ida@example.org")
        enroll(FORKLIFT, "K-9")
        file = removal_file([(FORKLIFT, "ida@example.org")], header=("Certification ID", "Mail"))
        job = remove(root, file, user_column="Mail", match="email")

        assert [numbers(job, search) for search in ("K-9", "oz", "IDA@", "K-8")] == [[2], [2], [2], []]

    @pytest.mark.parametrize("search", ["\0", "\ud800", "x" * 10_000])
    def test_what_no_line_could_hold_is_refused(self, job: Job, search: str) -> None:
        with pytest.raises(InvalidRequest):
            lines_of_job(job, search=search)

    @pytest.mark.parametrize("search", ["\u202eana", "'; DROP TABLE users", "%(job)s", "{people}", "\u0301", "a " * 99])
    def test_anything_else_is_only_text(self, job: Job, search: str) -> None:
        assert numbers(job, search) == []
