"""Many lines at once and row by row give the same rows, and refuse the same files with the same words."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certremoval.problems import Problem, UnreadableFile
from certremoval.reading import Limits, Row, delimited, encodings, rows
from certremoval.reading.delimited import DELIMITERS, record_batches, records
from certremoval.reading.encodings import TextFile
from certremoval.reading.plain_lines import read_plain_lines

from .files import rows_of

LOOSE = Limits()
TIGHT = Limits(max_cell_chars=12, max_columns=4, max_row_chars=40)
PIECES = st.sampled_from(
    ["K-1", "a b", "x" * 13, "ä", "\u65e5", ",", ";", "\t", "|", '"', '""', "'", "'=", "=", "\n", "\r\n", "\r", " ",
     "\u00a0", "\u200b", "\ufeff", "\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\0"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)


def told(read: Callable[[], Iterator[Row]]) -> tuple[list[Row], tuple[Problem, ...]]:
    """All that is given, up to the end or to a refusal, and the refusal."""
    given_rows: list[Row] = []
    try:
        for row in read():
            given_rows.append(row)
    except UnreadableFile as refused:
        return given_rows, refused.problems
    return given_rows, ()


@settings(max_examples=500, deadline=None)
@given(
    text=TEXTS,
    after=st.integers(0, 3),
    delimiter=st.sampled_from(DELIMITERS),
    limits=st.sampled_from([LOOSE, TIGHT]),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "windows-1252"]),
    block=st.integers(1, 50),
    at_a_time=st.integers(1, 5),
)
@example("a,b\r\nc,d\r\n", 1, ",", LOOSE, "utf-8", 4, 2)
@example('a,b\n"c\nd",e\nf,g\n', 0, ",", LOOSE, "utf-8", 50, 5)
@example('a\n"b\n', 0, ",", LOOSE, "utf-8", 50, 5)
@example("a\n\u200b,\u00a0\nb\n", 0, ",", LOOSE, "utf-8", 50, 5)
@example("a\n'=b,O'Neill\n", 0, ",", LOOSE, "utf-8", 50, 5)
@example("a\n,,,,\nb", 0, ",", TIGHT, "utf-8", 50, 5)
@example("a\n" + "x" * 13, 0, ",", TIGHT, "utf-8", 50, 5)
@example("a\n\nb\0c\n", 0, ",", LOOSE, "utf-8", 3, 1)
def test_any_text_whatever_is_read_at_once(
    text: str, after: int, delimiter: str, limits: Limits, encoding: str, block: int, at_a_time: int
) -> None:
    # Half of a surrogate pair is no text; neither are, now and then, the bytes of UTF-8 in another encoding.
    file = TextFile(io.BytesIO(text.encode("utf-8", "surrogatepass")), encoding, 0)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(encodings, "BLOCK", block)
        small.setattr(delimited, "ROWS_AT_ONCE", at_a_time)
        small.setattr(rows, "ROWS_AT_ONCE", at_a_time)

        def at_once() -> Iterator[Row]:
            batches = record_batches(file, delimiter, limits, after=after)
            return chain.from_iterable(batch.rows() for batch in batches)

        assert told(at_once) == told(lambda: records(file, delimiter, limits, after=after))


@pytest.mark.parametrize("lines", [["a,b\n", 'c,"d;"\n'], ["x\r\n", "\r\n"], [" \n"], ["a"]])
def test_lines_that_are_rows_are_read_at_once(lines: list[str]) -> None:
    assert read_plain_lines(lines, ",", LOOSE, begins=1, after=0) is not None


@pytest.mark.parametrize(
    "lines",
    [['a,"b\n', 'c"\n'], ['a,"b\n'], ['"a"b\n'], ["x" * 13 + "\n"], ["a,,,,\n"]],
    ids=["a cell of two lines", "a mark that is not closed", "text after a mark", "a long cell", "many cells"],
)
def test_lines_that_are_more_than_rows_are_left_to_row_by_row(lines: list[str]) -> None:
    assert read_plain_lines(lines, ",", TIGHT, begins=1, after=0) is None


def test_a_cell_of_two_lines_in_the_middle_of_a_large_file_moves_the_lines_below_it() -> None:
    below = 20_000
    plain = "".join(f"P-{number},x\n" for number in range(below))
    found = rows_of(f'User ID,Name\n{plain}Q,"two\nlines"\n{plain}'.encode())
    assert [row.line for row in found] == [*range(2, below + 3), *range(below + 4, 2 * below + 4)]
    assert found[below] == Row(below + 2, ["Q", "two\nlines"])
    assert found[0].cells == found[below + 1].cells == ["P-0", "x"]
