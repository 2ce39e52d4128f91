"""SQLite's log is written back by workers, so that no page has to wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from certremoval.database.dialect import dialect
from certremoval.database.write_log import write_back, write_back_before_others

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(dialect() != "sqlite", reason="about SQLite's write-ahead log"),
]


def ask(pragma: str) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        answer: tuple[int, ...] = cursor.fetchone()
        return answer


def test_a_worker_writes_back_before_any_other_connection_has_to() -> None:
    connection.close()
    (of_others,) = ask("wal_autocheckpoint")
    write_back_before_others()

    assert 0 < ask("wal_autocheckpoint")[0] < of_others
    connection.close()
    assert ask("wal_autocheckpoint") == (of_others,)


def test_what_is_in_the_log_is_written_back() -> None:
    Session.objects.create(session_key="only in the log", session_data="", expire_date=timezone.now())
    assert b"only in the log" not in stored()

    write_back()
    assert b"only in the log" in stored()


def stored() -> bytes:
    return Path(connection.settings_dict["NAME"]).read_bytes()
