"""Finding people as one remembers them: by the beginning of a name, an id, an address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.organization.models import User
from certremoval.organization.searching import search_people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    for user_id, name, email in [
        ("123", "Anna Kowalska", "anna.k@example.org"),
        ("000123", "Anna Kowalska", "Anna.Kowalska@Example.org"),
        ("K-1", "Emre Şahin", "emre@example.org"),
        ("K-2", "Jan van-der Linden", ""),
        ("K-3", "王 ", ""),
        ("K-4", "Kowal Anders", ""),
    ]:
        first, _, last = name.partition(" ")
        User.objects.create_user(user_id, email, first_name=first, last_name=last)


def found(text: str, **limit: int) -> list[str]:
    return [user.user_id for user in search_people(text, **limit)]


@pytest.mark.parametrize(
    ("text", "user_ids"),
    [
        ("kowal", ["K-4", "123", "000123"]),
        ("KOWALSKA", ["123", "000123"]),
        ("anna", ["123", "000123"]),
        ("anna kow", ["123", "000123"]),
        ("kowalska a", ["123", "000123"]),
        ("Kowalska, Anna", ["123", "000123"]),
        ("sahin", ["K-1"]),
        ("Şahin", ["K-1"]),
        ("van-der linden", ["K-2"]),
        ("jan van-der", ["K-2"]),
        ("王", ["K-3"]),
        ("123", ["123"]),
        ("0001", ["000123"]),
        ("K-", ["K-3", "K-4", "K-1", "K-2"]),
        ("anna.kowalska@example.org", ["000123"]),
        ("ANNA.K", ["123", "000123"]),
        ("owalska", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("_", []),
        ("a\0b", []),
        ("x" * 10_000, []),
    ],
)
def test_people_are_found_by_beginnings(text: str, user_ids: list[str]) -> None:
    assert found(text) == user_ids


def test_who_has_exactly_this_id_comes_first() -> None:
    User.objects.create_user("kowalska", first_name="Zoe", last_name="Zett")
    assert found("kowalska")[0] == "kowalska"


def test_a_common_beginning_finds_no_more_than_is_shown() -> None:
    for number in range(10):
        User.objects.create_user(f"N-{number}", last_name="Nowak")
    assert len(found("nowak", limit=4)) == 4


def test_each_way_of_being_found_walks_an_index() -> None:
    """No way reads all people: what a database says of its plan names no scan of the table."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of six rows whole, whatever indexes it has")
    with CaptureQueriesContext(connection) as captured:
        search_people("kowalska anna")
    assert len(captured) > 3
    for query in captured:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"), [])
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "SCAN" not in plan, query["sql"]
