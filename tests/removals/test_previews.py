"""What is said of a draft before it is submitted, and what has changed since it was looked at."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from certremoval.certifications.models import Enrollment
from certremoval.organization.models import User
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.jobs import find_job
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.previews import (
    CertificationShare,
    changed_since_preview,
    choices_words,
    holding,
    left_out_by_choice,
    line_of_creator,
    shares,
)
from certremoval.removals.submitting import submit
from tests.removals.conftest import FORKLIFT, certification, enroll, make_unit, make_user, removal_file, run

pytestmark = pytest.mark.django_db


def drafted(actor: User, rows: list[tuple[str, str]], **options: Any) -> Job:
    return check_now(upload_draft(actor, removal_file(rows), name="x.csv", title="T", options=PlanOptions(**options)))


def on_forklift(*user_ids: str) -> list[tuple[str, str]]:
    return [(FORKLIFT, user_id) for user_id in user_ids]


class TestChangedSincePreview:
    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3", "K-4", status="In Progress")

    def test_nothing(self, root: User) -> None:
        job = drafted(root, on_forklift("K-1", "K-2", "NOBODY", "K-1"))

        Enrollment.objects.filter(user__user_id="K-1").update(status="In Progress")  # no value is another

        assert changed_since_preview(job) == 0

    def test_who_left_changed_or_came_anew(self, root: User) -> None:
        job = drafted(root, on_forklift("K-1", "K-2", "K-3"))

        Enrollment.objects.get(user__user_id="K-1").delete()
        Enrollment.objects.filter(user__user_id="K-2").update(status="Certified")
        Enrollment.objects.get(user__user_id="K-3").delete()
        enroll(FORKLIFT, "K-3", status="In Progress")

        assert changed_since_preview(job) == 3

    def test_of_the_rows_to_be_removed_alone(self, root: User) -> None:
        make_user("K-9")
        job = drafted(root, on_forklift("K-1", "K-2", "K-9"), leave_out_users=("K-2",))

        Enrollment.objects.filter(user__user_id__in=["K-2", "K-4"]).update(status="Certified")
        enroll(FORKLIFT, "K-9")

        assert changed_since_preview(job) == 0

    def test_after_it_was_checked_again_it_is_nothing(self, root: User) -> None:
        job = drafted(root, on_forklift("K-1", "K-2"))
        Enrollment.objects.filter(user__user_id="K-1").update(status="Certified")
        assert changed_since_preview(job) == 1

        Job.objects.update(state="checking")
        job.refresh_from_db()

        assert changed_since_preview(check_now(job)) == 0

    def test_one_query(self, root: User) -> None:
        job = find_job(root, drafted(root, on_forklift("K-1", "K-2")).pk)

        with CaptureQueriesContext(connection) as queries:
            changed_since_preview(job)
        assert len(queries) == 1

    @settings(max_examples=30, deadline=None)
    @given(
        acts=st.lists(
            st.tuples(
                st.sampled_from(["K-1", "K-2", "K-3", "K-4"]),
                st.sampled_from(["delete", "Certified", "In Progress", "again", "load the same"]),
            ),
            max_size=6,
        ),
        left_out=st.sets(st.sampled_from(["K-1", "K-2", "K-3"])),
    )
    def test_it_is_what_the_job_would_leave_alone(self, acts: list[tuple[str, str]], left_out: set[str]) -> None:
        with suppress(Undone), transaction.atomic():
            root = User.objects.create_superuser("ANYBODY")
            job = drafted(root, on_forklift("K-1", "K-2", "K-3"), leave_out_users=tuple(left_out))
            changed = {}
            for user_id, act in acts:
                on_it = Enrollment.objects.filter(user__user_id=user_id)
                if act == "again":
                    on_it.delete()
                    enroll(FORKLIFT, user_id, status="In Progress")
                    changed[user_id] = True
                elif act == "delete":
                    on_it.delete()
                    changed[user_id] = True
                elif act == "load the same":
                    for one in on_it:
                        one.save()
                else:
                    differs = on_it.exclude(status=act).update(status=act)
                    changed[user_id] = changed.get(user_id, False) or bool(differs)

            told = changed_since_preview(job)

            assert told == sum(changed.get(user_id, False) for user_id in {"K-1", "K-2", "K-3"} - left_out)
            submit(root, job.pk, plan_number=1)
            done = run(job)
            assert told == done.changed_count + done.gone_count
            raise Undone


class Undone(Exception):
    """Takes an example back."""


class TestShares:
    def test_of_everyone_on_it_now(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        enroll("LOTO", "K-1", "K-2")
        enroll("FIRST-AID", "K-1")
        job = drafted(root, [(FORKLIFT, "K-1"), ("LOTO", "K-1"), ("LOTO", "K-2")])
        enroll(FORKLIFT, "K-4")

        loto, forklift = certification("LOTO"), certification(FORKLIFT)
        assert shares(job) == [
            CertificationShare(loto.pk, "LOTO", loto.title, planned=2, enrolled=2),
            CertificationShare(forklift.pk, FORKLIFT, forklift.title, planned=1, enrolled=4),
        ]

    def test_nobody_is_on_it_any_more(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = drafted(root, on_forklift("K-1"))
        Enrollment.objects.all().delete()

        assert [(one.planned, one.enrolled) for one in shares(job)] == [(1, 0)]

    def test_certifications_that_nobody_is_taken_off_are_not_told(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        certification("LOTO")
        job = drafted(root, [(FORKLIFT, "K-1"), ("LOTO", "K-1")])

        assert [one.certification_id for one in shares(job)] == [FORKLIFT]

    def test_twenty_and_two_queries_however_many(self, root: User) -> None:
        for number in range(25):
            enroll(f"C-{number:02}", "K-1")
        job = drafted(root, [(f"C-{number:02}", "K-1") for number in range(25)])

        with CaptureQueriesContext(connection) as queries:
            found = shares(job)

        assert [one.certification_id for one in found] == [f"C-{number:02}" for number in range(20)]
        assert len(queries) == 2


def test_who_holds_the_certification_now(root: User) -> None:
    enroll(FORKLIFT, "A", "B", status="Certified")
    enroll(FORKLIFT, "C", status="Certified/Renewal Past Due")
    enroll(FORKLIFT, "D", status="Expired")
    enroll(FORKLIFT, "E", status="On the Moon")

    job = drafted(root, on_forklift("A", "C", "D", "E"))

    assert job.statuses == {"Certified": 1, "Certified/Renewal Past Due": 1, "Expired": 1, "On the Moon": 1}
    assert holding(job) == 2


class TestTheCreatorsOwnLine:
    def test_it_is_pointed_out(self, root: User) -> None:
        enroll("LOTO", "ROOT")
        enroll(FORKLIFT, "K-1", "ROOT")

        job = drafted(root, [(FORKLIFT, "K-1"), (FORKLIFT, "ROOT"), ("LOTO", "ROOT"), (FORKLIFT, "ROOT")])

        assert job.removes_creator
        assert line_of_creator(job) == 3

    def test_not_if_they_are_left_out(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "ROOT")

        job = drafted(root, on_forklift("K-1", "ROOT"), leave_out_users=("ROOT",))

        assert not job.removes_creator
        assert line_of_creator(job) is None

    def test_nor_of_somebody_else(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        with CaptureQueriesContext(connection) as queries:
            job = Job.objects.select_related("operation").get(pk=drafted(root, on_forklift("K-1")).pk)
            before = len(queries)
            assert line_of_creator(job) is None
            assert len(queries) == before


class TestLeftOut:
    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        enroll(FORKLIFT, "A", "B", "C", status="Certified")
        enroll(FORKLIFT, "D", "E", status="Expired")
        north = make_unit("Division", "D-1", "D", name="North")
        make_unit("Division", "D-11", "A", "E", name="Harbour", parent=north)
        User.objects.filter(user_id="C").update(first_name="Ana", last_name="Ruiz")

    def test_by_each_choice(self, root: User) -> None:
        job = drafted(
            root,
            on_forklift("A", "B", "C", "D", "E"),
            leave_out_statuses=("Certified", "Revoked"),
            leave_out_units=(("division", "D-1"),),
            leave_out_users=("C",),
        )

        assert left_out_by_choice(job) == [("Status Certified", 2), ("division North", 2), ("Single people", 1)]
        assert choices_words(job) == [
            "Status Certified",
            "Status Revoked",
            "division North and below",
            "Ana Ruiz (C)",
        ]

    def test_without_a_choice(self, root: User) -> None:
        job = drafted(root, on_forklift("A", "B"))

        assert (left_out_by_choice(job), choices_words(job)) == ([], [])

    def test_choices_that_name_nothing_are_told_as_they_were_typed(self, root: User) -> None:
        job = drafted(root, on_forklift("A"), leave_out_units=(("Planet", "D-1"),), leave_out_users=("NOBODY", "A"))

        assert job.file_problems
        assert choices_words(job) == ["Planet D-1 and below", "NOBODY", "A"]

    def test_few_queries_however_many_choices(self, root: User) -> None:
        job = drafted(
            root,
            on_forklift("A"),
            leave_out_statuses=("Certified", "Expired"),
            leave_out_units=(("Division", "D-1"), ("Division", "D-11")),
            leave_out_users=("A", "B", "C"),
        )

        with CaptureQueriesContext(connection) as queries:
            choices_words(job)
            left_out_by_choice(job)
        assert len(queries) == 3
