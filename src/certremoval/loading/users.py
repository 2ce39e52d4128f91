"""The load of people: ``User ID, First Name, Last Name, Email, Active`` and a column for each OU type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from certremoval.loading.columns import Column, Value, key, reference, words, yes_no
from certremoval.loading.kind import Check, Counts, Kind, same_as_line
from certremoval.loading.sql import users as sql
from certremoval.loading.sql.statements import repeated
from certremoval.organization.models import OUType
from certremoval.organization.naming import fold_name
from certremoval.reading import lookalike_key, trim_id


def _lookalike(cell: str) -> Value:
    return lookalike_key(trim_id(cell))[:255]


FIXED_COLUMNS = (
    key("User ID", "user_id"),
    Column("User ID", "lookalike_key", _lookalike),
    words("First Name", "first_name", longest=255),
    Column("First Name", "first_name_key", fold_name),
    words("Last Name", "last_name", longest=255),
    Column("Last Name", "last_name_key", fold_name),
    words("Email", "email", longest=255),
    yes_no("Active", "is_active"),
    words("Username", "username", longest=255, needed=False),
    reference("Manager ID", "manager_id", needed=False),
)


class Users(Kind):
    """People, known by User ID.

    A manager may be anybody stored or in the file, before or after. Whether people manage each other in a circle is
    not checked: nothing follows the line of managers. A unit must exist; it may be inactive, since closed units still
    hold people. New people cannot sign in with a password until one is set.
    """

    name = "users"
    indexes = ("user_id",)
    written = ("users", "unit_memberships")

    def columns(self) -> Sequence[Column]:
        """Return the fixed columns, and one headed by the name of each OU type."""
        self._types = {
            f"unit_{type_key}": (type_key, name)
            for type_key, name in OUType.objects.order_by("id").values_list("id", "name")
        }
        taken = {column.heading.casefold() for column in FIXED_COLUMNS}
        return (
            *FIXED_COLUMNS,
            *(
                reference(name, field, needed=False)
                for field, (_, name) in self._types.items()
                if name.casefold() not in taken
            ),
        )

    def find(self, present: Sequence[str]) -> None:
        """Match people, managers, units and where people sit."""
        sql.find(present, {field: type_key for field, (type_key, _) in self._present(present)})

    def _present(self, present: Sequence[str]) -> list[tuple[str, tuple[int, str]]]:
        return [(field, of_type) for field, of_type in self._types.items() if field in present]

    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield: the same person twice, unknown managers, unknown units."""
        yield Check("duplicate", "User ID", repeated(["user_id"], value="s.user_id"), same_as_line("User ID"))
        if "manager_id" in present:
            yield Check(
                "unknown_user",
                "Manager ID",
                sql.unknown_managers(),
                lambda value, _: (
                    f"{value} is nobody here nor in this file. Correct the Manager ID, or add the manager to the file."
                ),
            )
        for field, (type_key, name) in self._present(present):
            yield Check("unknown_unit", name, sql.unknown_units(field, type_key), _no_unit(name))

    def counts(self, present: Sequence[str]) -> Counts:
        """Count people."""
        return Counts(sql.count_created(), sql.count_updated())

    def apply(self, present: Sequence[str]) -> None:
        """Write people and where they sit."""
        sql.apply(present)


def _no_unit(name: str) -> Callable[[str, object], str]:
    return lambda value, _: f"{value} is no {name}. Correct the ID, or load organizational_units with it first."
