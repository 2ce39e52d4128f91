"""What all tests share: the database in its two forms, and a small cast of people and certifications.

Every test runs on SQLite by default and on PostgreSQL when ``DATABASE_URL`` names one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test.testcases import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(autouse=True, scope="session")
def _database_is_emptied_between_tests() -> Iterator[None]:
    """Empty the append-only tables too, which Django's flush cannot; and do not migrate anew, in effect, each time."""
    from tests.emptying import empty_database

    def empty(case: TransactionTestCase) -> None:
        empty_database()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once() -> Iterator[None]:
    """Each browser of Django's tests loads the middleware anew, and WhiteNoise then reads all folders of files."""
    found: dict[str, Any] = {}
    listed = WhiteNoiseMiddleware.add_files_from_finders

    def listed_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            listed(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", listed_once)
        yield
