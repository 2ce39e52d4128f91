"""Any small file against a model of the contract in plain Python, and the job that follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certremoval.certifications.models import Enrollment, RemovalRecord, Restoration
from certremoval.database.clock import database_now
from certremoval.organization.models import OrganizationalUnit, UnitMembership, User
from certremoval.reading import lookalike_key
from tests.removals.conftest import certification, make_unit, make_user, plan, removal_file, remove, run

pytestmark = pytest.mark.django_db

CERTIFICATIONS = ("C-1", "C-2", "0001")
STATUSES = ("Certified", "Revoked")
PEOPLE = {
    # User ID: (e-mail, username, unit)
    "1": ("one@example.com", "one", "TOP"),
    "01": ("ONE@example.com", "uno", "BELOW"),
    "A": ("a@example.com", "a", "OTHER"),
    "a": ("", "a", ""),
    "O'N": ("o'n@example.com", "O'N", "BELOW"),
    "\u00dc": ("\u00dc@example.com", "1", ""),
}
UNITS_BELOW = {"TOP": {"TOP", "BELOW"}, "BELOW": {"BELOW"}, "OTHER": {"OTHER"}}

texts = st.sampled_from(
    [
        "",
        " ",
        "\u200b",
        "NOBODY",
        "nobody",
        "001",
        " 1\xa0",
        "o\u2019n",
        "1.0",
        "\u00fc",
        "A@EXAMPLE.COM",
        "one@Example.com",
    ]
    + [name for user_id, (email, username, _) in PEOPLE.items() for name in (user_id, email, username)]
)
rows_of_files = st.lists(
    st.tuples(
        st.sampled_from([*CERTIFICATIONS, *CERTIFICATIONS, "", " C-1 ", "c-1", "NONE"]),
        texts,
        st.sampled_from(["", "", "", "", " ", "surplus"]),
    ),
    min_size=1,
    max_size=14,
)


Rows = list[tuple[str, str, str]]
Drawn = dict[str, dict[tuple[str, str], Any]]
Options = dict[str, Any]


@dataclass
class World:
    """Who is on what, and which pair's last removal still counts."""

    enrolled: dict[tuple[str, str], str] = field(default_factory=dict)
    removed: set[tuple[str, str]] = field(default_factory=set)


pairs = st.tuples(st.sampled_from(CERTIFICATIONS), st.sampled_from(list(PEOPLE)))
worlds = st.fixed_dictionaries(
    {
        "enrolled": st.dictionaries(pairs, st.sampled_from(STATUSES), max_size=12),
        # The pair's records, oldest first: whether each was put back.
        "records": st.dictionaries(pairs, st.lists(st.booleans(), min_size=1, max_size=2), max_size=6),
    }
)
choices = st.fixed_dictionaries(
    {
        "match": st.sampled_from(["user_id", "user_id", "email", "username"]),
        "certification": st.sampled_from([None, None, "C-1", "0001", "NOWHERE"]),
        "leave_out_users": st.lists(st.sampled_from(list(PEOPLE)), max_size=1).map(tuple),
        "leave_out_statuses": st.lists(st.sampled_from(STATUSES), max_size=1).map(tuple),
        "leave_out_units": st.lists(st.tuples(st.just("Division"), st.sampled_from(list(UNITS_BELOW))), max_size=1).map(
            tuple
        ),
    }
)


def trimmed(text: str) -> str:
    return text.strip(" \xa0\u200b")


def ascii_small(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def people_named(text: str, match: str) -> list[str]:
    if match == "user_id":
        return [text] if text in PEOPLE else []
    if match == "email":
        return [one for one, (email, _, _) in PEOPLE.items() if ascii_small(email) == ascii_small(text)]
    return [one for one, (_, username, _) in PEOPLE.items() if username == text]


def is_left_out(person: str, status: str, options: Options) -> bool:
    units = {below for _, unit in options["leave_out_units"] for below in UNITS_BELOW[unit]}
    return person in options["leave_out_users"] or status in options["leave_out_statuses"] or PEOPLE[person][2] in units


def expected_of(rows: Rows, world: World, options: Options) -> dict[int, tuple[str, int | None, str | None]]:
    """Class each row by the contract: outcome, related line, suggestion, by line."""
    match, started_from = options["match"], options["certification"]
    found: dict[int, tuple[str, int | None, str | None]] = {}
    first_lines: dict[tuple[str, str, str], int] = {}
    for line, cells in enumerate(rows, 2):
        certification_id, user, surplus = map(trimmed, cells)
        if not (certification_id or user or surplus):
            continue
        if not user or not (certification_id or started_from):
            found[line] = ("blank", None, None)
            continue
        if surplus:
            found[line] = ("invalid", None, None)
            continue
        named = certification_id or started_from
        fitting = people_named(user, match)
        person = fitting[0] if len(fitting) == 1 else None
        text = ascii_small(user) if match == "email" else user
        first = first_lines.setdefault((named, "person" if person else "text", person or text), line)
        suggestion = None
        if first < line:
            outcome = "duplicate"
        elif started_from is not None and named != started_from:
            outcome = "certification_mismatch"
        elif named not in CERTIFICATIONS:
            outcome = "unknown_certification"
            near = [one for one in CERTIFICATIONS if lookalike_key(one) == lookalike_key(named)]
            suggestion = near[0] if near else None
        elif len(fitting) > 1:
            outcome = "ambiguous_user"
        elif person is None:
            outcome = "unknown_user"
            alike = [
                one for one in PEOPLE if (named, one) in world.enrolled and lookalike_key(one) == lookalike_key(user)
            ]
            suggestion = alike[0] if match == "user_id" and len(alike) == 1 else None
        elif (named, person) in world.enrolled:
            outcome = "left_out" if is_left_out(person, world.enrolled[named, person], options) else "remove"
        elif (named, person) in world.removed:
            outcome = "already_removed"
        else:
            outcome = "not_enrolled"
        found[line] = (outcome, first if outcome == "duplicate" else None, suggestion)
    return found


@pytest.fixture
def organisation(root: User) -> None:
    for user_id, (email, username, _) in PEOPLE.items():
        make_user(user_id, email=email, username=username)
    for certification_id in CERTIFICATIONS:
        certification(certification_id)
    top = make_unit("Division", "TOP")
    make_unit("Division", "BELOW", parent=top)
    make_unit("Division", "OTHER")
    units = {unit.unit_id: unit for unit in OrganizationalUnit.objects.all()}
    for user in User.objects.filter(user_id__in=PEOPLE):
        if unit := units.get(PEOPLE[user.user_id][2]):
            UnitMembership.objects.create(user=user, unit=unit, type=unit.type)


def build(drawn: Drawn) -> World:
    """Put a world into the database."""
    users = dict(User.objects.values_list("user_id", "id"))
    keys = {one: certification(one).pk for one in CERTIFICATIONS}
    world = World()
    for (certification_id, user_id), status in drawn["enrolled"].items():
        world.enrolled[certification_id, user_id] = str(status)
    Enrollment.objects.bulk_create(
        Enrollment(certification_id=keys[of], user_id=users[who], status=status)
        for (of, who), status in world.enrolled.items()
    )
    number = 10_000_000
    for (of, who), put_back in drawn["records"].items():
        for was_put_back in put_back:
            number += 1
            record = RemovalRecord.objects.create(
                operation_id=0,
                enrollment_id=number,
                revision=1,
                certification_key=keys[of],
                user_key=users[who],
                removed_at=database_now(),
            )
            if was_put_back:
                Restoration.objects.create(
                    operation_id=0,
                    record_id=record.pk,
                    enrollment_id=number,
                    revision=2,
                    restored_at=database_now(),
                )
                world.removed.discard((of, who))
            else:
                world.removed.add((of, who))
    return world


class Undone(Exception):
    """Ends an example."""


@contextmanager
def undone() -> Iterator[None]:
    """Run an example and leave the database as it was."""
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


@pytest.mark.usefixtures("organisation")
def test_every_row_is_classed_by_the_contract() -> None:
    @given(rows=rows_of_files, world=worlds, options=choices)
    @settings(max_examples=200, deadline=None)
    def check(rows: Rows, world: Drawn, options: Options) -> None:
        assume(any(trimmed(cell) for row in rows for cell in row))
        with undone():
            expected = expected_of(rows, build(world), options)

            made = plan(removal_file(rows), **options)

            assert {row.line: (row.outcome, row.related_line, row.suggestion) for row in made.rows} == expected
            counts = made.summary.counts
            assert counts["rows"] == len(expected) == sum(counts.values()) - counts["rows"]
            assert [row.position for row in made.rows] == list(range(1, len(expected) + 1))
            removals = [row.outcome == "remove" for row in made.rows]
            assert removals == sorted(removals, reverse=True)

    check()


@pytest.mark.usefixtures("organisation")
def test_exactly_the_planned_are_removed(root: User) -> None:
    @given(rows=rows_of_files, world=worlds, options=choices, chunk=st.integers(1, 5))
    @settings(max_examples=40, deadline=None)
    def check(rows: Rows, world: Drawn, options: Options, chunk: int) -> None:
        assume(any(trimmed(cell) for row in rows for cell in row))
        assume(options["certification"] != "NOWHERE")
        with undone():
            before = build(world)
            expected = expected_of(rows, before, options)
            planned = {
                (trimmed(row[0]) or str(options["certification"]), person)
                for line, row in enumerate(rows, 2)
                if line in expected and expected[line][0] == "remove"
                for person in people_named(trimmed(row[1]), options["match"])
            }

            job = run(remove(root, removal_file(rows), skip_problems=True, **options), chunk=chunk)

            assert (job.state, job.remove_count, job.checkpoint) == ("processed", len(planned), len(planned))
            left = Enrollment.objects.values_list("certification__certification_id", "user__user_id")
            assert set(left) == set(before.enrolled) - planned
            records = RemovalRecord.objects.filter(operation_id=job.operation_id)
            assert set(records.values_list("certification_id", "user_id")) == planned

    check()
