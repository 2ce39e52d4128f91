"""Text to rows: CSV with comma, semicolon, tab or bar, by the stdlib's csv over lines of our own.

csv is strict here: text after a closing quotation mark and a mark that never closes are refused by line,
since both would change an id silently. A quotation mark inside a cell that does not begin with one is text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from certremoval.problems import UnreadableFile
from certremoval.reading.cell_text import EDGE, trim_id, unguard
from certremoval.reading.encodings import TextFile, nul_found
from certremoval.reading.limits import Limits
from certremoval.reading.lines import count_line_ends, line_batches
from certremoval.reading.plain_lines import has_long_line, read_plain_lines
from certremoval.reading.refusals import cell_too_long, file_format, too_many_columns
from certremoval.reading.rows import ROWS_AT_ONCE, Row, RowBatch, row_batches

DELIMITERS = (",", ";", "\t", "|")

_sep_line = re.compile(r'"?sep=([^\w"\'])"?[ \r\n]*', re.IGNORECASE).fullmatch


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a text file are told apart, and its header."""

    delimiter: str
    header: Row


def find_layout(text: TextFile, known_columns: Collection[str], limits: Limits) -> Layout | None:
    """Return delimiter and header row, or None for a file of empty rows only.

    A first line ``sep=`` decides. Else the header is read with each delimiter, and the one wins that finds
    the most known columns, then the most cells. Raises UnreadableFile if no delimiter makes sense of it.
    """
    declared = _declared_delimiter(text, limits)
    if declared:
        header = next(records(text, declared, limits, after=1), None)
        return Layout(declared, header) if header else None
    if _is_blank(text):
        return None
    known = {trim_id(column).casefold() for column in known_columns}
    layouts: list[Layout] = []
    refusals: list[UnreadableFile] = []
    is_empty = False
    for delimiter in DELIMITERS:
        try:
            found = next((row for row in records(text, delimiter, limits) if not _is_only_delimiters(row)), None)
        except UnreadableFile as refusal:
            refusals.append(refusal)
        else:
            if found:
                layouts.append(Layout(delimiter, found))
            else:
                is_empty = True

    def fit(layout: Layout) -> tuple[int, int]:
        names = {trim_id(cell).casefold() for cell in layout.header.cells}
        return len(names & known), len(layout.header.cells)

    best = max(layouts, key=fit, default=None)
    if refusals and not is_empty and (best is None or fit(best) == (0, 1)):
        # What is one cell without a meaning to one delimiter was told to be wrong by another.
        raise refusals[0]
    return best


def records(text: TextFile, delimiter: str, limits: Limits, *, after: int = 0) -> Iterator[Row]:
    """Yield the rows that begin after a line, without those whose cells are all empty.

    Raises UnreadableFile, with the line on which the record begins, for quotation marks that make no
    sense, a NUL, a cell, row or line above its cap, and bytes that are not text.
    """
    _allow_long_fields(limits)
    return _records(_batches_of_lines(text, limits), delimiter, limits, begins=1, after=after)


def record_batches(text: TextFile, delimiter: str, limits: Limits, *, after: int = 0) -> Iterator[RowBatch]:
    """Yield the same rows as ``records``, many at once as long as that can be done; raise the same."""
    _allow_long_fields(limits)
    begins = 1
    batches_of_lines = _in_pieces(_batches_of_lines(text, limits))
    for lines in batches_of_lines:
        batch = read_plain_lines(lines, delimiter, limits, begins=begins, after=after)
        if batch is None:
            rest = chain([lines], batches_of_lines)
            yield from row_batches(_records(rest, delimiter, limits, begins=begins, after=after))
            return
        if batch.lines:
            yield batch
        begins += len(lines)


def _records(batches: Iterator[list[str]], delimiter: str, limits: Limits, *, begins: int, after: int) -> Iterator[Row]:
    """Yield the rows of lines of which the first is line ``begins``, row by row."""
    passed = begins - 1
    long_lines = False

    def lines() -> Iterator[list[str]]:
        nonlocal long_lines
        begun_before, chars = 0, 0
        for batch in batches:
            if begins != begun_before:
                begun_before, chars = begins, 0
            elif chars > limits.max_row_chars:
                raise _unclosed_quote(begins)
            long_lines = has_long_line(batch, limits)
            yield batch
            chars += sum(map(len, batch)) if begins == begun_before else 0

    reader = csv.reader(chain.from_iterable(lines()), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            line = begins
            begins = passed + reader.line_num + 1
            if long_lines or begins != line + 1:
                _check_size(line, cells, limits)
            text_of_row = "".join(cells)
            if line > after and text_of_row.strip(EDGE):
                yield Row(line, [unguard(cell) for cell in cells] if "'" in text_of_row else cells)
    except csv.Error as error:
        raise _refused(str(error), begins, passed + reader.line_num, limits) from None


def _batches_of_lines(text: TextFile, limits: Limits) -> Iterator[list[str]]:
    return line_batches(_without_nul(text), longest=limits.max_row_chars)


def _in_pieces(batches: Iterator[list[str]]) -> Iterator[list[str]]:
    for lines in batches:
        for at in range(0, len(lines), ROWS_AT_ONCE):
            yield lines[at : at + ROWS_AT_ONCE]


def _allow_long_fields(limits: Limits) -> None:
    # The limit belongs to the process: it is raised if ours is higher, never lowered.
    if csv.field_size_limit() <= limits.max_cell_chars:
        csv.field_size_limit(limits.max_cell_chars + 1)


def _declared_delimiter(text: TextFile, limits: Limits) -> str | None:
    first_line = next(_batches_of_lines(text, limits), [""])[0]
    found = _sep_line(first_line)
    return found[1] if found else None


def _is_blank(text: TextFile) -> bool:
    return not any(block.strip(EDGE) for block in text.text_blocks())


def _is_only_delimiters(row: Row) -> bool:
    # A row of another delimiter than the one tried, with nothing between.
    return not "".join(row.cells).strip(EDGE + "".join(DELIMITERS))


def _without_marks(blocks: Iterator[str]) -> Iterator[str]:
    """Take byte order marks off the start of the text: files glued together by programs have several."""
    for block in blocks:
        begun = block.lstrip("\ufeff")
        if begun:
            yield begun
            break
    yield from blocks


def _without_nul(text: TextFile) -> Iterator[str]:
    for block in _without_marks(text.text_blocks()):
        if "\0" in block:
            raise nul_found(_line_of_nul(text))
        yield block


def _line_of_nul(text: TextFile) -> int:
    line = 1
    after_return = False
    for block in text.text_blocks():
        before, nul, _rest = block.partition("\0")
        line += count_line_ends(before, after_return=after_return)
        if nul:
            break
        after_return = block.endswith("\r") if block else after_return
    return line


def _check_size(line: int, cells: list[str], limits: Limits) -> None:
    if len(cells) > limits.max_columns:
        raise too_many_columns(line, limits.max_columns)
    if any(len(cell) > limits.max_cell_chars for cell in cells):
        raise cell_too_long(line, limits.max_cell_chars)


def _refused(error: str, begins: int, line: int, limits: Limits) -> UnreadableFile:
    if "field limit" in error:
        return cell_too_long(begins, limits.max_cell_chars) if line <= begins else _unclosed_quote(begins)
    if "end of data" in error:
        return _unclosed_quote(begins)
    where = f"Line {begins:,}" if line <= begins else f"The cell that begins on line {begins:,}"
    return file_format(
        f"{where} has text right after a closing quotation mark. Write a quotation mark inside a quoted cell "
        'twice (""), or save the file again from a spreadsheet.',
        line=begins,
    )


def _unclosed_quote(line: int) -> UnreadableFile:
    return file_format(
        f"A quotation mark opens on line {line:,} and is not closed in that cell. Close it, or delete it.", line=line
    )
