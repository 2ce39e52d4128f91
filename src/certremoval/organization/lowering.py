"""How e-mail addresses are compared."""

from __future__ import annotations

from typing import Any

from django.db.models import Func
from django.db.models.sql.compiler import SQLCompiler


def ascii_lower(text: str) -> str:
    """Lower the letters A to Z and no others.

    E-mail compares without letter case. Only ASCII letters are folded, because that is what both databases do
    alike, whatever their locale: Turkish and Greek capitals have no one small letter.
    """
    return text.translate(_SMALL)


_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class AsciiLower(Func):
    """:func:`ascii_lower` in SQL."""

    function = "LOWER"
    arity = 1

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """Name the collation, without which the database's locale decides what a capital is."""
        return self.as_sql(compiler, connection, template='LOWER(%(expressions)s COLLATE "C")', **extra)
