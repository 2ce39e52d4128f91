"""What a damaged id may have been: suggested, with words, and never applied."""

from __future__ import annotations

from io import BytesIO

import pytest

from certremoval.organization.models import User
from certremoval.problems import Problem
from certremoval.removals.sql.suggest import MOST_FITTING
from tests.reading.files import parts_of_workbook, sheet_xml, styles_xml, text_cell, zipped
from tests.removals.conftest import FORKLIFT, Plan, certification, enroll, make_user, people, plan, removal_file

pytestmark = pytest.mark.django_db


def told(made: Plan, line: int = 2) -> Problem:
    (problem,) = (problem for problem in made.summary.problems if problem.line == line)
    return problem


def workbook_of(user_cell: str, certification_cell: str | None = None, *formats: str) -> BytesIO:
    """A workbook whose second row has these cells."""
    rows = (
        f'<row r="1">{text_cell("Certification ID", "A1")}{text_cell("User ID", "B1")}</row>'
        f'<row r="2">{certification_cell or text_cell(FORKLIFT, "A2")}{user_cell}</row>'
    )
    parts = parts_of_workbook(sheet=sheet_xml(rows), styles=styles_xml(*(formats or ("General",))))
    return BytesIO(zipped(parts))


@pytest.mark.parametrize(
    ("text", "user_id"),
    [
        ("123", "000123"),
        ("000123", "123"),
        ("k-17a", "K-17a"),
        ("O\u2019NEIL", "O'Neil"),
        ("\uff2b\uff11\uff12", "K12"),
        ("Mu\u0308ller", "M\u00fcller"),
        ("K\u20101", "K-1"),
        ("\u041a-1", "K-1"),
        ("123.0", "123"),
        ("1,234", "1234"),
        ("1.23457E+16", "12345671234567890"),
        ("1,23457E+16", "12345671234567890"),
        ("12345671234567800", "12345671234567891"),
    ],
    ids=[
        "lost zeros",
        "zeros too many",
        "letter case",
        "apostrophe",
        "full-width",
        "composed letters",
        "hyphen",
        "Cyrillic",
        "decimals",
        "thousands",
        "rounded",
        "rounded with a comma",
        "rounded digits",
    ],
)
def test_one_person_on_the_certification_fits(text: str, user_id: str) -> None:
    enroll(FORKLIFT, user_id, "SOMEBODY-ELSE")

    made = plan(people(text))

    assert made.outcomes == {2: "unknown_user"}
    assert made.row(2).suggestion == told(made).suggestion == user_id
    assert made.row(2).enrollment_id is None
    assert told(made).value == text


def test_an_id_of_another_length_is_not_what_was_rounded() -> None:
    enroll(FORKLIFT, "12345671234567890", "123456712345678901", "1234567")

    assert plan(people("1.23457E+16")).row(2).suggestion == "12345671234567890"


def test_whoever_is_not_on_that_certification_is_not_suggested() -> None:
    certification()
    enroll("LOTO", "000123", "12345671234567890")

    made = plan(people("123", "1.23457E+16"))

    assert [made.row(line).suggestion for line in (2, 3)] == [None, None]
    assert told(made).suggestion is None


def test_of_two_who_fit_none_is_suggested() -> None:
    enroll(FORKLIFT, "000123", "0123", "12345671234567890", "12345671234567891")

    made = plan(people("123", "1.23457E+16"))

    assert [made.row(line).suggestion for line in (2, 3)] == [None, None]


def test_of_two_who_look_alike_the_one_on_the_certification_is_suggested() -> None:
    enroll(FORKLIFT, "000123")
    enroll("LOTO", "0123")

    assert plan(people("123")).row(2).suggestion == "000123"


def test_among_too_many_who_fit_none_is_suggested() -> None:
    """Looking ends after so many; that one of those looked at is on the certification says nothing of the others."""
    ids = [f"{12345671234500000 + number}" for number in range(MOST_FITTING + 1)]
    for user_id in ids:
        make_user(user_id)
    enroll(FORKLIFT, ids[0])

    assert plan(people("1.23457E+16")).row(2).suggestion is None
    User.objects.get(user_id=ids[-1]).delete()
    assert plan(people("1.23457E+16")).row(2).suggestion == ids[0]


def test_nothing_is_suggested_for_a_certification_that_does_not_exist() -> None:
    enroll(FORKLIFT, "000123")

    assert plan(removal_file([("NOWHERE", "123")])).row(2).suggestion is None


@pytest.mark.parametrize("match", ["email", "username"])
def test_no_user_id_is_suggested_in_a_column_of_something_else(match: str) -> None:
    enroll(FORKLIFT, "000123")

    assert plan(people("123"), match=match).row(2).suggestion is None


def test_a_suggestion_is_never_applied() -> None:
    enroll(FORKLIFT, "000123")

    made = plan(people("123", "000123"), skip_problems=True)

    assert made.outcomes == {2: "unknown_user", 3: "remove"}
    assert made.summary.remove_count == 1


class TestWords:
    def test_lost_zeros(self) -> None:
        make_user("000123", "Ana Ruiz")
        enroll(FORKLIFT, "000123")

        assert told(plan(people("123"))).message == (
            "123 is nobody here, but 000123 (Ana Ruiz) is on this certification."
            " Spreadsheets drop leading zeros: format the column as text, or use the XLSX template."
        )

    @pytest.mark.parametrize(("text", "user_id"), [("00123", "123"), ("ab-1", "AB-1")])
    def test_another_likeness_says_nothing_of_zeros(self, text: str, user_id: str) -> None:
        make_user(user_id, "Ana Ruiz")
        enroll(FORKLIFT, user_id)

        assert told(plan(people(text))).message == (
            f"{text} is nobody here, but {user_id} (Ana Ruiz) is on this certification."
            " Correct the line if that is who you mean."
        )

    def test_whoever_has_no_name_is_not_named_twice(self) -> None:
        enroll(FORKLIFT, "AB-1")

        assert told(plan(people("ab-1"))).message.startswith("ab-1 is nobody here, but AB-1 is on this certification.")

    def test_a_rounded_number(self) -> None:
        certification()

        assert told(plan(people("1.23457E+16"))) == Problem(
            "unknown_user",
            "1.23457E+16 is a number that a spreadsheet has rounded; its last digits are lost."
            " Take the id from the original list again.",
            line=2,
            column="User ID",
            value="1.23457E+16",
        )

    def test_a_rounded_number_of_which_one_person_fits(self) -> None:
        make_user("12345671234567890", "Ana Ruiz")
        enroll(FORKLIFT, "12345671234567890")

        assert told(plan(people("1.23457E+16"))).message == (
            "1.23457E+16 is a number that a spreadsheet has rounded; its last digits are lost."
            " Take the id from the original list again. 12345671234567890 (Ana Ruiz) is on this certification."
        )

    def test_a_percent_sign_in_an_id(self) -> None:
        make_user("%(id)s", "100 %d")
        enroll(FORKLIFT, "%(ID)s")

        assert told(plan(people("%(Id)s"))).message.startswith("%(Id)s is nobody here, but %(ID)s is on")


class TestWorkbookCells:
    """Cells that show something else than they hold are ``invalid``, with the id that they may have been."""

    def test_shown_with_zeros(self) -> None:
        make_user("000123", "Ana Ruiz")
        enroll(FORKLIFT, "000123")

        made = plan(workbook_of('<c r="B2" s="0"><v>123</v></c>', None, "000000"))

        assert made.outcomes == {2: "invalid"}
        assert told(made) == Problem(
            "invalid",
            "The spreadsheet shows 000123 here but holds the number 123. Format the column as text and enter the id"
            " again, or use the XLSX template. 000123 (Ana Ruiz) is on this certification.",
            line=2,
            column="User ID",
            value="000123",
            suggestion="000123",
        )

    def test_both_what_is_shown_and_what_is_held_fit(self) -> None:
        enroll(FORKLIFT, "000123", "123")

        made = plan(workbook_of('<c r="B2" s="0"><v>123</v></c>', None, "000000"))

        assert told(made).suggestion is None

    def test_the_digits_held_are_exact_though_they_are_shown_rounded(self) -> None:
        enroll(FORKLIFT, "12345678901", "12345678902")

        made = plan(workbook_of('<c r="B2" s="0"><v>12345678901</v></c>', None, "0.00E+00"))

        assert told(made).suggestion == "12345678901"

    def test_nobody_else_is_suggested_for_digits_that_are_exact(self) -> None:
        enroll(FORKLIFT, "12345678902")

        made = plan(workbook_of('<c r="B2" s="0"><v>12345678901</v></c>', None, "0.00E+00"))

        assert told(made).suggestion is None

    def test_a_rounded_number(self) -> None:
        enroll(FORKLIFT, "12345671234567890")

        made = plan(workbook_of('<c r="B2"><v>1.23456712345678E+16</v></c>'))

        assert made.outcomes == {2: "invalid"}
        assert told(made).suggestion == "12345671234567890"

    def test_whoever_is_not_on_the_certification_is_not_suggested(self) -> None:
        certification()
        make_user("000123")

        assert told(plan(workbook_of('<c r="B2" s="0"><v>123</v></c>', None, "000000"))).suggestion is None

    def test_a_certification_shown_with_zeros(self) -> None:
        """The candidates of that cell are Certification IDs, never people."""
        enroll("0042", "K-1", "42")
        certification("7", "Another")

        made = plan(workbook_of(text_cell("K-1", "B2"), '<c r="A2" s="0"><v>42</v></c>', "0000"))

        assert made.outcomes == {2: "invalid"}
        problem = told(made)
        assert (problem.column, problem.value, problem.suggestion) == ("Certification ID", "0042", "0042")
        assert problem.message.endswith(" Did you mean 0042?")

    def test_of_two_certifications_that_fit_none_is_suggested(self) -> None:
        enroll("0042", "K-1", "42")
        certification("42")

        made = plan(workbook_of(text_cell("K-1", "B2"), '<c r="A2" s="0"><v>42</v></c>', "0000"))

        assert told(made).suggestion is None

    def test_a_truth_value(self) -> None:
        enroll(FORKLIFT, "TRUE")

        made = plan(workbook_of('<c r="B2" t="b"><v>1</v></c>'))

        assert made.outcomes == {2: "invalid"}
        assert told(made).message.startswith("TRUE is a truth value to the spreadsheet, not an id.")


class TestCertifications:
    @pytest.mark.parametrize("text", ["FORKLFT-3Y", "forklift-3y", "FORKLIFT\u20133Y"])
    def test_one_that_is_near(self, text: str) -> None:
        enroll(FORKLIFT, "K-1")
        certification("FIRST-AID")

        made = plan(removal_file([(text, "K-1"), (text, "K-2")]))

        assert [made.row(line).suggestion for line in (2, 3)] == [FORKLIFT, FORKLIFT]
        assert told(made) == Problem(
            "unknown_certification",
            f"{text} is not a certification. Did you mean FORKLIFT-3Y?",
            line=2,
            column="Certification ID",
            value=text,
            suggestion=FORKLIFT,
        )

    def test_of_two_that_are_near_none(self) -> None:
        certification("FORKLIFT-1Y")
        certification("FORKLIFT-2Y")

        assert told(plan(removal_file([("FORKLIFT-9Y", "K-1")]))).suggestion is None

    def test_the_same_but_for_letter_case_is_nearer_than_another(self) -> None:
        certification("FORKLIFT-1Y")
        certification("FORKLIFT-2Y")

        assert told(plan(removal_file([("forklift-2y", "K-1")]))).suggestion == "FORKLIFT-2Y"

    def test_none_that_is_far(self) -> None:
        certification("FIRST-AID")

        assert told(plan(removal_file([("FORKLIFT", "K-1")]))).suggestion is None
