"""What whoever watches the process is told."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_healthz_answers_without_a_database() -> None:
    """Without the mark that opens the database, a query would fail this test."""
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_with_the_database_and_all_migrations() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": "ok", "migrations": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_when_a_migration_is_missing() -> None:
    MigrationRecorder(connection).record_unapplied("access", "0001_initial")

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": "ok", "migrations": "missing"})


@pytest.mark.django_db
def test_readyz_when_the_database_is_away_tells_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> NoReturn:
        raise OperationalError("could not connect to db.internal as certremoval")

    monkeypatch.setattr(connection, "cursor", away)

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "unreachable", "migrations": "unknown"}
    assert b"db.internal" not in answer.content


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_nothing_is_sent_there(address: str) -> None:
    assert Client().post(address).status_code == 405
