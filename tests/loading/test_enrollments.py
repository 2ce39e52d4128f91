"""Loading enrollments."""

from __future__ import annotations

from datetime import date

import pytest

from certremoval.certifications.models import Enrollment
from tests.loading.files import CERTIFICATIONS, ENROLLMENTS, USERS, accepted, counts, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _people_and_certifications() -> None:
    accepted("users", USERS, *(f"{name},{name},,,yes" for name in ("ana", "ben", "000123")))
    accepted("certifications", CERTIFICATIONS, "FORKLIFT-3Y,Forklift,1,yes", "LOTO,Lock out,,no")


def the(user_id: str) -> Enrollment:
    return Enrollment.objects.get(user__user_id=user_id)


def test_enrollments_are_loaded() -> None:
    report = accepted(
        "enrollments",
        f"{ENROLLMENTS},Period,Identifier",
        "FORKLIFT-3Y,ana,Certified,2,2025-01-31,2025-06-30,2025-03-01,2028-03-01,2025-2028,AB 7",
        "LOTO,ben,Of our own making,,,,,,,",
    )

    assert counts(report) == (2, 0, 0)
    ana = the("ana")
    assert (ana.certification.certification_id, ana.revision) == ("FORKLIFT-3Y", 1)
    assert (ana.status, ana.version, ana.period, ana.identifier) == ("Certified", "2", "2025-2028", "AB 7")
    assert (ana.assigned_date, ana.due_date) == (date(2025, 1, 31), date(2025, 6, 30))
    assert (ana.certified_date, ana.expiration_date) == (date(2025, 3, 1), date(2028, 3, 1))
    ben = the("ben")
    assert (ben.status, ben.version, ben.assigned_date) == ("Of our own making", "", None)


def test_equal_values_are_not_touched_so_that_the_revision_stays() -> None:
    lines = ["FORKLIFT-3Y,ana,Certified,2,2025-01-31,,,2028-03-01", "FORKLIFT-3Y,ben,Expired,,,,,"]
    accepted("enrollments", ENROLLMENTS, *lines)
    before = list(Enrollment.objects.order_by("id").values())

    assert counts(accepted("enrollments", ENROLLMENTS, *lines)) == (0, 0, 2)
    assert list(Enrollment.objects.order_by("id").values()) == before


def test_a_value_that_differs_is_updated_and_raises_the_revision() -> None:
    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Certified,2,,,,2028-03-01", "LOTO,ben,Certified,2,,,,2028-03-01")
    before = the("ana").pk

    report = accepted(
        "enrollments", ENROLLMENTS, "LOTO,ana,Certified,2,,,,2028-03-02", "LOTO,ben,Certified,2,,,,2028-03-01"
    )

    assert counts(report) == (0, 1, 1)
    assert (the("ana").pk, the("ana").revision, the("ana").expiration_date) == (before, 2, date(2028, 3, 2))
    assert the("ben").revision == 1


def test_a_missing_column_leaves_values_and_a_blank_cell_clears_them() -> None:
    accepted("enrollments", f"{ENROLLMENTS},Period,Identifier", "LOTO,ana,Certified,2,2025-01-31,,,,P,I")

    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Certified,,,,,")

    ana = the("ana")
    assert (ana.version, ana.assigned_date, ana.period, ana.identifier) == ("", None, "P", "I")


def test_an_export_reads_back_with_its_further_columns_named() -> None:
    report = accepted("enrollments", f"{ENROLLMENTS},Name,User Status", "LOTO,ana,Certified,,,,,,Ana,Active")

    assert report.ignored_columns == ("Name", "User Status")


def test_enrollments_that_the_file_does_not_name_stay() -> None:
    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Certified,,,,,", "LOTO,ben,Certified,,,,,")
    accepted("enrollments", ENROLLMENTS, "LOTO,ana,Expired,,,,,")

    assert the("ben").status == "Certified"


def test_every_problem_by_line() -> None:
    long = "x" * 101
    assert refused(
        "enrollments",
        f"{ENROLLMENTS},Period",
        "LOTO,ana,Certified,,,,,,",
        ",ana,Certified,,,,,,",
        "LOTO,,Certified,,,,,,",
        "LOTO,ben,,,,,,,",
        f"FORKLIFT-3Y,ben,{long},{long},31.01.2025,2025-02-30,2025-1-1,20250101,{long}",
        "FORKLFT-3Y,ana,Certified,,,,,,",
        "LOTO,123,Certified,,,,,,",
        "LOTO,ana,Expired,,,,,,",
    ) == [
        (3, "Certification ID", "blank", ""),
        (4, "User ID", "blank", ""),
        (5, "Status", "blank", ""),
        (6, "Assigned Date", "invalid", "31.01.2025"),
        (6, "Certified Date", "invalid", "2025-1-1"),
        (6, "Due Date", "invalid", "2025-02-30"),
        (6, "Expiration Date", "invalid", "20250101"),
        (6, "Period", "invalid", long),
        (6, "Status", "invalid", long),
        (6, "Version", "invalid", long),
        (7, "Certification ID", "unknown_certification", "FORKLFT-3Y"),
        (8, "User ID", "unknown_user", "123"),
        (9, "User ID", "duplicate", "ana"),
    ]
    assert not Enrollment.objects.exists()
