"""What a kind of load has to say: its columns, its checks, its work in the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from certremoval.loading.columns import Column
from certremoval.loading.report import PROBLEMS_SHOWN, GonePerson, HoldCounts, ProblemList
from certremoval.loading.sql.statements import rows
from certremoval.problems import Problem


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong with staged rows.

    ``select`` gives line, value and one detail for each row at fault, in any order; ``words`` makes the message of
    value and detail.
    """

    code: str
    column: str
    select: str
    words: Callable[[str, Any], str]

    def into(self, problems: ProblemList) -> None:
        """Run the check and add what it finds."""
        found = rows(
            f"SELECT line, value, detail FROM ({self.select}) fault ORDER BY line, value LIMIT {PROBLEMS_SHOWN + 1}"
        )
        count = len(found)
        if count > PROBLEMS_SHOWN:
            ((count,),) = rows(f"SELECT count(*) FROM ({self.select}) fault")
        first = [
            Problem(self.code, self.words(value, detail), line=line, column=self.column, value=value)
            for line, value, detail in found[:PROBLEMS_SHOWN]
        ]
        problems.add_checked(first, count)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of an accepted file by what they do; see :class:`certremoval.loading.report.LoadReport`."""

    created: int
    updated: int
    removed: int | None = None
    holds: HoldCounts | None = None


class Kind(ABC):
    """One kind of load. An object lives for one load.

    ``present`` are the fields (:attr:`Column.field`) that the file has.
    """

    name: ClassVar[str]
    indexes: ClassVar[tuple[str, ...]] = ()
    """Indexes on the staged rows, each a list of fields in SQL."""
    written: ClassVar[tuple[str, ...]]
    """The tables that the load writes."""
    recorded: ClassVar[tuple[str, ...]] = ()
    """Those in which it is recorded who was taken off, and whose hold has ended."""
    locked: ClassVar[tuple[str, ...]] = ()
    """Those among them that others write, too, and that PostgreSQL keeps from them while the load compares and
    writes. (SQLite has one lock for all.)"""
    operation: int | None = None
    """The operation by which :meth:`apply` has taken people off, if it has."""

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Return all columns that this kind knows; may read the database."""

    @abstractmethod
    def find(self, present: Sequence[str]) -> None:
        """Match the staged rows with what is stored, into TEMP tables; writes nothing else."""

    @abstractmethod
    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield what may be wrong, after :meth:`find`."""

    def further_problems(self, present: Sequence[str], problems: ProblemList) -> None:
        """Add what a single statement cannot find."""
        return

    @abstractmethod
    def counts(self, present: Sequence[str]) -> Counts:
        """Count what :meth:`apply` is going to do."""

    @abstractmethod
    def apply(self, present: Sequence[str]) -> None:
        """Write what differs, within the caller's transaction."""

    def gone(self) -> tuple[GonePerson, ...]:
        """Return the first people whom :meth:`apply` would take off; before it."""
        return ()

    def limits(self, *, approval: bool = False) -> tuple[str, ...]:
        """Return, as sentences, which limits are passed by what :meth:`apply` would take off; before it.

        The limits are those above which the number is typed, or with ``approval`` those above which somebody approves.
        """
        return ()

    def notes(self) -> Iterator[str]:
        """Yield what the administrator should look at though nothing is wrong; before :meth:`apply`."""
        yield from ()


def same_as_line(what: str) -> Callable[[str, int], str]:
    """Return the words for a row that repeats an earlier one."""
    return lambda value, line: f"Line {line:,} already holds {what} {value}. Keep one of the two lines."
