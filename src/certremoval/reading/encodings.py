"""Bytes to text: which encoding a file is in, and which lines are not."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from certremoval.problems import UnreadableFile
from certremoval.reading.lines import BLOCK, count_line_ends, line_batches
from certremoval.reading.refusals import file_format

# The longest first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}

# Encodings of people's files in which every line end is the byte that ASCII has for it. Encodings with
# a state (UTF-7, ISO 2022) are left out: in them a byte alone does not say what it is.
_ASCII_LIKE = {
    "utf-8",
    "ascii",
    "iso8859-1",
    *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"cp{page}" for page in range(1250, 1259)),
    *(f"cp{page}" for page in (437, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869, 874, 932, 949, 950)),
    "mac-roman",
    "mac-latin2",
    "koi8-r",
    "koi8-u",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
}

_LINES_NAMED = 4
_LONGEST_LINE = 4_000_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file and how its bytes are read: ``encoding`` from the byte ``start`` on, after a byte order mark."""

    source: BinaryIO
    encoding: str
    start: int

    def text_blocks(self) -> Iterator[str]:
        """Yield the text in blocks of bounded size. Raises UnreadableFile naming the lines that are not text."""
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        try:
            for block in self._byte_blocks():
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise self._undecodable() from None

    def _byte_blocks(self) -> Iterator[bytes]:
        # Each block is sought anew, so that several readers of one source do not disturb each other.
        position = self.start
        while True:
            self.source.seek(position)
            block = self.source.read(BLOCK)
            if not block:
                return
            position += len(block)
            yield block

    def _undecodable(self) -> UnreadableFile:
        if self.encoding in _WIDE:
            return _undecodable_lines(self.encoding, [self._first_undecodable_wide_line()], "")
        found = list(islice(self.undecodable_lines(), _LINES_NAMED + 1))
        sample = _sample(found[0][1]) if found else ""
        return _undecodable_lines(self.encoding, [line for line, _ in found], sample)

    def undecodable_lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the bytes of each line that is no text in this encoding, which is no wide one.

        Raises UnreadableFile for a line without end.
        """
        line = 1
        # Latin-1 gives every byte a character, so that lines are split by the same rule as text.
        blocks = (block.decode("latin-1") for block in self._byte_blocks())
        for batch in line_batches(blocks, longest=_LONGEST_LINE):
            if not _decodes("".join(batch), self.encoding):
                for offset, text in enumerate(batch):
                    if not _decodes(text, self.encoding):
                        yield line + offset, text.encode("latin-1")
            line += len(batch)

    def _first_undecodable_wide_line(self) -> int:
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        line = 1
        after_return = False
        blocks = self._byte_blocks()
        while True:
            block = next(blocks, b"")
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                text = error.object[: error.start].decode(self.encoding)
                return line + count_line_ends(text, after_return=after_return)
            line += count_line_ends(text, after_return=after_return)
            after_return = text.endswith("\r") if text else after_return
            if not block:
                return line


def detect_encoding(source: BinaryIO, chosen: str | None) -> TextFile:
    """Return how to read a text file: as chosen, else by its byte order mark, else as UTF-8.

    Raises UnreadableFile for a chosen encoding that we do not know, and for bytes of UTF-16 without a mark.
    """
    source.seek(0)
    head = source.read(4096)
    mark, marked = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", None))
    encoding = _known_encoding(chosen) if chosen else (marked or "utf-8")
    if encoding in ("utf-16", "utf-32"):
        encoding = marked if marked and marked.startswith(encoding) else f"{encoding}-le"
    # A mark of UTF-8 is no text in any encoding, whatever was chosen for the rest.
    start = len(mark) if mark == codecs.BOM_UTF8 or marked == encoding else 0
    if encoding not in _WIDE and b"\0" in head:
        raise _nul_in_text(head)
    return TextFile(source, encoding, start)


def words_not_in_utf_8(source: BinaryIO, *, most: int) -> list[tuple[int, str]]:
    """Return the first lines of a text file that are not UTF-8, each with the word that is not, read as Windows-1252.

    Raises UnreadableFile for a file that is no text.
    """
    lines = detect_encoding(source, "utf-8").undecodable_lines()
    return [(line, _sample(content)) for line, content in islice(lines, most)]


def _known_encoding(name: str) -> str:
    try:
        known = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        known = ""
    if known == "utf-8-sig":
        known = "utf-8"
    if known not in _WIDE and known not in _ASCII_LIKE:
        raise file_format(
            f"The encoding {name} is not known here. Choose utf-8, utf-16 or windows-1252, "
            "or save the file as 'CSV UTF-8'.",
            value=name,
        )
    return known


def _nul_in_text(head: bytes) -> UnreadableFile:
    line = 1 + count_line_ends(head[: head.index(0)].replace(b"\0", b"").decode("latin-1"))
    pairs = len(head) // 2
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = head[first::2].count(0)
        if zeros * 10 >= pairs * 9 and head[1 - first :: 2].count(0) * 10 < pairs:
            return file_format(
                "This looks like UTF-16 without a byte order mark. "
                f"Choose {encoding.upper()} (--encoding {encoding}), or save the file as 'CSV UTF-8'.",
                line=line,
                suggestion=encoding,
            )
    return nul_found(line)


def nul_found(line: int) -> UnreadableFile:
    """Return the refusal of a file with a NUL character: text has none."""
    return file_format(
        f"Line {line:,} holds a NUL character, so this is no text file, or a damaged one. "
        "Save it as .xlsx or as CSV UTF-8.",
        line=line,
    )


def _decodes(latin1: str, encoding: str) -> bool:
    try:
        latin1.encode("latin-1").decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _sample(line: bytes) -> str:
    """Return the word around the first byte that is not UTF-8, read as Windows-1252."""
    text = line.decode("cp1252", "replace")
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start
    else:
        return ""
    first, last = at, at + 1
    while first > 0 and at - first < 30 and text[first - 1].isalnum():
        first -= 1
    while last < len(text) and last - at < 30 and text[last].isalnum():
        last += 1
    return text[first:last]


def _undecodable_lines(encoding: str, lines: list[int], sample: str) -> UnreadableFile:
    named = [f"{line:,}" for line in lines[:_LINES_NAMED]]
    if not lines:
        where = "The file"
    elif len(lines) == 1:
        where = f"Line {named[0]}"
    elif len(lines) > _LINES_NAMED:
        where = f"Lines {', '.join(named)} and others"
    else:
        where = f"Lines {', '.join(named[:-1])} and {named[-1]}"
    line = lines[0] if lines else None
    label = encoding.upper().replace("CP125", "Windows-125")
    if encoding != "utf-8":
        return file_format(
            f"{where} cannot be read as {label}. Choose another encoding, or save the file as 'CSV UTF-8'.", line=line
        )
    return file_format(
        f"{where} cannot be read as UTF-8. If '{sample}' looks right in this sample, choose Windows-1252 "
        "(--encoding windows-1252); otherwise save the file as 'CSV UTF-8'.",
        line=line,
        value=sample,
        suggestion="windows-1252",
    )
