"""Headings to columns."""

from __future__ import annotations

import pytest

from certremoval.problems import UnreadableFile
from certremoval.reading import find_columns, is_surplus_fault

from .files import table_of


def problems_of(header: list[str], **names: list[str]) -> list[tuple[str, int | None, str | None, str]]:
    with pytest.raises(UnreadableFile) as refused:
        find_columns(header, **names)
    return [(one.code, one.line, one.column, one.message) for one in refused.value.problems]


def test_columns_are_found_in_any_order_case_and_space() -> None:
    header = ["Name", " user ID\u00a0", "CERTIFICATION id", ""]
    found = find_columns(header, needed=["Certification ID", "User ID"], optional=["Name", "Period"])
    assert found == {"Certification ID": 2, "User ID": 1, "Name": 0}


def test_ids_of_people_in_other_letters_are_compared_without_case() -> None:
    assert find_columns(["STRASSE"], needed=["Straße"]) == {"Straße": 0}
    assert find_columns(["Straße"], needed=["STRASSE"]) == {"STRASSE": 0}


def test_a_missing_column_is_named_with_those_found() -> None:
    ((code, line, column, message),) = problems_of(["Personnel No.", "", "Name", "Site"], needed=["User ID"])
    assert (code, line, column) == ("invalid_columns", 1, "User ID")
    assert message == (
        "No column is called User ID. We found Personnel No., Name, Site. Choose the column that holds the User ID."
    )


def test_of_many_headings_some_are_named() -> None:
    ((_, _, _, message),) = problems_of([f"h{n}" for n in range(15)], needed=["User ID"])
    assert "h9 and 5 more." in message


def test_all_missing_and_doubled_columns_are_named_at_once() -> None:
    problems = problems_of(["A", "User ID", "user id "], needed=["User ID", "Certification ID"], optional=["a"])
    assert [(column, message[:30]) for _, _, column, message in problems] == [
        ("User ID", "Two columns are called User ID"),
        ("Certification ID", "No column is called Certificat"),
    ]


def test_an_optional_column_that_is_there_twice_is_ambiguous_too() -> None:
    assert problems_of(["User ID", "x", "X", "x"], needed=["User ID"], optional=["x"])[0][3].startswith("3 columns")


def test_other_columns_may_be_there_twice() -> None:
    assert find_columns(["User ID", "Name", "Name"], needed=["User ID"]) == {"User ID": 0}


def test_the_line_is_that_of_the_header_of_the_file() -> None:
    with pytest.raises(UnreadableFile) as refused:
        find_columns(table_of(b"sep=,\n\nName\nx\n"), needed=["User ID"])
    assert refused.value.problems[0].line == 3


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (["a"], False),
        (["a", "b"], False),
        (["a", "b", "", " \u200b"], False),
        (["a", "b", "", "x"], True),
    ],
)
def test_surplus_cells_are_a_fault_if_something_is_in_them(cells: list[str], fault: bool) -> None:
    assert is_surplus_fault(cells, 2) is fault
