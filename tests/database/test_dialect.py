"""One statement in two dialects."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from certremoval.database.dialect import dialect, spoken


def test_the_dialect_is_the_one_that_the_environment_names() -> None:
    expected = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"

    assert dialect() == expected


def test_a_statement_is_spoken_in_the_databases_dialect() -> None:
    assert spoken({"sqlite": "sqlite", "postgresql": "postgresql"}) == dialect()
    assert spoken("SELECT 1") == "SELECT 1"


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connection._connections["default"]), "vendor", "oracle")  # type: ignore[attr-defined]

    with pytest.raises(RuntimeError, match="not on oracle"):
        dialect()
