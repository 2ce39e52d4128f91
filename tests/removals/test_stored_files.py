"""Uploaded files: kept byte for byte in pieces, described, named safely, read back anywhere."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.removals.files import (
    PIECE_BYTES,
    PIECES_IN_A_TRANSACTION,
    describe_file,
    open_stored_file,
    shown_file_name,
    store_file,
)
from certremoval.removals.models import StoredFile, StoredFilePiece

pytestmark = pytest.mark.django_db


def pattern(size: int) -> bytes:
    """Bytes of which no two pieces are alike."""
    block = hashlib.sha256(b"certremoval").digest() * 977 + b"x"
    return (block * (size // len(block) + 1))[:size]


def stored(content: bytes) -> StoredFile:
    source = io.BytesIO(content)
    return store_file(source, describe_file(source, name="people.csv"))


@pytest.mark.parametrize(
    "size",
    [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, PIECE_BYTES * PIECES_IN_A_TRANSACTION, PIECE_BYTES * 11 + 5],
)
def test_byte_for_byte(size: int) -> None:
    content = pattern(size)

    file = stored(content)

    assert (file.size, file.sha256) == (size, hashlib.sha256(content).hexdigest())
    with open_stored_file(file) as source:
        assert source.read() == content


def test_in_full_pieces_numbered_from_0() -> None:
    file = stored(pattern(PIECE_BYTES * 2 + 1))

    pieces = StoredFilePiece.objects.filter(file=file).order_by("number")
    assert [(piece.number, len(piece.content)) for piece in pieces] == [(0, PIECE_BYTES), (1, PIECE_BYTES), (2, 1)]


class Dribbling(io.BytesIO):
    """A source that gives less than it is asked for, as a pipe does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 1, 100_001) if size and size > 0 else size)


def test_of_a_source_that_gives_less_than_it_is_asked_for() -> None:
    content = pattern(PIECE_BYTES * 2 + 77)
    source = Dribbling(content)

    file = store_file(source, describe_file(source, name="x"))

    with open_stored_file(file) as found:
        assert found.read() == content


def test_a_file_is_described_from_its_start_and_put_back_to_it() -> None:
    source = io.BytesIO(b"abc")
    source.read()

    facts = describe_file(source, name="a.csv")

    assert facts.as_json() == {"name": "a.csv", "size": 3, "sha256": hashlib.sha256(b"abc").hexdigest()}
    assert source.tell() == 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("people.csv", "people.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\list.xlsx", "list.xlsx"),
        ("folder/", "folder"),
        ("", "file"),
        ("///", "file"),
        (" \t ", "file"),
        ("a\r\nb\0\x1b[31m.csv", "ab[31m.csv"),
        ("gnp\u202eevil.csv", "gnpevil.csv"),
        ("\ud800.csv", ".csv"),
        ("Müller 名簿 \U0001f469\u200d\U0001f692.csv", "Müller 名簿 \U0001f469\u200d\U0001f692.csv"),
        ("x" * 300, "x" * 255),
        ("<script>.csv", "<script>.csv"),
    ],
)
def test_names_from_outside_are_made_safe_to_show(name: str, shown: str) -> None:
    assert shown_file_name(name) == shown


@given(name=st.text())
@settings(max_examples=200)
def test_any_name_can_be_kept_and_shown(name: str) -> None:
    shown = shown_file_name(name)

    assert 0 < len(shown) <= 255
    assert not set(shown) & set("/\\\0\n\r")
    shown.encode()


class TestReadingAnywhere:
    """The reader of a stored file behaves as ``BytesIO`` of the same bytes."""

    SIZE = PIECE_BYTES * 2 + 1_000

    @pytest.fixture
    def file(self) -> StoredFile:
        return stored(pattern(self.SIZE))

    positions = st.one_of(
        st.integers(0, SIZE + 10),
        st.sampled_from([0, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, SIZE - 1, SIZE, SIZE + 1]),
    )
    steps = st.one_of(
        st.tuples(st.just("read"), st.one_of(st.integers(0, 2 * PIECE_BYTES), st.just(-1))),
        st.tuples(st.just("seek"), positions),
        st.tuples(st.just("from end"), st.integers(-SIZE, 10)),
        st.tuples(st.just("onward"), st.integers(-10, 10)),
    )

    @given(steps=st.lists(steps, max_size=12))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_like_bytes_in_memory(self, file: StoredFile, steps: list[tuple[str, int]]) -> None:
        expected = io.BytesIO(pattern(self.SIZE))
        with open_stored_file(file) as source:
            for verb, number in steps:
                if verb == "read":
                    assert source.read(number) == expected.read(number)
                elif verb == "seek":
                    assert source.seek(number) == expected.seek(number)
                elif verb == "from end":
                    assert source.seek(number, io.SEEK_END) == expected.seek(number, io.SEEK_END)
                elif expected.tell() + number >= 0:
                    assert source.seek(number, io.SEEK_CUR) == expected.seek(number, io.SEEK_CUR)
                assert source.tell() == expected.tell()

    def test_nothing_is_before_its_start(self, file: StoredFile) -> None:
        with open_stored_file(file) as source, pytest.raises(ValueError, match="before its start"):
            source.seek(-file.size - 1, io.SEEK_END)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_stored_whole_is_not_stored_at_all() -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > PIECE_BYTES * PIECES_IN_A_TRANSACTION:
                raise OSError("the disk is gone")
            return super().read(size)

    source = Breaking(pattern(PIECE_BYTES * (PIECES_IN_A_TRANSACTION + 2)))
    facts = describe_file(io.BytesIO(source.getvalue()), name="x")

    with pytest.raises(OSError, match="the disk is gone"):
        store_file(source, facts)

    assert not StoredFile.objects.exists()
    assert not StoredFilePiece.objects.exists()
