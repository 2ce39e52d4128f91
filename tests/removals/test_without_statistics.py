"""No statement of a large job compares each row with all others because PostgreSQL knows nothing of a table yet.

A job fills tables faster than statistics are gathered of them. What the server really did with each statement is told
by its own module ``auto_explain``: how many rows were looked at and thrown away, which must be a few for each row of
work. A wrong plan throws away the square of them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat

from certremoval.certifications.holding import held_count
from certremoval.certifications.models import Enrollment, RemovalRecord
from certremoval.organization.models import User
from certremoval.removals.options import Match
from certremoval.removals.undoing import undo_job
from tests.loading.files import ENROLLMENTS, accepted
from tests.removals.conftest import FORKLIFT, certification, make_user, people, plan, remove, run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite goes the way that is written"),
]

PEOPLE = 1_500
WASTE = 4 * PEOPLE
"""So many rows looked at in vain are well: a wrong plan has hundreds of times as many."""

FILLED = ("removal_records", "restorations", "job_drift", "enrollments", "hold_ends")


@pytest.fixture(autouse=True)
def cast() -> None:
    """PEOPLE who will be removed, and as many others who stay."""
    users = [make_user(f"{who}-{number:04}") for who in "US" for number in range(PEOPLE)]
    on = certification()
    Enrollment.objects.bulk_create(Enrollment(user=user, certification=on, status="Certified") for user in users)


def everybody() -> io.BytesIO:
    return people(*(f"U-{number:04}" for number in range(PEOPLE)))


def first_half() -> list[User]:
    return list(User.objects.filter(user_id__startswith="U-").order_by("user_id")[: PEOPLE // 2])


def know_nothing() -> None:
    """Let the server forget what it has learned of the tables that jobs fill, as if they had just been filled."""
    with connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = %s::regclass", [table])
            cursor.execute("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = %s::regclass", [table])


@contextmanager
def little_in_vain() -> Iterator[None]:
    """See that no statement of the block looks at more than WASTE rows in vain; at least one is seen."""
    told: list[dict[str, Any]] = []
    know_nothing()

    def listen(notice: Any) -> None:
        _, _, plan = (notice.message_primary or "").partition("plan:")
        if plan:
            told.append(json.loads(plan))

    connection.ensure_connection()
    session = connection.connection
    with connection.cursor() as cursor:
        cursor.execute(
            "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on;"
            " SET auto_explain.log_format = json; SET auto_explain.log_level = notice; SET client_min_messages = notice"
        )
    session.add_notice_handler(listen)
    try:
        yield
    finally:
        session.remove_notice_handler(listen)
        with connection.cursor() as cursor:
            cursor.execute("SET auto_explain.log_min_duration = -1")
    assert told
    worst = max(told, key=lambda one: in_vain(one["Plan"]))
    assert in_vain(worst["Plan"]) <= WASTE, worst["Query Text"]


def in_vain(node: dict[str, Any]) -> float:
    """Return how many rows a plan looked at and threw away."""
    thrown = node.get("Rows Removed by Join Filter", 0) + node.get("Rows Removed by Filter", 0)
    return float(thrown * node["Actual Loops"] + sum(in_vain(below) for below in node.get("Plans", ())))


@pytest.mark.parametrize("match", ["user_id", "email"])
def test_planning_a_file_that_names_everybody_twice(root: User, match: Match) -> None:
    User.objects.update(email=Concat("user_id", Value("@example.com")))
    names = [f"U-{number:04}" + ("@example.com" if match == "email" else "") for number in range(PEOPLE)]

    with little_in_vain():
        made = plan(people(*names, *names), match=match)

    assert (made.summary.counts["remove"], made.summary.counts["duplicate"]) == (PEOPLE, PEOPLE)


def test_planning_an_undo_of_which_half_is_on_again(root: User) -> None:
    job = run(remove(root, everybody()))
    Enrollment.objects.bulk_create(Enrollment(user=user, certification=certification()) for user in first_half())

    with little_in_vain():
        undo = undo_job(root, job.pk)

    assert undo.remove_count == PEOPLE // 2


def test_a_removal_of_which_half_has_changed(root: User) -> None:
    job = remove(root, everybody())
    Enrollment.objects.filter(user__in=first_half()).update(status="Expired")

    with little_in_vain():
        run(job)


def test_an_undo_of_which_half_is_on_again(root: User) -> None:
    job = run(remove(root, everybody()))
    undo = undo_job(root, job.pk)
    Enrollment.objects.bulk_create(Enrollment(user=user, certification=certification()) for user in first_half())

    with little_in_vain():
        run(undo)


def test_who_is_held_back(root: User) -> None:
    job = run(remove(root, everybody()))

    with little_in_vain():
        assert held_count(RemovalRecord.objects.filter(operation_id=job.operation_id)) == PEOPLE
        assert held_count(RemovalRecord.objects.filter(certification_key=certification().pk)) == PEOPLE


def test_a_full_file_that_names_half_of_them(root: User) -> None:
    run(remove(root, everybody()))
    named = [*User.objects.filter(user_id__startswith="S-"), *first_half()]
    lines = [f"{FORKLIFT},{user.user_id},Certified,,,,," for user in named]

    with little_in_vain():
        report = accepted("enrollments", ENROLLMENTS, *lines, snapshot=True)

    assert report.holds is not None
    assert report.holds.held_back == PEOPLE // 2
