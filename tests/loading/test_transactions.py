"""Locks, and other writers at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from certremoval.certifications.models import Certification, Enrollment
from certremoval.loading.enrollments import Enrollments
from certremoval.loading.loads import load
from certremoval.loading.sql.statements import TABLES
from certremoval.loading.staging import changing
from certremoval.loading.users import Users
from certremoval.organization.models import User
from tests.elsewhere import elsewhere
from tests.loading.files import CERTIFICATIONS, ENROLLMENTS, USERS, accepted, attempt, counts, file_of

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="about locks that SQLite has not")
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite's one write lock")


def temporary_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM temp.sqlite_master"
            if connection.vendor == "sqlite"
            else "SELECT relname FROM pg_class WHERE relpersistence = 't'"
        )
        return {name for (name,) in cursor.fetchall()} & set(TABLES)


class MeanwhileReading(BytesIO):
    """A file at whose end something else happens."""

    def __init__(self, content: bytes, act: Callable[[], object]) -> None:
        super().__init__(content)
        self.act: Callable[[], object] | None = act

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if self.act and self.tell() == len(self.getvalue()):
            act, self.act = self.act, None
            elsewhere(act)
        return piece


def test_others_write_while_a_file_is_read() -> None:
    content = f"{USERS}\r\nana,Ana,,,yes\r\n".encode()
    source = MeanwhileReading(content, lambda: User.objects.create_user("zoe"))

    assert load("users", source, name="people.csv").accepted
    assert set(User.objects.values_list("user_id", flat=True)) == {"ana", "zoe"}


@contextmanager
def meanwhile_checked(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> Iterator[None]:
    """Let something else happen after a file was found to be good and before it is written."""

    def later(**arguments: int) -> Any:
        elsewhere(act)
        return changing(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr("certremoval.loading.loads.changing", later)
        yield


@on_sqlite
def test_what_changes_between_check_and_write_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted("users", USERS, "zoe,Zoe,,,yes")

    def act() -> None:
        User.objects.create_user("ana", email="ana@elsewhere")
        User.objects.create_user("yan")

    with meanwhile_checked(monkeypatch, act):
        report = accepted("users", USERS, "ana,Ana,,,yes", "ben,Ben,,,yes", "zoe,Zoe,,,yes")

    assert counts(report) == (1, 1, 1)
    assert list(User.objects.order_by("user_id").values_list("user_id", "email")) == [
        ("ana", ""),
        ("ben", ""),
        ("yan", ""),
        ("zoe", ""),
    ]


@on_sqlite
def test_a_problem_that_comes_up_between_check_and_write_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted("users", USERS, "ana,Ana,,,yes", "ben,Ben,,,yes")
    accepted("certifications", CERTIFICATIONS, "LOTO,Lock out,1,yes")
    lines = (ENROLLMENTS, "LOTO,ana,Certified,,,,,", "LOTO,ben,Certified,,,,,")

    with meanwhile_checked(monkeypatch, lambda: User.objects.get(user_id="ben").delete()):
        report = attempt("enrollments", *lines)

    assert [(problem.line, problem.code) for problem in report.problems] == [(3, "unknown_user")]
    assert counts(report) == (0, 0, 0)
    assert not Enrollment.objects.exists()


@on_postgresql
def test_nobody_takes_an_enrollment_away_between_check_and_write(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted("users", USERS, "ana,Ana,,,yes")
    accepted("certifications", CERTIFICATIONS, "LOTO,Lock out,1,yes")
    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Certified,,,,,")
    refusals: list[OperationalError] = []

    def remove() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                cursor.execute("DELETE FROM enrollments")
        except OperationalError as refusal:
            refusals.append(refusal)

    with meanwhile_checked(monkeypatch, remove):
        report = accepted("enrollments", ENROLLMENTS, "LOTO,ana,Expired,,,,,")

    assert counts(report) == (0, 1, 0)
    assert len(refusals) == 1
    assert Enrollment.objects.get().status == "Expired"


@on_sqlite
def test_an_undisturbed_file_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Sequence[str]] = []
    find = Users.find

    def find_and_count(self: Users, present: Sequence[str]) -> None:
        found.append(present)
        find(self, present)

    monkeypatch.setattr(Users, "find", find_and_count)

    accepted("users", USERS, "ana,Ana,,,yes")

    assert len(found) == 1


@on_sqlite
def test_a_dry_run_takes_no_write_lock() -> None:
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                User.objects.create_user("zoe")
                ready.set()
                done.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert ready.wait(60)
        assert accepted("users", USERS, "ana,Ana,,,yes", dry_run=True).created == 1
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("dry_run", [True, False])
def test_no_temporary_table_remains(dry_run: bool) -> None:
    accepted("users", USERS, "ana,Ana,,,yes", dry_run=dry_run)
    attempt("users", USERS, ",Ana,,,yes", dry_run=dry_run)
    attempt("users", USERS, dry_run=dry_run)

    assert temporary_tables() == set()


def test_a_failure_while_writing_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    accepted("users", USERS, "ana,Ana,,,yes")
    Certification.objects.create(certification_id="LOTO", title="Lock out")
    apply = Enrollments.apply

    def fail_at_the_end(self: Enrollments, present: list[str]) -> None:
        apply(self, present)
        raise KeyboardInterrupt

    monkeypatch.setattr(Enrollments, "apply", fail_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        load("enrollments", file_of(ENROLLMENTS, "LOTO,ana,Certified,,,,,"), name="e.csv")

    assert not Enrollment.objects.exists()
    assert temporary_tables() == set()
    monkeypatch.undo()
    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Certified,,,,,")


def test_a_load_within_a_transaction_is_part_of_it() -> None:
    with transaction.atomic():
        accepted("users", USERS, "ana,Ana,,,yes")
        accepted("users", USERS, "ana,Anna,,,yes")
        transaction.set_rollback(True)

    assert not User.objects.exists()
