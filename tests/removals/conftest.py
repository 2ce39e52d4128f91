"""The cast of the engine's tests, and short words for what they do: enroll, plan, remove, run."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, BinaryIO

import pytest
from django.db import connection

from certremoval.certifications.holding import NOT_FIRMLY, KeepOff
from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import Group, GroupMembership, OrganizationalUnit, OUType, UnitMembership, User
from certremoval.reading import write_csv
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.planning import PlanSummary, planned
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.submitting import remove_file

HEADER = ("Certification ID", "User ID")
FORKLIFT = "FORKLIFT-3Y"


@pytest.fixture
def root() -> User:
    """Somebody who may do everything."""
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


def make_user(user_id: str, name: str = "", **values: Any) -> User:
    """Make a user; ``name`` is first and last name."""
    first, _, last = name.partition(" ")
    return User.objects.create_user(user_id, values.pop("email", ""), first_name=first, last_name=last, **values)


def certification(certification_id: str = FORKLIFT, title: str = "") -> Certification:
    """Return the certification of this ID; make it if there is none."""
    made, _ = Certification.objects.get_or_create(
        certification_id=certification_id, defaults={"title": title or f"Title of {certification_id}"}
    )
    return made


def enroll(certification_id: str, *user_ids: str, status: str = "Certified", **values: Any) -> list[Enrollment]:
    """Put users on a certification, in this order; certification and users are made where they are missing."""
    on = certification(certification_id)
    return [
        Enrollment.objects.create(
            certification=on,
            user=User.objects.filter(user_id=user_id).first() or make_user(user_id),
            status=status,
            **values,
        )
        for user_id in user_ids
    ]


def enrolled(certification_id: str = FORKLIFT) -> list[str]:
    """Return the User IDs of who is on a certification, sorted."""
    on = Enrollment.objects.filter(certification__certification_id=certification_id)
    return sorted(on.values_list("user__user_id", flat=True))


def make_unit(
    type_name: str, unit_id: str, *members: str, name: str = "", parent: OrganizationalUnit | None = None
) -> OrganizationalUnit:
    """Make a unit with these users in it; the type is made where it is missing."""
    ou_type, _ = OUType.objects.get_or_create(name=type_name, defaults={"is_custom": type_name not in OUType.STANDARD})
    unit = OrganizationalUnit.objects.create(type=ou_type, unit_id=unit_id, name=name or unit_id, parent=parent)
    for user_id in members:
        UnitMembership.objects.create(user=User.objects.get(user_id=user_id), type=ou_type, unit=unit)
    return unit


def make_group(group_id: str, *members: str) -> Group:
    """Make a group of these users."""
    group = Group.objects.create(group_id=group_id, name=group_id)
    for user_id in members:
        GroupMembership.objects.create(group=group, user=User.objects.get(user_id=user_id))
    return group


def removal_file(rows: Iterable[Sequence[str]], *, header: Sequence[str] = HEADER) -> io.BytesIO:
    """Return a CSV file with a header on line 1 and these rows below it."""
    file = io.BytesIO()
    write_csv(file, [header, *rows])
    file.seek(0)
    return file


def people(*user_ids: str, on: str = FORKLIFT) -> io.BytesIO:
    """Return a removal file that takes these users off one certification."""
    return removal_file([(on, user_id) for user_id in user_ids])


@dataclass(frozen=True)
class PlannedRow:
    """A row of ``planned_rows``."""

    position: int
    line: int
    outcome: str
    certification_text: str
    user_text: str
    certification_key: int | None
    user_key: int | None
    enrollment_id: int | None
    revision: int | None
    status: str | None
    related_line: int | None
    record_id: int | None
    suggestion: str | None
    detail: str | None


@dataclass(frozen=True)
class Plan:
    """A plan as it was made: its summary, and its rows by position."""

    summary: PlanSummary
    rows: list[PlannedRow]

    @property
    def outcomes(self) -> dict[int, str]:
        """The outcome of each line, in the order of the file."""
        return {row.line: row.outcome for row in sorted(self.rows, key=lambda row: row.line)}

    def row(self, line: int) -> PlannedRow:
        """Return the row of a line."""
        (found,) = (row for row in self.rows if row.line == line)
        return found


def plan(source: BinaryIO, *, name: str = "people.csv", skip_problems: bool = False, **options: Any) -> Plan:
    """Plan a file with these options (of PlanOptions) and return all of the plan."""
    with (
        planned(source, name=name, options=PlanOptions(**options), skip_problems=skip_problems) as summary,
        connection.cursor() as cursor,
    ):
        names = ", ".join(field.name for field in fields(PlannedRow))
        cursor.execute(f"SELECT {names} FROM planned_rows ORDER BY position")
        rows = [PlannedRow(*values) for values in cursor.fetchall()]
    return Plan(summary, rows)


def remove(
    actor: User,
    source: BinaryIO,
    *,
    title: str = "Changed roles",
    skip_problems: bool = False,
    confirm: Callable[[PlanSummary], bool] = bool,
    keep_off: KeepOff = NOT_FIRMLY,
    **options: Any,
) -> Job:
    """Queue a job for a file, as the command line does, with these options (of PlanOptions). What it asks is agreed."""
    return remove_file(
        actor,
        source,
        name="people.csv",
        title=title,
        options=PlanOptions(**options),
        skip_problems=skip_problems,
        confirm=confirm,
        keep_off=keep_off,
    )


def run(job: Job, *, chunk: int = 10_000) -> Job:
    """Claim a job and carry it out to its end, ``chunk`` rows in a transaction."""
    held = claim_job(job.pk)
    assert held is not None, f"{job} is not to be run"
    assert run_slice(held, seconds=600, pace=Pace(largest=chunk))
    job.refresh_from_db()
    return job


def table_contents() -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, to be compared before and after."""
    contents = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            cursor.execute(f'SELECT * FROM "{table}"')
            contents[table] = sorted(cursor.fetchall(), key=repr)
    return contents
