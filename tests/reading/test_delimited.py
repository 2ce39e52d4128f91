"""Delimiters and quotation marks of CSV files."""

from __future__ import annotations

import csv

import pytest

from certremoval.reading import Limits, Row

from .files import cells_of, refusal_of, rows_of, table_of

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@pytest.mark.parametrize("delimiter", DELIMITERS.values(), ids=DELIMITERS)
@pytest.mark.parametrize("header", ["Certification ID{}User ID", '"User ID"{}"CERTIFICATION ID"', "x{} user id "])
def test_the_delimiter_is_found_by_the_header(delimiter: str, header: str) -> None:
    table = table_of((header.format(delimiter) + f"\na,b{delimiter}c;d\n").encode())
    assert table.delimiter == delimiter
    assert len(table.header) == 2


@pytest.mark.parametrize("delimiter", DELIMITERS.values(), ids=DELIMITERS)
def test_known_headings_outweigh_the_number_of_cells(delimiter: str) -> None:
    others = "".join(set(DELIMITERS.values()) - {delimiter}) * 3
    table = table_of(f"Name {others} x{delimiter}User ID{delimiter}Certification ID\n".encode())
    assert table.header == (f"Name {others} x".strip(), "User ID", "Certification ID")


def test_without_known_headings_most_cells_win() -> None:
    assert table_of(b"Personnel No.;Name;Site, Room\n1;2;3").header == ("Personnel No.", "Name", "Site, Room")


def test_a_header_of_one_column_is_enough() -> None:
    table = table_of(b"User ID\n1;2\n3|4\n5\t6\n")
    assert [row.cells for row in table.rows()] == [["1;2"], ["3|4"], ["5\t6"]]


def test_headings_are_trimmed_and_otherwise_as_in_the_file() -> None:
    assert table_of("\ufeff\u00a0user ID\u200b , Full  Name\n1,2".encode()).header == ("user ID", "Full  Name")


@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"', "Sep={} "])
@pytest.mark.parametrize("delimiter", [*DELIMITERS.values(), ":", "^"])
def test_a_first_line_sep_decides_and_counts_as_a_line(line: str, delimiter: str) -> None:
    data = f"{line.format(delimiter)}\r\n\r\nUser ID{delimiter}Name, full; all\r\na{delimiter}b\r\n"
    table = table_of(data.encode())
    assert (table.delimiter, table.header_line) == (delimiter, 3)
    assert list(table.rows()) == [Row(4, ["a", "b"])]


def test_sep_works_in_utf_16() -> None:
    assert cells_of("\ufeffsep=;\r\nUser ID;Name\r\na;b".encode("utf-16-le")) == [["a", "b"]]


def test_short_rows_stay_short_and_long_rows_long() -> None:
    assert cells_of(b"User ID,Name\na\nb,c,d,\n") == [["a"], ["b", "c", "d", ""]]


def test_cells_are_not_trimmed() -> None:
    assert cells_of(b"User ID,Name\n 1 ,\t2\n") == [[" 1 ", "\t2"]]


def test_zeros_and_case_stay() -> None:
    assert cells_of(b"User ID,Name\n000123,aB\n") == [["000123", "aB"]]


def test_two_quotation_marks_in_a_quoted_cell_are_one() -> None:
    assert cells_of(b'User ID,Name\n"a ""b"" c","""x"""\n') == [['a "b" c', '"x"']]


@pytest.mark.parametrize("cell", ['O"Neill', '6" pipe', 'x""y', ' "x"', "x'y"])
def test_a_quotation_mark_inside_an_unquoted_cell_is_text(cell: str) -> None:
    assert cells_of(f"User ID,Name\n{cell},b\nc,d\n".encode()) == [[cell, "b"], ["c", "d"]]


@pytest.mark.parametrize("cell", ['"abc"d', '"abc" ', '"a"b"', '"a\nb"c'])
def test_text_after_a_closing_quotation_mark_is_refused_by_line(cell: str) -> None:
    problem = refusal_of(f"User ID,Name\na,b\n{cell},b\n".encode())
    assert (problem.code, problem.line) == ("file_format", 3)
    assert "after a closing quotation mark" in problem.message


@pytest.mark.parametrize("rest", ["", "\n", "\nx,y\n" * 10, "\nx,y" * 200_000])
def test_a_quotation_mark_that_never_closes_is_refused_where_it_opens(rest: str) -> None:
    problem = refusal_of(f'User ID,Name\na,b\n\nc,"d{rest}'.encode())
    assert (problem.code, problem.line) == ("file_format", 4)
    assert "not closed" in problem.message


def test_an_unclosed_mark_is_found_even_if_the_process_allows_long_fields() -> None:
    before = csv.field_size_limit(1 << 30)
    try:
        problem = refusal_of(b'User ID,Name\n"' + b"x,y\n" * 1_000_000)
        assert (problem.code, problem.line) == ("file_format", 2)
    finally:
        csv.field_size_limit(before)


def test_a_lower_limit_of_the_process_does_not_matter() -> None:
    before = csv.field_size_limit(10)
    try:
        assert cells_of(b"User ID\n" + b"x" * 32_767) == [["x" * 32_767]]
    finally:
        csv.field_size_limit(before)


def test_a_record_of_endless_quoted_cells_is_refused() -> None:
    problem = refusal_of(b"User ID,Name\n" + b'"\n",' * 1_000_000)
    assert (problem.code, problem.line) == ("file_format", 2)


def test_an_unclosed_mark_in_the_header_is_refused() -> None:
    assert refusal_of(b'\nUser ID,"Name\na,b\n').line == 2


def test_a_cell_of_the_longest_length_passes_and_a_longer_one_is_refused() -> None:
    limits = Limits(max_cell_chars=100)
    assert rows_of(b"User ID\n" + b"x" * 100, limits=limits)
    for cell in ("x" * 101, f'"{"x" * 50}\n{"x" * 50}"'):
        problem = refusal_of(f"User ID\na\n{cell}\n".encode(), limits=limits)
        assert (problem.code, problem.line) == ("file_format", 3)
        assert "longer than 100 characters" in problem.message


def test_a_row_of_the_most_cells_passes_and_a_wider_one_is_refused() -> None:
    limits = Limits(max_columns=5)
    assert rows_of(b"User ID\na,b,c,d,e\n", limits=limits)
    for row in (b"a,b,c,d,e,", b'"a\n",b,c,d,e,f', b",,,,,"):
        problem = refusal_of(b"User ID\na\n" + row, limits=limits)
        assert (problem.code, problem.line) == ("file_format", 3)


def test_a_line_without_end_is_refused() -> None:
    problem = refusal_of(b"User ID\n" + b"x," * 2_000_000)
    assert (problem.code, problem.line) == ("file_format", 2)


def test_rows_can_be_read_again_and_side_by_side() -> None:
    table = table_of(b"User ID\n" + b"".join(b"%d\n" % n for n in range(50_000)))
    first, second = table.rows(), table.rows()
    pairs = list(zip(first, second, strict=True))
    assert len(pairs) == 50_000
    assert all(one == other for one, other in pairs)
