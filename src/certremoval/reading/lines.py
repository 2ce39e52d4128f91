"""Text to physical lines: they end at LF, CRLF or CR and at nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from certremoval.problems import UnreadableFile
from certremoval.reading.refusals import file_format

BLOCK = 1 << 16
"""How many bytes are read at once."""


def count_line_ends(text: str, *, after_return: bool = False) -> int:
    """Return how many lines end in the text; ``after_return`` if a CR came right before it."""
    count = text.count("\n") + text.count("\r") - text.count("\r\n")
    return count - 1 if after_return and text.startswith("\n") else count


def line_batches(blocks: Iterable[str], *, longest: int) -> Iterator[list[str]]:
    """Yield lists of whole lines, ends included, of text that comes in blocks.

    Raises UnreadableFile for a line longer than ``longest``, before it is held whole.
    """
    rest = ""
    line = 1
    for block in blocks:
        text = rest + block
        # A CR at the very end may be the first half of a CRLF.
        cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        rest = text[cut:]
        if cut:
            batch = list(io.StringIO(text[:cut], newline=""))
            yield batch
            line += len(batch)
        if len(rest) > longest:
            raise line_too_long(line, longest)
    if rest:
        yield list(io.StringIO(rest, newline=""))


def line_too_long(line: int, limit: int) -> UnreadableFile:
    """Return the refusal of a file that has no line end where one must be."""
    return file_format(
        f"Line {line:,} is longer than {limit:,} characters. Check that the file has line ends, "
        "or delete columns that are not needed.",
        line=line,
    )
