"""Fills a database for the benchmarks: people on certifications, and a removal file that names half of them.

Run in a process of its own, with the product's environment: ``python -m benchmarks.filling ROWS IDS FOLDER``.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

CERTIFICATIONS = 4
SEED = 20_261_125
STATUSES = ("Certified", "Certified", "Certified", "In Progress", "Expired", "Certified/Renewal In Progress")
IDS = ("ordered", "random")
"""How the ids of enrollments lie: ``ordered`` as a load of a sorted file gives them (by certification and person, the
order of the removal file before it was shuffled), ``random`` as years of enrolling give them."""

FIRST = ("Ana", "Bo", "Cai", "Dara", "Eli", "Femi", "Gus", "Hana", "Ivo", "Jun")
LAST = ("Okafor", "Lindqvist", "Haddad", "Moreau", "Tanaka", "Petrov", "Silva", "Novak", "Byrne", "Kaya")


def fill(rows: int, ids: str, folder: Path) -> None:
    """Fill the database with twice as many enrollments as ``rows``; write the removal files into the folder."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from certremoval.database.bulk import fill_table
    from certremoval.organization.models import User
    from certremoval.organization.naming import fold_name
    from certremoval.reading import lookalike_key

    call_command("migrate", verbosity=0)
    on_sqlite = connection.vendor == "sqlite"
    chance = random.Random(SEED)
    people = rows * 2 // CERTIFICATIONS
    numbers = array("q", range(1, people + 1))
    chance.shuffle(numbers)
    first_keys, last_keys = [fold_name(one) for one in FIRST], [fold_name(one) for one in LAST]

    def users() -> Iterator[tuple[object, ...]]:
        for key, number in enumerate(numbers, 1):
            user_id, first, last = f"P-{number:08}", number % len(FIRST), number // 10 % len(LAST)
            yield (
                key,
                "!",
                False,
                user_id,
                lookalike_key(user_id),
                FIRST[first],
                LAST[last],
                first_keys[first],
                last_keys[last],
                f"p{number}@halden.example",
                True,
                "",
            )

    total = people * CERTIFICATIONS
    places = array("q", range(total))
    if ids == "random":
        chance.shuffle(places)

    def enrollments() -> Iterator[tuple[object, ...]]:
        for enrollment, place in enumerate(places, 1):
            certification, person = divmod(place, people)
            yield (
                enrollment,
                certification + 1,
                person + 1,
                STATUSES[place % len(STATUSES)],
                "1",
                "2026",
                f"C-{place}",
                "2026-01-02",
                1,
            )

    with connection.cursor() as cursor:
        if on_sqlite:
            cursor.execute("PRAGMA cache_size=-2000000")
            cursor.execute("PRAGMA synchronous=OFF")
    with transaction.atomic():
        fill_table(
            "users",
            (
                "id",
                "password",
                "is_superuser",
                "user_id",
                "lookalike_key",
                "first_name",
                "last_name",
                "first_name_key",
                "last_name_key",
                "email",
                "is_active",
                "username",
            ),
            users(),
        )
        fill_table(
            "certifications",
            ("id", "certification_id", "title", "version", "is_active"),
            ((key, f"CERT-{key}", f"Certification {key}", "1", True) for key in range(1, CERTIFICATIONS + 1)),
        )
        fill_table(
            "enrollments",
            (
                "id",
                "certification_id",
                "user_id",
                "status",
                "version",
                "period",
                "identifier",
                "assigned_date",
                "revision",
            ),
            enrollments(),
        )
    if not on_sqlite:
        with connection.cursor() as cursor:
            for table in ("users", "certifications", "enrollments"):
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
    User.objects.create_superuser("admin", "", "not-a-secret-1", first_name="Ada", last_name="Min")
    with connection.cursor() as cursor:
        if on_sqlite:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM (ANALYZE)")
    _write_files(numbers, people, rows, chance, folder)


def _write_files(numbers: array[int], people: int, rows: int, chance: random.Random, folder: Path) -> None:
    named = array("q", range(people * CERTIFICATIONS))
    chance.shuffle(named)
    lines = ((f"CERT-{place // people + 1}", f"P-{numbers[place % people]:08}") for place in named[:rows])
    with (folder / "removal.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("Certification ID", "User ID"))
        writer.writerows(lines)
    (folder / "facts.json").write_text(json.dumps({"rows": rows, "people": people}), encoding="utf-8")


if __name__ == "__main__":
    fill(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
