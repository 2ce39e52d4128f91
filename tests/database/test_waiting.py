"""Waiting for SQLite's one write lock: it is asked for so often that short moments of freedom are not missed."""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from certremoval.database.dialect import dialect
from certremoval.database.sqlite.giving_way import LONGEST_PAUSE, give_way, waiting

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(dialect() != "sqlite", reason="about SQLite's one write lock"),
]


@contextmanager
def another_connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=60)) as other:
        yield other


@contextmanager
def lock_held_elsewhere() -> Iterator[None]:
    with another_connection() as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def save(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


def test_a_short_moment_of_freedom_is_enough() -> None:
    connection.ensure_connection()
    done, moments = threading.Event(), 0

    def write() -> None:
        try:
            save("found its moment")
        finally:
            done.set()
            connection.close()

    with another_connection() as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        written = pool.submit(write)
        time.sleep(0.5)  # by now SQLite's own wait would ask ten times a second
        while not done.wait(0.04) and moments < 100:  # held for far longer than it is free, as by a job's chunks
            other.execute("ROLLBACK")
            time.sleep(0.008)
            other.execute("BEGIN IMMEDIATE")
            moments += 1
        other.execute("ROLLBACK")
        written.result()

    assert 1 <= moments <= 3


def test_whoever_waits_in_vain_is_told() -> None:
    connection.ensure_connection()
    connection.patience = 0.05  # type: ignore[attr-defined]
    try:
        with lock_held_elsewhere(), pytest.raises(OperationalError, match="locked"):
            save("never")
        with lock_held_elsewhere(), pytest.raises(OperationalError, match="locked"), transaction.atomic():
            save("never")
    finally:
        connection.close()
    assert not Session.objects.exists()


def test_many_rows_are_written_wholly_or_not_at_all() -> None:
    insert = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', '2026-01-01')"
    with connection.cursor() as cursor:
        with pytest.raises(Exception, match="UNIQUE"):
            cursor.executemany(insert, [("one",), ("two",), ("one",)])
        assert not Session.objects.exists()

        cursor.executemany(insert, [("one",), ("two",)])
    assert Session.objects.count() == 2


def test_within_a_transaction_nothing_is_tried_again() -> None:
    connection.ensure_connection()
    connection.patience = 60.0  # type: ignore[attr-defined]
    Session.objects.count()
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            cursor.execute("SELECT COUNT(*) FROM django_session")
            with lock_held_elsewhere(), pytest.raises(OperationalError, match="locked"):
                cursor.execute("DELETE FROM django_session")
            cursor.execute("ROLLBACK")
    finally:
        connection.close()


def test_a_job_gives_way_to_whoever_waits_and_not_for_ever() -> None:
    connection.ensure_connection()
    database = str(connection.settings_dict["NAME"])
    written = threading.Event()

    def write() -> None:
        try:
            save("was let through")
            written.set()
        finally:
            connection.close()

    with another_connection() as job, ThreadPoolExecutor(1) as pool:
        job.execute("BEGIN IMMEDIATE")
        page = pool.submit(write)
        eventually(lambda: somebody_waits(database))
        job.execute("ROLLBACK")
        while not written.is_set():
            give_way(database)  # returns with the page's write, or a little before it is over
        page.result()
        assert not somebody_waits(database)

    with waiting(database):
        began = time.monotonic()
        give_way(database)
        assert time.monotonic() - began >= LONGEST_PAUSE


def somebody_waits(database: str) -> bool:
    with open(f"{database}-waiting", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
