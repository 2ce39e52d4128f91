"""Which cells of a removal file are read: columns, options, lines, and files that cannot be used as a whole."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, Problem
from certremoval.reading import write_xlsx
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import PlanSummary, preview
from tests.reading.files import parts_of_workbook, sheet_xml, text_cell, zipped
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, plan, removal_file

pytestmark = pytest.mark.django_db


def text_file(text: str, encoding: str = "utf-8") -> BytesIO:
    return BytesIO(text.encode(encoding))


def refused(source: BytesIO, **options: object) -> Problem:
    """Preview a file that cannot be used, and return its one problem."""
    summary = previewed(source, **options)
    assert not summary.accepted
    assert (summary.row_count, summary.counts["rows"]) == (0, 0)
    (problem,) = summary.problems
    assert summary.problem_count == 1
    return problem


def previewed(source: BytesIO, **options: object) -> PlanSummary:
    return preview(source, name="people.csv", options=PlanOptions(**options))  # type: ignore[arg-type]


class TestColumns:
    def test_headings_in_any_case_order_and_surrounding_space(self) -> None:
        enroll(FORKLIFT, "K-1")

        made = plan(text_file(f"Name, USER id\u200b ,x,\xa0certification ID\nAna,K-1,,{FORKLIFT}\n"))

        assert made.outcomes == {2: "remove"}

    def test_ids_are_trimmed_and_nothing_else_is_changed(self) -> None:
        enroll(FORKLIFT, "K-1", "k-1", "0K-1")

        made = plan(people("\ufeffK-1 ", "\u3000k-1\u200b", "\t0K-1"))

        assert set(made.outcomes.values()) == {"remove"}
        assert [made.row(line).user_text for line in (2, 3, 4)] == ["K-1", "k-1", "0K-1"]
        assert made.summary.remove_count == 3

    def test_further_columns_are_ignored(self) -> None:
        enroll(FORKLIFT, "K-1")

        made = plan(
            removal_file([("x", FORKLIFT, "", "K-1", "=1+1")], header=("a", "Certification ID", "b", "User ID", "a"))
        )

        assert made.outcomes == {2: "remove"}

    def test_short_rows_have_blank_cells(self) -> None:
        enroll(FORKLIFT, "K-1")

        made = plan(text_file(f"Certification ID,Name,User ID\n{FORKLIFT},Ana,K-1\n{FORKLIFT}\n"))

        assert made.outcomes == {2: "remove", 3: "blank"}

    def test_a_column_can_be_chosen(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

        source = removal_file([(FORKLIFT, "K-1", "K-2")], header=("Certification ID", "User ID", "Personnel No."))

        assert plan(source, user_column=" personnel NO. ").row(2).user_text == "K-2"
        assert plan(source).row(2).user_text == "K-1"

    def test_a_missing_column_is_named_with_those_found(self) -> None:
        source = removal_file([("7", "Ana", "x")], header=("Personnel No.", "Name", "Site"))

        assert [problem.message for problem in previewed(source).problems] == [
            "No column is called Certification ID. We found Personnel No., Name, Site."
            " Choose the column that holds the Certification ID.",
            "No column is called User ID. We found Personnel No., Name, Site."
            " Choose the column that holds the User ID.",
        ]
        assert {problem.code for problem in previewed(source).problems} == {"invalid_columns"}

    def test_a_chosen_column_that_is_missing(self) -> None:
        problem = refused(people("K-1"), user_column="Personnel No.")

        assert (problem.code, problem.line, problem.column) == ("invalid_columns", 1, "Personnel No.")

    @pytest.mark.parametrize("given", [None, FORKLIFT])
    @pytest.mark.parametrize("twice", ["User ID", "certification id "])
    def test_a_column_named_twice(self, given: str | None, twice: str) -> None:
        certification()
        header = ("Certification ID", "User ID", twice)

        problem = refused(removal_file([(FORKLIFT, "K-1", "")], header=header), certification=given)

        assert problem.code == "invalid_columns"

    def test_the_certification_column_is_not_the_users_column(self) -> None:
        problem = refused(people("K-1"), user_column="certification id")

        assert (problem.code, problem.column) == ("invalid_columns", "certification id")


class TestMatching:
    @pytest.fixture(autouse=True)
    def ana_and_jon(self) -> None:
        make_user("K-1", "Ana Ruiz", email="Ana.Ruiz@Example.com", username="aruiz")
        make_user("K-2", "Jon Bell", email="", username="")
        enroll(FORKLIFT, "K-1", "K-2")

    def test_by_e_mail_without_letter_case(self) -> None:
        made = plan(people("ana.ruiz@EXAMPLE.com"), match="email")

        assert made.outcomes == {2: "remove"}
        assert made.row(2).user_text == "ana.ruiz@EXAMPLE.com"

    def test_only_ascii_letters_have_no_case_in_an_e_mail_address(self) -> None:
        User.objects.filter(user_id="K-2").update(email="ÖMER@example.com")

        assert plan(people("öMER@example.com", "ÖMer@example.com"), match="email").outcomes == {
            2: "unknown_user",
            3: "remove",
        }

    def test_by_username_exactly(self) -> None:
        assert plan(people("aruiz", "ARUIZ"), match="username").outcomes == {2: "remove", 3: "unknown_user"}

    def test_by_user_id_exactly(self) -> None:
        assert plan(people("K-1", "k-1", "aruiz")).outcomes == {2: "remove", 3: "unknown_user", 4: "unknown_user"}

    @pytest.mark.parametrize("match", ["email", "username"])
    def test_an_empty_cell_never_means_whoever_has_none(self, match: str) -> None:
        assert plan(people(""), match=match).outcomes == {2: "blank"}

    @pytest.mark.parametrize("match", ["email", "username"])
    def test_two_who_share_it_are_ambiguous_also_where_one_is_on_the_certification(self, match: str) -> None:
        User.objects.filter(user_id="K-1").update(email="x", username="x")
        make_user("K-3", email="x", username="x")

        assert plan(people("x"), match=match).outcomes == {2: "ambiguous_user"}


class TestCertificationGiven:
    def test_its_column_may_be_left_out(self) -> None:
        enroll(FORKLIFT, "K-1")

        made = plan(removal_file([("K-1",)], header=("User ID",)), certification=FORKLIFT)

        assert made.outcomes == {2: "remove"}
        assert made.row(2).certification_text == FORKLIFT

    def test_an_empty_cell_is_the_one_given(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

        made = plan(removal_file([("", "K-1"), (FORKLIFT, "K-2"), (" ", "K-1")]), certification=FORKLIFT)

        assert made.outcomes == {2: "remove", 3: "remove", 4: "duplicate"}

    def test_rows_naming_another_are_a_mismatch(self) -> None:
        enroll(FORKLIFT, "K-1")
        enroll("LOTO", "K-1")

        made = plan(removal_file([("LOTO", "K-1"), (FORKLIFT.lower(), "K-1")]), certification=FORKLIFT)

        assert set(made.outcomes.values()) == {"certification_mismatch"}

    def test_one_that_does_not_exist_is_one_problem_without_a_line(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

        made = plan(removal_file([("", "K-1"), ("", "K-2")]), certification="FORKLFT-3Y", skip_problems=True)

        assert made.summary.problems == (
            Problem(
                "unknown_certification",
                "FORKLFT-3Y is not a certification. Did you mean FORKLIFT-3Y?",
                value="FORKLFT-3Y",
                suggestion=FORKLIFT,
            ),
        )
        assert made.summary.problem_count == 1
        assert made.summary.counts["unknown_certification"] == 2
        assert not made.summary.accepted

    def test_other_problems_are_told_beside_it(self) -> None:
        enroll(FORKLIFT, "K-1")

        made = plan(removal_file([("", "K-1"), (FORKLIFT, "K-1"), ("", ""), ("x", "")]), certification="NOWHERE")

        assert [(problem.code, problem.line) for problem in made.summary.problems] == [
            ("unknown_certification", None),
            ("certification_mismatch", 3),
            ("blank", 5),
        ]
        assert made.summary.problem_count == 3

    def test_without_it_the_column_is_needed(self) -> None:
        assert refused(removal_file([("K-1",)], header=("User ID",))).column == "Certification ID"

    def test_a_file_without_rows_is_told_once(self) -> None:
        assert refused(removal_file([]), certification="NOWHERE").code == "file_empty"


class TestLines:
    """``line`` is the line that an editor or a spreadsheet shows."""

    def test_the_header_is_line_1(self) -> None:
        enroll(FORKLIFT, "K-1")

        assert list(plan(people("K-1")).outcomes) == [2]

    def test_a_sep_line_counts(self) -> None:
        enroll(FORKLIFT, "K-1")

        assert plan(text_file(f"sep=;\nCertification ID;User ID\n{FORKLIFT};K-1\n")).outcomes == {3: "remove"}

    def test_blank_lines_count_as_lines_and_not_as_rows(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")

        made = plan(text_file(f"\nCertification ID,User ID\n\n{FORKLIFT},K-1\n , \n,,,\n{FORKLIFT},K-2\n\n"))

        assert made.outcomes == {4: "remove", 7: "remove"}
        assert made.summary.row_count == made.summary.counts["rows"] == 2

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_a_line_end_within_quotes_counts(self, end: str) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        lines = ["Certification ID,User ID,Note", f'{FORKLIFT},K-1,"two', 'lines"', f"{FORKLIFT},K-2,", ""]

        assert plan(text_file(end.join(lines))).outcomes == {2: "remove", 4: "remove"}

    def test_of_a_workbook_the_rows_of_the_sheet(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        rows = "".join(
            f'<row r="{number}">{text_cell(first, f"A{number}")}{text_cell(second, f"B{number}")}</row>'
            for number, first, second in (
                (3, "Certification ID", "User ID"),
                (7, FORKLIFT, "K-1"),
                (8, "", ""),
                (20, FORKLIFT, "K-2"),
            )
        )

        made = plan(BytesIO(zipped(parts_of_workbook(sheet=sheet_xml(rows)))))

        assert made.outcomes == {7: "remove", 20: "remove"}
        assert made.summary.row_count == 2


class TestFiles:
    def test_a_workbook(self) -> None:
        enroll(FORKLIFT, "000123")
        source = BytesIO()
        write_xlsx(source, [("Certification ID", "User ID"), (FORKLIFT, "000123")])

        assert plan(source).outcomes == {2: "remove"}

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_encodings_and_delimiters(self, encoding: str, delimiter: str) -> None:
        enroll(FORKLIFT, "Jürgen")
        lines = (("Certification ID", "User ID"), (FORKLIFT, "Jürgen"))

        made = plan(text_file("\r\n".join(map(delimiter.join, lines)), encoding))

        assert made.outcomes == {2: "remove"}

    def test_another_encoding_is_chosen_and_never_guessed(self) -> None:
        enroll(FORKLIFT, "Jürgen")
        text = f"Certification ID,User ID\n{FORKLIFT},Jürgen\n"

        assert refused(text_file(text, "cp1252")).code == "file_format"
        assert plan(text_file(text, "cp1252"), encoding="windows-1252").outcomes == {2: "remove"}

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file_empty"),
            (b"Certification ID,User ID\n , \n", "file_empty"),
            (b'Certification ID,User ID\nA,"K-1\n', "file_format"),
            (b"Certification ID,User ID\nA,K\0\n", "file_format"),
            (b"PK\x03\x04 and no workbook", "file_format"),
            (b"Name\nAna\n", "invalid_columns"),
        ],
    )
    def test_files_that_cannot_be_used(self, content: bytes, code: str) -> None:
        summary = previewed(BytesIO(content))

        assert {problem.code for problem in summary.problems} == {code}
        assert not summary.accepted
        assert summary.file is not None
        assert summary.file.size == len(content)

    def test_too_large_and_too_many_rows(self, settings: object) -> None:
        environment = settings.ENVIRONMENT  # type: ignore[attr-defined]
        source = people("K-1", "K-2", "K-3")

        settings.ENVIRONMENT = environment.model_copy(update={"max_rows": 2})  # type: ignore[attr-defined]
        problem = refused(source)
        assert (problem.code, problem.line) == ("too_many_rows", 4)

        settings.ENVIRONMENT = environment.model_copy(update={"max_file_bytes": 10})  # type: ignore[attr-defined]
        assert refused(source).code == "file_too_large"

    def test_a_sheet_can_be_chosen(self) -> None:
        enroll(FORKLIFT, "K-1")
        source = BytesIO()
        write_xlsx(source, [("Certification ID", "User ID"), (FORKLIFT, "K-1")])

        assert refused(source, sheet="No such sheet").code == "file_format"

    @pytest.mark.parametrize(
        "options",
        [
            {"certification": "\0"},
            {"user_column": "\ud800"},
            {"sheet": "\0"},
            {"encoding": "\0"},
            {"leave_out_users": ("K-1", "\udcff")},
            {"leave_out_statuses": ("\0",)},
            {"leave_out_units": (("Division", "\0"),)},
            {"match": "name"},
        ],
    )
    def test_options_that_make_no_sense(self, options: dict[str, Any]) -> None:
        with pytest.raises(InvalidRequest):
            PlanOptions(**options)

    def test_a_mistake_is_found_even_where_nobody_is_known(self) -> None:
        with pytest.raises(InvalidRequest):
            previewed(people("K-1"), leave_out_users=("NOBODY",))
