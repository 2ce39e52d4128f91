"""The one clock: the database's statement time, in the form in which Django stores times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from certremoval.database.clock import database_now, moved, now_sql

pytestmark = pytest.mark.django_db

A_MOMENT = timedelta(seconds=5)


def stored_by_django(expire_date: datetime) -> Session:
    """Let Django store a time; a session is the plainest row that has one."""
    return Session.objects.create(session_key="key", session_data="", expire_date=expire_date)


def compares(condition: str) -> bool:
    """Tell whether the database finds the stored time in this relation to its clock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM django_session WHERE {condition}", [])
        return bool(cursor.fetchone()[0])


def test_the_databases_time_is_aware_and_now() -> None:
    now = database_now()

    assert now.utcoffset() == timedelta(0)
    assert abs(now - datetime.now(UTC)) < A_MOMENT


@pytest.mark.parametrize("by", [timedelta(days=-548), timedelta(seconds=-0.5), timedelta(hours=3)], ids=str)
def test_the_clock_can_be_moved_for_a_while(by: timedelta) -> None:
    with moved(by):
        assert abs(database_now() - (datetime.now(UTC) + by)) < timedelta(seconds=0.4)

    assert abs(database_now() - datetime.now(UTC)) < timedelta(seconds=0.4)


def test_moves_add_up_and_end_when_their_block_fails() -> None:
    def fail_two_days_ago() -> None:
        with moved(timedelta(days=1)), moved(timedelta(days=-3)):
            assert abs(database_now() - (datetime.now(UTC) - timedelta(days=2))) < A_MOMENT
            raise LookupError

    with pytest.raises(LookupError):
        fail_two_days_ago()

    assert abs(database_now() - datetime.now(UTC)) < A_MOMENT


@pytest.mark.parametrize("microsecond", [0, 1, 500_000, 999_999])
def test_a_time_that_django_stored_compares_with_the_clock(microsecond: int) -> None:
    """Text on SQLite, where Django leaves the fraction of a whole second away."""
    now = database_now().replace(microsecond=microsecond)
    stored_by_django(now - timedelta(seconds=30))

    assert compares(f"expire_date < {now_sql()}")
    assert not compares(f"expire_date > {now_sql()}")
    assert compares(f"expire_date < {now_sql(plus_seconds=-20)}")
    assert compares(f"expire_date > {now_sql(plus_seconds=-40)}")

    Session.objects.update(expire_date=now + timedelta(seconds=30))

    assert compares(f"expire_date > {now_sql()}")
    assert not compares(f"expire_date < {now_sql()}")
    assert compares(f"expire_date > {now_sql(plus_seconds=20)}")
    assert compares(f"expire_date < {now_sql(plus_seconds=40)}")


def test_a_moved_clock_moves_what_statements_compare_with() -> None:
    stored_by_django(database_now() + timedelta(days=1))

    with moved(timedelta(days=2)):
        assert compares(f"expire_date < {now_sql()}")
        assert compares(f"expire_date > {now_sql(plus_seconds=-2 * 86_400)}")


@pytest.mark.parametrize("plus_seconds", [0, 60, -0.25])
def test_a_time_that_a_statement_stored_is_read_and_compared_by_django(plus_seconds: float) -> None:
    session = stored_by_django(datetime(2000, 1, 1, tzinfo=UTC))
    before = database_now()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE django_session SET expire_date = {now_sql(plus_seconds=plus_seconds)}", [])
    after = database_now()

    session.refresh_from_db()
    stored = session.expire_date
    plus = timedelta(seconds=plus_seconds)
    assert before + plus <= stored <= after + plus
    assert Session.objects.filter(expire_date=stored).exists(), "equal to what was read: pages are cut by such values"
    assert Session.objects.filter(expire_date__gte=before + plus, expire_date__lte=after + plus).exists()
    assert not Session.objects.filter(expire_date__lt=before + plus).exists()


def test_a_whole_second_is_stored_as_django_stores_it() -> None:
    """One time in a thousand SQLite's three digits are zeros, which Django leaves away."""
    stored_by_django(datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC))
    pinned = now_sql().replace("'now'", "'2026-11-23 12:00:00'")
    pinned = pinned.replace("statement_timestamp()", "timestamptz '2026-11-23 12:00:00+00'")

    assert compares(f"expire_date = {pinned}")


def test_the_clock_stands_still_within_a_statement_and_runs_within_a_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now_sql()} = {now_sql()}", [])
        assert cursor.fetchone()[0]

    first = database_now()
    deadline = datetime.now(UTC) + A_MOMENT
    while database_now() == first:
        assert datetime.now(UTC) < deadline, "the time is the transaction's, not the statement's"
