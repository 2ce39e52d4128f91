"""Everyone on a certification, as a file that can be sent back."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.certifications.enrollments import EXPORT_COLUMNS, enrollment_export_rows
from certremoval.certifications.models import Certification, Enrollment
from certremoval.loading.loads import load
from certremoval.organization.models import User
from certremoval.problems import NotFound
from certremoval.reading import csv_pieces
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import preview

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people() -> None:
    """Ana and the inactive Bo are on Forklift, Bo on LOTO too; somebody without a name is on nothing yet."""
    forklift = Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift Operator Safety")
    loto = Certification.objects.create(certification_id="LOTO", title="Lockout")
    bo = User.objects.create_user("K-1", first_name="Bo", last_name="Ito", is_active=False)
    ana = User.objects.create_user("000123", "ana@halden.example", first_name="Ana", last_name="Ruiz")
    User.objects.create_user("123")
    Enrollment.objects.create(
        certification=forklift,
        user=ana,
        status="Certified",
        version="2",
        period="2026",
        identifier="=F-7",
        assigned_date=date(2026, 1, 1),
        due_date=date(2026, 2, 2),
        certified_date=date(2026, 3, 3),
        expiration_date=date(2029, 4, 4),
    )
    Enrollment.objects.create(certification=forklift, user=bo, status="Revoked")
    Enrollment.objects.create(certification=loto, user=bo, status="Expired")


def test_the_columns_are_the_loads_then_who_it_is() -> None:
    """The order is a contract (design, *Contract: files*)."""
    assert ",".join(EXPORT_COLUMNS) == (
        "Certification ID,User ID,Status,Version,Assigned Date,Due Date,Certified Date,Expiration Date,"
        "Period,Identifier,Name,User Status,Email"
    )


def test_everyone_on_it_inactive_users_included_and_nobody_else() -> None:
    assert list(enrollment_export_rows("FORKLIFT-3Y")) == [
        ("FORKLIFT-3Y", "K-1", "Revoked", "", "", "", "", "", "", "", "Bo Ito", "Inactive", ""),
        (
            *("FORKLIFT-3Y", "000123", "Certified", "2", "2026-01-01", "2026-02-02", "2026-03-03", "2029-04-04"),
            *("2026", "=F-7", "Ana Ruiz", "Active", "ana@halden.example"),
        ),
    ]


def test_somebody_without_a_name_is_named_by_the_user_id() -> None:
    nameless = User.objects.get(user_id="123")
    Enrollment.objects.create(certification=Certification.objects.get(certification_id="LOTO"), user=nameless)

    assert [row[10] for row in enrollment_export_rows("LOTO")] == ["Bo Ito", "123"]


def exported(certification_id: str) -> BytesIO:
    return BytesIO(b"".join(csv_pieces([EXPORT_COLUMNS, *enrollment_export_rows(certification_id)])))


def test_the_file_is_a_removal_file_for_everyone_on_it() -> None:
    summary = preview(exported("FORKLIFT-3Y"), name="forklift.csv", options=PlanOptions())

    assert summary.accepted
    assert (summary.counts["rows"], summary.counts["remove"]) == (2, 2)


def test_the_file_is_a_load_that_changes_nothing() -> None:
    report = load("enrollments", exported("FORKLIFT-3Y"), name="forklift.csv")

    assert (report.accepted, report.unchanged) == (True, 2)
    assert list(Enrollment.objects.values_list("revision", flat=True)) == [1, 1, 1]


def test_a_certification_with_nobody_on_it_has_no_rows() -> None:
    Certification.objects.create(certification_id="EMPTY", title="Empty")
    assert list(enrollment_export_rows("EMPTY")) == []


def test_every_batch_is_a_query_of_its_own_and_nobody_is_lost_between_them() -> None:
    forklift = Certification.objects.get(certification_id="FORKLIFT-3Y")
    for number in range(5):
        user = User.objects.create_user(f"P{number}")
        Enrollment.objects.create(certification=forklift, user=user, status="Certified")

    with CaptureQueriesContext(connection) as queries:
        found = [row[1] for row in enrollment_export_rows("FORKLIFT-3Y", batch_rows=3)]

    assert found == ["K-1", "000123", "P0", "P1", "P2", "P3", "P4"]
    assert len(queries) == 1 + 4, "the certification; 3, 3, 1 and 0 rows"


def test_who_is_taken_off_meanwhile_breaks_no_stream() -> None:
    """A batch holds no cursor: the certification can change under it, and the next one begins after the last person."""
    forklift = Certification.objects.get(certification_id="FORKLIFT-3Y")
    rows = enrollment_export_rows("FORKLIFT-3Y", batch_rows=1)
    assert next(rows)[1] == "K-1"

    Enrollment.objects.filter(certification=forklift, user__user_id="K-1").delete()

    assert [row[1] for row in rows] == ["000123"]


def test_an_unknown_certification_is_told_before_the_first_row() -> None:
    with pytest.raises(NotFound) as close:
        enrollment_export_rows("forklft-3Y")
    with pytest.raises(NotFound) as far:
        enrollment_export_rows("HIPAA")

    assert close.value.message == "forklft-3Y is not a certification. Did you mean FORKLIFT-3Y?"
    assert far.value.message == (
        "HIPAA is not a certification. Compare it with the Certification ID on the certification's page."
    )
