"""Filling tables: the same rows arrive on both databases, and memory holds one batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from certremoval.database.bulk import BATCH_ROWS, analyze, batches, fill_table
from certremoval.database.dialect import dialect

pytestmark = pytest.mark.django_db

TEXTS = [
    "plain",
    "",
    None,
    "tab\there",
    "line\nbreak\r\n",
    "back\\slash \\N \\.",
    "%s %% 100%",
    "'quoted\"",
    "王 Şahin 🙂",
]


@pytest.fixture
def staging() -> Iterator[str]:
    """Make a TEMP table like the ones that files are staged in."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staging (position integer, cell text, day date, good boolean)")
        yield "staging"
        cursor.execute("DROP TABLE staging")


def staged(columns: str = "position, cell") -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM staging ORDER BY position")
        return list(cursor.fetchall())


def test_every_text_arrives_as_it_was(staging: str) -> None:
    rows = list(enumerate(TEXTS))

    assert fill_table(staging, ["position", "cell"], rows) == len(TEXTS)
    assert staged() == rows


def test_other_kinds_of_values_arrive(staging: str) -> None:
    fill_table(staging, ["position", "day", "good"], [(1, date(2026, 11, 23), True), (2, None, False)])

    days = [day if day is None else str(day) for (day,) in staged("day")]
    assert days == ["2026-11-23", None]
    assert [bool(good) for (good,) in staged("good")] == [True, False]


def test_no_rows_are_no_rows(staging: str) -> None:
    assert fill_table(staging, ["position", "cell"], []) == 0
    assert staged() == []


def test_many_rows_come_from_a_stream(staging: str) -> None:
    count = 2 * BATCH_ROWS + 1

    assert fill_table(staging, ["position", "cell"], ((number, f"K-{number}") for number in range(count))) == count
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT cell), max(position) FROM staging")
        assert cursor.fetchone() == (count, count, count - 1)


def test_the_rows_may_come_from_queries_on_the_same_connection(staging: str) -> None:
    def asked_one_by_one() -> Iterator[tuple[int, str]]:
        for number in range(3):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s + 1", [number])
                yield cursor.fetchone()[0], "asked"

    fill_table(staging, ["position", "cell"], asked_one_by_one())

    assert staged() == [(1, "asked"), (2, "asked"), (3, "asked")]


def test_rows_that_ask_nothing_are_taken_in_while_they_come(staging: str) -> None:
    count = 2 * BATCH_ROWS + 1
    rows = ((number, f"K-{number}") for number in range(count))

    assert fill_table(staging, ["position", "cell"], rows, without_asking=True) == count
    assert len(staged("position")) == count


def test_what_goes_wrong_with_a_row_is_told_as_it_is_and_leaves_no_row(staging: str) -> None:
    def broken_off() -> Iterator[tuple[int, str]]:
        yield from enumerate("abc")
        raise ValueError("line 5 cannot be read")

    with pytest.raises(ValueError, match="line 5"), transaction.atomic():
        fill_table(staging, ["position", "cell"], broken_off(), without_asking=True)

    assert staged() == []


def test_a_lasting_table_can_be_filled_and_django_reads_it() -> None:
    expires = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    columns = ["session_key", "session_data", "expire_date"]
    value = expires if dialect() == "postgresql" else expires.replace(tzinfo=None).isoformat(" ")

    fill_table("django_session", columns, [("one", "{}", value), ("two", "{}", value)])

    assert set(Session.objects.values_list("session_key", "expire_date")) == {("one", expires), ("two", expires)}


def test_the_callers_transaction_takes_the_rows_back() -> None:
    row = ("one", "{}", "2026-11-23 12:30:00")
    with pytest.raises(DatabaseError), transaction.atomic():
        fill_table("django_session", ["session_key", "session_data", "expire_date"], [row, row])

    assert not Session.objects.exists()


def test_a_filled_table_can_be_analyzed(staging: str) -> None:
    fill_table(staging, ["position", "cell"], enumerate(TEXTS))

    analyze(staging)

    assert len(staged()) == len(TEXTS)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3])], ids=lambda value: str(value)
)
def test_a_stream_is_cut_into_batches(count: int, sizes: list[int]) -> None:
    cut = list(batches(iter(range(count)), size=3))

    assert [len(batch) for batch in cut] == sizes
    assert [item for batch in cut for item in batch] == list(range(count))


def test_a_batch_is_taken_from_the_stream_only_when_asked_for() -> None:
    taken: list[int] = []

    def stream() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    assert next(batches(stream(), size=10)) == list(range(10))
    assert len(taken) == 10
