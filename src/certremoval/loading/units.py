"""The load of organizational units: trees, one for each OU type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certremoval.loading.columns import CellError, Column, Value, key, reference, words, yes_no
from certremoval.loading.kind import Check, Counts, Kind, same_as_line
from certremoval.loading.report import PROBLEMS_SHOWN, ProblemList
from certremoval.loading.sql import units as sql
from certremoval.loading.sql.statements import repeated
from certremoval.loading.users import FIXED_COLUMNS as COLUMNS_OF_USERS
from certremoval.organization.models import OUType
from certremoval.problems import Problem

_CYCLE_NAMED = 10


class OrganizationalUnits(Kind):
    """Units, known by ID within their type.

    A parent is a unit of the same type, stored or in the file, before or after. A type that is neither stored nor
    standard becomes a custom type, and the report names it. Types are compared without letter case, as the headings
    of the users' file are, whose columns bear their names.
    """

    name = "organizational_units"
    indexes = ("type, unit_id",)
    written = ("ou_types", "organizational_units")

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        self._stored_types = set(OUType.objects.values_list("name", flat=True))
        self._types = {name.casefold(): name for name in (*OUType.STANDARD, *self._stored_types)}
        self._first_named: dict[str, None] = {}
        return (
            Column("Type", "type", self._read_type),
            key("ID", "unit_id"),
            words("Name", "name", longest=255, may_be_blank=False),
            reference("Parent ID", "parent_id", needed=True),
            yes_no("Active", "is_active"),
        )

    def _read_type(self, cell: str) -> Value:
        text = str(key("Type", "type").read(cell))
        if text.casefold() in _TAKEN:
            raise CellError(
                "invalid",
                f"No type can be called {text}: the users file has a column of that name. Choose another one.",
            )
        name = self._types.setdefault(text.casefold(), text)
        if name not in self._stored_types:
            self._first_named[name] = None
        return name

    def find(self, present: Sequence[str]) -> None:
        """Match units and parents."""
        sql.find()

    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield: the same unit twice, unknown parents."""
        yield Check("duplicate", "ID", repeated(["type", "unit_id"], value="s.unit_id"), same_as_line("ID"))
        yield Check(
            "unknown_parent",
            "Parent ID",
            sql.unknown_parents(),
            lambda value, of_type: (
                f"{value} is no {of_type}, here or in this file. Correct the Parent ID, or add a line for the parent."
            ),
        )

    def further_problems(self, present: Sequence[str], problems: ProblemList) -> None:
        """Add the lines whose units would lie below themselves; those further below are not at fault."""
        units = {unit.key: unit for unit in sql.units_without_root()}
        cycles = list(_cycles({unit.key: unit.parent_key for unit in units.values()}))
        at_fault = sorted(
            (line, which, at)
            for which, cycle in enumerate(cycles)
            for at, unit in enumerate(cycle)
            if (line := units[unit].line) is not None
        )
        first = [
            _below_itself(line, [units[unit] for unit in _from(at, cycles[which])], len(cycles[which]))
            for line, which, at in at_fault[:PROBLEMS_SHOWN]
        ]
        problems.add_checked(first, len(at_fault))

    def counts(self, present: Sequence[str]) -> Counts:
        """Count units."""
        return Counts(sql.count_created(), sql.count_updated())

    def notes(self) -> Iterator[str]:
        """Name the custom types that are new."""
        for name in self._first_named:
            if name not in OUType.STANDARD:
                yield f"{name} is a new custom OU type. If it is a typing error, correct the file before you load it."

    def apply(self, present: Sequence[str]) -> None:
        """Write types and units."""
        sql.insert_types((name, name not in OUType.STANDARD) for name in self._first_named)
        sql.apply()


_TAKEN = {column.heading.casefold() for column in COLUMNS_OF_USERS}


def _cycles(parents: dict[int, int]) -> Iterator[list[int]]:
    """Yield each cycle, from child to parent, of units that all hang on one."""
    seen: set[int] = set()
    for start in parents:
        way: dict[int, None] = {}
        unit = start
        while unit not in seen and unit not in way:
            way[unit] = None
            unit = parents[unit]
        if unit in way:
            on_way = list(way)
            yield on_way[on_way.index(unit) :]
        seen.update(way)


def _from(at: int, cycle: Sequence[int]) -> Sequence[int]:
    """Return the units to name, from the one at that place on: each line's message begins with its own unit."""
    return [*cycle[at : at + _CYCLE_NAMED], *cycle[: min(at, _CYCLE_NAMED)]][:_CYCLE_NAMED]


def _below_itself(line: int, named: Sequence[sql.RootlessUnit], length: int) -> Problem:
    unit = named[0]
    if length == 1:
        message = f"{unit.unit_id} is its own parent. Correct the Parent ID, or empty it for a unit at the top."
    else:
        more = f" and {length - len(named):,} more" if length > len(named) else ""
        ids = ", ".join(one.unit_id for one in named)
        message = (
            f"{unit.unit_id} would lie below itself: {ids}{more} go round in a circle. Correct a Parent ID among them."
        )
    return Problem("cycle", message, line=line, column="Parent ID", value=unit.parent_id)
