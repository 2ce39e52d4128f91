"""Files for the tests: CSV from text, workbooks from the XML of their parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

import pytest

from certremoval.problems import Problem, UnreadableFile
from certremoval.reading import Limits, Row, Table, read_table

KNOWN = ("Certification ID", "User ID")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def table_of(
    data: bytes,
    *,
    known: Iterable[str] = KNOWN,
    encoding: str | None = None,
    sheet: str | None = None,
    limits: Limits | None = None,
) -> Table:
    return read_table(
        io.BytesIO(data),
        name="people",
        known_columns=tuple(known),
        encoding=encoding,
        sheet=sheet,
        limits=limits or Limits(),
    )


def rows_of(data: bytes, **options: object) -> list[Row]:
    return list(table_of(data, **options).rows())  # type: ignore[arg-type]


def cells_of(data: bytes, **options: object) -> list[list[str]]:
    return [row.cells for row in rows_of(data, **options)]


def refusal_of(data: bytes, **options: object) -> Problem:
    """Read the file to its end and return the one problem for which it is refused."""
    with pytest.raises(UnreadableFile) as refused:
        rows_of(data, **options)
    (problem,) = refused.value.problems
    return problem


def sheet_xml(rows: str, *, namespace: str = MAIN, after: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def strings_xml(items: str) -> str:
    return f'<?xml version="1.0"?><sst xmlns="{MAIN}">{items}</sst>'


def styles_xml(*codes: str) -> str:
    """Styles of which number N has the Nth format code."""
    formats = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    styles = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>'
    )


def parts_of_workbook(
    rows: str = "",
    *,
    sheet: str | None = None,
    strings: str | None = None,
    styles: str | None = None,
    date1904: bool = False,
) -> dict[str, str]:
    """The parts of a workbook of one sheet, to be changed before they are zipped."""
    return {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(date1904)}"/>'
        '<sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml(rows) if sheet is None else sheet,
        "xl/sharedStrings.xml": strings or strings_xml(""),
        "xl/styles.xml": styles or styles_xml("General"),
    }


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def text_cell(text: str, reference: str = "") -> str:
    place = f' r="{reference}"' if reference else ""
    return f'<c{place} t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{text_cell("User ID", "A1")}{text_cell("Name", "B1")}</row>'


def workbook(rows: str = "", **options: object) -> bytes:
    """A workbook with the header User ID, Name and these rows."""
    return zipped(parts_of_workbook(HEADER + rows, **options))  # type: ignore[arg-type]


def one_cell(cell: str, **options: object) -> str:
    """What is read of one cell in column A below the header."""
    (row,) = rows_of(workbook(f'<row r="2">{cell}{text_cell("x", "B2")}</row>', **options))
    return row.cells[0]
