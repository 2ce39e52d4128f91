"""A full file ends what it no longer holds: by an operation like any other, under the same checks."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certremoval.certifications.limits import ApprovalRequired, ConfirmationRequired
from certremoval.certifications.models import Enrollment, HoldEnd, Operation, RemovalRecord
from certremoval.loading.agreeing import NotAgreed
from certremoval.loading.loads import load
from certremoval.loading.report import LoadReport
from certremoval.loading.sql import holds, statements
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import InvalidRequest
from certremoval.removals.undoing import undo_operation
from certremoval.removals.verifying import verify
from tests.elsewhere import elsewhere
from tests.loading.files import ANA, BEN, CERTIFICATIONS, ENROLLMENTS, accepted, attempt, counts, file_of
from tests.removals.conftest import FORKLIFT, enroll, enrolled, people, remove, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_forklift")]


def snapshot(*lines: str, **options: Any) -> LoadReport:
    return accepted("enrollments", ENROLLMENTS, *lines, snapshot=True, **options)


def values() -> list[dict[str, Any]]:
    """Every enrollment with all its values, but the revision, which an undo raises."""
    return list(Enrollment.objects.order_by("pk").values("pk", "certification", "user", *Enrollment.VALUES))


def test_who_is_not_in_the_file_is_taken_off_and_recorded_with_all_values(root: User) -> None:
    enroll(
        "LOTO",
        "000123",
        status="Expired",
        version="3",
        period="2026",
        identifier="F-7",
        assigned_date=date(2026, 1, 1),
        due_date=date(2026, 2, 2),
        certified_date=date(2026, 3, 3),
        expiration_date=date(2029, 4, 4),
    )
    was = Enrollment.objects.get(user__user_id="000123")

    report = snapshot(ANA, f"{FORKLIFT},000123,Certified,,,,,")

    assert counts(report) == (1, 0, 1)
    assert report.removed == 2
    assert [(one.user_id, one.certification_id, one.status) for one in report.gone] == [
        ("ben", FORKLIFT, "Certified"),
        ("000123", "LOTO", "Expired"),
    ]
    assert (enrolled(), enrolled("LOTO")) == (["000123", "ana"], [])
    operation = Operation.objects.get()
    assert report.operation == operation.pk
    assert (operation.kind, operation.title) == ("removal", "Snapshot load of enrollments.csv")
    assert (operation.actor_id, operation.actor_user_id, operation.actor_name) == (None, "", "System")
    record = RemovalRecord.objects.get(user_id="000123")
    assert (record.operation_id, record.enrollment_id, record.revision) == (operation.pk, was.pk, was.revision)
    assert (record.certification_id, record.certification_title) == ("LOTO", "Title of LOTO")
    assert (record.user_key, record.user_name) == (was.user_id, "000123")
    assert {name: getattr(record, name) for name in Enrollment.VALUES} == {
        name: getattr(was, name) for name in Enrollment.VALUES
    }
    assert RemovalRecord.objects.get(user_id="ben").user_name == "Ben Ito"
    assert verify() == []


def test_a_load_that_is_no_snapshot_takes_nobody_off() -> None:
    report = accepted("enrollments", ENROLLMENTS, ANA)

    assert (report.removed, enrolled()) == (None, ["ana", "ben"])


def test_a_full_file_that_names_everybody_makes_no_operation() -> None:
    report = snapshot(ANA, BEN)

    assert (report.removed, report.operation) == (0, None)
    assert not Operation.objects.exists()


def test_whom_a_snapshot_took_off_the_next_one_puts_on_again() -> None:
    """It was the file that took them off: nobody holds them back."""
    snapshot(ANA)
    report = snapshot(ANA, BEN)

    assert report.holds is not None
    assert (report.created, report.holds.held_back) == (1, 0)
    assert enrolled() == ["ana", "ben"]


def test_a_dry_run_tells_whom_it_would_take_off_and_takes_nobody() -> None:
    report = snapshot(ANA, dry_run=True, confirm=lambda report: pytest.fail("a dry run asks nothing"))

    assert (report.removed, report.operation) == (1, None)
    assert [one.name for one in report.gone] == ["Ben Ito"]
    assert enrolled() == ["ana", "ben"]
    assert not Operation.objects.exists()


def test_a_file_with_a_problem_takes_nobody_off() -> None:
    report = attempt("enrollments", ENROLLMENTS, ANA, f"{FORKLIFT},nobody,Certified,,,,,", snapshot=True)

    assert not report.accepted
    assert enrolled() == ["ana", "ben"]


@pytest.mark.parametrize("option", ["snapshot", "readd"])
def test_only_enrollments_know_it(option: str) -> None:
    with pytest.raises(InvalidRequest, match="enrollments"):
        attempt("certifications", CERTIFICATIONS, "LOTO,Lockout,,yes", **{option: True})


def nothing_happened(before: list[dict[str, Any]]) -> bool:
    return values() == before and not Operation.objects.exists() and not HoldEnd.objects.exists()


def test_who_says_no_changes_nothing() -> None:
    before = values()
    shown: list[LoadReport] = []

    def no(report: LoadReport) -> bool:
        shown.append(report)
        return False

    with pytest.raises(NotAgreed):
        snapshot(f"{FORKLIFT},ana,Expired,2,,,,", confirm=no)

    assert (shown[0].removed, shown[0].updated) == (1, 1)
    assert nothing_happened(before)


def test_nobody_is_asked_where_nobody_is_taken_off() -> None:
    snapshot(ANA, BEN, confirm=lambda report: pytest.fail("there is nothing to ask"))


@pytest.fixture
def _thirty_on_loto() -> None:
    enroll("LOTO", *(f"u{number:02}" for number in range(30)))


@pytest.mark.usefixtures("_thirty_on_loto")
def test_above_a_limit_the_number_must_be_typed_and_be_true() -> None:
    """A certification that the file does not mention loses everybody: this is what the limits are for."""
    before = values()
    for typed in (None, 29):
        with pytest.raises(ConfirmationRequired) as refusal:
            snapshot(ANA, BEN, typed=typed)
        assert refusal.value.counts is not None
        assert refusal.value.counts["removed"] == 30
        assert nothing_happened(before)

    report = snapshot(ANA, BEN, typed=30)

    assert report.removed == 30
    assert any("Title of LOTO" in sentence for sentence in report.limits)
    assert enrolled("LOTO") == []


@pytest.mark.usefixtures("_thirty_on_loto")
def test_whoever_is_asked_types_the_number_there() -> None:
    assert snapshot(ANA, BEN, confirm=lambda report: report.removed == 30).removed == 30


def test_what_needs_approval_is_refused_for_a_load_cannot_wait(root: User) -> None:
    User.objects.create_superuser("ROOT-2")  # two who could
    change_setting(root, "most_unapproved", 1)
    before = values()
    asked: list[LoadReport] = []

    for options in ({"typed": 2}, {"confirm": asked.append}):
        with pytest.raises(ApprovalRequired, match="cannot wait"):
            snapshot(f"{FORKLIFT},ROOT,Certified,,,,,", **options)

    assert not asked
    assert nothing_happened(before)
    assert snapshot(ANA).removed == 1


def test_a_number_that_is_not_true_is_refused_below_the_limit_too() -> None:
    before = values()
    with pytest.raises(ConfirmationRequired):
        snapshot(ANA, typed=2)
    assert nothing_happened(before)


def test_if_another_number_would_be_taken_off_when_the_answer_comes_nothing_is_done() -> None:
    def yes_after_a_while(report: LoadReport) -> bool:
        elsewhere(lambda: enroll("LOTO", "new"))
        return True

    with pytest.raises(ConfirmationRequired, match="2 users would be removed"):
        snapshot(ANA, confirm=yes_after_a_while)

    assert enrolled() == ["ana", "ben"]
    assert enrolled("LOTO") == ["new"]


def test_a_yes_is_no_answer_to_a_limit_that_is_passed_only_since() -> None:
    """As many are taken off, but from a certification that has become small meanwhile: that was not told."""
    enroll("LOTO", *(f"u{number:02}" for number in range(40)))
    stay = [f"LOTO,u{number:02},Certified,,,,," for number in range(32)]
    told: list[LoadReport] = []

    def yes_after_many_have_left(report: LoadReport) -> bool:
        told.append(report)
        elsewhere(ten_leave)
        return True

    with pytest.raises(ConfirmationRequired, match="Type the number 8") as refusal:
        snapshot(ANA, BEN, *stay, confirm=yes_after_many_have_left)

    assert told[0].limits == ()
    assert refusal.value.counts is not None
    assert len(enrolled("LOTO")) == 30


def ten_leave() -> None:
    Enrollment.objects.filter(certification__certification_id="LOTO", user__user_id__lt="u10").delete()


def test_the_number_that_was_typed_is_an_answer_to_it() -> None:
    enroll("LOTO", *(f"u{number:02}" for number in range(40)))
    stay = [f"LOTO,u{number:02},Certified,,,,," for number in range(32)]

    def yes_after_many_have_left(report: LoadReport) -> bool:
        elsewhere(ten_leave)
        return True

    report = snapshot(ANA, BEN, *stay, typed=8, confirm=yes_after_many_have_left)
    assert (report.removed, bool(report.limits)) == (8, True)


def test_somebody_is_asked_where_only_holds_would_end(root: User) -> None:
    run(remove(root, people("ben")))
    asked: list[LoadReport] = []

    def no(report: LoadReport) -> bool:
        asked.append(report)
        return False

    with pytest.raises(NotAgreed):
        snapshot(ANA, confirm=no)

    (report,) = asked
    assert report.holds is not None
    assert (report.removed, report.holds.ended) == (0, 1)
    assert not HoldEnd.objects.exists()


def test_a_refusal_for_approval_tells_the_counts(root: User) -> None:
    User.objects.create_superuser("OTHER")
    change_setting(root, "most_unapproved", 1)
    for options in ({"typed": 2}, {"confirm": bool}):
        with pytest.raises(ApprovalRequired) as refusal:
            snapshot(f"{FORKLIFT},ROOT,Certified,,,,,", **options)
        assert refusal.value.counts is not None
        assert refusal.value.counts["removed"] == 2


def test_a_dry_run_refuses_a_number_that_is_not_true() -> None:
    with pytest.raises(ConfirmationRequired):
        snapshot(ANA, typed=2, dry_run=True)
    assert snapshot(ANA, typed=1, dry_run=True).removed == 1


def test_whoever_is_asked_locks_nobody_out(root: User) -> None:
    """A removal job runs while the question stands."""

    def yes_after_a_job(report: LoadReport) -> bool:
        elsewhere(lambda: (enroll("LOTO", "new"), Enrollment.objects.filter(user__user_id="new").delete()))
        return True

    assert snapshot(ANA, confirm=yes_after_a_job).removed == 1


def test_if_not_exactly_what_was_recorded_is_deleted_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    before = values()
    execute = statements.execute

    def deletes_nothing(statement: str) -> int:
        return 0 if "DELETE FROM enrollments" in statement else execute(statement)

    monkeypatch.setattr(holds, "execute", deletes_nothing)
    with pytest.raises(holds.CountsDisagree):
        snapshot(ANA)
    assert nothing_happened(before)
    assert not RemovalRecord.objects.exists()


def test_a_running_job_finds_them_gone(root: User) -> None:
    job = remove(root, people("ben"))
    snapshot(ANA)

    job = run(job)

    assert (job.checkpoint, job.gone_count) == (1, 1)
    assert verify() == []


def test_its_undo_gives_back_whom_it_took_off(root: User) -> None:
    before = values()
    report = snapshot(ANA)
    assert report.operation is not None

    run(undo_operation(root, report.operation, confirm=bool))

    assert values() == before
    assert verify() == []


FIELDS = {
    "status": st.sampled_from(["Certified", "Expired", "Of our own", "Revoked"]),
    "version": st.sampled_from(["", "2", "é 7"]),
    "period": st.sampled_from(["", "2026"]),
    "identifier": st.sampled_from(["", "F-7"]),
    **{
        name: st.none() | st.dates(date(1990, 1, 1), date(2099, 1, 1))
        for name in ("assigned_date", "due_date", "certified_date", "expiration_date")
    },
}
ENROLLED = st.dictionaries(
    st.tuples(st.sampled_from(["LOTO", "ADR", FORKLIFT]), st.sampled_from(["a", "b", "c", "000123"])),
    st.fixed_dictionaries(FIELDS),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(ENROLLED, st.randoms(use_true_random=False))
def test_a_snapshot_and_its_undo_give_back_every_value(
    root: User, before: dict[tuple[str, str], dict[str, Any]], chance: random.Random
) -> None:
    """Whatever was on whichever certification, and whichever part of it the file still names."""
    Enrollment.objects.all().delete()
    for (on, who), given_values in before.items():
        enroll(on, who, **given_values)
    enroll(FORKLIFT, "stays")
    all_before = values()
    named = [pair for pair in before if chance.random() < 0.5]
    lines = [_line(pair, before[pair]) for pair in named]

    report = load(
        "enrollments",
        file_of(f"{ENROLLMENTS},Period,Identifier", f"{FORKLIFT},stays,Certified,,,,,,,", *lines),
        name="full.csv",
        snapshot=True,
    )

    assert report.accepted
    assert (report.removed, report.unchanged) == (len(before) - len(named), len(named) + 1)
    assert Enrollment.objects.count() == len(named) + 1
    if report.operation is not None:
        run(undo_operation(root, report.operation, confirm=bool))
    assert values() == all_before


def _line(pair: tuple[str, str], of: dict[str, Any]) -> str:
    def cell(name: str) -> str:
        value = of[name]
        return "" if value is None else str(value)

    order = (
        "status",
        "version",
        "assigned_date",
        "due_date",
        "certified_date",
        "expiration_date",
        "period",
        "identifier",
    )
    return ",".join([*pair, *map(cell, order)])


def test_where_a_reason_is_required_a_full_file_gives_its_own(root: User) -> None:
    change_setting(root, "reason_required", True)

    report = load("enrollments", file_of(ENROLLMENTS, ANA), name="full.csv", snapshot=True)

    assert report.removed
    assert report.operation is not None
    assert Operation.objects.get(pk=report.operation).reason == "No longer in a full file"
