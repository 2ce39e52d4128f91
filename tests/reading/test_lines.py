"""Where lines end, and which line a row is on."""

from __future__ import annotations

import pytest

from certremoval.reading import Limits, Row

from .files import rows_of, table_of


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", ["", "end"], ids=["no end after the last line", "end after the last line"])
def test_lines_end_at_lf_crlf_or_cr(end: str, last: str) -> None:
    data = end.join(["User ID", "a", "b"]) + (end if last else "")
    assert rows_of(data.encode()) == [Row(2, ["a"]), Row(3, ["b"])]


def test_line_ends_may_be_mixed() -> None:
    assert rows_of(b"User ID\ra\nb\r\nc") == [Row(2, ["a"]), Row(3, ["b"]), Row(4, ["c"])]


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\x1d", "\x1e"])
def test_no_other_character_ends_a_line(char: str) -> None:
    assert rows_of(f"User ID\na{char}b\nc\n".encode()) == [Row(2, [f"a{char}b"]), Row(3, ["c"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_is_on_the_line_where_it_begins_even_if_a_cell_has_line_ends(end: str) -> None:
    data = end.join(["User ID,Name", 'a,"two', 'lines"', "b,x"])
    assert rows_of(data.encode()) == [Row(2, ["a", f"two{end}lines"]), Row(4, ["b", "x"])]


def test_other_separators_in_quotes_do_not_count_as_lines() -> None:
    assert [row.line for row in rows_of('User ID,N\na,"x\u2028\x85\x0by"\nb,c\n'.encode())] == [2, 3]


def test_blank_lines_before_the_header_and_between_rows_count_as_lines_but_are_no_rows() -> None:
    table = table_of(b"\n \r\nUser ID\n\na\n,,\n\xc2\xa0\xe2\x80\x8b\nb\n")
    assert table.header_line == 3
    assert list(table.rows()) == [Row(5, ["a"]), Row(8, ["b"])]


def test_a_header_of_two_lines_is_on_its_first() -> None:
    table = table_of(b'\n"User ID","Full\nname"\na,b\n')
    assert (table.header, table.header_line) == (("User ID", "Full\nname"), 2)
    assert list(table.rows()) == [Row(4, ["a", "b"])]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("padding", range(65520, 65546, 1))
def test_lines_are_counted_right_where_one_block_ends_and_the_next_begins(end: str, padding: int) -> None:
    first = "x" * padding
    data = end.join(["User ID", first, "b", "c"]).encode()
    rows = rows_of(data, limits=Limits(max_cell_chars=100_000))
    assert [(row.line, len(row.cells[0])) for row in rows] == [(2, padding), (3, 1), (4, 1)]
