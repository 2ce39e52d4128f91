"""The reference's example, through the pages: A sits in Division A, and is given the tool over Division B.

A sees own jobs and those created by administrators of B, none of A's colleagues'. Who moves, moves in or out with the
next page; a job that is hidden is told from none nowhere.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.organization.models import OrganizationalUnit, UnitMembership, User
from certremoval.removals.models import Job, JobState
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_unit, make_user, people, remove, run
from tests.web.conftest import SignedIn
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db

LIST = "/certification-removal/"
OF_A_JOB = ("job", "job-results", "job-file", "job-problems", "job-cancel")


class Divisions:
    """Abe (A, constrained to B), his colleague Cora (A), Ben (B), and Bea, who sits below B. Each made a job."""

    def __init__(self) -> None:
        root = User.objects.create_superuser("root")
        self.abe, self.cora = make_user("abe", "Abe Adams"), make_user("cora", "Cora Cole")
        self.ben, self.bea = make_user("ben", "Ben Brown"), make_user("bea", "Bea Berg")
        enroll(FORKLIFT, "K-abe", "K-cora", "K-ben", "K-bea", "K-root")
        self.a = make_unit("Division", "A", "abe", "cora")
        self.b = make_unit("Division", "B", "ben")
        self.docks = make_unit("Division", "B-Docks", "bea", parent=self.b)
        self.jobs: dict[str, Job] = {}
        for user in (self.abe, self.cora, self.ben, self.bea, root):
            if user is not root:
                role = Role.objects.create(name=f"of {user.user_id}")
                role.members.add(user)
                grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
                if user is self.abe:
                    self.constraint = Constraint.objects.create(
                        grant=grant, kind="organizational_units", unit=self.b, include_subordinates=False
                    )
            rows = people(f"K-{user.user_id}", f"NOBODY-{user.user_id}")
            self.jobs[user.user_id] = run(remove(user, rows, title=f"Job of {user.user_id}", skip_problems=True))

    def move(self, user: User, unit: OrganizationalUnit) -> None:
        UnitMembership.objects.filter(user=user, type=unit.type).update(unit=unit)


@pytest.fixture
def divisions() -> Divisions:
    return Divisions()


@pytest.fixture
def abe(divisions: Divisions, signed_in: SignedIn) -> Client:
    return signed_in(divisions.abe)


def seen(window: Client, divisions: Divisions) -> set[str]:
    """Whose jobs are seen: in the list, its search, its count, and in every page and file of each job alike."""
    listed = read(window, LIST)
    found = read(window, f"{LIST}?search=Job+of")
    whose = {name for name in divisions.jobs if f"Job of {name}" in listed}
    assert whose == {name for name in divisions.jobs if f"Job of {name}" in found}
    for name, job in divisions.jobs.items():
        assert (f"Job of {name}" in read(window, f"{LIST}?search={name}").replace(f'value="{name}"', "")) == (
            name in whose
        )
        for address in OF_A_JOB:
            answer = window.get(reverse(address, args=[job.pk]))
            # A job that has ended is not cancelled; whose it is, is told by 404 alone.
            statuses = (200, 403, 409) if address == "job-cancel" else (200,)
            assert (answer.status_code in statuses) if name in whose else (answer.status_code == 404), (name, address)
    return whose


def test_own_jobs_and_those_of_the_division_none_of_colleagues(abe: Client, divisions: Divisions) -> None:
    assert seen(abe, divisions) == {"abe", "ben"}
    assert "You see jobs created by you and by administrators in: " in words(read(abe, LIST))


def test_subordinates_when_they_are_included(abe: Client, divisions: Divisions) -> None:
    Constraint.objects.update(include_subordinates=True)
    assert seen(abe, divisions) == {"abe", "ben", "bea"}


def test_who_is_transferred_moves_in_or_out_at_once(abe: Client, divisions: Divisions) -> None:
    divisions.move(divisions.ben, divisions.a)
    divisions.move(divisions.cora, divisions.b)
    assert seen(abe, divisions) == {"abe", "cora"}


def test_a_unit_that_moves_takes_its_people_along(abe: Client, divisions: Divisions) -> None:
    Constraint.objects.update(include_subordinates=True)
    OrganizationalUnit.objects.filter(pk=divisions.docks.pk).update(parent=divisions.a)
    assert seen(abe, divisions) == {"abe", "ben"}
    OrganizationalUnit.objects.filter(pk=divisions.a.pk).update(parent=divisions.b)
    assert seen(abe, divisions) == {"abe", "ben", "bea", "cora"}


def test_where_the_viewer_sits_matters_for_their_own_units_alone(abe: Client, divisions: Divisions) -> None:
    divisions.move(divisions.abe, divisions.docks)
    assert seen(abe, divisions) == {"abe", "ben"}
    Constraint.objects.update(kind="user_organizational_units", ou_type=divisions.a.type, unit=None)
    assert seen(abe, divisions) == {"abe", "bea"}
    divisions.move(divisions.abe, divisions.a)
    assert seen(abe, divisions) == {"abe", "cora"}


def test_what_the_administration_changes_counts_with_the_next_page(
    abe: Client, divisions: Divisions, signed_in: SignedIn
) -> None:
    root = signed_in(User.objects.get(user_id="root"))
    ben = divisions.ben
    sent = {"user_id": "ben", "first_name": "Ben", "last_name": "Brown", "is_active": "on"}
    sent[f"place_{divisions.a.type.pk}"] = "A"
    assert root.post(f"/admin/organization/user/{ben.pk}/change/", sent).status_code == 302
    assert seen(abe, divisions) == {"abe"}


def test_constraints_do_not_limit_whom_a_file_may_name(divisions: Divisions) -> None:
    enroll(FORKLIFT, "K-9")
    divisions.a.memberships.create(user=User.objects.get(user_id="K-9"), type=divisions.a.type)
    run(remove(divisions.abe, people("K-9"), title="Anybody"))
    assert "K-9" not in enrolled()


def test_a_hidden_job_is_neither_cancelled_nor_resumed_nor_told_from_none(abe: Client, divisions: Divisions) -> None:
    hidden = divisions.jobs["cora"]
    Job.objects.filter(pk=hidden.pk).update(state=JobState.FAILED)
    for action in ("job-cancel", "job-resume"):
        there, none = abe.post(reverse(action, args=[hidden.pk])), abe.post(reverse(action, args=[10**9]))
        assert there.status_code == none.status_code == 404
        assert words(there.content.decode()).replace(str(hidden.pk), str(10**9)) == words(none.content.decode())
    assert Job.objects.get(pk=hidden.pk).state == JobState.FAILED


def test_of_seen_jobs_one_cancels_ones_own_alone(abe: Client, divisions: Divisions) -> None:
    for name, status, state in (("ben", 403, JobState.FAILED), ("abe", 302, JobState.CANCELLED)):
        job = divisions.jobs[name]
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
        assert abe.post(reverse("job-cancel", args=[job.pk])).status_code == status
        assert Job.objects.get(pk=job.pk).state == state


def test_hidden_jobs_are_not_counted(abe: Client, divisions: Divisions) -> None:
    """Thirty of a colleague: no second page, and no word of how many there are."""
    before = read(abe, LIST)
    for number in range(30):
        remove(divisions.cora, people("K-root"), title=f"Hidden {number}", skip_problems=True)
    assert words(read(abe, LIST)) == words(before)
    beyond = words(read(abe, f"{LIST}?page=2"))
    assert "Hidden" not in beyond
    assert "1–2 of 2" in beyond


def test_the_register_and_its_file_hold_what_is_seen(abe: Client, divisions: Divisions) -> None:
    register = read(abe, "/removal-records/")
    streamed = abe.get(reverse("removal-records-export", kwargs={"format": "csv"}))
    file = b"".join(streamed.streaming_content if streamed.streaming else [streamed.content]).decode()  # type: ignore[attr-defined]
    for name in divisions.jobs:
        assert (f"K-{name}" in register) == (name in ("abe", "ben")), name
        assert (f"K-{name}" in file) == (name in ("abe", "ben")), name


def test_a_persons_history_tells_who_when_and_why_but_no_hidden_title(abe: Client, divisions: Divisions) -> None:
    def history(name: str) -> str:
        return words(read(abe, reverse("person", args=[User.objects.get(user_id=f"K-{name}").pk])))

    assert "Job of ben" in history("ben")
    hidden = history("cora")
    assert "Job of cora" not in hidden
    assert "Cora Cole" in hidden
    assert reverse("job", args=[divisions.jobs["cora"].pk]) not in read(
        abe, reverse("person", args=[User.objects.get(user_id="K-cora").pk])
    )


def test_the_explaining_page_agrees(abe: Client, divisions: Divisions, signed_in: SignedIn) -> None:
    root = signed_in(User.objects.get(user_id="root"))
    address = reverse("person-sees", args=[divisions.abe.pk])
    for name, job in divisions.jobs.items():
        page = words(read(root, f"{address}?about=%23{job.pk}"))
        assert ("Yes: jobs of" in page) == (name in ("abe", "ben")), name
        assert ("No: jobs of" in page) == (name not in ("abe", "ben")), name
