"""The shared strings of a workbook: a million texts in flat memory.

Texts are kept as bytes one after another with an array of where each ends; past some megabytes both move to
temporary files that are mapped into memory.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Self

from certremoval.problems import UnreadableFile
from certremoval.reading.limits import Limits
from certremoval.reading.refusals import damaged_workbook, file_format
from certremoval.reading.xml_stream import BLOCK, DEEPEST, XmlStream, names_under_root, too_deep

_IN_MEMORY = 8_000_000
_SPILL_AT = 1_000_000

_escape = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")


def unescape(text: str) -> str:
    """Return text with ``_x000D_`` and the like decoded, as cells hold characters that XML has not."""
    return _escape.sub(_unescaped, text) if "_x" in text else text


def _unescaped(match: re.Match[str]) -> str:
    units = [int(code, 16) for code in re.findall(r"_x(.{4})_", match[0])]
    if 0 in units:
        return match[0]
    try:
        return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le")
    except UnicodeDecodeError:
        # Half a character is none: it stays as it is written.
        return match[0]


class SharedStrings:
    """Texts by number. ``read`` makes them of the part of the workbook that lists them."""

    def __init__(self, texts: bytes | bytearray | mmap.mmap, ends: memoryview | array[int]) -> None:
        self._texts = texts
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    def text(self, index: int) -> str:
        """Return one text. Raises IndexError."""
        if index < 0:
            raise IndexError(index)
        return self._texts[self._ends[index] : self._ends[index + 1]].decode()

    @classmethod
    def none(cls) -> Self:
        return cls(b"", array("Q", [0]))

    @classmethod
    def read(cls, part: IO[bytes], limits: Limits) -> Self:
        """Read all texts: runs of rich text are joined, phonetic runs left out. Raises UnreadableFile."""
        with _Spill() as texts, _Spill() as ends:
            for batch in _texts(part, limits):
                positions = array("Q")
                if not ends.size:
                    positions.append(0)
                joined = bytearray()
                for text in batch:
                    joined += text.encode()
                    positions.append(texts.size + len(joined))
                texts.add(joined)
                ends.add(positions.tobytes())
            if not ends.size:
                return cls.none()
            return cls(texts.content(), memoryview(ends.content()).cast("B").cast("Q"))


class _Spill:
    """Bytes that are added to: in memory while they are few, then in a temporary file."""

    def __init__(self) -> None:
        self.size = 0
        self._memory = bytearray()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(self, data: bytes | bytearray) -> None:
        self.size += len(data)
        self._memory += data
        if self.size > _IN_MEMORY and len(self._memory) > _SPILL_AT:
            self._file = self._file or tempfile.TemporaryFile(prefix="certremoval-")  # noqa: SIM115
            self._file.write(self._memory)
            self._memory.clear()

    def content(self) -> bytearray | mmap.mmap:
        """Return all bytes; a mapped file outlives its file object and goes with the mapping."""
        if not self._file:
            return self._memory
        self._file.write(self._memory)
        self._file.flush()
        return mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)


def _texts(part: IO[bytes], limits: Limits) -> Iterator[list[str]]:
    """Yield the texts of the part, in lists. Phonetic runs are passed over."""
    kinds: dict[str, str] = {}
    stream = XmlStream()
    parser = stream.parser
    pieces: list[str] = []
    batch: list[str] = []
    skipped = 0
    text = ""
    place = ""
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kinds, place, text, skipped
        kind = kinds.get(name)
        if skipped:
            skipped += 1
            if skipped > DEEPEST:
                raise too_deep()
        elif place == "sst" and kind == "si":
            place, text = "si", ""
        elif place == "si" and kind == "t":
            place = "t"
            pieces.clear()
        elif place == "si" and kind == "r":
            pass  # Runs of rich text are joined.
        elif not place:
            kinds = names_under_root("sst", name, attributes, ("sst", "si", "r", "t"))
            place = "sst"
        elif kind:
            raise damaged_workbook(f"{kind} where no such element belongs")
        else:
            skipped = 1

    def end(name: str) -> None:
        nonlocal place, text, count, skipped
        if skipped:
            skipped -= 1
            return
        kind = kinds[name]
        if kind == "t":
            place = "si"
            text += pieces[0] if len(pieces) == 1 else "".join(pieces)
            if len(text) > limits.max_cell_chars:
                raise _text_too_long(limits)
        elif kind == "si":
            place = "sst"
            batch.append(unescape(text))
            count += 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    most = limits.max_shared_texts
    while True:
        block = part.read(BLOCK)
        stream.feed(block)
        if count > most:
            raise damaged_workbook("too many texts")
        if place != "t":
            pieces.clear()
        elif sum(map(len, pieces)) > limits.max_cell_chars:
            raise _text_too_long(limits)
        yield batch
        batch.clear()
        if not block:
            return


def _text_too_long(limits: Limits) -> UnreadableFile:
    return file_format(f"A cell is longer than {limits.max_cell_chars:,} characters. Shorten it, or delete its column.")
