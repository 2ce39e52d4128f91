"""Removed people stay removed: night after night, until one of four ways ends it, or the day has come.

Every night the source sends a file that still names Ana on Forklift, whom an administrator took off.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, checked_keep_off, lift_hold, lift_operation
from certremoval.certifications.models import Enrollment, HoldEnd, Operation, RemovalRecord
from certremoval.certifications.removing import remove_person
from certremoval.database.clock import database_now, moved
from certremoval.loading.report import LoadReport
from certremoval.loading.sql import holds
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.removals.undoing import undo_job
from certremoval.removals.verifying import verify
from tests.loading.files import ANA, BEN, ENROLLMENTS, accepted, attempt, counts
from tests.removals.conftest import FORKLIFT, certification, enroll, enrolled, people, remove, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_forklift")]


def night(**options: object) -> LoadReport:
    """The file of the source, which names both."""
    return accepted("enrollments", ENROLLMENTS, ANA, BEN, **options)


def held_back(report: LoadReport) -> int:
    assert report.holds is not None
    return report.holds.held_back


def take_off(root: User, *user_ids: str, keep_off: KeepOff = NOT_FIRMLY) -> int:
    """Run a job that takes people off Forklift; return its number."""
    job = remove(root, people(*user_ids), title="Changed roles", keep_off=keep_off)
    return run(job).pk


def test_three_nights_hold_back_who_was_removed_and_say_so(root: User) -> None:
    job = take_off(root, "ana")

    for _ in range(3):
        report = night()
        assert counts(report) == (0, 0, 1)
        assert held_back(report) == 1
        assert enrolled() == ["ben"]

    assert report.holds is not None
    (held,) = report.holds.people
    assert (held.line, held.user_id, held.name, held.certification_id) == (2, "ana", "Ana Ruiz", FORKLIFT)
    assert (held.operation_title, held.until, held.for_good) == ("Changed roles", None, False)
    assert held.removed_at == RemovalRecord.objects.get().removed_at
    assert held.operation == Operation.objects.get(job=job).pk
    assert verify() == []


def test_whoever_was_removed_alone_is_held_back_too(root: User) -> None:
    remove_person(root, certification_key=certification().pk, user_key=User.objects.get(user_id="ana").pk)

    assert held_back(night()) == 1
    assert enrolled() == ["ben"]


def test_another_certification_of_the_same_person_is_not_held_back(root: User) -> None:
    certification("LOTO")
    take_off(root, "ana")

    report = accepted("enrollments", ENROLLMENTS, ANA, BEN, "LOTO,ana,Certified,,,,,")

    assert (counts(report), held_back(report)) == ((1, 0, 1), 1)
    assert enrolled("LOTO") == ["ana"]


def test_a_dry_run_tells_who_is_held_back_and_ends_nothing(root: User) -> None:
    take_off(root, "ana")

    assert held_back(night(dry_run=True)) == 1
    report = night(dry_run=True, readd=True)
    assert report.holds is not None
    assert (report.created, report.holds.readded, report.holds.held_back) == (1, 1, 0)
    assert not HoldEnd.objects.exists()
    assert enrolled() == ["ben"]


def test_a_load_that_readds_enrolls_them_and_ends_the_hold(root: User) -> None:
    take_off(root, "ana")

    report = night(readd=True)

    assert report.holds is not None
    assert (report.created, report.holds.readded, report.holds.held_back) == (1, 1, 0)
    assert enrolled() == ["ana", "ben"]
    end = HoldEnd.objects.get()
    assert (end.kind, end.record_id, end.actor_key, end.actor_name) == (
        "readd",
        RemovalRecord.objects.get().pk,
        None,
        "System",
    )
    assert (counts(night()), held_back(night())) == ((0, 0, 2), 0)
    # It has ended, and does not come back to life when they leave in another way.
    Enrollment.objects.filter(user__user_id="ana").delete()
    assert held_back(night()) == 0
    assert enrolled() == ["ana", "ben"]


def test_a_lift_at_this_very_moment_is_no_fault(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    take_off(root, "ana")
    write_ends = holds.write_ends

    def after_a_lift(operation: int | None) -> None:
        HoldEnd.objects.create(record_id=RemovalRecord.objects.get().pk, kind="lift", ended_at=database_now())
        write_ends(operation)

    monkeypatch.setattr(holds, "write_ends", after_a_lift)
    night(readd=True)

    assert enrolled() == ["ana", "ben"]
    assert HoldEnd.objects.get().kind == "lift"


def test_a_load_that_readds_ends_the_holds_of_those_only_whom_it_names(root: User) -> None:
    take_off(root, "ana", "ben")

    accepted("enrollments", ENROLLMENTS, BEN, readd=True)

    assert enrolled() == ["ben"]
    assert held_back(night()) == 1


def test_a_lift_lets_the_next_load_enroll_them(root: User) -> None:
    take_off(root, "ana", "ben")
    lift_hold(root, RemovalRecord.objects.get(user_id="ana").pk)

    report = night()

    assert (report.created, held_back(report)) == (1, 1)
    assert enrolled() == ["ana"]
    end = HoldEnd.objects.get()
    assert (end.kind, end.actor_key, end.actor_user_id, end.actor_name) == ("lift", root.pk, "ROOT", "Rosa Oort")


def test_a_lift_of_all_of_a_job_lets_the_next_load_enroll_them(root: User) -> None:
    take_off(root, "ana", "ben")
    lift_operation(root, Operation.objects.get().pk)

    assert (counts(night()), held_back(night())) == ((2, 0, 0), 0)
    assert enrolled() == ["ana", "ben"]


def test_an_undo_ends_it(root: User) -> None:
    job = take_off(root, "ana")
    run(undo_job(root, job))

    assert (counts(night()), held_back(night())) == ((0, 0, 2), 0)
    Enrollment.objects.filter(user__user_id="ana").delete()
    assert held_back(night()) == 0


def test_the_undo_of_the_undo_holds_back_again(root: User) -> None:
    undo = run(undo_job(root, take_off(root, "ana")))
    run(undo_job(root, undo.pk, confirm=bool))

    assert held_back(night()) == 1
    assert enrolled() == ["ben"]


def test_a_snapshot_that_no_longer_names_them_ends_it(root: User) -> None:
    take_off(root, "ana")

    assert held_back(night(snapshot=True)) == 1
    gone = accepted("enrollments", ENROLLMENTS, BEN, snapshot=True)
    assert gone.holds is not None
    assert (gone.removed, gone.holds.ended) == (0, 1)
    assert HoldEnd.objects.get().kind == "snapshot"

    report = night()
    assert (report.created, held_back(report)) == (1, 0)
    assert enrolled() == ["ana", "ben"]


def test_a_plain_load_that_no_longer_names_them_ends_nothing(root: User) -> None:
    take_off(root, "ana")
    accepted("enrollments", ENROLLMENTS, BEN)

    assert held_back(night()) == 1


def test_the_last_removal_counts(root: User) -> None:
    take_off(root, "ana")
    night(readd=True)
    take_off(root, "ana")
    assert held_back(night()) == 1

    lift_hold(root, RemovalRecord.objects.latest("pk").pk)
    assert held_back(night()) == 0


def test_whoever_was_assigned_again_by_hand_is_loaded_like_anybody(root: User) -> None:
    take_off(root, "ana")
    enroll(FORKLIFT, "ana", status="In Progress")

    report = night()

    assert (counts(report), held_back(report)) == ((0, 1, 1), 0)


def test_until_a_day_neither_a_load_that_readds_nor_a_snapshot_ends_it(root: User) -> None:
    day = database_now().date() + timedelta(days=10)
    take_off(root, "ana", keep_off=KeepOff(until=day))

    assert held_back(night(readd=True)) == 1
    accepted("enrollments", ENROLLMENTS, BEN, snapshot=True)
    report = night(readd=True, snapshot=True)
    assert report.holds is not None
    assert (report.holds.held_back, report.holds.people[0].until) == (1, day)
    assert not HoldEnd.objects.exists()

    with moved(timedelta(days=9)):
        assert held_back(night()) == 1
    with moved(timedelta(days=10)):
        assert (night().created, held_back(night())) == (1, 0)
    assert enrolled() == ["ana", "ben"]


def test_for_good_only_a_lift_or_an_undo_ends_it(root: User) -> None:
    job = take_off(root, "ana", "ben", keep_off=KeepOff(for_good=True))
    accepted("enrollments", ENROLLMENTS, f"{FORKLIFT},ROOT,Certified,,,,,", snapshot=True)

    report = night(readd=True)
    assert (report.created, held_back(report)) == (0, 2)
    with moved(timedelta(days=36_500)):
        assert held_back(night(readd=True)) == 2

    lift_hold(root, RemovalRecord.objects.get(user_id="ana").pk)
    assert (night().created, held_back(night())) == (1, 1)
    run(undo_job(root, job, users=["ben"]))
    assert "ben" in enrolled()


def test_both_at_once_and_a_day_that_has_come_are_refused() -> None:
    today = database_now().date()
    with pytest.raises(InvalidRequest, match="not both"):
        checked_keep_off(today + timedelta(days=1), for_good=True)
    with pytest.raises(InvalidRequest, match="later day"):
        checked_keep_off(today)
    assert checked_keep_off(today + timedelta(days=1)).is_firm


def test_what_was_removed_before_holds_were_known_is_held_like_any(root: User) -> None:
    """An upgrade adds columns whose values say: until it is ended.

    Asked of an operation that is written as the release before wrote it, without these columns. It does not show that
    the migration itself runs over a database with records in it.
    """
    job = take_off(root, "ana")
    names = "kind, title, comment, reason, actor_id, actor_user_id, actor_name, created_at"
    first = Operation.objects.get(job=job).pk
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO operations ({names}) SELECT {names} FROM operations WHERE id = %s", [first])
    operation = Operation.objects.exclude(pk=first).get()
    record = RemovalRecord.objects.get()
    run(undo_job(root, job))
    Enrollment.objects.filter(user__user_id="ana").delete()
    values = {field.attname: getattr(record, field.attname) for field in record._meta.fields if not field.primary_key}
    values |= {"operation_id": operation.pk, "revision": record.revision + 1}
    RemovalRecord.objects.create(**values)

    assert (operation.held_until, operation.held_for_good) == (None, False)
    assert held_back(night()) == 1
    assert held_back(night(readd=True)) == 0


def test_a_file_with_a_problem_ends_no_hold(root: User) -> None:
    take_off(root, "ana")

    report = attempt("enrollments", ENROLLMENTS, ANA, f"{FORKLIFT},nobody,Certified,,,,,", readd=True)

    assert not report.accepted
    assert not HoldEnd.objects.exists()
    assert enrolled() == ["ben"]


def test_the_answer_as_json(root: User) -> None:
    take_off(root, "ana", keep_off=KeepOff(until=date(2099, 1, 1)))

    answer = night().as_json()

    assert answer["counts"] == {
        "rows": 2, "created": 0, "updated": 0, "unchanged": 1, "held_back": 1, "readded": 0, "holds_ended": 0,
    }  # fmt: skip
    listed: Any = answer["held_back"]
    (held,) = listed
    assert held["line"] == 2
    assert held["user"] == {"user_id": "ana", "name": "Ana Ruiz"}
    assert held["certification"] == {"certification_id": FORKLIFT, "title": "Forklift"}
    assert held["until"] == "2099-01-01"
    assert held["removed_at"].endswith("Z")
    assert (held["for_good"], held["operation"]["title"]) == (False, "Changed roles")


def test_an_end_is_never_changed_or_deleted(root: User) -> None:
    take_off(root, "ana")
    night(readd=True)
    for act in (lambda: HoldEnd.objects.update(kind="lift"), HoldEnd.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
    assert HoldEnd.objects.get().kind == "readd"
