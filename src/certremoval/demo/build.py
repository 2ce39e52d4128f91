"""Builds the demonstration: writes the organisation's files, loads them, gives roles, replays the past.

In steps, each of which is done wholly or not at all. How many are done is kept, so that a build that was interrupted
goes on, and one that is complete is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import connection, transaction

from certremoval.certifications.models import Certification
from certremoval.database.clock import database_now
from certremoval.demo.models import Demonstration
from certremoval.demo.organisation import DEFAULT_USERS, SEED, Organisation, generate
from certremoval.demo.replaying import steps_of_the_past
from certremoval.demo.roles import give_roles
from certremoval.loading.loads import load
from certremoval.organization.models import OrganizationalUnit, User
from certremoval.problems import WrongState
from certremoval.reading import Limits

Tell = Callable[[str], None]
"""Told in words what is being done."""


@dataclass(frozen=True, slots=True)
class Built:
    """The organisation that the database now holds; ``was_there`` says that an earlier run had built it."""

    organisation: Organisation
    was_there: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of building. ``at_once``: together with its note, in one transaction.

    A load is not: it is a transaction of its own, and to repeat it changes nothing. Steps with the same ``words`` are
    told once.
    """

    words: str
    do: Callable[[], object]
    at_once: bool


def refuse_foreign_database(users: int | None = None) -> None:
    """Raise WrongState if the database holds people that the demonstration did not make, or another number of them.

    To be asked before the tables are made or changed, too: somebody's own database is left exactly as it is.
    """
    tables = set(connection.introspection.table_names())
    there = Demonstration.objects.first() if Demonstration._meta.db_table in tables else None
    if there is None:
        for model in (User, OrganizationalUnit, Certification):
            if model._meta.db_table in tables and model._default_manager.exists():
                raise WrongState(
                    f"This database holds {model._meta.verbose_name_plural} that are not the demonstration's;"
                    " nothing was changed. Set CERTREMOVAL_DATA to a new folder, or DATABASE_URL to an empty database."
                )
    elif users is not None and users != there.users:
        raise WrongState(
            f"This database holds the demonstration with {there.users:,} users, not {users:,}; nothing was changed."
            " Leave --users out to keep it, or set CERTREMOVAL_DATA to a new folder (or DATABASE_URL to an empty"
            " database) for another one."
        )


def build(folder: Path, *, users: int | None = None, tell: Tell) -> Built:
    """Make the demonstration, or what an interrupted run has left to do; write its files into the folder.

    ``users`` is ``DEFAULT_USERS``, or what the database already holds, if None. Raises WrongState as
    :func:`refuse_foreign_database` does, and ValueError for a number of users that there cannot be.
    """
    refuse_foreign_database(users)
    there = Demonstration.objects.first()
    wanted = there or Demonstration(users=users or DEFAULT_USERS, seed=SEED, today=database_now().date())
    tell(f"Writing the files of {wanted.users:,} people into {folder}")
    organisation = generate(folder, today=wanted.today, users=wanted.users, seed=wanted.seed)
    if there is None:
        wanted.save()
    if wanted.is_complete:
        return Built(organisation, was_there=True)
    steps = list(_steps(organisation))
    told = ""
    for number, step in enumerate(steps[wanted.steps_done :], wanted.steps_done + 1):
        if step.words != told:
            tell(step.words)
            told = step.words
        with transaction.atomic() if step.at_once else nullcontext():
            step.do()
            wanted.steps_done, wanted.is_complete = number, number == len(steps)
            wanted.save(update_fields=["steps_done", "is_complete"])
    return Built(organisation, was_there=False)


def _steps(organisation: Organisation) -> Iterator[_Step]:
    for kind, path in organisation.load_files.items():
        yield _Step(f"Loading {kind.replace('_', ' ')}", partial(_load, kind, path), at_once=False)
    yield _Step("Giving roles to administrators", partial(give_roles, organisation.administrators), at_once=True)
    happened = steps_of_the_past(organisation.past_jobs)
    words = f"Running {len(happened)} jobs of the last 18 months, their undos among them"
    for _key, act in happened:
        yield _Step(words, act, at_once=True)


def _load(kind: str, path: Path) -> None:
    # Files of our own, however large the organisation is.
    limits = Limits(max_file_bytes=path.stat().st_size)
    with path.open("rb") as file:
        report = load(kind, file, name=path.name, limits=limits)
    if not report.accepted:
        first = report.problems[0]
        raise RuntimeError(
            f"{path.name} was not taken ({report.problem_count} problems): line {first.line}: {first.message}"
        )
