"""Workbooks: where their parts are, which sheet is read, and which row a row is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import ClassVar

import openpyxl
import pytest

from certremoval.problems import UnreadableFile
from certremoval.reading import Limits, Row

from .files import (
    HEADER,
    MAIN,
    OFFICE,
    PACKAGE,
    parts_of_workbook,
    refusal_of,
    rows_of,
    sheet_xml,
    strings_xml,
    table_of,
    text_cell,
    workbook,
    zipped,
)

STRICT = "http://purl.oclc.org/ooxml/"


def by_openpyxl(*rows: Sequence[object], **sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "People"
    for row in rows:
        sheet.append(list(row))
    for name, lines in sheets.items():
        other = book.create_sheet(name)
        for line in lines:
            other.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_of_another_program_is_read() -> None:
    table = table_of(by_openpyxl(["User ID", "Name"], ["000123", "Ana"], [456, "Jon"]))
    assert (table.format, table.sheet, table.header) == ("xlsx", "People", ("User ID", "Name"))
    assert (table.encoding, table.delimiter) == (None, None)
    assert list(table.rows()) == [Row(2, ["000123", "Ana"]), Row(3, ["456", "Jon"])]


def test_rows_can_be_read_again_and_side_by_side() -> None:
    table = table_of(by_openpyxl(["User ID"], *[[f"u{n}"] for n in range(5_000)]))
    pairs = list(zip(table.rows(), table.rows(), strict=True))
    assert len(pairs) == 5_000
    assert all(one == other for one, other in pairs)


class TestSheets:
    DATA = by_openpyxl(["User ID"], ["a"], Second=[["User ID"], ["b"]], Third=[["User ID"], ["c"]])

    def hidden_first(self) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(self.DATA))
        book["People"].sheet_state = "hidden"
        book["Second"].sheet_state = "veryHidden"
        book.active = book["Third"]
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def test_the_first_is_read(self) -> None:
        table = table_of(self.DATA)
        assert (table.sheet, table.sheets) == ("People", ("People", "Second", "Third"))
        assert [row.cells for row in table.rows()] == [["a"]]

    def test_hidden_ones_are_passed_over(self) -> None:
        assert table_of(self.hidden_first()).sheet == "Third"

    @pytest.mark.parametrize("name", ["Second", "second", " SECOND "])
    def test_one_is_chosen_by_name(self, name: str) -> None:
        table = table_of(self.DATA, sheet=name)
        assert table.sheet == "Second"
        assert [row.cells for row in table.rows()] == [["b"]]

    def test_a_hidden_one_may_be_chosen(self) -> None:
        assert [row.cells for row in rows_of(self.hidden_first(), sheet="Second")] == [["b"]]

    def test_an_unknown_name_is_refused_with_those_there_are(self) -> None:
        problem = refusal_of(self.DATA, sheet="Fourth")
        assert (problem.code, problem.value) == ("file_format", "Fourth")
        assert problem.message == "No sheet is called Fourth. We found People, Second, Third. Choose one of them."

    def test_a_sheet_of_a_chart_is_none(self) -> None:
        parts = parts_of_workbook(HEADER + f'<row r="2">{text_cell("a")}</row>')
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            "<sheets>", '<sheets><sheet name="Chart" sheetId="9" r:id="r9"/>'
        )
        parts["xl/_rels/workbook.xml.rels"] = (
            parts["xl/_rels/workbook.xml.rels"]
            .replace("</Rel", f'<Relationship Id="r9" Type="{OFFICE}/chartsheet" Target="chart.xml"/></Rel', 1)
            .replace('</Relationships><Relationship Id="r9"', '<Relationship Id="r9"')
        )
        assert table_of(zipped(parts)).sheets == ("People",)


class TestLines:
    def test_a_row_is_on_the_row_of_the_sheet(self) -> None:
        rows = f'<row r="5">{text_cell("a")}</row><row r="9"/><row r="10">{text_cell(" ")}</row>'
        assert rows_of(workbook(rows + f'<row r="1048576">{text_cell("b")}</row>')) == [
            Row(5, ["a"]),
            Row(1048576, ["b"]),
        ]

    def test_a_row_without_a_number_is_the_next(self) -> None:
        rows = f"<row>{text_cell('a')}</row><row/><row r='7'>{text_cell('b')}</row><row>{text_cell('c')}</row>"
        assert [row.line for row in rows_of(workbook(rows))] == [2, 7, 8]

    def test_the_header_is_the_first_row_that_is_not_empty(self) -> None:
        sheet = sheet_xml(f'<row r="2"/><row r="4">{text_cell("User ID")}</row><row r="6">{text_cell("a")}</row>')
        table = table_of(zipped(parts_of_workbook(sheet=sheet)))
        assert (table.header_line, list(table.rows())) == (4, [Row(6, ["a"])])

    def test_cells_are_placed_by_their_column(self) -> None:
        rows = f'<row r="2">{text_cell("c", "C2")}{text_cell("aa", "AA2")}</row>'
        (row,) = rows_of(workbook(rows))
        assert (row.cells[:3], row.cells[26], len(row.cells)) == (["", "", "c"], "aa", 27)

    def test_cells_without_a_column_follow_each_other(self) -> None:
        rows = f'<row r="2"><c/>{text_cell("b")}{text_cell("d", "D2")}{text_cell("e")}</row>'
        assert rows_of(workbook(rows))[0].cells == ["", "b", "", "d", "e"]

    def test_cells_may_be_out_of_order(self) -> None:
        rows = f'<row r="2">{text_cell("b", "B2")}{text_cell("a", "A2")}</row>'
        assert rows_of(workbook(rows))[0].cells == ["a", "b"]

    def test_of_merged_cells_the_first_has_the_value(self) -> None:
        sheet = sheet_xml(
            HEADER + f'<row r="2">{text_cell("a", "A2")}</row><row r="3"><c r="A3"/>{text_cell("x", "B3")}</row>',
            after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
        )
        assert [row.cells for row in rows_of(zipped(parts_of_workbook(sheet=sheet)))] == [["a"], ["", "x"]]

    def test_empty_cells_far_to_the_right_do_not_count(self) -> None:
        assert rows_of(workbook(f'<row r="2">{text_cell("a")}<c r="XFD2" s="0"/></row>'))[0].cells == ["a"]


class TestParts:
    PARTS = parts_of_workbook(
        HEADER + '<row r="2"><c t="s"><v>0</v></c></row>', strings=strings_xml("<si><t>a</t></si>")
    )
    ROWS: ClassVar = [Row(2, ["a"])]

    def changed(self, *changes: tuple[str, str]) -> bytes:
        parts = {}
        for name, content in self.PARTS.items():
            for old, new in changes:
                name, content = name.replace(old, new), content.replace(old, new)
            parts[name] = content
        return zipped(parts)

    def test_targets_may_be_absolute(self) -> None:
        data = self.changed(
            ('Target="w', 'Target="/xl/w'), ('Target="xl', 'Target="/xl'), ('Target="s', 'Target="/xl/s')
        )
        assert rows_of(data) == self.ROWS

    def test_targets_may_go_up(self) -> None:
        assert rows_of(self.changed(('Target="worksheets/', 'Target="./../xl/worksheets/'))) == self.ROWS

    def test_the_workbook_may_be_elsewhere(self) -> None:
        assert rows_of(self.changed(("xl/", "data/"), ("workbook.xml", "book.xml"))) == self.ROWS

    def test_names_are_compared_without_letter_case(self) -> None:
        assert rows_of(self.changed(('Target="sharedStrings', 'Target="SHAREDstrings'))) == self.ROWS

    def test_the_strict_edition_is_read(self) -> None:
        data = self.changed((MAIN, STRICT + "spreadsheetml/main"), (OFFICE, STRICT + "officeDocument/relationships"))
        assert rows_of(data) == self.ROWS

    def test_elements_may_have_a_prefix(self) -> None:
        parts = dict(self.PARTS)
        for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"):
            text = parts[name].replace("</", "\0").replace("<?", "\1").replace("<", "<x:").replace("\0", "</x:")
            parts[name] = text.replace("\1", "<?").replace("xmlns=", "xmlns:x=")
        assert rows_of(zipped(parts)) == self.ROWS

    def test_parts_may_be_in_utf_16(self) -> None:
        parts: dict[str, str | bytes] = dict(self.PARTS)
        text = '<?xml version="1.0" encoding="UTF-16"?>' + strings_xml("<si><t>ä</t></si>").partition("?>")[2]
        parts["xl/sharedStrings.xml"] = text.encode("utf-16")
        assert rows_of(zipped(parts)) == [Row(2, ["ä"])]

    def test_without_styles_and_shared_strings_a_workbook_is_read(self) -> None:
        parts = parts_of_workbook(HEADER + '<row r="2"><c><v>5</v></c></row>')
        del parts["xl/styles.xml"], parts["xl/sharedStrings.xml"]
        parts["xl/_rels/workbook.xml.rels"] = (
            parts["xl/_rels/workbook.xml.rels"].replace("/styles", "/x").replace("/sharedStrings", "/y")
        )
        assert rows_of(zipped(parts)) == [Row(2, ["5"])]


DAMAGES = {
    "a part is missing": lambda parts: parts.pop("xl/worksheets/sheet1.xml"),
    "the shared strings are missing": lambda parts: parts.pop("xl/sharedStrings.xml"),
    "no sheet": lambda parts: parts.update({"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}),
    "the sheet is cut": lambda parts: parts.update({"xl/worksheets/sheet1.xml": sheet_xml("")[:-20]}),
    "the sheet is empty": lambda parts: parts.update({"xl/worksheets/sheet1.xml": ""}),
    "the sheet is no sheet": lambda parts: parts.update({"xl/worksheets/sheet1.xml": "<worksheet/>"}),
    "the sheet is no XML": lambda parts: parts.update({"xl/worksheets/sheet1.xml": "User ID\na\n"}),
    "the strings are no strings": lambda parts: parts.update({"xl/sharedStrings.xml": "<html/>"}),
    "a document type": lambda parts: parts.update(
        {"xl/worksheets/sheet1.xml": f'<!DOCTYPE x [<!ENTITY a "b">]>{sheet_xml(HEADER).partition("?>")[2]}'}
    ),
    "an unknown encoding": lambda parts: parts.update(
        {"xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="x-nonsense"?><worksheet/>'}
    ),
    "an encoding of several bytes": lambda parts: parts.update(
        {"xl/worksheets/sheet1.xml": '<?xml version="1.0" encoding="shift_jis"?><worksheet/>'}
    ),
    "a style that is no number": lambda parts: parts.update(
        {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>'}
    ),
    "too many styles": lambda parts: parts.update(
        {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 80_000}</cellXfs></styleSheet>'}
    ),
    "too many relations": lambda parts: parts.update(
        {"_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
         + "".join(f'<Relationship Id="i{n}"/>' for n in range(11_000)) + "</Relationships>"}
    ),
    "nested too deeply": lambda parts: parts.update({"xl/worksheets/sheet1.xml": sheet_xml("<y>" * 100_000)}),
    "strings nested too deeply": lambda parts: parts.update({"xl/sharedStrings.xml": strings_xml("<y>" * 100_000)}),
    "a workbook nested too deeply": lambda parts: parts.update({"xl/workbook.xml": "<workbook>" * 100_000}),
    "a tag without end": lambda parts: parts.update(
        {"xl/worksheets/sheet1.xml": sheet_xml(f'<row r="{"1" * 5_000_000}"/>')}
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"]
)
def test_elements_of_no_interest_are_passed_over_unless_nested_without_bound(part: str) -> None:
    for depth, is_refused in ((30, False), (1_000, True)):
        parts = parts_of_workbook(HEADER + '<row r="2"><c><v>1</v></c></row>')
        before, end, after = parts[part].rpartition("</")
        parts[part] = before + "<y>" * depth + "</y>" * depth + end + after
        if is_refused:
            assert "nested too deeply" in refusal_of(zipped(parts)).message
        else:
            assert rows_of(zipped(parts)) == [Row(2, ["1"])]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_workbook_is_refused(damage: str) -> None:
    parts = parts_of_workbook(HEADER + '<row r="2"><c t="s"><v>0</v></c></row>', strings=strings_xml("<si/>"))
    DAMAGES[damage](parts)
    problem = refusal_of(zipped(parts))
    assert problem.code == "file_format"
    assert problem.message.startswith("This workbook is damaged")


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('<row r="2"><c t="s"><v>7</v></c></row>', 2),
        ('<row r="2"><c t="s"><v>-1</v></c></row>', 2),
        ('<row r="2"><c t="s"><v>x</v></c></row>', 2),
        ('<row r="3"><c><v>x</v></c></row>', 3),
        ('<row r="3"><c><v>1_0</v></c></row>', 3),
        ('<row r="3"><c><v>NaN</v></c></row>', 3),
        ('<row r="3"><c><v>1E+99999999</v></c></row>', 3),
        ('<row r="3"><c s="99"><v>01</v></c></row>', 3),
        ('<row r="3"><c s="-1"><v>1</v></c></row>', 3),
        ('<row r="3"><c s="x"><v>1</v></c></row>', 3),
        ('<row r="3"><c t="z"><v>1</v></c></row>', 3),
        ('<row r="3"><c r="3"><v>1</v></c></row>', 3),
        ('<row r="3"><c r="a3"><v>1</v></c></row>', 3),
        ('<row r="3"><c r="XFE3"><v>1</v></c></row>', 3),
        ('<row r="3"><c r="ZZZZZZZZZZZZ3"><v>1</v></c></row>', 3),
        ('<row r="3"><c r="A3"><v>1</v></c><c r="A3"><v>2</v></c></row>', 3),
        ('<row r="3"><c r="A3"><c r="B3"/></c></row>', 3),
        ('<row r="3"><row r="4"/></row>', 3),
        ('<row r="3"/><row r="3"/>', 3),
        ('<row r="3"/><row r="2"/>', 3),
        ('<row r="x"/>', 1),
        ('<row r="-3"/>', 1),
    ],
)  # fmt: skip
def test_a_sheet_that_makes_no_sense_is_refused_by_its_row(rows: str, line: int) -> None:
    problem = refusal_of(workbook(rows))
    assert (problem.code, problem.line) == ("file_format", line)
    assert problem.message.startswith("This workbook is damaged")


@pytest.mark.parametrize("number", [str(10**9), str(2**64), "1" * 5_000], ids=["10**9", "2**64", "5,000 digits"])
def test_absurd_row_numbers_are_refused(number: str) -> None:
    assert refusal_of(workbook(f'<row r="{number}">{text_cell("a")}</row>')).code == "file_format"


def test_a_cell_beyond_the_most_columns_is_refused() -> None:
    limits = Limits(max_columns=3)
    assert rows_of(workbook(f'<row r="2">{text_cell("a", "C2")}<c r="D2"/></row>'), limits=limits)
    problem = refusal_of(workbook(f'<row r="2">{text_cell("a", "D2")}</row>'), limits=limits)
    assert (problem.code, problem.line) == ("file_format", 2)
    assert "more than 3 cells" in problem.message


@pytest.mark.parametrize(
    "cell",
    [
        text_cell("x" * 101),
        '<c t="str"><v>' + "x" * 101 + "</v></c>",
        '<c t="inlineStr"><is>' + ("<r><t>" + "x" * 60 + "</t></r>") * 2 + "</is></c>",
        text_cell("x" * 300_000),
        "<c><f>" + "x" * 300_000 + "</f></c>",
    ],
)
def test_a_cell_longer_than_the_cap_is_refused(cell: str) -> None:
    problem = refusal_of(workbook(f'<row r="2">{cell}</row>'), limits=Limits(max_cell_chars=100))
    assert problem.code == "file_format"
    assert "longer than 100 characters" in problem.message


@pytest.mark.parametrize("item", ["<si><t>{}</t></si>", "<si><r><t>{0}</t></r><r><t>{0}</t></r></si>"])
def test_a_shared_text_longer_than_the_cap_is_refused(item: str) -> None:
    data = workbook('<row r="2"><c t="s"><v>0</v></c></row>', strings=strings_xml(item.format("x" * 100)))
    assert refusal_of(data, limits=Limits(max_cell_chars=99)).code == "file_format"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    data = workbook(" " * 3_000_000)
    problem = refusal_of(data, limits=Limits(max_expanded_bytes=2_000_000))
    assert problem.code == "file_format"
    assert "unpacks to 3 MB; the limit is 2 MB" in problem.message


@pytest.mark.parametrize("name", ["xl/workbook.xml", "XL/Workbook.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice_is_refused(name: str) -> None:
    out = io.BytesIO(workbook(""))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "<workbook/>")
    assert "the same name" in refusal_of(out.getvalue()).message


def test_a_wrong_checksum_is_refused() -> None:
    data = bytearray(workbook(f'<row r="2">{text_cell("a")}</row>'))
    for at in range(len(data) - 4):
        # The checksum of the sheet in the directory and before its data.
        if data[at : at + 4] == b"PK\x01\x02" and data[at + 46 :].startswith(b"xl/worksheets"):
            data[at + 16] ^= 0xFF
    assert refusal_of(bytes(data)).code == "file_format"


def test_a_cut_workbook_is_refused_wherever_it_is_cut() -> None:
    data = workbook(f'<row r="2">{text_cell("a")}</row>')
    for length in range(4, len(data), 7):
        with pytest.raises(UnreadableFile):
            rows_of(data[:length])


def test_a_directory_without_bound_is_not_read() -> None:
    data = bytearray(workbook(""))
    end = data.rindex(b"PK\x05\x06")
    filler = b"\0" * 2_000_000
    data[end + 12 : end + 16] = (2_000_000).to_bytes(4, "little")
    data[end + 16 : end + 20] = (0).to_bytes(4, "little")
    assert refusal_of(b"PK\x03\x04" + filler + bytes(data[end:])).code == "file_format"
