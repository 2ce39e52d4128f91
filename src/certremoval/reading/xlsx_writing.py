"""Rows to a workbook of one sheet whose cells are all text, so that a spreadsheet keeps every id as it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, cast
from xml.sax.saxutils import escape, quoteattr

from certremoval.reading.cell_text import guard_in_text_cell
from certremoval.reading.csv_writing import Target

MAX_SHEET_ROWS = 1_048_576
"""Spreadsheets open no longer sheet."""

_PIECE = 1 << 16
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
# Style 1 is number format 49, "@": text.
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

# What XML cannot hold, or changes (CR), and text that the reader would take for such an escape.
_needs_escape = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without the time of writing, so that equal rows make equal bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def xlsx_pieces(rows: Iterable[Iterable[str]], *, sheet: str = "Sheet1", columns: int = 50) -> Iterator[bytes]:
    """Yield a workbook in pieces. All cells read back as they were given.

    The first ``columns`` columns are formatted as text down to the last row of the sheet, so that ids typed
    below keep their zeros. Raises ValueError for more rows than a sheet has and for text that no workbook holds.
    """
    out = _Pieces()
    with zipfile.ZipFile(cast(IO[bytes], out), "w") as archive:
        archive.writestr(_entry("[Content_Types].xml"), _CONTENT_TYPES)
        archive.writestr(_entry("_rels/.rels"), _RELATIONS)
        archive.writestr(
            _entry("xl/workbook.xml"),
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(_entry("xl/_rels/workbook.xml.rels"), _WORKBOOK_RELATIONS)
        archive.writestr(_entry("xl/styles.xml"), _STYLES)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as part:
            buffer = [
                f'{_XML}<worksheet xmlns="{_MAIN}"><cols>'
                f'<col min="1" max="{columns}" width="24" style="1" customWidth="1"/></cols><sheetData>'
            ]
            size = 0
            for line, row in enumerate(rows, 1):
                if line > MAX_SHEET_ROWS:
                    raise ValueError(f"a sheet has no more than {MAX_SHEET_ROWS:,} rows")
                text = f'<row r="{line}">{"".join(map(_cell, row))}</row>'
                buffer.append(text)
                size += len(text)
                if size > _PIECE:
                    part.write("".join(buffer).encode())
                    buffer.clear()
                    size = 0
                    yield out.take()
            buffer.append("</sheetData></worksheet>")
            part.write("".join(buffer).encode())
    yield out.take()


def write_xlsx(target: Target, rows: Iterable[Iterable[str]], *, sheet: str = "Sheet1", columns: int = 50) -> None:
    """Write a workbook; see ``xlsx_pieces``."""
    for piece in xlsx_pieces(rows, sheet=sheet, columns=columns):
        target.write(piece)


def _cell(text: str) -> str:
    text = guard_in_text_cell(text)
    if not text.isalnum():
        text = escape(_needs_escape.sub(_escaped, text))
    return f'<c t="inlineStr" s="1"><is><t xml:space="preserve">{text}</t></is></c>'


def _escaped(match: re.Match[str]) -> str:
    if match[0] == "\0":
        raise ValueError("a cell holds a NUL character, which no workbook can hold")
    return f"_x{ord(match[0]):04X}_"


class _Pieces:
    """A file that can only be written on; what was written is taken away piece by piece."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces are taken, not flushed."""

    def take(self) -> bytes:
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken
