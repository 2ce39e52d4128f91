"""A transaction that reads, and fills TEMP tables, while others write."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from certremoval.database.bulk import fill_table
from certremoval.database.dialect import dialect
from certremoval.database.transactions import reading_transaction

pytestmark = pytest.mark.django_db(transaction=True)


def write_from_elsewhere(key: str) -> None:
    """Write on a connection of its own, which gives up at once where it would have to wait for a lock."""

    def write() -> None:
        try:
            if dialect() == "sqlite":
                connection.ensure_connection()
                connection.patience = 0.0  # type: ignore[attr-defined]
            else:
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '100ms'")
            Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write).result()


def test_others_write_while_temp_tables_are_filled() -> None:
    with reading_transaction():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE staging (position integer)")
        fill_table("staging", ["position"], [(1,), (2,)])
        write_from_elsewhere("written meanwhile")

    assert Session.objects.filter(session_key="written meanwhile").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM staging")
        assert cursor.fetchone() == (2,)
        cursor.execute("DROP TABLE staging")


def test_a_failed_block_takes_its_temp_rows_back_and_leaves_the_connection_usable() -> None:
    def fail_after_staging() -> None:
        with reading_transaction(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE staging (position integer)")
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_staging()

    with reading_transaction(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staging (position integer)")
        cursor.execute("DROP TABLE staging")
    write_from_elsewhere("written afterwards")
    assert Session.objects.count() == 1
