"""Loads and pages at full size: a million people, five million enrollments and as many removals, 100,000 jobs.

The organisation is loaded by ``certremoval load``, as anybody would; jobs and records of years are written by SQL.
Each page is then opened several times in one process, as a superuser and as an administrator who sees the jobs of one
division and below. Times are of the whole answer without the network.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import databases, measuring
from benchmarks.filling import FIRST, LAST, SEED, STATUSES

CERTIFICATIONS, ADMINISTRATORS = 200, 40

PAGES = (
    ("the list of jobs", "/certification-removal/"),
    ("its page 2,000", "/certification-removal/?page=2000"),
    ("its last page", "/certification-removal/?page=4000"),
    ("by title", "/certification-removal/?sort=title"),
    ("by process date", "/certification-removal/?sort=processed"),
    ("by status", "/certification-removal/?sort=status"),
    ("failed jobs", "/certification-removal/?status=failed"),
    ("of one day", "/certification-removal/?on=2026-06-01"),
    ("a word of the title", "/certification-removal/?search=Warehouse+777"),
    ("of one certification", "/certification-removal/?certification=CERT-007"),
    ("one job", "/certification-removal/{job}/"),
    ("certifications", "/certifications/"),
    ("who is on one with a fifth of all", "/certifications/{certification}/"),
    ("the same, of one unit", "/certifications/{certification}/?unit={unit}"),
    ("the same, of one status", "/certifications/{certification}/?status=Expired"),
    ("the same, by last name", "/certifications/{certification}/?last_name=Tan"),
    ("people, by name", "/people/?search=Hana+Tanaka"),
    ("people, by User ID", "/people/?search=P-00777777"),
    ("one person", "/people/{person}/"),
    ("Removal Records", "/removal-records/"),
    ("of a month", "/removal-records/?from=2026-05-01&to=2026-05-31"),
    ("of one certification, a month", "/removal-records/?certification=CERT-007&from=2026-05-01&to=2026-05-31"),
    ("of one administrator", "/removal-records/?administrator=A-007"),
    ("of one unit", "/removal-records/?unit=U-77"),
)


def main(arguments: list[str]) -> None:
    """Load, fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lists", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="five enrollments and five removals each")
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=50_000)
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--folder", type=Path, help="where the database is made (a temporary one)")
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="lists-") as folder:
        database = databases.make_empty(options.database, Path(folder), "lists")
        try:
            loads = _load(database, options)
            size = [str(one) for one in (options.people, options.jobs)]
            measuring.run("lists", "past", *size, environment=database.environment)
            pages = measuring.run("lists", "pages", environment=database.environment)["pages"]
        finally:
            databases.drop(database)
    if options.output:
        told = {"database": options.database, "people": options.people, "loads": loads, "pages": pages}
        options.output.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print("\n".join(table(loads, pages)))


def table(loads: dict[str, float], pages: dict[str, dict[str, float]]) -> list[str]:
    """Return the figures as tables in Markdown."""
    lines = ["| load | seconds |", "|---|---:|", *(f"| {kind} | {seconds:.0f} |" for kind, seconds in loads.items())]
    lines += ["", "| page | superuser | of one division |", "|---|---:|---:|"]
    lines += [
        f"| {words} | {taken['superuser'] * 1000:.0f} ms | {taken['constrained'] * 1000:.0f} ms |"
        for words, taken in pages.items()
    ]
    return lines


def _load(database: databases.Database, options: argparse.Namespace) -> dict[str, float]:
    """Write the five files, load them by the command, and return the seconds of each."""
    command = [sys.executable, "-m", "certremoval"]
    environment = {**measuring.inherited(), **measuring.LIMITS, **database.environment}
    subprocess.run([*command, "migrate", "--verbosity", "0"], env=environment, check=True)
    seconds = {}
    for kind, rows in _files(options).items():
        path = database.folder / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows())
        began = time.perf_counter()
        subprocess.run([*command, "load", kind, str(path), "--yes"], env=environment, check=True, stdout=sys.stderr)
        seconds[kind] = time.perf_counter() - began
        path.unlink()
        print(f"  {kind}: {seconds[kind]:.0f} s", file=sys.stderr, flush=True)
    return seconds


def _files(options: argparse.Namespace) -> dict[str, Callable[[], Iterator[tuple[str, ...]]]]:
    people, units = options.people, options.units

    def organizational_units() -> Iterator[tuple[str, ...]]:
        yield "Type", "ID", "Name", "Parent ID", "Active"
        for unit in range(units):
            yield "Division", f"U-{unit}", f"Unit {unit}", f"U-{(unit - 1) // 8}" if unit else "", "yes"

    def users() -> Iterator[tuple[str, ...]]:
        yield "User ID", "First Name", "Last Name", "Email", "Active", "Division"
        for number in range(people):
            first, last = FIRST[number % len(FIRST)], LAST[number // 10 % len(LAST)]
            user_id = f"P-{number:08}" if number >= ADMINISTRATORS else f"A-{number:03}"
            active = "no" if number % 11 == 5 else "yes"
            yield user_id, first, last, f"p{number}@halden.example", active, f"U-{number % units}"

    def certifications() -> Iterator[tuple[str, ...]]:
        yield "Certification ID", "Title", "Version", "Active"
        for one in range(CERTIFICATIONS):
            yield f"CERT-{one:03}", f"Certification {one}", "1", "yes"

    def enrollments() -> Iterator[tuple[str, ...]]:
        # A fifth of all enrollments are on the first certification: everybody is.
        dates = ("Assigned Date", "Due Date", "Certified Date", "Expiration Date")
        yield "Certification ID", "User ID", "Status", "Version", *dates
        chance = random.Random(SEED)
        for number in range(people):
            user_id = f"P-{number:08}" if number >= ADMINISTRATORS else f"A-{number:03}"
            for one in (0, *chance.sample(range(1, CERTIFICATIONS), 4)):
                status = STATUSES[(number + one) % len(STATUSES)]
                yield f"CERT-{one:03}", user_id, status, "1", "2026-01-02", "", "2026-02-03", "2029-02-03"

    return {
        "organizational_units": organizational_units,
        "users": users,
        "certifications": certifications,
        "enrollments": enrollments,
    }


def past(people: int, jobs: int) -> None:
    """Write what years of use leave: jobs, most of them processed, and five removal records for each person."""
    from django.db import connection, transaction

    from certremoval.access.models import Constraint, Grant, Permission, Role
    from certremoval.certifications.models import Certification
    from certremoval.database.bulk import fill_table
    from certremoval.organization.models import OrganizationalUnit, User

    admins = list(User.objects.filter(user_id__startswith="A-").order_by("user_id"))
    root = User.objects.create_superuser("admin", "", "not-a-secret-1", first_name="Ada", last_name="Min")
    role = Role.objects.create(name="Division and below")
    role.members.add(admins[0])
    for permission in (Permission.REMOVAL_MANAGE, Permission.CERTIFICATION_VIEW):
        grant = Grant.objects.create(role=role, permission=permission)
        if permission == Permission.REMOVAL_MANAGE:
            unit = OrganizationalUnit.objects.get(unit_id="U-1")
            Constraint.objects.create(grant=grant, kind="organizational_units", unit=unit, include_subordinates=True)
    certifications = list(Certification.objects.order_by("pk").values_list("pk", "certification_id", "title"))
    actors = [*admins, root]

    def moment(job: int) -> str:
        day, second = job * 330 // jobs, job % 86_400
        months = ((day // 30) % 12) + 1
        return f"2026-{months:02}-{day % 28 + 1:02} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+00"

    def operations() -> Iterator[tuple[object, ...]]:
        for job in range(1, jobs + 1):
            actor = actors[job % len(actors)]
            title = f"Warehouse {job} closes" if job % 3 else f"Changed roles {job}"
            by = (actor.pk, actor.user_id, actor.full_name)
            yield job, "removal", title, "", "Changed roles", *by, moment(job), False

    def rows_of_jobs() -> Iterator[tuple[object, ...]]:
        for job in range(1, jobs + 1):
            state = "failed" if job % 500 == 0 else "cancelled" if job % 300 == 0 else "processed"
            at = moment(job)
            yield (
                *(job, job, actors[job % len(actors)].pk, state, "{}", False, False),
                *(1, 50, '{"remove": 50}', 50, 0, "[]", 1),
                *(at, "{}", "[]", "{}", False, 50, 0, 0, 0, at, at, at, "", 0, f"{job:x}", "{}"),
            )

    def of_certifications() -> Iterator[tuple[object, ...]]:
        for job in range(1, jobs + 1):
            key, certification_id, title = certifications[job % len(certifications)]
            yield job, key, certification_id, title, 50, 50

    def records() -> Iterator[tuple[object, ...]]:
        keys = list(User.objects.order_by("pk").values_list("pk", flat=True))
        for number in range(people * 5):
            job = number * jobs // (people * 5) + 1
            key, certification_id, title = certifications[job % len(certifications)]
            person = keys[number * 7919 % len(keys)]
            yield (
                *(job, 10**9 + number, 1, key, certification_id, title, person, f"P-{person:08}", "Hana Tanaka"),
                *(STATUSES[number % len(STATUSES)], "1", "2026", f"C-{number}", "2026-01-02", moment(job)),
            )

    with transaction.atomic():
        fill_table(
            "operations",
            (
                *("id", "kind", "title", "comment", "reason", "actor_id", "actor_user_id", "actor_name", "created_at"),
                "held_for_good",
            ),
            operations(),
        )
        fill_table(
            "jobs",
            (
                *("id", "operation_id", "creator_key", "state", "options", "skip_problems", "needs_its_maker"),
                *("plan_number", "row_count", "planned", "remove_count", "problem_count", "file_problems"),
                "certification_count",
                *("planned_at", "statuses", "units", "warnings", "removes_creator", "checkpoint", "changed_count"),
                *("gone_count", "changes_accepted", "submitted_at", "started_at", "ended_at", "error", "attempts"),
                *("people_key", "purged_counts"),
            ),
            rows_of_jobs(),
        )
        fill_table(
            "job_certifications",
            ("job_id", "certification_key", "certification_id", "title", "planned", "removed"),
            of_certifications(),
        )
        fill_table(
            "removal_records",
            (
                *("operation_id", "enrollment_id", "revision", "certification_key", "certification_id"),
                *("certification_title", "user_key", "user_id", "user_name", "status", "version", "period"),
                *("identifier", "assigned_date", "removed_at"),
            ),
            records(),
        )
    # PostgreSQL gathers statistics by itself. The product never lets SQLite gather any: PRAGMA optimize here looked at
    # the jobs but not at their operations, for which SQLite then read and sorted all jobs (40 to 160 ms for a page).
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def pages() -> None:
    """Open each page eight times and tell the median of all but the first."""
    from django.conf import settings
    from django.test import Client

    from certremoval.certifications.models import Certification
    from certremoval.organization.models import OrganizationalUnit, User
    from certremoval.removals.models import Job

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    viewers = {"superuser": "admin", "constrained": "A-000"}
    keys = {
        "job": Job.objects.filter(operation__actor__user_id="A-000").order_by("-pk")[0].pk,
        "certification": Certification.objects.get(certification_id="CERT-000").pk,
        "unit": OrganizationalUnit.objects.get(unit_id="U-77").pk,
        "person": User.objects.filter(user_id__startswith="P-").order_by("-pk")[0].pk,
    }
    told: dict[str, dict[str, float]] = {words: {} for words, _address in PAGES}
    for viewer, user_id in viewers.items():
        client = Client()
        client.force_login(User.objects.get(user_id=user_id))
        for words, address in PAGES:
            taken = []
            for _ in range(8):
                began = time.perf_counter()
                answer = client.get(address.format(**keys))
                taken.append(time.perf_counter() - began)
                assert answer.status_code == 200, (address, answer.status_code)
            told[words][viewer] = statistics.median(taken[1:])
            print(f"  {viewer}: {words}: {told[words][viewer] * 1000:.0f} ms", file=sys.stderr, flush=True)
    print(json.dumps({"pages": told}))


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "past":
        past(int(sys.argv[2]), int(sys.argv[3]))
    else:
        pages()
