"""Files that are too large, too long, or empty."""

from __future__ import annotations

import io

import pytest

from certremoval.problems import UnreadableFile
from certremoval.reading import Limits, read_table, write_xlsx

from .files import refusal_of, rows_of, table_of


class HugeFile(io.BytesIO):
    """A file that says it is larger than it is."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 140_000_000 if whence == io.SEEK_END else super().seek(offset, whence)


def test_a_file_above_the_limit_is_refused_with_both_sizes() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(HugeFile(), name="x.csv", known_columns=())
    (problem,) = refused.value.problems
    assert problem.code == "file_too_large"
    assert problem.message == (
        "This file is 140 MB; the limit is 100 MB. Split it by certification, or delete columns that are not needed."
    )


@pytest.mark.parametrize(
    ("size", "limit", "words"),
    [
        (101, 100, "101 bytes; the limit is 100 bytes"),
        (2_500, 1_000, "2 kB; the limit is 1 kB"),
        (1_001, 1_000, "1,001 bytes; the limit is 1,000 bytes"),
    ],
)
def test_the_two_sizes_never_read_the_same(size: int, limit: int, words: str) -> None:
    assert words in refusal_of(b"x" * size, limits=Limits(max_file_bytes=limit)).message


def test_a_file_of_exactly_the_limit_is_read() -> None:
    data = b"User ID\na\n"
    assert rows_of(data, limits=Limits(max_file_bytes=len(data)))
    assert refusal_of(data, limits=Limits(max_file_bytes=len(data) - 1)).code == "file_too_large"


def as_csv(ids: list[str]) -> bytes:
    return "\n".join(["User ID", "", *ids]).encode()


def as_xlsx(ids: list[str]) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, [[cell] for cell in ["User ID", "", *ids]])
    return out.getvalue()


@pytest.mark.parametrize("file_of", [as_csv, as_xlsx])
class TestRows:
    def test_as_many_rows_as_the_limit_pass(self, file_of) -> None:  # type: ignore[no-untyped-def]
        assert len(rows_of(file_of(["a", "", "b", "", "c"]), limits=Limits(max_rows=3))) == 3

    def test_one_more_is_refused_by_its_line(self, file_of) -> None:  # type: ignore[no-untyped-def]
        problem = refusal_of(file_of(["a", "", "b", "", "c"]), limits=Limits(max_rows=2))
        assert (problem.code, problem.line) == ("too_many_rows", 7)
        assert "more than 2 rows" in problem.message

    def test_a_header_without_rows_is_empty(self, file_of) -> None:  # type: ignore[no-untyped-def]
        problem = refusal_of(file_of([" ", "\u200b"]))
        assert (problem.code, problem.line) == ("file_empty", None)
        assert problem.message == "The file has a heading line but no people under it. Add one User ID per line."

    def test_words_do_not_speak_of_people_where_there_are_none(self, file_of) -> None:  # type: ignore[no-untyped-def]
        assert "people" not in refusal_of(file_of([]), known=["Certification ID", "Title"]).message


@pytest.mark.parametrize("data", [b"", b"\n\r\n \t\r", b",,;\n|", b'""\n"",""\n', "\u200b\n".encode()])
def test_nothing_at_all_is_empty_at_once(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        table_of(data)
    assert [problem.code for problem in refused.value.problems] == ["file_empty"]


def test_sep_alone_is_empty() -> None:
    assert refusal_of(b"sep=;\n\n").code == "file_empty"
