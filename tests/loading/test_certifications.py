"""Loading certifications."""

from __future__ import annotations

import pytest

from certremoval.certifications.models import Certification
from tests.loading.files import CERTIFICATIONS, USERS, accepted, counts, refused

pytestmark = pytest.mark.django_db

WITH_OWNERS = f"{CERTIFICATIONS},Owners"


@pytest.fixture(autouse=True)
def _people() -> None:
    accepted("users", USERS, *(f"{name},{name},,,yes" for name in ("ana", "ben", "cy")))


def owners(certification_id: str) -> set[str]:
    return set(Certification.objects.get(certification_id=certification_id).owners.values_list("user_id", flat=True))


def test_certifications_are_loaded() -> None:
    report = accepted(
        "certifications", CERTIFICATIONS, "ISO/IEC 27001,Internal Auditor,2022,yes", "FIRE-WARDEN-2019,Fire,,no"
    )

    assert counts(report) == (2, 0, 0)
    iso = Certification.objects.get(certification_id="ISO/IEC 27001")
    assert (iso.title, iso.version, iso.is_active) == ("Internal Auditor", "2022", True)
    fire = Certification.objects.get(certification_id="FIRE-WARDEN-2019")
    assert (fire.version, fire.is_active) == ("", False)


def test_owners_are_user_ids_parted_by_a_bar() -> None:
    accepted("certifications", WITH_OWNERS, "A,Alpha,1,yes,ana | ben||ana", "B,Beta,1,yes,")

    assert (owners("A"), owners("B")) == ({"ana", "ben"}, set())


def test_owners_are_replaced_cleared_by_a_blank_cell_and_left_by_a_missing_column() -> None:
    accepted("certifications", WITH_OWNERS, "A,Alpha,1,yes,ana|ben", "B,Beta,1,yes,ana")

    assert counts(accepted("certifications", CERTIFICATIONS, "A,Alpha,1,yes")) == (0, 0, 1)
    assert owners("A") == {"ana", "ben"}
    assert counts(accepted("certifications", WITH_OWNERS, "A,Alpha,1,yes,ben|cy", "B,Beta,1,yes,")) == (0, 2, 0)
    assert (owners("A"), owners("B")) == ({"ben", "cy"}, set())


def test_only_what_differs_is_updated_and_a_row_counts_once() -> None:
    lines = ["A,Alpha,1,yes,ana", "B,Beta,1,yes,ben", "C,Gamma,,no,"]
    accepted("certifications", WITH_OWNERS, *lines)

    assert counts(accepted("certifications", WITH_OWNERS, *lines)) == (0, 0, 3)
    changed = ["A,Alef,1,yes,ben", "B,Beta,1,yes,ben", "C,Gamma,2,no,cy", "D,Delta,,yes,ana"]
    assert counts(accepted("certifications", WITH_OWNERS, *changed)) == (1, 2, 1)
    assert Certification.objects.get(certification_id="A").title == "Alef"


def test_every_problem_by_line() -> None:
    title, version = "t" * 501, "v" * 101
    assert refused(
        "certifications",
        WITH_OWNERS,
        "A,Alpha,1,yes,",
        ",Beta,1,yes,",
        "C,,1,yes,",
        f"D,{title},{version},perhaps,",
        "E,Epsilon,1,,nobody|ana|no one",
        "A,Again,1,yes,",
    ) == [
        (3, "Certification ID", "blank", ""),
        (4, "Title", "blank", ""),
        (5, "Active", "invalid", "perhaps"),
        (5, "Title", "invalid", f"{title[:299]}…"),
        (5, "Version", "invalid", version),
        (6, "Active", "blank", ""),
        (6, "Owners", "unknown_user", "no one"),
        (6, "Owners", "unknown_user", "nobody"),
        (7, "Certification ID", "duplicate", "A"),
    ]
    assert not Certification.objects.exists()
