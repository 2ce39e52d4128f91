"""Which encodings are read, and how others are refused."""

from __future__ import annotations

import codecs

import pytest

from .files import cells_of, refusal_of, rows_of, table_of

PEOPLE = "User ID;Name\r\nÅ-1;Müller\r\nż-2;Łukasz 😀\r\n"
MARKED = {
    "utf-8": codecs.BOM_UTF8 + PEOPLE.encode("utf-8"),
    "utf-16-le": codecs.BOM_UTF16_LE + PEOPLE.encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + PEOPLE.encode("utf-16-be"),
    "utf-32-le": codecs.BOM_UTF32_LE + PEOPLE.encode("utf-32-le"),
    "utf-32-be": codecs.BOM_UTF32_BE + PEOPLE.encode("utf-32-be"),
}


@pytest.mark.parametrize("encoding", MARKED)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("marked", [True, False], ids=["byte order mark", "chosen"])
def test_every_encoding_delimiter_and_line_end(encoding: str, delimiter: str, end: str, marked: bool) -> None:
    text = PEOPLE.replace("\r\n", end).replace(";", delimiter)
    data = ("\ufeff" if marked else "").encode(encoding) + text.encode(encoding)
    table = table_of(data, encoding=None if marked else encoding)
    assert (table.encoding, table.delimiter, table.header) == (encoding, delimiter, ("User ID", "Name"))
    assert [row.cells for row in table.rows()] == [["Å-1", "Müller"], ["ż-2", "Łukasz 😀"]]


def test_without_a_mark_a_file_is_utf_8() -> None:
    assert cells_of("User ID\nÅ\n".encode()) == [["Å"]]


def test_several_marks_at_the_start_are_no_text() -> None:
    assert table_of("\ufeff\ufeffUser ID\na".encode()).header == ("User ID",)
    assert table_of('\ufeff\ufeff"User ID";x\na'.encode()).header == ("User ID", "x")


def test_lines_that_are_not_utf_8_are_named_with_an_offer_and_a_sample() -> None:
    lines = [b"User ID,Name"] + [b"a,b"] * 1000
    lines[39] = b"k1,Herr M\xfcller jun."
    lines[976] = b"k2,J\xf6rg"
    problem = refusal_of(b"\r\n".join(lines))
    assert (problem.code, problem.line, problem.suggestion) == ("file_format", 40, "windows-1252")
    assert problem.message == (
        "Lines 40 and 977 cannot be read as UTF-8. If 'Müller' looks right in this sample, choose Windows-1252 "
        "(--encoding windows-1252); otherwise save the file as 'CSV UTF-8'."
    )


def test_one_undecodable_line_is_named_alone() -> None:
    assert refusal_of(b"User ID\na\n\xfc\n").message.startswith("Line 3 cannot be read as UTF-8. If 'ü' looks")


def test_of_many_undecodable_lines_the_first_are_named() -> None:
    message = refusal_of(b"User ID\n" + b"\xfc\n" * 100).message
    assert message.startswith("Lines 2, 3, 4, 5 and others cannot be read as UTF-8.")


@pytest.mark.parametrize("bad", [b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc3"])
def test_utf_8_is_strict(bad: bytes) -> None:
    assert refusal_of(b"User ID\na\n" + bad).line == 3


def test_the_offer_can_be_taken() -> None:
    assert cells_of(b"User ID;Name\n1;M\xfcller\x80\n", encoding="windows-1252") == [["1", "Müller€"]]


@pytest.mark.parametrize("name", ["cp1252", "WINDOWS-1252", "latin-1", "ISO-8859-15", "cp850", " utf-8 ", "UTF8"])
def test_encodings_go_by_their_usual_names(name: str) -> None:
    assert cells_of(b"User ID\nabc\n", encoding=name) == [["abc"]]


@pytest.mark.parametrize("name", ["nonsense", "utf-7", "rot13", "zlib", "idna", "punycode", "a\0b", "ü", "x" * 9999])
def test_an_unknown_encoding_is_refused(name: str) -> None:
    problem = refusal_of(b"User ID\na\n", encoding=name)
    assert (problem.code, problem.value) == ("file_format", name)


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
def test_bytes_that_windows_1252_lacks_are_refused_by_line(byte: bytes) -> None:
    problem = refusal_of(b"User ID\na\n\n" + byte, encoding="windows-1252")
    assert (problem.code, problem.line, problem.suggestion) == ("file_format", 4, None)
    assert "Windows-1252" in problem.message


def test_a_utf_8_mark_is_no_text_under_another_encoding() -> None:
    assert table_of(b"\xef\xbb\xbfUser ID\nM\xfcller", encoding="windows-1252").header == ("User ID",)


def test_utf_16_may_be_chosen_with_and_without_a_mark() -> None:
    assert cells_of(MARKED["utf-16-be"], encoding="utf-16")[0] == ["Å-1", "Müller"]
    assert cells_of(PEOPLE.encode("utf-16-le"), encoding="utf-16")[0] == ["Å-1", "Müller"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_not_guessed_but_offered(encoding: str) -> None:
    problem = refusal_of(PEOPLE.encode(encoding))
    assert (problem.code, problem.suggestion) == ("file_format", encoding)
    assert f"--encoding {encoding}" in problem.message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_truncated_utf_16_is_refused_by_line(encoding: str) -> None:
    problem = refusal_of("\ufeffUser ID\r\na\r\nb\r\nc".encode(encoding)[:-1])
    assert (problem.code, problem.line) == ("file_format", 4)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_surrogate_pair_is_refused_by_line(encoding: str) -> None:
    start = "\ufeffUser ID\r\n" + "x\r\n" * 50_000
    data = (start + "\ud800y\r\n").encode(encoding, "surrogatepass")
    assert refusal_of(data).line == 50_002


@pytest.mark.parametrize("before", [3, 5_000, 40_000])
def test_a_nul_is_refused_by_line(before: int) -> None:
    problem = refusal_of(b"User ID\r\n" + b"abc\r\n" * before + b"a\0b\r\n")
    assert (problem.code, problem.line) == ("file_format", before + 2)


def test_a_nul_in_utf_16_is_refused_too() -> None:
    assert refusal_of("\ufeffUser ID\na\nb\0\n".encode("utf-16-le")).line == 3


def test_an_undecodable_file_without_line_ends_is_refused_quickly() -> None:
    assert refusal_of(b"\xff" * 6_000_000).code == "file_format"


def test_rows_before_an_undecodable_line_are_still_read() -> None:
    rows = table_of(b"User ID\n" + b"a\n" * 100_000 + b"\xff\n").rows()
    assert next(rows).line == 2


def test_marks_alone_are_an_empty_file() -> None:
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        assert refusal_of(mark).code == "file_empty"
    assert rows_of(codecs.BOM_UTF8 + b"User ID\na")
