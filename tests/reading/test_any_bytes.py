"""Whatever the bytes, a file is read or refused: nothing else is raised."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.problems import UnreadableFile
from certremoval.reading import Limits, Row, csv_pieces, write_xlsx

from .files import parts_of_workbook, sheet_xml, strings_xml, styles_xml, table_of, zipped

FILE_CODES = {"file_too_large", "too_many_rows", "file_format", "file_empty"}
SMALL = Limits(max_file_bytes=200_000, max_rows=50, max_cell_chars=50, max_columns=8, max_row_chars=500)


def check_refusal(refused: UnreadableFile) -> None:
    assert refused.problems
    for problem in refused.problems:
        assert problem.code in FILE_CODES
        assert problem.message


def read_or_refused(data: bytes, **options: object) -> None:
    """Read the file to its end, or see it refused with words and a code of the contract."""
    for limits in (Limits(), SMALL):
        try:
            last = 0
            for row in table_of(data, limits=limits, **options).rows():  # type: ignore[arg-type]
                assert isinstance(row, Row)
                assert row.line > last
                assert all(isinstance(cell, str) for cell in row.cells)
                "".join(row.cells).encode()
                last = row.line
        except UnreadableFile as refused:
            check_refusal(refused)


PIECES = st.sampled_from(
    [b"User ID", b"Certification ID", b",", b";", b"\t", b"|", b"\n", b"\r\n", b"\r", b'"', b'""', b"sep=;", b"a",
     b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"\xfc", b"\xc3\xbc", b"'", b"=", b" ", b"PK\x03\x04", b"x" * 60]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    read_or_refused(data)


@given(
    st.text(max_size=60),
    st.sampled_from(
        ["utf-8", "utf-16", "utf-16-le", "utf-32", "windows-1252", "shift_jis", "gb18030", "euc_kr", "cp437"]
    ),
    st.binary(max_size=5),
)
def test_any_bytes_in_any_encoding(text: str, encoding: str, more: bytes) -> None:
    read_or_refused(b"User ID\n" + text.encode("utf-8", "replace") + more, encoding=encoding)
    read_or_refused(("User ID\n" + text).encode(encoding, "replace") + more, encoding=encoding)


def sound_workbook() -> bytes:
    out = io.BytesIO()
    write_xlsx(out, [["User ID", "Name"], *[[f"{n:06d}", "x"] for n in range(30)]])
    return out.getvalue()


def sound_csv() -> bytes:
    return b"".join(csv_pieces([["User ID", "Name"], *[[f"{n:06d}", 'a "b", c'] for n in range(30)]]))


@pytest.mark.parametrize("sound", [sound_workbook(), sound_csv()], ids=["xlsx", "csv"])
@settings(max_examples=300)
@given(st.data())
def test_a_sound_file_with_some_bytes_changed(sound: bytes, data: st.DataObject) -> None:
    changed = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    read_or_refused(bytes(changed))


def test_every_single_byte_of_a_workbook_may_be_wrong() -> None:
    sound = zipped(
        parts_of_workbook('<row r="1"><c t="inlineStr"><is><t>User ID</t></is></c></row><row><c><v>1</v></c></row>')
    )
    for at in range(len(sound)):
        for wrong in (0x00, 0xFF, sound[at] ^ 0x01):
            try:
                list(table_of(sound[:at] + bytes([wrong]) + sound[at + 1 :]).rows())
            except UnreadableFile:
                continue


TAGS = st.sampled_from(
    ["<row>", "</row>", '<row r="5">', '<row r="4">', "<c>", "</c>", '<c t="s">', '<c r="B2" s="1">', '<c t="b">',
     '<c t="inlineStr">', '<c t="d">', '<c t="e">', "<v>", "</v>", "<is>", "</is>", "<t>", "</t>", "<r>", "</r>",
     "<rPh>", "</rPh>", "<f>", "</f>", "1", "0", "-1.5", "1E5", "x", "45000", "123456789012345678", "<x/>",
     "</sheetData>", "<sheetData>", "<si>", "</si>", "<!-- -->", "<![CDATA[7]]>", "&amp;", "&x;", "_x000D_"]
)  # fmt: skip
WHOLE = st.sampled_from(
    ["<row>", "</row>", "<c><v>12</v></c>", '<c t="s"><v>0</v></c>',
     '<c s="1"><v>7</v></c>', '<c s="2"><v>45000.5</v></c>',
     '<c t="inlineStr"><is><t>a</t></is></c>', '<c t="str"><v>b</v></c>', "<c><f>A1</f></c>", "<c><v>1.5</v></c>"]
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WHOLE, max_size=12) | st.lists(TAGS, max_size=12), st.lists(TAGS, max_size=8), st.text(max_size=10))
def test_any_elements_in_a_sheet(tags: list[str], strings: list[str], code: str) -> None:
    header = '<row r="1"><c t="inlineStr"><is><t>User ID</t></is></c></row>'
    code = "".join(char for char in code if char not in '<&"' and char.isprintable())
    parts = parts_of_workbook(
        sheet=sheet_xml(header + "".join(tags)),
        strings=strings_xml("".join(strings)),
        styles=styles_xml("General", code, "yyyy"),
    )
    read_or_refused(zipped({name: text.encode("utf-8", "replace") for name, text in parts.items()}))


@given(st.dictionaries(st.sampled_from(["_rels/.rels", "xl/workbook.xml", "mimetype", "word/x", "xl/workbook.bin"]),
                       st.binary(max_size=40)))  # fmt: skip
def test_any_zip(parts: dict[str, bytes]) -> None:
    read_or_refused(zipped(parts))


def test_a_name_that_is_no_text_in_the_zip() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ä", "x")
    read_or_refused(out.getvalue().replace("ä".encode(), b"\xff\xff"))
