"""What we write is read back as it was, by us and by others."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import openpyxl
import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certremoval.reading import MAX_SHEET_ROWS, csv_pieces, write_csv, write_xlsx, xlsx_pieces

from .files import KNOWN, cells_of, table_of

# Every character that a file can hold: no NUL, no half of a surrogate pair.
CHARACTERS = st.characters(min_codepoint=1, exclude_categories=["Cs"])
AWKWARD = st.text(alphabet="'=+-@\t\r\n \",;|_x000D_\ufeff\u200b\u2028\x85\x0b0aÅ&<>]\ufffe", max_size=12)
CELLS = st.text(alphabet=CHARACTERS, max_size=20) | AWKWARD
# A row with something in it: empty rows are not read.
ROWS = st.lists(st.tuples(CELLS, CELLS, st.just("x")).map(list), min_size=1, max_size=8)


def csv_of(rows: list[list[str]], header: tuple[str, ...] = KNOWN) -> bytes:
    return b"".join(csv_pieces([[*header, "Name"], *rows]))


def xlsx_of(rows: list[list[str]]) -> bytes:
    return b"".join(xlsx_pieces([[*KNOWN, "Name"], *rows]))


@given(ROWS)
@example([["'=", "''-1", "x"], ["\r", "\n", "x"], ["\ufeff", '"', "x"]])
def test_csv_reads_back_unchanged(rows: list[list[str]]) -> None:
    assert cells_of(csv_of(rows)) == rows


@given(ROWS)
@example([["_x000D_", "_x005F_x0041_", "x"], ["\r\n", "\x01", "x"], ["'=", "=", "x"], ["]]>", "&amp;", "x"]])
def test_xlsx_reads_back_unchanged(rows: list[list[str]]) -> None:
    assert cells_of(xlsx_of(rows)) == rows


@given(ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))  # fmt: skip
def test_ids_that_others_write_are_read_as_they_are(
    rows: list[list[str]], delimiter: str, end: str, quoted: bool, encoding: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )
    # The stdlib quotes the line end it writes; others must be quoted too, and a guard is ours alone.
    rows = [[cell.lstrip("'").replace("\r", "").replace("\n", "") for cell in row] for row in rows]
    writer.writerows([[*KNOWN, "Name"], *rows])
    assert cells_of(out.getvalue().encode(encoding)) == rows


@settings(max_examples=30)
@given(ROWS)
def test_ids_in_a_workbook_of_another_program_are_read_as_they_are(rows: list[list[str]]) -> None:
    allowed = str.maketrans(dict.fromkeys([*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF]))
    # That program does not escape what looks like an escape, and makes formulas of "=".
    rows = [[cell.translate(allowed).replace("_x", "").lstrip("'=#") for cell in row] for row in rows]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [[*KNOWN, "Name"], *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    assert cells_of(out.getvalue()) == rows


@settings(max_examples=30)
@given(st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1, max_size=5))
def test_numbers_of_another_program_are_plain_integers(numbers: list[int]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["User ID", "Name"])
    for number in numbers:
        book.active.append([number, "x"])
    out = io.BytesIO()
    book.save(out)
    assert cells_of(out.getvalue()) == [[str(number), "x"] for number in numbers]


def test_csv_is_utf_8_with_a_mark_comma_and_crlf() -> None:
    out = io.BytesIO()
    write_csv(out, [["Certification ID", "User ID"], ["-1", 'Ü,"']])
    assert out.getvalue() == b'\xef\xbb\xbfCertification ID,User ID\r\n\'-1,"\xc3\x9c,"""\r\n'


def test_a_heading_with_another_delimiter_in_it_does_not_mislead_the_reader() -> None:
    table = table_of(b"".join(csv_pieces([["User ID;Name;Certification ID", "x"], ["a", "b"]])))
    assert (table.header, table.delimiter) == (("User ID;Name;Certification ID", "x"), ",")


def test_a_workbook_opens_elsewhere_with_text_cells() -> None:
    out = io.BytesIO()
    write_xlsx(out, [["Certification ID", "User ID"], ["000123", "=1+1"]], sheet='A & "B"')
    book = openpyxl.load_workbook(out)
    sheet = book['A & "B"']
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Certification ID", "User ID"],
        ["000123", "=1+1"],
    ]
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}
    assert sheet["B2"].data_type in ("s", "inlineStr")


def test_cells_typed_below_are_text_too() -> None:
    out = io.BytesIO()
    write_xlsx(out, [["User ID"]], columns=2)
    (sheet,) = openpyxl.load_workbook(out).worksheets
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.column_dimensions["A"].max == 2


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
@pytest.mark.parametrize("text", ["a\0", "\ud800"])
def test_what_no_file_can_hold_is_not_written(write, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        write([[text, "b", "c"]])


def test_a_sheet_is_not_written_longer_than_spreadsheets_open(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_SHEET_ROWS == 1_048_576
    monkeypatch.setattr("certremoval.reading.xlsx_writing.MAX_SHEET_ROWS", 3)
    assert len(cells_of(xlsx_of([["a", "b", "c"]] * 2))) == 2
    with pytest.raises(ValueError, match="no more than 3 rows"):
        xlsx_of([["a", "b", "c"]] * 3)


def test_pieces_come_while_rows_are_still_to_come() -> None:
    for pieces_of in (csv_pieces, xlsx_pieces):
        drawn = 0

        def rows() -> Iterator[list[str]]:
            nonlocal drawn
            for drawn in range(100_000):
                yield [f"{drawn * 7919 % 1_000_003}", "x"]

        pieces = pieces_of(rows())
        next(pieces)
        next(pieces)
        assert drawn < 50_000


def test_a_workbook_is_a_sound_zip() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_of([["a", "b", "c"]]))) as archive:
        assert archive.testzip() is None


def test_equal_rows_make_equal_workbooks_whenever_they_are_written() -> None:
    def written_in(year: int) -> bytes:
        with time_machine.travel(datetime(year, 5, 3), tick=False):
            return b"".join(xlsx_pieces([["User ID"], ["000123"]]))

    assert written_in(2025) == written_in(2031)
