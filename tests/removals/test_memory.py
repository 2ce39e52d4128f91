"""Memory stays flat however large the file is."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from certremoval.certifications.models import Enrollment
from certremoval.database.bulk import analyze, fill_table
from certremoval.organization.models import User
from certremoval.reading import csv_pieces
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import preview
from tests.removals.conftest import FORKLIFT, HEADER, certification

pytestmark = pytest.mark.django_db

MOST_BYTES = 40_000_000
ROWS = 200_000
PEOPLE = 20_000


def test_a_large_preview(tmp_path: Path) -> None:
    """A tenth of the rows is to be removed, a tenth has lost zeros and gets suggestions, the others are duplicates."""
    users = ((f"{number:09}", str(number), "", "", "", "", "!", True, False) for number in range(1, PEOPLE + 1))
    columns = ("user_id", "lookalike_key", "username", "email", "first_name", "last_name", "password")
    fill_table("users", (*columns, "is_active", "is_superuser"), users)
    of = certification(FORKLIFT).pk
    keys = User.objects.values_list("id", flat=True)
    values = (of, "Certified", "", "", "", 1)
    fill_table(
        "enrollments",
        ("user_id", "certification_id", "status", "version", "period", "identifier", "revision"),
        ((key, *values) for key in keys.iterator(chunk_size=10_000)),
    )
    for table in ("users", "enrollments"):
        analyze(table)  # as a load does: else PostgreSQL plans for whatever an earlier test has left
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        known = [f"{number:09}" for number in range(1, PEOPLE + 1)]
        damaged = [user_id.lstrip("0") for user_id in known]
        ids = [*known * 9, *damaged]
        file.writelines(csv_pieces([HEADER, *((FORKLIFT, user_id) for user_id in ids)]))

    with path.open("rb") as source:
        tracemalloc.start()
        try:
            summary = preview(source, name="people.csv", options=PlanOptions())
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert Enrollment.objects.count() == PEOPLE
    assert summary.row_count == ROWS
    assert summary.planned == {"remove": 20_000, "duplicate": 160_000, "unknown_user": 20_000}
    assert summary.problems[0].suggestion == "000000001"
    assert peak < MOST_BYTES
