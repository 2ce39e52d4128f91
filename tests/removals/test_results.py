"""The result file: the administrator's own file, with what became of each line; it can be sent back."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from certremoval.certifications.models import Enrollment, RemovalRecord
from certremoval.certifications.triggers import append_only_suspended
from certremoval.organization.models import User
from certremoval.problems import Purged
from certremoval.reading import delimited, read_table, write_xlsx
from certremoval.removals import results
from certremoval.removals.actions import cancel
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.results import file_as_uploaded, problems_file, result_file
from certremoval.removals.submitting import remove_file
from certremoval.removals.words import OUTCOME_WORDS
from tests.removals.conftest import (
    FORKLIFT,
    HEADER,
    certification,
    enroll,
    make_user,
    people,
    plan,
    removal_file,
    remove,
    run,
)

pytestmark = pytest.mark.django_db(transaction=True)


def result(job: Job) -> bytes:
    job.refresh_from_db()
    return b"".join(result_file(job))


def cells(job: Job) -> list[list[str]]:
    """The result file as it reads back, header first."""
    table = read_table(BytesIO(result(job)), name="result.csv", known_columns=("User ID",))
    return [list(table.header), *(row.cells for row in table.rows())]


def told(job: Job) -> dict[str, tuple[str, str]]:
    """Outcome and detail by User ID."""
    return {row[1]: (row[2], row[3]) for row in cells(job)[1:]}


def text_of(text: str) -> BytesIO:
    return BytesIO(text.encode())


class TestTheFile:
    def test_its_bytes(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        job = run(remove(root, people("K-1")))

        assert result(job) == (
            b"\xef\xbb\xbfCertification ID,User ID,Outcome,Detail\r\nFORKLIFT-3Y,K-1,removed,Removed\r\n"
        )

    def test_columns_and_rows_as_uploaded(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        source = text_of(
            f'sep=;\nName; user id ;;CERTIFICATION ID\n"Ruiz;\nAna"; K-2 ;x;{FORKLIFT}\n\nB;K-1;;{FORKLIFT}\n'
        )

        job = run(remove(root, source))

        assert cells(job) == [
            ["Name", "user id", "", "CERTIFICATION ID", "Outcome", "Detail"],
            ["Ruiz;\nAna", " K-2 ", "x", FORKLIFT, "removed", "Removed"],
            ["B", "K-1", "", FORKLIFT, "removed", "Removed"],
        ]

    def test_short_rows_are_filled_and_surplus_cells_follow(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        source = text_of(f"User ID,Certification ID,Note\nK-1,{FORKLIFT}\nK-2,{FORKLIFT},n,lost,,found\n")

        job = run(remove(root, source, skip_problems=True))

        header, first, second = cells(job)
        assert header == ["User ID", "Certification ID", "Note", "Outcome", "Detail"]
        assert first == ["K-1", FORKLIFT, "", "removed", "Removed"]
        assert second[:4] == ["K-2", FORKLIFT, "n", "invalid"]
        assert second[5:] == ["lost", "", "found"]

    def test_former_result_columns_are_replaced(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        rows = [(FORKLIFT, "K-1", "unknown_user", "K-1 is nobody here.", "surplus"), (FORKLIFT, "K-1", "", "")]
        source = removal_file(rows, header=("Certification ID", "User ID", "outcome", " DETAIL"))

        job = run(remove(root, source, skip_problems=True))

        assert cells(job)[0] == ["Certification ID", "User ID", "Outcome", "Detail"]
        assert [row[2] for row in cells(job)[1:]] == ["invalid", "removed"]
        assert cells(job)[1][4:] == ["surplus"]

    @pytest.mark.parametrize("header", [("Outcome", "Detail", "x"), ("x", "Outcome"), ("Detail", "Outcome")])
    def test_columns_of_these_names_elsewhere_are_the_administrators(self, root: User, header: tuple[str, ...]) -> None:
        enroll(FORKLIFT, "K-1")
        own = ("a", "b", "c")[: len(header)]

        job = run(
            remove(root, removal_file([(FORKLIFT, "K-1", *own)], header=("Certification ID", "User ID", *header)))
        )

        assert cells(job) == [
            [*HEADER, *header, "Outcome", "Detail"],
            [FORKLIFT, "K-1", *own, "removed", "Removed"],
        ]

    def test_formulas_are_disarmed(self, root: User) -> None:
        enroll(FORKLIFT, "=K-1")

        job = run(remove(root, removal_file([(FORKLIFT, "=K-1", "@x")], header=("Certification ID", "User ID", "+n"))))

        assert result(job) == (
            b"\xef\xbb\xbfCertification ID,User ID,'+n,Outcome,Detail\r\nFORKLIFT-3Y,'=K-1,'@x,removed,Removed\r\n"
        )
        assert cells(job)[1][:3] == [FORKLIFT, "=K-1", "@x"]

    def test_a_detail_that_begins_as_a_formula_is_disarmed_too(self, root: User) -> None:
        certification()

        job = run(remove(root, people("=1+1"), skip_problems=True))

        assert b",\"'=1+1 is nobody here." in result(job)

    def test_of_a_workbook(self, root: User) -> None:
        enroll(FORKLIFT, "000123")
        source = BytesIO()
        write_xlsx(source, [("Certification ID", "User ID", "Name"), (FORKLIFT, "000123", "Ana")])

        job = run(remove(root, source))

        assert cells(job) == [
            ["Certification ID", "User ID", "Name", "Outcome", "Detail"],
            [FORKLIFT, "000123", "Ana", "removed", "Removed"],
        ]

    def test_a_cell_that_is_no_usable_id_does_not_become_one_by_being_sent_back(self, root: User) -> None:
        """The sheet shows 000777 and holds 777: nobody can tell which of the two it is."""
        enroll(FORKLIFT, "000777", "K-1")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Certification ID", "User ID"])
        sheet.append([FORKLIFT, 777])
        sheet["B2"].number_format = "000000"
        sheet.append([FORKLIFT, "K-1"])
        source = BytesIO()
        book.save(source)
        source.seek(0)
        job = run(remove(root, source, skip_problems=True))
        sent_back = BytesIO(result(job))

        assert [row[:3] for row in cells(job)[1:]] == [
            [FORKLIFT, "000777 (?)", "invalid"],
            [FORKLIFT, "K-1", "removed"],
        ]
        assert plan(sent_back).outcomes == {2: "unknown_user", 3: "already_removed"}

    def test_read_as_the_job_was(self, root: User) -> None:
        enroll(FORKLIFT, "Jürgen")
        source = BytesIO(f"Certification ID,User ID\n{FORKLIFT},Jürgen\n".encode("cp1252"))

        assert told(run(remove(root, source, encoding="cp1252"))) == {"Jürgen": ("removed", "Removed")}

    def test_over_many_batches(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(results, "ROWS_AT_A_TIME", 3)
        monkeypatch.setattr(delimited, "ROWS_AT_ONCE", 1)
        ids = [f"K-{number}" for number in range(10)]
        enroll(FORKLIFT, *ids[::2])
        source = text_of("User ID,Certification ID\n\n" + "".join(f"{user_id},{FORKLIFT}\n\n" for user_id in ids))

        job = run(remove(root, source, skip_problems=True))

        assert [(row[0], row[2]) for row in cells(job)[1:]] == [
            (user_id, "unknown_user" if number % 2 else "removed") for number, user_id in enumerate(ids)
        ]

    def test_queries_do_not_grow_with_the_lines(self, root: User) -> None:
        """Lines of a batch that need an explanation are explained together."""
        certification()
        nobody = [f"N-{n}" for n in range(20)]
        jobs = [run(remove(root, people(*nobody[:n]), skip_problems=True)) for n in (2, 20)]
        queries = []
        for job in jobs:
            with CaptureQueriesContext(connection) as asked:
                b"".join(result_file(job))
            queries.append(len(asked))

        assert queries[0] == queries[1]

    def test_a_file_that_is_no_longer_kept(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(root, people("K-1")))
        job.file = None

        with pytest.raises(Purged):
            result_file(job)

    def test_of_a_draft_that_is_not_planned_yet(self, root: User) -> None:
        job = upload_draft(root, people("K-1"), name="x", options=PlanOptions())

        assert told(job) == {"K-1": ("", "")}


class TestOutcomes:
    def test_every_planned_outcome_in_words(self, root: User) -> None:
        """The words of a line with a problem are those of its problem."""
        enroll(FORKLIFT, "ON", "KEPT")
        make_user("OFF", "Jon Bell")
        rows = [
            ("NONE", "X"),
            (FORKLIFT, "ON"),
            (FORKLIFT, "ON"),
            (FORKLIFT, "OFF"),
            (FORKLIFT, ""),
            (FORKLIFT, "KEPT"),
        ]
        source = removal_file(rows)
        problems = {
            problem.line: problem.message for problem in plan(source, leave_out_users=("KEPT",)).summary.problems
        }

        job = run(remove(root, source, skip_problems=True, leave_out_users=("KEPT",)))

        assert [tuple(row[2:]) for row in cells(job)[1:]] == [
            ("unknown_certification", problems[2]),
            ("removed", "Removed"),
            ("duplicate", "Same as line 3"),
            ("not_enrolled", problems[5]),
            ("blank", problems[6]),
            ("left_out", "Left out by name"),
        ]

    def test_already_removed_says_when(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        run(remove(root, people("K-1")))
        with append_only_suspended(), transaction.atomic():
            RemovalRecord.objects.update(removed_at=datetime(2026, 5, 3, 23, 30, tzinfo=UTC))

        job = remove(root, people("K-1"))

        assert told(job)["K-1"] == ("already_removed", "Already removed on 3 May 2026")

    def test_before_and_while_it_runs(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        assert set(told(job).values()) == {("remove", "Will be removed")}

        held = claim_job(job.pk)
        assert held is not None
        run_slice(held, stop=lambda: True, pace=Pace(largest=1))

        assert told(job) == {"K-1": ("removed", "Removed"), "K-2": ("remove", "Will be removed")}

    @pytest.mark.parametrize("end", [JobState.CANCELLED, JobState.FAILED])
    def test_not_reached(self, root: User, end: JobState) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        held = claim_job(job.pk)
        assert held is not None
        run_slice(held, stop=lambda: True, pace=Pace(largest=1))
        cancel(root, job.pk)
        Job.objects.update(state=end)

        assert told(job) == {"K-1": ("removed", "Removed"), "K-2": ("not_reached", "Not reached, still on it")}

    def test_what_changed_since_the_preview(self, root: User) -> None:
        _, changed, gone, again = enroll(FORKLIFT, "SAME", "CHANGED", "GONE", "AGAIN")
        job = remove(root, people("SAME", "CHANGED", "GONE", "AGAIN"))
        changed.status = "Expired"
        changed.save()
        gone.delete()
        again.delete()
        enroll(FORKLIFT, "AGAIN")

        run(job)

        assert told(job) == {
            "SAME": ("removed", "Removed"),
            "CHANGED": ("changed_since_preview", "Changed since preview, left alone"),
            "GONE": ("gone_since_preview", "Was already gone"),
            "AGAIN": ("changed_since_preview", "Changed since preview, left alone"),
        }

    def test_codes_are_those_of_the_words(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        assert {outcome for outcome, _ in told(run(remove(root, people("K-1")))).values()} <= set(OUTCOME_WORDS)


class TestSentBack:
    def test_rows_already_done_are_recognised_and_the_rest_can_be_fixed(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "000123")
        first = run(remove(root, people("K-1", "123", "K-1"), skip_problems=True))

        fixed = result(first).replace(b",123,", b",000123,")
        second = run(remove_file(root, BytesIO(fixed), name="result.csv", title="Again", options=PlanOptions()))

        assert second.state == JobState.PROCESSED
        assert [(row[1], row[2]) for row in cells(second)[1:]] == [
            ("K-1", "already_removed"),
            ("000123", "removed"),
            ("K-1", "duplicate"),
        ]
        assert cells(second)[0] == ["Certification ID", "User ID", "Outcome", "Detail"]
        assert not Enrollment.objects.exists()

    def test_unchanged_it_is_accepted_and_removes_nobody(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "=K-2", "'K-3", "'=K-4", "KEPT")
        first = run(remove(root, people("K-1", "=K-2", "'K-3", "'=K-4")))

        again = plan(BytesIO(result(first)))

        assert again.summary.accepted
        assert again.summary.planned == {"already_removed": 4}

    def test_many_times_it_stays_the_same_width(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job: Any = run(remove(root, people("K-1")))
        for _ in range(2):
            job = run(remove(root, BytesIO(result(job))))
        assert cells(job)[0] == ["Certification ID", "User ID", "Outcome", "Detail"]


class TestTheProblems:
    """The lines that refuse a file, as a file that can be put right and sent again."""

    def problems(self, job: Job) -> list[list[str]]:
        job.refresh_from_db()
        table = read_table(BytesIO(b"".join(problems_file(job))), name="problems.csv", known_columns=("User ID",))
        return [list(table.header), *(list(row.cells) for row in table.rows())]

    def test_only_lines_that_refuse_in_the_columns_as_uploaded(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "KEPT")
        make_user("OFF", "Jon Bell")
        rows = [("a", "K-1"), ("b", "NOBODY"), ("c", "K-1"), ("d", ""), ("e", "OFF"), ("f", "KEPT")]
        file = removal_file([(note, FORKLIFT, user) for note, user in rows], header=("Note", *HEADER))

        job = run(remove(root, file, skip_problems=True, leave_out_users=("KEPT",)))

        header, *found = self.problems(job)
        assert header == ["Note", *HEADER, "Outcome", "Detail"]
        assert [(row[0], row[3]) for row in found] == [("b", "unknown_user"), ("d", "blank"), ("e", "not_enrolled")]
        assert (
            found[2][4] == f"OFF (Jon Bell) is not on Title of {FORKLIFT}. Remove the line, or submit and leave it out."
        )

    def test_put_right_it_is_a_job_of_its_own(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "000123")
        job = run(remove(root, people("K-1", "123"), skip_problems=True))
        put_right = b"".join(problems_file(job)).replace(b",123,", b",000123,")

        again = run(remove(root, BytesIO(put_right)))

        assert again.planned == {"remove": 1}
        assert not Enrollment.objects.exists()

    def test_former_result_columns_are_replaced(self, root: User) -> None:
        certification()
        job = run(remove(root, people("NOBODY"), skip_problems=True))
        again = run(remove(root, BytesIO(b"".join(problems_file(job))), skip_problems=True))

        assert self.problems(again) == self.problems(job)

    def test_of_a_draft(self, root: User) -> None:
        certification()
        draft = check_now(upload_draft(root, people("NOBODY"), name="x.csv", title="", options=PlanOptions()))

        assert [row[1:3] for row in self.problems(draft)[1:]] == [["NOBODY", "unknown_user"]]

    def test_lines_of_the_given_certification_that_does_not_exist(self, root: User) -> None:
        """They are one problem of the file, and yet each is a line to be put right."""
        make_user("K-1")
        options = PlanOptions(certification="GONE")
        draft = check_now(
            upload_draft(root, removal_file([("K-1",)], header=("User ID",)), name="x.csv", title="", options=options)
        )

        assert self.problems(draft) == [
            ["User ID", "Outcome", "Detail"],
            [
                "K-1",
                "unknown_certification",
                "GONE is not a certification. Compare it with the Certification ID on the certification's page.",
            ],
        ]

    def test_over_many_batches_it_ends_with_the_last_one(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(results, "ROWS_AT_A_TIME", 3)
        monkeypatch.setattr(delimited, "ROWS_AT_ONCE", 1)
        ids = [f"K-{number}" for number in range(30)]
        enroll(FORKLIFT, *(user_id for user_id in ids if user_id not in ("K-1", "K-7")))
        job = run(remove(root, people(*ids), skip_problems=True))

        with CaptureQueriesContext(connection) as asked:
            assert [row[1] for row in self.problems(job)[1:]] == ["K-1", "K-7"]
        explained = [query for query in asked if "LEFT JOIN users" in query["sql"]]
        assert len(explained) == 3

    def test_without_a_problem_there_is_the_header_alone(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(root, people("K-1")))

        assert b"".join(problems_file(job)) == b"\xef\xbb\xbfCertification ID,User ID,Outcome,Detail\r\n"

    def test_files_that_are_no_longer_kept(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(root, people("K-1")))
        job.file = None
        for kept in (problems_file, file_as_uploaded):
            with pytest.raises(Purged, match="retention time has passed"):
                kept(job)


def test_the_file_as_uploaded_comes_back_byte_by_byte(root: User) -> None:
    enroll(FORKLIFT, "K-1")
    source = b"\xff\xfe" + f"User ID;Certification ID\nK-1;{FORKLIFT}\n".encode("utf-16-le") + b"\n\0" * 400_000
    job = remove(root, BytesIO(source))

    pieces = list(file_as_uploaded(job))

    assert b"".join(pieces) == source
    assert len(pieces) > 1
