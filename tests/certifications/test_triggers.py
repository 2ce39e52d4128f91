"""The promises that the database keeps, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from certremoval.certifications.models import Certification, Enrollment, RemovalRecord, Restoration
from certremoval.organization.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrollment() -> Enrollment:
    return Enrollment.objects.create(
        certification=Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift"),
        user=User.objects.create_user("000123"),
        status="Certified",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Expired"},
        {"version": "2"},
        {"period": "2026"},
        {"identifier": "x"},
        {"assigned_date": date(2026, 1, 1)},
        {"due_date": date(2026, 1, 1)},
        {"certified_date": date(2026, 1, 1)},
        {"expiration_date": date(2026, 1, 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_forgotten_writer_still_raises_the_revision(enrollment: Enrollment, change: dict[str, object]) -> None:
    Enrollment.objects.filter(pk=enrollment.pk).update(**change)

    enrollment.refresh_from_db()
    assert enrollment.revision == 2


def test_another_user_or_certification_raises_the_revision(enrollment: Enrollment) -> None:
    Enrollment.objects.update(user=User.objects.create_user("000124"))
    Enrollment.objects.update(certification=Certification.objects.create(certification_id="LOTO", title="LOTO"))

    enrollment.refresh_from_db()
    assert enrollment.revision == 3


def test_equal_values_do_not_raise_the_revision(enrollment: Enrollment) -> None:
    Enrollment.objects.update(status="Certified", due_date=None)

    enrollment.refresh_from_db()
    assert enrollment.revision == 1


def test_the_revision_never_falls(enrollment: Enrollment) -> None:
    Enrollment.objects.update(revision=7)
    Enrollment.objects.update(revision=3)

    enrollment.refresh_from_db()
    assert enrollment.revision == 8


def test_ids_are_never_given_twice(enrollment: Enrollment) -> None:
    user, certification, last = enrollment.user, enrollment.certification, enrollment.pk
    enrollment.delete()

    assert Enrollment.objects.create(user=user, certification=certification, status="Certified").pk > last


@pytest.fixture
def record() -> RemovalRecord:
    return RemovalRecord.objects.create(
        operation_id=1,
        enrollment_id=5,
        revision=1,
        certification_key=1,
        certification_id="FORKLIFT-3Y",
        certification_title="Forklift",
        user_key=1,
        user_id="000123",
        user_name="Ana Ruiz",
        status="Certified",
        removed_at=timezone.now(),
    )


def test_a_removal_record_is_never_changed_or_deleted(record: RemovalRecord) -> None:
    for act in (lambda: RemovalRecord.objects.update(status="Expired"), RemovalRecord.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()

    assert RemovalRecord.objects.get().status == "Certified"


def test_a_restoration_is_never_changed_or_deleted(record: RemovalRecord) -> None:
    Restoration.objects.create(
        operation_id=2, record_id=record.pk, enrollment_id=5, revision=2, restored_at=timezone.now()
    )
    for act in (lambda: Restoration.objects.update(revision=9), Restoration.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


def test_one_state_of_an_enrollment_is_removed_once(record: RemovalRecord) -> None:
    record.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        record.save(force_insert=True)


def test_a_record_is_put_back_once(record: RemovalRecord) -> None:
    values = {"operation_id": 2, "record_id": record.pk, "enrollment_id": 5, "revision": 2}
    Restoration.objects.create(**values, restored_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Restoration.objects.create(**values, restored_at=timezone.now())
