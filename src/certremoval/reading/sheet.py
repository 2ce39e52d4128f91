"""The rows of one sheet, in a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from certremoval.reading.cell_text import EDGE, unguard
from certremoval.reading.limits import Limits
from certremoval.reading.number_formats import is_plain
from certremoval.reading.refusals import cell_too_long, damaged_workbook, file_format, too_many_columns
from certremoval.reading.rows import Row, SuspectCell
from certremoval.reading.shared_strings import SharedStrings, unescape
from certremoval.reading.stored_numbers import (
    NotANumber,
    StoredNumbers,
    boolean_cell,
    error_cell,
    formula_cell,
    iso_date_cell,
)
from certremoval.reading.xml_stream import BLOCK, DEEPEST, XmlStream, names_under_root, too_deep

# A sheet of a spreadsheet ends at row 1,048,576 and column XFD; programs write longer ones.
_LAST_ROW = 1 << 24
_LAST_COLUMN = 16_384

_ELEMENTS = ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "r")


def sheet_rows(
    part: IO[bytes], formats: list[str], strings: SharedStrings, limits: Limits, *, since_1904: bool
) -> Iterator[Row]:
    """Yield the rows of a sheet that are not empty, each with the number that the spreadsheet shows.

    Text comes as it is, a number as the sheet shows it if that is what it holds, and anything else as
    ``SuspectCell``. Raises UnreadableFile for what is no sheet, with the row where it breaks.
    """
    kinds: dict[str, str] = {}
    numbers = StoredNumbers(formats, since_1904=since_1904)
    # Styles are compared as the text that cells name them by; None is the first.
    plain_styles: set[str | None] = {str(style) for style, code in enumerate(formats) if is_plain(code)}
    if is_plain(formats[0]):
        plain_styles.add(None)
    longest_cell, most_columns = limits.max_cell_chars, limits.max_columns
    columns: dict[str, int] = {}
    shared_text = strings.text

    stream = XmlStream()
    parser = stream.parser
    rows: list[Row] = []
    pieces: list[str] = []
    skipped = 0
    place = ""
    line = 0
    cells: list[str] = []
    column = -1
    kind_of_cell: str | None = None
    style: str | None = None
    stored: str | None = None
    formula: str | None = None
    inline = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        # In the order of how often each comes: this runs several times for each cell.
        nonlocal kinds, place, line, cells, column, kind_of_cell, style, stored, formula, inline, skipped
        kind = kinds.get(name)
        if skipped:
            skipped += 1
            if skipped > DEEPEST:
                raise too_deep()
        elif place == "row" and kind == "c":
            place = "c"
            reference = attributes.get("r")
            if reference is None:
                column += 1
            else:
                letters = reference.rstrip("0123456789")
                try:
                    column = columns[letters]
                except KeyError:
                    column = columns[letters] = _column(letters, line)
            kind_of_cell = attributes.get("t")
            style = attributes.get("s")
            stored = formula = None
            inline = ""
        elif place == "c" and (kind == "v" or kind == "t" or kind == "f"):
            place = kind
            pieces.clear()
        elif place == "c" and (kind == "is" or kind == "r"):
            pass  # Texts in a cell are joined, whatever runs they come in.
        elif place == "sheetData" and kind == "row":
            place = "row"
            line = _line(attributes.get("r"), line)
            cells = []
            column = -1
        elif place == "worksheet" and kind == "sheetData":
            place = "sheetData"
        elif not place:
            kinds = names_under_root("worksheet", name, attributes, _ELEMENTS)
            place = "worksheet"
        elif kind:
            raise damaged_workbook(f"{kind} where no such element belongs", line=line or None)
        else:
            skipped = 1

    def end(name: str) -> None:
        nonlocal place, stored, formula, inline, skipped
        if skipped:
            skipped -= 1
            return
        kind = kinds[name]
        if kind == "c":
            place = "row"
            text = cell_text()
            if text:
                if column == len(cells) and column < most_columns:
                    cells.append(text)
                else:
                    put(text)
        elif kind == "v":
            place = "c"
            stored = pieces[0] if len(pieces) == 1 else "".join(pieces)
        elif kind == "t":
            place = "c"
            inline += pieces[0] if len(pieces) == 1 else "".join(pieces)
            if len(inline) > longest_cell:
                raise cell_too_long(line, longest_cell)
        elif kind == "row":
            place = "sheetData"
            end_row()
        elif kind == "f":
            place = "c"
            formula = "".join(pieces)
        elif kind == "sheetData":
            # What follows (merged cells, print settings) holds no rows; it is read for its checksum.
            place = "worksheet"

    def cell_text() -> str:
        if kind_of_cell == "inlineStr":
            return unescape(inline) if "_x" in inline else inline
        if kind_of_cell == "s":
            if not stored:
                return ""
            try:
                return shared_text(int(stored))
            except (ValueError, IndexError):
                raise damaged_workbook("a cell refers to a text that is not there", line=line) from None
        if not stored:
            if formula and kind_of_cell != "str":
                return formula_cell(formula[:longest_cell])
            return ""
        if len(stored) > longest_cell:
            raise cell_too_long(line, longest_cell)
        if kind_of_cell is None or kind_of_cell == "n":
            if (
                style in plain_styles
                and len(stored) < 16
                and stored.isdigit()
                and stored.isascii()
                and (stored[0] != "0" or stored == "0")
            ):
                return stored
            try:
                return numbers.text(stored, int(style or 0))
            except (NotANumber, ValueError, IndexError):
                raise damaged_workbook("a number is none", line=line) from None
        if kind_of_cell == "str":
            return unescape(stored)
        if kind_of_cell == "b":
            return boolean_cell(stored)
        if kind_of_cell == "e":
            return error_cell(stored)
        if kind_of_cell == "d":
            return iso_date_cell(stored)
        raise damaged_workbook("a cell of a kind that does not exist", line=line)

    def put(text: str) -> None:
        count = len(cells)
        if column < count:
            if column < 0 or cells[column]:
                raise damaged_workbook("the same cell is there twice", line=line)
            cells[column] = text
            return
        if column >= most_columns:
            raise too_many_columns(line, most_columns)
        while count < column:
            cells.append("")
            count += 1
        cells.append(text)

    def end_row() -> None:
        nonlocal cells
        text = "".join(cells)
        if not text.strip(EDGE):
            return
        if "'" in text:
            cells = [cell if isinstance(cell, SuspectCell) else unguard(cell) for cell in cells]
        rows.append(Row(line, cells))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    in_text = ("v", "t", "f")
    while True:
        block = part.read(BLOCK)
        stream.feed(block)
        if place not in in_text:
            pieces.clear()
        elif sum(map(len, pieces)) > longest_cell:
            raise cell_too_long(line, longest_cell)
        yield from rows
        rows.clear()
        if not block:
            return


def _line(reference: str | None, before: int) -> int:
    """Return the number of a row: as it says, else the next one."""
    if reference is None:
        line = before + 1
    elif reference.isascii() and reference.isdigit() and len(reference) < 12:
        line = int(reference)
    else:
        raise damaged_workbook("a row without a number", line=before or None)
    if line > _LAST_ROW:
        raise file_format(f"A row is numbered {line:,}, further than a sheet goes. Save the workbook again.")
    if line <= before:
        raise damaged_workbook("its rows are out of order", line=before)
    return line


def _column(letters: str, line: int) -> int:
    """Return the index of a column by its letters (A is 0)."""
    if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
        raise damaged_workbook("a cell without a place", line=line)
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    if index > _LAST_COLUMN:
        raise damaged_workbook("a column further than a sheet goes", line=line)
    return index - 1
