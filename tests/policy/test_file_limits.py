"""The limits of files: the smaller of what the installation allows and what is set."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from certremoval.organization.models import User
from certremoval.policy.file_limits import file_limits
from certremoval.policy.settings import change_settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation(settings: Any) -> None:
    update = {"max_file_bytes": 1_000, "max_rows": 10, "max_cell_chars": 7}
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update=update)


@pytest.mark.parametrize(
    ("size", "rows", "expected"),
    [(None, None, (1_000, 10)), (999, 9, (999, 9)), (1_001, 11, (1_000, 10)), (5, None, (5, 10))],
)
def test_the_smaller_counts(superuser: User, size: int | None, rows: int | None, expected: tuple[int, int]) -> None:
    change_settings(superuser, {"max_file_bytes": size, "max_rows": rows})

    limits = file_limits()
    assert (limits.max_file_bytes, limits.max_rows, limits.max_cell_chars) == (*expected, 7)


def test_they_cost_one_query(superuser: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        file_limits()
