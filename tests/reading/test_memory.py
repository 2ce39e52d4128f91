"""Reading and writing stay flat in memory, whatever the size of the file."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from certremoval.problems import UnreadableFile
from certremoval.reading import Limits, read_table, shared_strings, write_csv, write_xlsx

from .files import parts_of_workbook, rows_of, strings_xml, zipped

MB = 1_000_000


def ids(count: int) -> Iterator[list[str]]:
    yield ["Certification ID", "User ID"]
    for number in range(count):
        yield ["FORKLIFT-3Y", f"{number:012d}"]


def peak(act: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def count_rows(source: BinaryIO) -> int:
    table = read_table(source, name="x", known_columns=["User ID"])
    return sum(1 for _ in table.rows())


class Nowhere:
    def write(self, data: bytes) -> None:
        pass


@pytest.mark.parametrize(("write", "count"), [(write_csv, 80_000), (write_xlsx, 25_000)])
def test_rows_stream_out_and_in(write: Callable[..., None], count: int) -> None:
    assert peak(lambda: write(Nowhere(), ids(count))) < 1 * MB
    out = io.BytesIO()
    write(out, ids(count))
    assert peak(lambda: count_rows(out)) < 2 * MB


def with_shared_strings(count: int) -> bytes:
    rows = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in range(count))
    texts = "".join(f"<si><t>{n or 'User ID'} {'y' * 60 if n else ''}</t></si>" for n in range(count))
    return zipped(parts_of_workbook(rows, strings=strings_xml(texts)))


def test_shared_strings_move_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_strings, "_IN_MEMORY", 500_000)
    monkeypatch.setattr(shared_strings, "_SPILL_AT", 100_000)
    data = with_shared_strings(50_000)
    assert peak(lambda: count_rows(io.BytesIO(data))) < 3 * MB
    rows = rows_of(data)
    assert [rows[0].cells, rows[-1].cells] == [["1 " + "y" * 60], ["49999 " + "y" * 60]]


def test_shared_strings_are_compact_in_memory() -> None:
    data = with_shared_strings(50_000)
    assert peak(lambda: count_rows(io.BytesIO(data))) < 8 * MB


@pytest.mark.parametrize(
    "data",
    [
        b'User ID\n"' + b"x" * 20 * MB,
        b'User ID\n"' + b"x\n" * 10 * MB,
        b"User ID\n" + b'"\n",' * 5 * MB,
        b"User ID\n" + b"x" * 20 * MB,
        b"User ID\n" + b"," * 20 * MB,
        b"\n" * 20 * MB,
        b"\xff" * 20 * MB,
        zipped(parts_of_workbook(sheet="<worksheet>" + " " * 20 * MB)),
        zipped(parts_of_workbook("<y>" * 5 * MB)),
        zipped(parts_of_workbook(f"<row r='{'1' * 20 * MB}'/>")),
        zipped(parts_of_workbook(f"<row><c><v>{'1' * 20 * MB}</v></c></row>")),
        zipped(parts_of_workbook(f"<row><c><f>{'1' * 20 * MB}</f></c></row>")),
        zipped(parts_of_workbook(strings=strings_xml(f"<si><t>{'1' * 20 * MB}</t></si>"))),
        zipped(parts_of_workbook(strings=strings_xml("<si><r><t>x</t></r>" + "<r><t>x</t></r>" * MB))),
    ],
    ids=["one long quoted cell", "an unclosed quote", "endless quoted cells", "a line without end", "endless cells",
         "nothing but line ends", "no text", "space", "depth", "an attribute", "a number", "a formula",
         "a text", "runs"],
)  # fmt: skip
def test_hostile_files_are_refused_in_little_memory(data: bytes) -> None:
    def refused() -> None:
        with pytest.raises(UnreadableFile):
            count_rows(io.BytesIO(data))

    assert peak(refused) < 20 * MB


def test_how_few_rows_are_taken_says_nothing_of_how_many_texts_a_workbook_has() -> None:
    rows = "".join(f'<row><c t="s"><v>{n}</v></c></row>' for n in (0, 59))
    texts = "".join(f"<si><t>{n or 'User ID'}</t></si>" for n in range(60))

    found = rows_of(zipped(parts_of_workbook(rows, strings=strings_xml(texts))), limits=Limits(max_rows=5))

    assert [row.cells for row in found] == [["59"]]
