"""Loads and pages at full size: a million people, five million enrollments and as many removals, 100,000 jobs.

The organisation is loaded by ``certremoval load``, as anybody would; what years of use leave is written by SQL
(:mod:`benchmarks.past`): jobs with their lines, one of a million, records, what was put back, whose holds were lifted.
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
from benchmarks.machine import machine
from benchmarks.past import ADMINISTRATORS, FEWEST_JOBS

CERTIFICATIONS = 200

PAGES = (
    ("the list of jobs", "/certification-removal/"),
    ("its page 2,000", "/certification-removal/?page=2000"),
    ("its last page", "/certification-removal/?page=4250"),
    ("by title", "/certification-removal/?sort=title"),
    ("by process date", "/certification-removal/?sort=processed"),
    ("by status", "/certification-removal/?sort=status"),
    ("failed jobs", "/certification-removal/?status=failed"),
    ("of one day", "/certification-removal/?on=2026-06-01"),
    ("a word of the title", "/certification-removal/?search=Warehouse+777"),
    ("of one certification", "/certification-removal/?certification=CERT-007"),
    ("one job", "/certification-removal/{job}/"),
    ("an undo", "/certification-removal/{undo}/"),
    ("a job of a million lines", "/certification-removal/{large}/"),
    ("its lines, near the end", "/certification-removal/{large}/?after={near_the_end}"),
    ("its removed", "/certification-removal/{large}/?outcome=removed"),
    ("its problems", "/certification-removal/{large}/?outcome=unknown_user&outcome=not_enrolled"),
    ("its problems, near the end", "/certification-removal/{large}/?outcome=unknown_user&after={near_the_end}"),
    ("a name in it", "/certification-removal/{large}/?search=Hana+Tanaka"),
    ("a User ID in it", "/certification-removal/{large}/?search={removed_id}"),
    ("certifications", "/certifications/"),
    ("who is on one with a fifth of all", "/certifications/{certification}/"),
    ("the same, of one unit", "/certifications/{certification}/?unit={unit}"),
    ("the same, of one status", "/certifications/{certification}/?status=Expired"),
    ("the same, by last name", "/certifications/{certification}/?last_name=Tan"),
    ("held back from one, nearly a million", "/certifications/{large_certification}/held-back/"),
    ("the same, further down", "/certifications/{large_certification}/held-back/?after={held}"),
    ("held back from one that everybody is on", "/certifications/{certification}/held-back/"),
    ("people, by name", "/people/?search=Hana+Tanaka"),
    ("people, by User ID", "/people/?search=P-00777777"),
    ("one person", "/people/{person}/"),
    ("somebody removed", "/people/{removed}/"),
    ("their way on that certification", "/people/{removed}/certifications/{large_certification}/"),
    ("Removal Records", "/removal-records/"),
    ("of a month", "/removal-records/?from=2026-05-01&to=2026-05-31"),
    ("of one certification, a month", "/removal-records/?certification=CERT-007&from=2026-05-01&to=2026-05-31"),
    ("of one administrator", "/removal-records/?administrator=A-007"),
    ("of one unit", "/removal-records/?unit=U-77"),
    ("of one status", "/removal-records/?status=Expired"),
    ("of one administrator and status", "/removal-records/?administrator=A-007&status=Expired"),
    ("of one administrator, unit and status", "/removal-records/?administrator=A-007&unit=U-77&status=Expired"),
)


def main(arguments: list[str]) -> None:
    """Load, fill, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks lists", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="five enrollments and five removals each")
    parser.add_argument("--jobs", type=int, default=100_000, help=f"at least {FEWEST_JOBS}")
    parser.add_argument("--units", type=int, default=50_000)
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument(
        "--without-analyze", action="store_true", help="PostgreSQL gathers statistics only where a load does"
    )
    parser.add_argument("--times", type=int, default=8, help="how often each page is opened; the first does not count")
    parser.add_argument("--folder", type=Path, help="where the database is made (a temporary one)")
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    options = parser.parse_args(arguments)
    if options.jobs < FEWEST_JOBS:
        parser.error(f"--jobs: at least {FEWEST_JOBS}")
    if options.without_analyze and options.database == "sqlite":
        parser.error("--without-analyze is for PostgreSQL: on SQLite the product never gathers statistics")
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="lists-") as folder:
        database = databases.make_empty(options.database, Path(folder), "lists")
        try:
            loads = _load(database, options)
            size = [str(one) for one in (options.people, options.jobs)]
            rows = measuring.run("past", "fill", *size, environment=database.environment)["rows"]
            if not options.without_analyze:
                measuring.run("past", "gather_statistics", environment=database.environment)
            pages = measuring.run("lists", str(options.times), environment=database.environment)["pages"]
        finally:
            databases.drop(database)
    if options.output:
        case = {"database": options.database, "people": options.people, "analyzed": not options.without_analyze}
        told = {"machine": machine(), **case, "loads": loads, "rows": rows, "pages": pages}
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
    environment = measuring.environment_of(database.environment)
    subprocess.run([*command, "migrate", "--verbosity", "0"], env=environment, check=True)
    if options.without_analyze:
        measuring.run("past", "without_statistics", environment=database.environment)
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


def pages(times: int) -> None:
    """Open each page so many times, two at least, and tell the median of all but the first."""
    from django.conf import settings
    from django.test import Client

    from certremoval.organization.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    viewers = {"superuser": "admin", "constrained": "A-000"}
    keys = _keys()
    told: dict[str, dict[str, float]] = {words: {} for words, _address in PAGES}
    for viewer, user_id in viewers.items():
        client = Client()
        client.force_login(User.objects.get(user_id=user_id))
        for words, address in PAGES:
            taken = []
            for _ in range(max(times, 2)):
                began = time.perf_counter()
                answer = client.get(address.format(**keys))
                taken.append(time.perf_counter() - began)
                assert answer.status_code == 200, (address, answer.status_code)
            told[words][viewer] = statistics.median(taken[1:])
            print(f"  {viewer}: {words}: {told[words][viewer] * 1000:.0f} ms", file=sys.stderr, flush=True)
    print(json.dumps({"pages": told}))


def _keys() -> dict[str, object]:
    """Return what the addresses of PAGES name."""
    from certremoval.certifications.holding import held_from
    from certremoval.certifications.models import Certification, RemovalRecord
    from certremoval.organization.models import OrganizationalUnit, User
    from certremoval.removals.models import Job

    newest = Job.objects.filter(operation__actor__user_id="A-000").order_by("-pk")
    large = Job.objects.order_by("-row_count")[0]
    certification = Certification.objects.get(certification_id=large.certifications.get().certification_id)
    removed = RemovalRecord.objects.filter(operation_id=large.operation_id).order_by("pk")[large.remove_count // 2]
    return {
        "job": newest.filter(undo_of=None)[0].pk,
        "undo": newest.exclude(undo_of=None)[0].pk,
        "large": large.pk,
        "near_the_end": large.row_count * 9 // 10,
        "large_certification": certification.pk,
        "removed": removed.user_key,
        "removed_id": removed.user_id,
        "held": list(held_from(certification).order_by("-pk").values_list("pk", flat=True)[:100])[-1],
        "certification": Certification.objects.get(certification_id="CERT-000").pk,
        "unit": OrganizationalUnit.objects.get(unit_id="U-77").pk,
        "person": User.objects.filter(user_id__startswith="P-").order_by("-pk")[0].pk,
    }


if __name__ == "__main__":
    import django

    django.setup()
    pages(int(sys.argv[1]))
