"""What years of use leave, written by SQL into a loaded database: ``python -m benchmarks.past fill PEOPLE JOBS``.

Five removals for each person. A fifth of them are one large job's, the others are spread over all jobs. Each
job has a line for each of its removals, and one line in eleven on which something is wrong. One job in sixteen was
undone, that is one removal in twenty: its people are on their certifications again. Of one job in fifty, and of one
removal in fifty, the hold was lifted; nearly all others hold somebody back.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.filling import STATUSES

ADMINISTRATORS = 40
FEWEST_JOBS = 2 * (ADMINISTRATORS + 1)
"""So that each administrator has some, the large one among those of the first."""
WRONG = ("unknown_user", "not_enrolled", "duplicate")

Row = tuple[object, ...]


@dataclass(frozen=True)
class Past:
    """The jobs and what each of them removed. Removals are numbered from 0; a record's key is its number plus one."""

    people: int
    jobs: int

    @property
    def large(self) -> int:
        """The job with a fifth of all removals: one of the first administrator's, from the middle of the years."""
        each = ADMINISTRATORS + 1
        return (self.jobs // each + 1) // 2 * each

    def removals(self, job: int) -> range:
        """Return the numbers of what a job removed."""
        everything = self.people * 5
        of_large = everything // 5
        spread = everything - of_large
        return range(
            (job - 1) * spread // self.jobs + (of_large if job > self.large else 0),
            job * spread // self.jobs + (of_large if job >= self.large else 0),
        )

    @property
    def undone(self) -> list[int]:
        """The jobs that were undone; the undo of each is a job beyond all others."""
        return [job for job in range(7, self.jobs + 1, 16) if job != self.large]

    def moment(self, job: int) -> str:
        """Return when a job was submitted, and done: spread over the months of a year."""
        from django.db import connection

        day, second = job * 330 // self.jobs, job % 86_400
        date = f"2026-{(day // 30) % 12 + 1:02}-{day % 28 + 1:02}"
        zone = "+00" if connection.vendor == "postgresql" else ""  # SQLite keeps text, as Django writes it: UTC
        return f"{date} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{zone}"

    @cached_property
    def actors(self) -> list[Any]:
        """The administrators, whose turns it is to make a job, and the superuser."""
        from certremoval.organization.models import User

        found = User.objects.in_bulk([*(f"A-{one:03}" for one in range(ADMINISTRATORS)), "admin"], field_name="user_id")
        return list(found.values())

    @cached_property
    def persons(self) -> list[tuple[int, str]]:
        """Keys and User IDs of all."""
        from certremoval.organization.models import User

        return list(User.objects.order_by("pk").values_list("pk", "user_id"))

    @cached_property
    def certifications(self) -> list[tuple[int, str, str]]:
        """Keys, ids and titles."""
        from certremoval.certifications.models import Certification

        return list(Certification.objects.order_by("pk").values_list("pk", "certification_id", "title"))

    def person(self, number: int) -> tuple[int, str]:
        """Return whom a removal concerns: neighbours in a job are far apart among people."""
        return self.persons[number * 7919 % len(self.persons)]

    def certification(self, job: int) -> tuple[int, str, str]:
        """Return the certification of a job."""
        return self.certifications[job % len(self.certifications)]

    # --- rows of tables, in the order of COLUMNS

    def operations(self) -> Iterator[Row]:
        for job in range(1, self.jobs + 1):
            title = f"Warehouse {job} closes" if job % 3 else f"Changed roles {job}"
            yield job, "removal", title, "", "Changed roles", *self._by(job), self.moment(job), False
        for number, job in enumerate(self.undone):
            yield self._undo(number), "restore", f"Undo of {job}", "", "", *self._by(number), self.moment(job), False

    def _undo(self, number: int) -> int:
        return self.jobs + 1 + number

    def _by(self, turn: int) -> Row:
        actor = self.actors[turn % len(self.actors)]
        return actor.pk, actor.user_id, actor.full_name

    def job_entries(self) -> Iterator[Row]:
        for job in range(1, self.jobs + 1):
            ended_as = "failed" if job % 500 == 0 else "cancelled" if job % 300 == 0 else "processed"
            state = "processed" if job == self.large else ended_as
            removed = len(self.removals(job))
            wrong = [WRONG[place % len(WRONG)] for place in range(removed // 10)]
            planned = {"remove": removed, **{one: wrong.count(one) for one in WRONG if one in wrong}}
            refusing = len(wrong) - wrong.count("duplicate")
            yield self._job_entry(job, job, state, planned, refusing, turn=job, at=self.moment(job))
        for number, job in enumerate(self.undone):
            planned = {"restore": len(self.removals(job))}
            undo = self._undo(number)
            yield self._job_entry(undo, undo, "processed", planned, 0, turn=number, at=self.moment(job), undo_of=job)

    def _job_entry(
        self,
        job: int,
        operation: int,
        state: str,
        planned: dict[str, int],
        refusing: int,
        *,
        turn: int,
        at: str,
        undo_of: int | None = None,
    ) -> Row:
        done = planned.get("remove", 0) + planned.get("restore", 0)
        options = json.dumps({} if undo_of is None else {"operation": undo_of, "users": None, "record": None})
        return (
            *(job, operation, self.actors[turn % len(self.actors)].pk, state, undo_of, options, refusing > 0, False),
            *(1, sum(planned.values()), json.dumps(planned), done, refusing, "[]", 1),
            *(at, "{}", "[]", "{}", False, done, 0, 0, 0, at, at, at, "", 0, f"{job:x}", "{}"),
        )

    def job_certifications(self) -> Iterator[Row]:
        for job in range(1, self.jobs + 1):
            yield job, *self.certification(job), len(self.removals(job)), len(self.removals(job))
        for number, job in enumerate(self.undone):
            yield self._undo(number), *self.certification(job), len(self.removals(job)), len(self.removals(job))

    def job_rows(self) -> Iterator[Row]:
        for job in range(1, self.jobs + 1):
            line, removals = 1, self.removals(job)
            key, certification_id, _title = self.certification(job)
            for position, number in enumerate(removals, 1):
                line += 1
                user_key, user_id = self.person(number)
                status = STATUSES[number % len(STATUSES)]
                removal = (certification_id, user_id, key, user_key, status, None, None, None)
                yield job, 1, line, position, "remove", *removal
                if position % 10 == 0:
                    line += 1
                    outcome = WRONG[(position // 10 - 1) % len(WRONG)]
                    named = {
                        "unknown_user": (f"X{user_id}", key, None, None, None, None, user_id),
                        "not_enrolled": (user_id, key, user_key, None, None, None, None),
                        "duplicate": (user_id, key, user_key, None, line - 1, None, None),
                    }[outcome]
                    yield job, 1, line, len(removals) + position // 10, outcome, certification_id, *named
        for undo, job in enumerate(self.undone, self._undo(0)):
            key, certification_id, _title = self.certification(job)
            for position, number in enumerate(self.removals(job), 1):
                user_key, user_id = self.person(number)
                status = STATUSES[number % len(STATUSES)]
                restored = (certification_id, user_id, key, user_key, status, None, number + 1, None)
                yield undo, 1, position, position, "restore", *restored

    def job_steps(self) -> Iterator[Row]:
        plans = [*((job, job) for job in range(1, self.jobs + 1)), *enumerate(self.undone, self._undo(0))]
        for job, removing in plans:
            key, _certification_id, _title = self.certification(removing)
            for position, number in enumerate(self.removals(removing), 1):
                yield job, 1, position, key, self.person(number)[0], enrollment(number), 1

    def removal_records(self) -> Iterator[Row]:
        for job in range(1, self.jobs + 1):
            at = self.moment(job)
            for number in self.removals(job):
                yield (
                    *(number + 1, job, enrollment(number), 1, *self.certification(job), *self.person(number)),
                    *("Hana Tanaka", STATUSES[number % len(STATUSES)], "1", "2026", f"C-{number}", "2026-01-02", at),
                )

    def restorations(self) -> Iterator[Row]:
        for undo, job in enumerate(self.undone, self._undo(0)):
            for number in self.removals(job):
                yield undo, number + 1, enrollment(number), 2, self.moment(job)

    def hold_ends(self) -> Iterator[Row]:
        superuser = self.actors[-1]
        by = ("lift", superuser.pk, superuser.user_id, superuser.full_name)
        for job in range(1, self.jobs + 1):
            if job % 50 == 9 and job != self.large:
                yield None, job, *by, self.moment(job)
            for number in self.removals(job):
                if number % 50 == 3:
                    yield number + 1, None, *by, self.moment(job)


def enrollment(number: int) -> int:
    """Return the id of the enrollment that a removal took away: beyond those that are there."""
    return 10**9 + number


_BY_WHOM = ("actor_key", "actor_user_id", "actor_name")
COLUMNS = {
    "operations": (
        *("id", "kind", "title", "comment", "reason", "actor_id", "actor_user_id", "actor_name", "created_at"),
        "held_for_good",
    ),
    "jobs": (
        *("id", "operation_id", "creator_key", "state", "undo_of_id", "options", "skip_problems", "needs_its_maker"),
        *("plan_number", "row_count", "planned", "remove_count", "problem_count", "file_problems"),
        "certification_count",
        *("planned_at", "statuses", "units", "warnings", "removes_creator", "checkpoint", "changed_count"),
        *("gone_count", "changes_accepted", "submitted_at", "started_at", "ended_at", "error", "attempts"),
        *("people_key", "purged_counts"),
    ),
    "job_certifications": ("job_id", "certification_key", "certification_id", "title", "planned", "removed"),
    "job_rows": (
        *("job_id", "plan_number", "line", "position", "outcome", "certification_text", "user_text"),
        *("certification_key", "user_key", "status", "related_line", "record_id", "suggestion"),
    ),
    "job_steps": (
        *("job_id", "plan_number", "position", "certification_key", "user_key", "enrollment_id", "revision"),
    ),
    "removal_records": (
        *("id", "operation_id", "enrollment_id", "revision", "certification_key", "certification_id"),
        *("certification_title", "user_key", "user_id", "user_name", "status", "version", "period"),
        *("identifier", "assigned_date", "removed_at"),
    ),
    "restorations": ("operation_id", "record_id", "enrollment_id", "revision", "restored_at"),
    "hold_ends": ("record_id", "operation_id", "kind", *_BY_WHOM, "ended_at"),
}
BACK_ON = """
    INSERT INTO enrollments (
        id, certification_id, user_id, status, version, period, identifier, assigned_date, revision
    )
    SELECT r.enrollment_id, r.certification_key, r.user_key, r.status, r.version, r.period, r.identifier,
           r.assigned_date, x.revision
    FROM restorations x JOIN removal_records r ON r.id = x.record_id
    WHERE TRUE ORDER BY x.id ON CONFLICT DO NOTHING
"""
"""Who was put back is on the certification again; who is on it already stays as they are."""


def fill(people: int, jobs: int) -> None:
    """Write it all, table by table."""
    from django.db import connection, transaction

    from certremoval.access.models import Constraint, Grant, Permission, Role
    from certremoval.database.bulk import fill_table
    from certremoval.organization.models import OrganizationalUnit, User

    User.objects.create_superuser("admin", "", "not-a-secret-1", first_name="Ada", last_name="Min")
    past = Past(people, jobs)
    role = Role.objects.create(name="Division and below")
    role.members.add(past.actors[0])
    for permission in (Permission.REMOVAL_MANAGE, Permission.CERTIFICATION_VIEW):
        grant = Grant.objects.create(role=role, permission=permission)
        if permission == Permission.REMOVAL_MANAGE:
            unit = OrganizationalUnit.objects.get(unit_id="U-1")
            Constraint.objects.create(grant=grant, kind="organizational_units", unit=unit, include_subordinates=True)
    tables = {
        "operations": past.operations,
        "jobs": past.job_entries,
        "job_certifications": past.job_certifications,
        "job_rows": past.job_rows,
        "job_steps": past.job_steps,
        "removal_records": past.removal_records,
        "restorations": past.restorations,
        "hold_ends": past.hold_ends,
    }
    counts = {}
    for table, rows in tables.items():
        with transaction.atomic():
            counts[table] = fill_table(table, COLUMNS[table], rows())
        print(f"  {table}: {counts[table]:,}", file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute(BACK_ON)
    print(json.dumps({"large": past.large, "rows": counts}))


def gather_statistics() -> None:
    """Let PostgreSQL look at all tables, as it would by itself in time."""
    # The product never lets SQLite gather any: PRAGMA optimize here looked at the jobs but not at their operations, for
    # which SQLite then read and sorted all jobs (40 to 160 ms for a page).
    _on_postgresql("ANALYZE")


def without_statistics() -> None:
    """Keep PostgreSQL from looking at any table by itself: as it is before it had time to.

    What the product has it look at, as a load does at what it has written, is looked at as ever.
    """
    from django.db import connection

    tables = connection.introspection.table_names()
    _on_postgresql(*(f"ALTER TABLE {table} SET (autovacuum_enabled = off)" for table in tables))


def _on_postgresql(*statements: str) -> None:
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


if __name__ == "__main__":
    import django

    django.setup()
    globals()[sys.argv[1]](*map(int, sys.argv[2:]))
