"""What all tests share: the database in its two forms, and a small cast of people and certifications.

Every test runs on SQLite by default and on PostgreSQL when ``DATABASE_URL`` names one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test.testcases import TransactionTestCase


@pytest.fixture(autouse=True, scope="session")
def _records_can_be_emptied_between_tests() -> Iterator[None]:
    """Let Django's flush empty the append-only tables: their triggers are dropped for as long as it runs."""
    from certremoval.certifications.triggers import append_only_suspended

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush_without_triggers(case: Any) -> None:
        with append_only_suspended():
            flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
        yield
