"""A preview tells everything and writes nothing; what is told, and what is accepted."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection

from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.removals.making import FileRefused
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import MOST_PROBLEMS_TOLD, PlanSummary, preview
from certremoval.removals.words import REFUSING_OUTCOMES
from tests.elsewhere import elsewhere
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    make_user,
    people,
    plan,
    removal_file,
    remove,
    run,
    table_contents,
)

pytestmark = pytest.mark.django_db(transaction=True)


def previewed(
    source: BytesIO, *, skip_problems: bool = False, actor: User | None = None, **options: object
) -> PlanSummary:
    return preview(
        source,
        name="people.csv",
        options=PlanOptions(**options),  # type: ignore[arg-type]
        skip_problems=skip_problems,
        actor=actor,
    )


def temporary_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM temp.sqlite_master"
            if connection.vendor == "sqlite"
            else "SELECT relname FROM pg_class WHERE relpersistence = 't'"
        )
        return [name for (name,) in cursor.fetchall()]


class TestNothingIsWritten:
    @pytest.fixture(autouse=True)
    def cast(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "000123")
        run(remove(root, people("K-2")))

    def test_by_a_preview(self) -> None:
        before = table_contents()

        summary = previewed(
            removal_file([(FORKLIFT, "K-1"), (FORKLIFT, "123"), ("NONE", "K-1"), (FORKLIFT, "")]),
            leave_out_statuses=("Revoked",),
        )

        assert summary.row_count == 4
        assert table_contents() == before
        assert temporary_tables() == []

    def test_by_a_preview_of_a_file_that_cannot_be_used(self) -> None:
        before = table_contents()

        previewed(BytesIO(b'Certification ID,User ID\nA,B\nC,"D'))

        assert table_contents() == before
        assert temporary_tables() == []

    def test_by_a_refused_choice(self) -> None:
        before = table_contents()

        with pytest.raises(InvalidRequest):
            previewed(people("K-1"), leave_out_users=("NOBODY",))

        assert table_contents() == before
        assert temporary_tables() == []

    @pytest.mark.parametrize("source", [people("K-1", "NOBODY"), BytesIO(b"no heading"), removal_file([])])
    def test_by_a_refused_removal(self, root: User, source: BytesIO) -> None:
        before = table_contents()

        with pytest.raises(FileRefused) as refused:
            remove(root, source)

        assert refused.value.summary.problems == refused.value.problems != ()
        assert table_contents() == before
        assert temporary_tables() == []

    def test_by_the_preview_of_a_big_plan_that_a_page_writes_beside(self) -> None:
        """On SQLite a preview holds no write lock; on PostgreSQL nothing that a page's write waits for."""

        def write() -> None:
            make_user("NEW")

        def progress(stage: str, rows: int) -> None:
            if stage == "checking":
                elsewhere(write)

        preview(people("K-1"), name="people.csv", options=PlanOptions(), progress=progress)

        assert User.objects.filter(user_id="NEW").exists()


class TestAccepted:
    """``accepted``: no refusing problem remains under the options given."""

    ROWS = {
        "blank": (FORKLIFT, ""),
        "invalid": (FORKLIFT, "K-1", "surplus"),
        "certification_mismatch": ("LOTO", "K-1"),
        "unknown_certification": ("NONE", "K-1"),
        "ambiguous_user": (FORKLIFT, "twin"),
        "unknown_user": (FORKLIFT, "NOBODY"),
        "not_enrolled": (FORKLIFT, "OFF"),
    }

    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        certification("LOTO")
        for user_id, username in (("OFF", "OFF"), ("1", "twin"), ("2", "twin"), ("K-1", "K-1")):
            make_user(user_id, username=username)
        enroll(FORKLIFT, "K-1")

    @pytest.mark.parametrize("outcome", REFUSING_OUTCOMES)
    def test_each_refusing_outcome_refuses_unless_problems_are_skipped(self, outcome: str) -> None:
        given = FORKLIFT if outcome == "certification_mismatch" else None
        source = removal_file([self.ROWS[outcome], (FORKLIFT, "K-1")])

        refused = previewed(source, match="username", certification=given)
        skipped = previewed(source, match="username", certification=given, skip_problems=True)

        assert refused.planned == {outcome: 1, "remove": 1}
        assert (refused.accepted, skipped.accepted) == (False, True)
        assert [problem.code for problem in refused.problems] == [outcome]
        assert skipped.problems == refused.problems

    def test_there_is_a_line_for_every_refusing_outcome(self) -> None:
        assert set(self.ROWS) == set(REFUSING_OUTCOMES)

    def test_duplicates_left_out_and_already_removed_never_refuse(self, root: User) -> None:
        enroll(FORKLIFT, "GONE", "KEPT")
        run(remove(root, people("GONE")))

        summary = previewed(people("K-1", "K-1", "GONE", "KEPT"), leave_out_users=("KEPT",))

        assert summary.planned == {"remove": 1, "duplicate": 1, "already_removed": 1, "left_out": 1}
        assert summary.accepted
        assert summary.problems == ()

    def test_a_file_problem_refuses_also_where_problems_are_skipped(self) -> None:
        assert not previewed(BytesIO(b""), skip_problems=True).accepted

    def test_nothing_to_remove_is_accepted(self) -> None:
        assert previewed(people("K-1"), leave_out_users=("K-1",)).accepted
        assert previewed(people("NOBODY"), skip_problems=True).accepted


class TestProblems:
    def test_by_line_whatever_their_outcome(self) -> None:
        enroll(FORKLIFT, "K-1")
        make_user("OFF")
        rows = [
            (FORKLIFT, "OFF"),
            (FORKLIFT, "K-1"),
            (FORKLIFT, ""),
            ("NONE", "K-1"),
            (FORKLIFT, "NOBODY"),
            ("", "K-1"),
            (FORKLIFT, "K-1", "x"),
        ]

        problems = previewed(removal_file(rows)).problems

        assert [(problem.line, problem.code) for problem in problems] == [
            (2, "not_enrolled"),
            (4, "blank"),
            (5, "unknown_certification"),
            (6, "unknown_user"),
            (7, "blank"),
            (8, "invalid"),
        ]

    def test_the_first_thousand_are_told_and_all_are_counted(self) -> None:
        certification()
        ids = [f"NOBODY-{number}" for number in range(MOST_PROBLEMS_TOLD + 3)]

        summary = previewed(people(*ids, ""))

        assert [problem.line for problem in summary.problems] == list(range(2, MOST_PROBLEMS_TOLD + 2))
        assert summary.problem_count == MOST_PROBLEMS_TOLD + 4

    def test_a_file_problem_comes_first_and_takes_a_place(self) -> None:
        ids = [("OTHER", f"NOBODY-{number}") for number in range(MOST_PROBLEMS_TOLD + 3)]

        summary = previewed(removal_file(ids), certification="NOWHERE")

        assert summary.problems[0].line is None
        assert len(summary.problems) == MOST_PROBLEMS_TOLD
        assert summary.problem_count == MOST_PROBLEMS_TOLD + 4


class TestSummary:
    def test_certifications_with_their_removals(self) -> None:
        enroll("B-1", "K-1", "K-2")
        enroll("A-1", "K-1")
        certification("C-1", "Named, nobody on it")
        rows = [("B-1", "K-1"), ("B-1", "K-2"), ("A-1", "K-1"), ("C-1", "K-1"), ("NONE", "K-1")]

        summary = previewed(removal_file(rows))

        assert [(one.certification_id, one.title, one.planned) for one in summary.certifications] == [
            ("A-1", "Title of A-1", 1),
            ("B-1", "Title of B-1", 2),
            ("C-1", "Named, nobody on it", 0),
        ]
        assert summary.certification_count == 3

    def test_statuses_and_who_holds_the_certification_now(self) -> None:
        enroll(FORKLIFT, "A", "B", "C", status="In Progress")
        enroll(FORKLIFT, "D", "E", status="Certified")
        enroll(FORKLIFT, "F", status="Certified/Renewal In Progress")
        enroll(FORKLIFT, "G", status="Certified")

        summary = previewed(people("A", "B", "C", "D", "E", "F", "G"), leave_out_users=("G",))

        assert list(summary.statuses.items()) == [
            ("In Progress", 3),
            ("Certified", 2),
            ("Certified/Renewal In Progress", 1),
        ]
        assert summary.holding == 3

    def test_the_first_people_by_line(self) -> None:
        ids = [f"K-{number:02}" for number in range(20)]
        enroll(FORKLIFT, *ids)
        User.objects.filter(user_id="K-19").update(first_name="Ana", last_name="Ruiz")

        summary = previewed(people("NOBODY", *reversed(ids)))

        assert [line.line for line in summary.people] == list(range(3, 13))
        assert (summary.people[0].user_id, summary.people[0].user_name) == ("K-19", "Ana Ruiz")

    def test_whether_whoever_asks_is_among_them(self, root: User) -> None:
        enroll(FORKLIFT, "ROOT", "K-1")

        assert previewed(people("K-1", "ROOT"), actor=root).includes_actor
        assert not previewed(people("K-1"), actor=root).includes_actor
        assert not previewed(people("K-1", "ROOT"), actor=root, leave_out_users=("ROOT",)).includes_actor
        assert not previewed(people("K-1", "ROOT")).includes_actor

    def test_progress_names_the_stages_in_order(self) -> None:
        enroll(FORKLIFT, "K-1")
        told: list[tuple[str, int]] = []

        preview(
            people(*["K-1"] * 10_001),
            name="people.csv",
            options=PlanOptions(),
            progress=lambda stage, rows: told.append((stage, rows)),
        )

        (reading, rows), checking = told
        assert reading == "reading"
        assert 10_000 <= rows <= 10_001  # told after the batch of lines that passes ten thousand
        assert checking == ("checking", 10_001)

    def test_of_a_job_is_that_of_the_preview(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        source = people("K-1", "K-2", "NOBODY")

        summary, job = plan(source, skip_problems=True).summary, remove(root, source, skip_problems=True)

        assert (job.row_count, job.planned, job.remove_count) == (3, summary.planned, summary.remove_count)
        assert (job.problem_count, job.certification_count) == (1, 1)
