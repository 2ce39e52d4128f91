"""Uploaded files, kept in the database in pieces, so that every machine's workers can read them."""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from certremoval.database.clock import database_now
from certremoval.problems import Purged
from certremoval.removals.models import StoredFile, StoredFilePiece

PIECE_BYTES = 256 * 1024
PIECES_IN_A_TRANSACTION = 8
"""2 MB a transaction: other writers wait a few milliseconds while a file is stored."""

UNPACKED_TIMES = 8
"""How much larger than itself a small workbook may be unpacked; the XML of a sheet packs about so well."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is told of a file: its name, its size in bytes, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    size: int
    sha256: str

    def as_json(self) -> dict[str, object]:
        """Return the contract's ``file`` object."""
        return {"name": self.name, "size": self.size, "sha256": self.sha256}


def describe_file(source: BinaryIO, *, name: str) -> FileFacts:
    """Read a seekable file through once, and put it back to its start."""
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := source.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    source.seek(0)
    return FileFacts(name=shown_file_name(name), size=size, sha256=digest.hexdigest())


def shown_file_name(name: str) -> str:
    """Return the last part of a file's name, without control characters, at most 255 characters.

    The name comes from outside (``../../etc/passwd``, ``C:\\\\list.csv``) and is only ever shown.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" or letter == "\u200d")
    return shown.strip()[:255] or "file"


def store_file(source: BinaryIO, facts: FileFacts) -> StoredFile:
    """Store all bytes of a seekable file, in short transactions, and return the stored file.

    Where that fails half-way, what was stored is deleted again.
    """
    stored = StoredFile.objects.create(name=facts.name, size=facts.size, sha256=facts.sha256, stored_at=database_now())
    source.seek(0)
    pieces = enumerate(_pieces(source))
    try:
        while some := list(islice(pieces, PIECES_IN_A_TRANSACTION)):
            with transaction.atomic():
                for number, content in some:
                    StoredFilePiece.objects.create(file=stored, number=number, content=content)
    except BaseException:
        if not connection.in_atomic_block:
            stored.delete()
        raise
    return stored


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes in pieces that are all full but the last; a source may give less than it is asked for."""
    piece = b""
    while more := source.read(PIECE_BYTES - len(piece)):
        piece += more
        if len(piece) == PIECE_BYTES:
            yield piece
            piece = b""
    if piece:
        yield piece


class _StoredFileReader(io.RawIOBase):
    """The bytes of a stored file, read piece by piece; one piece is held in memory."""

    def __init__(self, stored: StoredFile) -> None:
        super().__init__()
        self._file_id, self._size = stored.id, stored.size
        self._position = 0
        self._number, self._piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("A file has no bytes before its start.")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number, start = divmod(self._position, PIECE_BYTES)
        if number != self._number:
            piece = (
                StoredFilePiece.objects.filter(file_id=self._file_id, number=number)
                .values_list("content", flat=True)
                .first()
            )
            if piece is None and self._position < self._size:
                # Deleted while it was read: whoever reads must not take what there was for all of it.
                raise Purged(_("The file has been deleted, since its retention time has passed."))
            self._number, self._piece = number, bytes(piece or b"")
        content = self._piece[start : start + len(buffer)]
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


def is_small(stored: StoredFile, at_most: int) -> bool:
    """Whether a file is read in a moment: it has at most so many bytes, and a workbook unpacks to little more.

    A workbook of some kilobytes may unpack to gigabytes. One that cannot be opened is small: it is refused at once.
    """
    if stored.size > at_most:
        return False
    with open_stored_file(stored) as source:
        if source.read(2) != b"PK":
            return True
        try:
            with zipfile.ZipFile(source) as parts:
                unpacked = sum(part.file_size for part in parts.infolist())
        except Exception:  # zipfile raises a dozen kinds
            return True
    return unpacked <= UNPACKED_TIMES * at_most


def open_stored_file(stored: StoredFile) -> BinaryIO:
    """Open a stored file for reading; seekable."""
    return io.BufferedReader(_StoredFileReader(stored), buffer_size=PIECE_BYTES)
