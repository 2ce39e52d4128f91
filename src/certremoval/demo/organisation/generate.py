"""Writes the Halden Group into a folder: the load files and the sample removal files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TextIO

from certremoval.demo.organisation import cast, certifications, enrollments, people, units
from certremoval.demo.organisation.administrators import ADMINISTRATORS, Administrator
from certremoval.demo.organisation.choosing import Chooser
from certremoval.demo.organisation.enrollments import Enrolling
from certremoval.demo.organisation.past_jobs import PastJob, PastJobs
from certremoval.demo.organisation.samples import Sample, Samples, write_rows
from certremoval.demo.organisation.story import Story, make_cast

if TYPE_CHECKING:
    from _csv import Writer

SEED = 2203
DEFAULT_USERS = 5_000
MINIMUM_USERS = 1_000
# The six digits of the oldest User IDs allow no more.
MAXIMUM_USERS = 1_000_000
# Identifiers below are those of the named people and the story.
_FIRST_IDENTIFIER = 10_000


@dataclass(frozen=True, slots=True)
class Organisation:
    """What was written, and what is to be done with it.

    ``load_files`` are the five load files by kind, in the order in which they must be loaded. ``past_jobs`` are
    to be applied next, oldest first; then ``samples``, the story's first, are there to be tried.
    """

    folder: Path
    users: int
    enrollments: int
    load_files: dict[str, Path]
    administrators: tuple[Administrator, ...]
    past_jobs: tuple[PastJob, ...]
    story: Story
    samples: tuple[Sample, ...]


def generate(folder: Path, *, today: date, users: int = DEFAULT_USERS, seed: int = SEED) -> Organisation:
    """Write all files of an organisation of ``users`` people into the folder, which is made if missing.

    The same day, number and seed give the same bytes (of a workbook: inside its zip, which holds the time of writing);
    a larger organisation has the same named people and the same story. Files of an earlier run are replaced. People
    stream through, so memory does not grow with them.

    Raises ValueError for fewer than ``MINIMUM_USERS`` or more than ``MAXIMUM_USERS``.
    """
    if users < MINIMUM_USERS:
        raise ValueError(
            f"The demonstration needs {MINIMUM_USERS:,} users or more, {users:,} are too few for its story."
            f" Ask for {MINIMUM_USERS:,}, or leave the number out for {DEFAULT_USERS:,}."
        )
    if users > MAXIMUM_USERS:
        raise ValueError(f"The demonstration has User IDs for {MAXIMUM_USERS:,} people at most. Ask for fewer users.")
    folder.mkdir(parents=True, exist_ok=True)
    kinds = ("organizational_units", "users", "groups", "certifications", "enrollments")
    load_files = {kind: folder / f"{kind}.csv" for kind in kinds}
    _write_units(load_files["organizational_units"])
    _write_certifications(load_files["certifications"])

    names = people.Names()
    named = make_cast(today=today, seed=seed, names=names)
    # A small organisation has nobody to spare.
    chooser = Chooser(Random(f"{seed}:chooser"), rate=1.0 if users < 3 * MINIMUM_USERS else 0.5)
    past_jobs = PastJobs(chooser, today=today, users=users)
    samples = Samples(chooser, today=today)
    enrolling = Enrolling(today=today, random=Random(f"{seed}:enrollments"), first_identifier=_FIRST_IDENTIFIER)
    enrolled = len(named.enrollments)
    with (
        _table(load_files["users"], people.COLUMNS) as users_file,
        _table(load_files["groups"], ("Group ID", "Name", "User ID")) as groups_file,
        _table(load_files["enrollments"], enrollments.COLUMNS) as enrollments_file,
    ):
        users_file.writerows(named.people)
        enrollments_file.writerows(named.enrollments)
        for group_id, user_id in named.groups:
            groups_file.writerow((group_id, units.GROUP_NAMES[group_id], user_id))
        others = people.other_people(users - len(named.people), seed=seed, names=names, reserved=named.reserved)
        for number, (person, works_nights) in enumerate(others):
            users_file.writerow(person)
            for group_id in _groups_of(person.user_id, works_nights):
                groups_file.writerow((group_id, units.GROUP_NAMES[group_id], person.user_id))
            for enrollment in enrolling.usual(person, fire_warden=number < certifications.FIRE_WARDEN_PEOPLE):
                enrollments_file.writerow(enrollment)
                chooser.offer(person, enrollment)
                enrolled += 1
    return Organisation(
        folder=folder,
        users=users,
        enrollments=enrolled,
        load_files=load_files,
        administrators=ADMINISTRATORS,
        past_jobs=past_jobs.jobs(named.story),
        story=named.story,
        samples=samples.write(folder, named.story),
    )


def _groups_of(user_id: str, works_nights: bool) -> Iterator[str]:
    if works_nights:
        yield units.NIGHT_SHIFT
    # Half of the contractors are those of the third quarter.
    if people.is_contractor(user_id) and user_id[-1] in "02468":
        yield units.CONTRACTORS_Q3


@contextmanager
def _table(path: Path, columns: tuple[str, ...]) -> Iterator[Writer]:
    """Open a load file for writing and write its header."""
    file: TextIO
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        yield writer


def _write_units(path: Path) -> None:
    rows = (
        (unit.unit_type, unit.unit_id, unit.name, unit.parent_id, "yes" if unit.active else "no")
        for unit in units.UNITS
    )
    write_rows(path, [("Type", "ID", "Name", "Parent ID", "Active"), *rows])


def _write_certifications(path: Path) -> None:
    rows = (
        (
            one.certification_id,
            one.title,
            str(one.version),
            "yes" if one.active else "no",
            "|".join(cast.USER_IDS[owner] for owner in one.owners),
        )
        for one in certifications.CERTIFICATIONS
    )
    write_rows(path, [("Certification ID", "Title", "Version", "Active", "Owners"), *rows])
