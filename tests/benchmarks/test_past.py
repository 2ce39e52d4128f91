"""What the benchmark of lists writes as years of use is what the product itself would have left."""

from __future__ import annotations

import pytest
from benchmarks.past import ADMINISTRATORS, COLUMNS, FEWEST_JOBS, Past, fill
from django.db import connection

from certremoval.certifications.holding import held, held_from
from certremoval.certifications.models import Certification, Enrollment, RemovalRecord, Restoration
from certremoval.organization.models import OrganizationalUnit, OUType, User
from certremoval.removals.job_lines import lines_of_job
from certremoval.removals.models import Job
from certremoval.removals.verifying import verify

pytestmark = pytest.mark.django_db

PEOPLE, JOBS = 200, 120


@pytest.fixture(autouse=True)
def years_of_use() -> None:
    division = OUType.objects.create(name="Division")
    OrganizationalUnit.objects.create(type=division, unit_id="U-1", name="Unit 1")
    User.objects.bulk_create(
        User(user_id=f"A-{number:03}" if number < ADMINISTRATORS else f"P-{number:08}", username=f"{number}")
        for number in range(PEOPLE)
    )
    Certification.objects.bulk_create(Certification(certification_id=f"CERT-{one:03}") for one in range(200))
    fill(PEOPLE, JOBS)


def test_every_promise_holds() -> None:
    assert verify() == []


def test_each_table_is_filled() -> None:
    with connection.cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            assert cursor.fetchone()[0] > 0, table


def test_one_job_has_a_fifth_of_all_removals_and_one_line_in_eleven_is_wrong() -> None:
    large = Job.objects.order_by("-row_count")[0]

    assert large.pk == Past(PEOPLE, JOBS).large
    assert PEOPLE <= large.remove_count < PEOPLE * 1.1
    assert large.row_count == large.remove_count + large.remove_count // 10
    assert len(lines_of_job(large, outcomes=("unknown_user", "not_enrolled"), limit=500).lines) == large.problem_count


def test_one_removal_in_twenty_is_put_back_and_nearly_all_others_hold_somebody_back() -> None:
    assert Restoration.objects.count() / RemovalRecord.objects.count() == pytest.approx(1 / 20, abs=0.01)
    assert Enrollment.objects.count() == Restoration.objects.count()
    assert held(RemovalRecord.objects.all()).count() > RemovalRecord.objects.count() * 0.9
    large = Job.objects.get(pk=Past(PEOPLE, JOBS).large)
    certification = Certification.objects.get(pk=large.certifications.get().certification_key)
    assert held_from(certification).count() > PEOPLE * 0.9


def test_the_first_administrator_has_a_job_an_undo_and_the_large_job() -> None:
    own = Job.objects.filter(operation__actor__user_id="A-000")

    assert own.filter(undo_of=None).exists()
    assert own.exclude(undo_of=None).exists()
    assert own.filter(pk=Past(PEOPLE, JOBS).large).exists()


def test_removals_are_numbered_through_all_jobs() -> None:
    for jobs in (FEWEST_JOBS, JOBS):
        past = Past(PEOPLE, jobs)
        assert [number for job in range(1, jobs + 1) for number in past.removals(job)] == list(range(PEOPLE * 5))
