"""Conditions that must not choose the index by which a list is read."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Field, Func
from django.db.models.sql.compiler import SQLCompiler


class Unindexed(Func):
    """A column by whose indexes SQLite does not search: ``alias(creator=Unindexed("actor_id", BigIntegerField()))``.

    Without statistics SQLite believes that every equality finds ten rows. It then fetches the 95,000 jobs of a common
    status by that index and sorts them, where the index of the list's order holds the first 25 at its very beginning.
    PostgreSQL has statistics and decides for itself.
    """

    template = "+%(expressions)s"
    arity = 1

    def __init__(self, column: str, output_field: Field[Any, Any]) -> None:
        super().__init__(F(column), output_field=output_field)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """Return the bare column."""
        return compiler.compile(self.get_source_expressions()[0])
