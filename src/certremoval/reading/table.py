"""A file as a table: a header, and rows that stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from certremoval.problems import Problem, UnreadableFile
from certremoval.reading.limits import Limits
from certremoval.reading.rows import Row, RowBatch


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A file whose header has been read.

    ``header`` is trimmed, else as in the file; ``header_line`` its line. ``encoding`` and ``delimiter``
    are of a CSV file, ``sheet`` (the one read) and ``sheets`` (all, in order) of a workbook.
    """

    name: str
    format: Literal["csv", "xlsx"]
    header: tuple[str, ...]
    header_line: int
    limits: Limits
    about_people: bool
    records: Callable[[], Iterator[RowBatch]] = field(repr=False)
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def batches(self) -> Iterator[RowBatch]:
        """Yield the rows below the header, many at a time, from the start at each call; empty ones are skipped.

        Raises UnreadableFile where the file cannot be read on, where it has more rows than the limit, and
        at the end if there was no row.
        """
        most, count = self.limits.max_rows, 0
        for batch in self.records():
            allowed = most - count
            if len(batch.lines) > allowed:
                if allowed > 0:
                    yield RowBatch(batch.lines[:allowed], batch.cells[:allowed])
                raise _too_many_rows(batch.lines[max(allowed, 0)], most)
            yield batch
            count += len(batch.lines)
        if not count:
            raise file_empty(about_people=self.about_people)

    def rows(self) -> Iterator[Row]:
        """Yield the same rows one by one; raise the same."""
        return chain.from_iterable(batch.rows() for batch in self.batches())


def file_empty(*, about_people: bool, has_header: bool = True) -> UnreadableFile:
    """Return the refusal of a file that names nobody."""
    advice = "Add one User ID per line." if about_people else "Add one line for each."
    if not has_header:
        return UnreadableFile(Problem("file_empty", f"The file is empty. Add a heading line. {advice}"))
    what = "no people" if about_people else "nothing"
    return UnreadableFile(Problem("file_empty", f"The file has a heading line but {what} under it. {advice}"))


def _too_many_rows(line: int, limit: int) -> UnreadableFile:
    return UnreadableFile(
        Problem(
            "too_many_rows",
            f"The file has more than {limit:,} rows; line {line:,} is past the limit. Split it by certification.",
            line=line,
        )
    )
