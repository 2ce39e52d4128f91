"""Every list of the pages is found as it is written down here: asked of the database, which is to say how it would.

For each list it is pinned which indexes its queries use, which of them they walk along, and what little they read or
sort whole. A list that stops using its index fails here, whether it then reads a table whole, sorts it, or takes the
longer way along another index. Queries are asked as they are sent for few rows and for many (the bounds at which the
rules change their way are zero then), for somebody who sees everything and for somebody constrained.

Keys and unique constraints are not pinned, since what they promise keeps them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from certremoval.access.holders import several_hold
from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.models import Certification, RemovalRecord
from certremoval.database.dialect import dialect
from certremoval.organization.models import Group, OrganizationalUnit, User
from certremoval.removals.mailing import send_next_mail
from certremoval.removals.processing import claim_next_draft, claim_next_job
from certremoval.removals.retention import purge
from certremoval.removals.verifying import verify
from tests.emptying import empty_database
from tests.removals.conftest import FORKLIFT, enroll, make_group, make_unit, make_user, people, remove, run

pytestmark = pytest.mark.django_db

GROWING = {
    "users",
    "enrollments",
    "jobs",
    "operations",
    "job_rows",
    "job_steps",
    "job_drift",
    "job_certifications",
    "decisions",
    "removal_records",
    "restorations",
    "hold_ends",
    "organizational_units",
    "unit_memberships",
    "group_memberships",
    "notices",
    "stored_files",
    "stored_file_pieces",
}
"""Tables that may hold millions of rows. The others hold hundreds: certifications, roles, OU types."""

LARGE = 1_000_000
"""So many rows PostgreSQL is told that each of them has."""

JOBS = "/certification-removal/"
JOB = "/certification-removal/{job}/"
RECORDS = "/removal-records/"
CERTIFICATION = "/certifications/{certification}/"
PERSON = "/people/{person}/"


@dataclass(frozen=True, slots=True, eq=False)
class List:
    """A list under a filter, and all ways in which its queries find rows (see ``Ways``)."""

    path: str
    fields: dict[str, Any]
    found: frozenset[str]

    def address(self, places: dict[str, int]) -> str:
        fields = {name: str(value).format(**places) for name, value in self.fields.items()}
        return self.path.format(**places) + (f"?{urlencode(fields)}" if fields else "")

    def __str__(self) -> str:
        return self.path + (json.dumps(self.fields) if self.fields else "")


def the_lists(path: str, filters: list[dict[str, Any]], *found: str) -> list[List]:
    """Return a list under several filters, with the ways in which it is found under each, several to a text."""
    ways = frozenset(way for text in found for way in text.split(", "))
    return [List(path, fields, ways) for fields in filters]


ON_A_PAGE = "notices_unseen"
CREATORS = "operations_actor_id_1ff6e8d0, organizational_units_parent_id_e4b1553e"
"""By which it is found whose work somebody sees: all who ever acted, and the units that theirs lie in."""
SEEN_OPERATIONS = f"{CREATORS}, operations_by_actor"
SEEN_JOBS = f"{SEEN_OPERATIONS}, equals of operations_by_actor"

HELD_BACK = "enrollments_user_id_149cb742, records_of_user"
"""By which it is found whether a removal holds somebody back: what the person is on, and was removed from later."""

LISTS = [
    *the_lists(
        JOBS,
        [{}, {"page": 2}, {"status": "processed"}, {"sort": "created"}, {"sort": "status"}],
        ON_A_PAGE,
        SEEN_JOBS,
        "jobs_by_creator, jobs_by_state, along operations_by_time",
    ),
    *the_lists(JOBS, [{"mine": "on"}], ON_A_PAGE, SEEN_JOBS, "jobs_by_creator"),
    *the_lists(JOBS, [{"search": "Changed"}], ON_A_PAGE, SEEN_JOBS, "all of jobs, along operations_by_time"),
    *the_lists(
        JOBS,
        [{"on": "2026-11-25"}, {"from": "2026-11-01", "to": "2026-12-25"}],
        ON_A_PAGE,
        SEEN_JOBS,
        "operations_by_time",
    ),
    *the_lists(JOBS, [{"status": "failed"}], ON_A_PAGE, SEEN_JOBS, "jobs_by_creator, jobs_by_state"),
    *the_lists(
        JOBS, [{"certification": FORKLIFT}], ON_A_PAGE, SEEN_JOBS, "jobs_of_certification, along operations_by_time"
    ),
    *the_lists(
        JOBS,
        [{"sort": "title"}, {"sort": "created_by"}],
        ON_A_PAGE,
        SEEN_JOBS,
        "all of jobs, sorted jobs, jobs_by_creator, jobs_by_state, all of operations_actor_id_1ff6e8d0",
        "sorted operations_actor_id_1ff6e8d0",
    ),
    *the_lists(
        JOBS, [{"sort": "-title"}], ON_A_PAGE, SEEN_JOBS, "jobs_by_creator, jobs_by_state, along operations_by_title"
    ),
    *the_lists(
        JOBS,
        [{"sort": "-created_by"}],
        ON_A_PAGE,
        SEEN_JOBS,
        "jobs_by_creator, jobs_by_state, along operations_by_actor_name",
    ),
    *the_lists(
        JOBS,
        [{"sort": "processed"}],
        ON_A_PAGE,
        SEEN_JOBS,
        "jobs_by_creator, jobs_by_process_date, equals of jobs_by_process_date, jobs_by_state",
    ),
    *the_lists(
        JOBS, [{"sort": "-processed"}], ON_A_PAGE, SEEN_JOBS, "jobs_by_creator, jobs_by_process_date, jobs_by_state"
    ),
    *the_lists(
        JOB,
        [{}, {"outcome": "removed"}, {"after": 2}],
        ON_A_PAGE,
        "sorted job_certifications, jobs_undo_of_id_b24496d3, organizational_units_parent_id_e4b1553e",
        "records_of_operation",
        HELD_BACK,
    ),
    *the_lists(
        JOB,
        [{"outcome": "unknown_user"}],
        ON_A_PAGE,
        "sorted job_certifications, job_rows_by_outcome, jobs_undo_of_id_b24496d3",
        "organizational_units_parent_id_e4b1553e, records_of_operation",
        HELD_BACK,
    ),
    *the_lists(
        JOB,
        [{"search": "oort"}],
        ON_A_PAGE,
        "sorted job_certifications, jobs_undo_of_id_b24496d3, organizational_units_parent_id_e4b1553e",
        "records_of_operation, users_by_first_name, users_by_name",
        HELD_BACK,
    ),
    *the_lists(JOB + "results.csv", [{}], "organizational_units_parent_id_e4b1553e"),
    *the_lists(JOB + "problems.csv", [{}], "job_rows_by_outcome, organizational_units_parent_id_e4b1553e"),
    *the_lists("/certifications/", [{}, {"search": "Title"}], ON_A_PAGE),
    *the_lists(
        CERTIFICATION,
        [{}, {"inactive": "on"}, {"status": "Revoked"}],
        ON_A_PAGE,
        HELD_BACK,
        "along organizational_units, records_of_certification, along users_by_name",
    ),
    *the_lists(
        CERTIFICATION,
        [{"name": "oort"}, {"before": "{enrolled}"}],
        ON_A_PAGE,
        HELD_BACK,
        "along organizational_units, records_of_certification, users_by_name",
    ),
    *the_lists(
        CERTIFICATION,
        [{"after": "{enrolled}"}],
        ON_A_PAGE,
        HELD_BACK,
        "along organizational_units, records_of_certification, along users_by_name",
        "users_by_name",
    ),
    *the_lists(
        CERTIFICATION,
        [{"unit": "{unit}"}],
        ON_A_PAGE,
        HELD_BACK,
        "members_of_unit, along organizational_units, organizational_units_parent_id_e4b1553e",
        "records_of_certification, along users_by_name",
    ),
    *the_lists(
        CERTIFICATION + "held-back/",
        [{}, {"after": "{record}"}],
        ON_A_PAGE,
        CREATORS,
        "records_of_certification",
        HELD_BACK,
    ),
    *the_lists(CERTIFICATION + "export.csv", [{}]),
    *the_lists(
        "/people/",
        [{"search": "oort"}],
        ON_A_PAGE,
        "enrollments_user_id_149cb742, sorted users, users_by_first_name, users_by_name",
        "users_email_key_9ab2a917",
    ),
    *the_lists(
        "/people/",
        [{"search": "U-1"}],
        ON_A_PAGE,
        "enrollments_user_id_149cb742, users_by_first_name, users_by_name, users_email_key_9ab2a917",
    ),
    *the_lists(
        "/people/",
        [{"search": "u@example.org"}],
        ON_A_PAGE,
        "users_by_first_name, users_by_name, users_email_key_9ab2a917",
    ),
    *the_lists(
        PERSON,
        [{}],
        ON_A_PAGE,
        CREATORS,
        "enrollments_user_id_149cb742, sorted enrollments_user_id_149cb742",
        "group_memberships_user_id_03984562, sorted group_memberships_user_id_03984562, records_of_user",
        "sorted records_of_user, sorted unit_memberships",
    ),
    *the_lists(
        PERSON + "certifications/{certification}/",
        [{}],
        ON_A_PAGE,
        CREATORS,
        HELD_BACK,
        "jobs_of_certification, sorted records_of_user",
    ),
    *the_lists(
        "/people/{administrator}/sees/",
        [{}],
        ON_A_PAGE,
        "all of operations_actor_id_1ff6e8d0, organizational_units_parent_id_e4b1553e, sorted users",
    ),
    *the_lists(PERSON + "removals.csv", [{}], CREATORS, "records_of_user, sorted records_of_user"),
    *the_lists(
        PERSON + "enrollments.csv",
        [{}],
        "enrollments_user_id_149cb742, sorted enrollments_user_id_149cb742, sorted users",
    ),
    *the_lists(
        RECORDS,
        [{}, {"certification": FORKLIFT}, {"certification": "Title"}, {"status": "Certified"}],
        ON_A_PAGE,
        SEEN_OPERATIONS,
        "along organizational_units, along records_by_time, records_of_operation",
    ),
    *the_lists(
        RECORDS,
        [{"after": "{record}"}, {"from": "2026-11-01", "to": "2026-12-25"}],
        ON_A_PAGE,
        SEEN_OPERATIONS,
        "along organizational_units, records_by_time, records_of_operation",
    ),
    *the_lists(
        RECORDS,
        [{"unit": "D-1"}],
        ON_A_PAGE,
        SEEN_OPERATIONS,
        "members_of_unit, all of organizational_units, along organizational_units",
        "sorted organizational_units, along records_by_time, records_of_operation, records_of_user",
    ),
    *the_lists(
        RECORDS,
        [{"administrator": "ROOT"}, {"administrator": "oort"}],
        ON_A_PAGE,
        SEEN_OPERATIONS,
        "all of operations, along organizational_units, along records_by_time, records_of_operation",
    ),
    *the_lists(
        RECORDS + "export.csv", [{}], SEEN_OPERATIONS, "along records_by_time, records_by_time, records_of_operation"
    ),
    *the_lists("/notices/", [{}, {"before": 1_000_000}], ON_A_PAGE, "notices_of_recipient"),
    *the_lists("/settings/changes/", [{}, {"before": 1_000_000}], ON_A_PAGE),
    *the_lists("/", [{}], ON_A_PAGE, "jobs_by_state, sorted jobs_by_state"),
]

READ_WHOLE = {
    "all of jobs": "A word is looked for anywhere in a title; or upwards by a text, but the newest first among equals:"
    " against the direction of the index. 100,000 jobs are read in a twentieth of a second.",
    "all of operations": "An administrator is found by the beginning of the name that they had then.",
    "all of operations_actor_id_1ff6e8d0": "Who ever acted, as a set: an entry for each operation is read.",
    "all of organizational_units": "A part of a unit's name is looked for.",
}
"""What is read whole all the same, and why."""

AS_WELL_ON_POSTGRESQL = {"operations_actor_id_1ff6e8d0"}
"""Indexes that SQLite alone uses: PostgreSQL takes another one that begins with the same column."""

FOR_THE_ENGINE = {
    "jobs_being_purged": "purging: jobs of which something is left to be deleted",
    "jobs_by_people": "checks before a job runs: the same people sent before",
    "jobs_to_be_purged": "purging: jobs whose time has passed",
    "jobs_to_be_served": "workers: the job that waited longest",
    "notices_to_be_mailed": "mailing: the e-mail that is due the longest",
    "restorations_of_operation": "verifying: what an undo put back",
    "superusers": "previews: whether there is anybody who may approve",
    "users_lookalike_key_bb8cc67c": "planning: suggestions for ids that a spreadsheet damaged",
    "users_username_e8658fc8": "planning: people named by their usernames",
}
"""Indexes that no list needs, and what does."""

FOR_NOTHING_KNOWN = {
    "decisions_actor_id_6b1fdcbb",
    "policy_changes_actor_id_49fdde73",
    "policy_changes_changed_at_53960204",
}
"""Indexes by which nothing is found, as far as is known. Django made the first two for keys that are not checked."""

NOT_ON_SQLITE = {"jobs_to_be_served"}
"""Of these, what SQLite does not use: it finds the few jobs to be served by their states."""


Ways = frozenset[str]
"""How queries find rows. One way is

- ``jobs_by_state``: that index is searched;
- ``along operations_by_time``: an index is walked along until the page is full;
- ``all of jobs``, ``all of jobs_by_state``: a table that grows, or an index, is read from end to end;
- ``sorted jobs_by_state``: where there are many, what was found by that index, or a key of that table, is sorted;
- ``equals of jobs_by_state``: so are those that stand at the same place of it, among themselves.
"""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement as it was sent: by a page, where there are ``many`` rows or few; or by the ``engine``."""

    sql: str
    params: Any = field(compare=False)
    values: str
    many: bool = False
    engine: bool = False

    @classmethod
    def of(cls, sql: str, params: Any, **sent: bool) -> Query:
        return cls(sql, params, repr(params), **sent)


@dataclass(frozen=True, slots=True)
class World:
    """Some of everything, what each list asks of it, and the indexes that the engine used."""

    places: dict[str, int]
    root: User
    constrained: User
    asked: dict[List, list[Query]]
    used_by_the_engine: set[str]
    found: dict[Query, Ways] = field(default_factory=dict)

    def found_by(self, query: Query) -> Ways:
        """Return the ways of a query, which is explained once."""
        if query not in self.found:
            self.found[query] = found_by(query)
        return self.found[query]


BOUNDS = (
    "certifications.people_on.FEW",
    "certifications.people_on.MOST_LOOKED_UP",
    "certifications.register.FEW_MEMBERS",
    "certifications.register.FEW_OPERATIONS",
    "certifications.register.FEW_RECORDS",
    "removals.jobs.MOST_SORTED",
)
"""Up to so many rows a rule finds all and sorts them; of more it walks along an index until the page is full."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made and asked once for all: a thousand queries."""
    with django_db_blocker.unblock():
        try:
            yield make_world()
        finally:
            empty_database()


def make_world() -> World:
    root = User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")
    used: set[str] = set()
    with small_tables_are_not_read_whole(), explaining(lambda sql, params: used.update(indexes_of(sql, params))):
        places = make_some_of_everything(root)
    constrained = make_constrained()
    places["administrator"] = constrained.pk
    asked: dict[List, list[Query]] = {one: [] for one in LISTS}
    for many in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            for bound in BOUNDS if many else ():
                patch.setattr(f"certremoval.{bound}", 0)
            for viewer in (root, constrained):
                ask(viewer, places, asked, many=many)
    return World(places, root, constrained, asked, used)


def ask(viewer: User, places: dict[str, int], asked: dict[List, list[Query]], *, many: bool) -> None:
    """Open every list and note what it asks of the database. Some are for superusers alone."""
    browser = signed_in(viewer)
    for one, queries in asked.items():
        with explaining(partial(_note, queries, many)):
            page = browser.get(one.address(places))
            list(getattr(page, "streaming_content", ()))
        assert page.status_code == 200 or (page.status_code == 403 and not viewer.is_superuser), one


def _note(queries: list[Query], many: bool, sql: str, params: Any) -> None:
    queries.append(Query.of(sql, params, many=many))


def make_some_of_everything(root: User) -> dict[str, int]:
    """Make rows for every page to ask for, in every way that the engine has."""
    make_user("U-3", "Olga Oort")
    enroll(FORKLIFT, "U-1", "U-2", "U-3", "000123")
    enroll(FORKLIFT, "U-4", status="Revoked")
    make_user("U-5", username="five")
    make_unit("Division", "D-1", "U-1", "U-2", "U-3", "ROOT")
    make_group("G-1", "ROOT")
    job = run(remove(root, people("U-1", "U-2", "U-9", "123"), skip_problems=True))
    remove(root, people("five"), skip_problems=True, match="username")
    claim_next_job()
    claim_next_draft()
    purge()
    send_next_mail()
    verify()
    several_hold(Permission.REMOVAL_APPROVE)
    return {
        "job": job.pk,
        "certification": Certification.objects.get().pk,
        "person": User.objects.get(user_id="U-1").pk,
        "enrolled": User.objects.get(user_id="U-3").pk,
        "unit": OrganizationalUnit.objects.get().pk,
        "record": RemovalRecord.objects.latest("pk").pk,
    }


def make_constrained() -> User:
    """Return an administrator who sees the jobs of a group's members and of a division's people."""
    user = User.objects.create_user("ada", first_name="Ada", last_name="Ito")
    role = Role.objects.create(name="Of some")
    role.members.add(user)
    for permission in (Permission.REMOVAL_MANAGE, Permission.CERTIFICATION_VIEW):
        grant = Grant.objects.create(role=role, permission=permission)
        Constraint.objects.create(grant=grant, kind="groups", group=Group.objects.get())
        Constraint.objects.create(
            grant=grant,
            kind="organizational_units",
            unit=OrganizationalUnit.objects.get(),
            include_subordinates=True,
        )
    return user


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@contextmanager
def small_tables_are_not_read_whole() -> Iterator[None]:
    """For PostgreSQL, which would."""
    with connection.cursor() as cursor:
        if dialect() == "postgresql":
            cursor.execute("SET enable_seqscan = off")
        try:
            yield
        finally:
            if dialect() == "postgresql":
                cursor.execute("RESET enable_seqscan")


@contextmanager
def explaining(tell: Callable[[str, Any], None]) -> Iterator[None]:
    """Tell of each statement that reads or writes rows, before it runs."""

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", sql, re.IGNORECASE):
            tell(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


A_LARGE_SORT = "a large sort"
"""What PostgreSQL would do with at least a tenth of a large table, though sorting is dear."""

_explained = count()


def ways(query: Query) -> Ways:
    """Ask the database in which ways it would find the rows of a query."""
    return frozenset(_ways_on_sqlite(query) if dialect() == "sqlite" else _ways_on_postgresql(query))


def indexes_of(sql: str, params: Any) -> set[str]:
    """Return the names of the indexes by which a statement finds rows."""
    return {way.split()[-1] for way in ways(Query.of(sql, params, engine=True)) if not way.startswith("all of")}


def _ways_on_sqlite(query: Query) -> Iterator[str]:
    with connection.cursor() as cursor:
        # Python keeps statements that it has prepared, and of an EXPLAIN SQLite does not notice that an index is gone.
        cursor.execute(f"EXPLAIN QUERY PLAN {query.sql} /* {next(_explained)} */", query.params)
        steps = {step: (parent, told) for step, parent, _unused, told in cursor.fetchall()}
    # One alias may stand for several tables, in subqueries beside each other: then for the one that grows.
    named = re.findall(r'(?:FROM|JOIN)\s+"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?', query.sql)
    grown = {name: name for name in GROWING} | {alias: table for table, alias in named if table in GROWING}
    first_of_level: dict[int, str] = {}
    for parent, told in steps.values():
        read = re.match(r"(SCAN|SEARCH) (\w+)(?: USING .*?INDEX (\w+))?", told)
        if read is None:
            sorts = re.match("USE TEMP B-TREE FOR (?:(RIGHT PART|LAST).* OF )?ORDER BY", told)
            if sorts is not None and query.many and first_of_level.get(parent):
                yield f"{'equals of' if sorts[1] else 'sorted'} {first_of_level[parent]}"
            continue
        verb, name, index = read.groups()
        if _is_a_subquery(name, parent, steps):
            first_of_level.setdefault(parent, "")
            continue
        table = grown.get(name)
        found_by = table if index is None or index.startswith("sqlite_autoindex_") else index
        first_of_level.setdefault(parent, (table and found_by) or "")
        if "USING AUTOMATIC" in told:  # an index made for this query alone, of all rows
            if table is not None:
                yield f"all of {table}"
        elif verb == "SEARCH":
            if index is not None and found_by == index and (table is not None or query.engine):
                yield index
        elif table is not None:
            sorted_then = any(up == parent and "TEMP B-TREE FOR ORDER BY" in told for up, told in steps.values())
            inner = parent and steps[parent][1].startswith("LIST SUBQUERY")  # no LIMIT outside ends it
            ends = index is not None and "LIMIT" in query.sql and not sorted_then and not inner
            yield f"along {found_by}" if ends else f"all of {found_by}"


def _is_a_subquery(name: str, parent: int, steps: dict[int, tuple[int, str]]) -> bool:
    """Whether a step reads what a subquery of this name gave, and is not part of it."""
    above = []
    while parent:
        above.append(parent)
        parent = steps[parent][0]
    return any(
        re.match(rf"(CO-ROUTINE|MATERIALIZE) {name}$", told) and step not in above
        for step, (_parent, told) in steps.items()
    )


def _ways_on_postgresql(query: Query) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + query.sql, query.params)
        (plan,) = cursor.fetchone()
    for node in _nodes(plan[0]["Plan"]):
        if "Index Name" in node:
            yield node["Index Name"].removesuffix("_like")
        elif node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING:
            yield f"all of {node['Relation Name']}"
        elif node["Node Type"] == "Sort" and node["Plans"][0]["Plan Rows"] >= LARGE / 10:
            yield A_LARGE_SORT


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


@pytest.fixture
def large(world: World, db: None) -> None:
    """On PostgreSQL: let it believe that all tables are large, and that reading and joining them whole is dear.

    What it still reads whole has no index. SQLite, without statistics, knows nothing of sizes and always plans so.
    """
    if dialect() == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute("DELETE FROM pg_statistic")  # whatever was noted while other tests ran
            cursor.execute(
                "UPDATE pg_class SET relpages = pg_relation_size(oid) / 8192,"
                " reltuples = CASE WHEN relname = ANY(%s) THEN %s ELSE 10000 END"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0",
                [sorted(GROWING), LARGE],
            )


def found_by(query: Query) -> Ways:
    """Return the ways of a query; on PostgreSQL, those where it may sort what it finds and those where that is dear."""
    if dialect() == "sqlite":
        return ways(query)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = on")
        may_sort = ways(query) - {A_LARGE_SORT}
        cursor.execute("SET LOCAL enable_sort = off")
        return may_sort | ways(query)


def differences(one: List, found: Ways) -> Ways:
    """Return what differs between how a list is found and how it is written down."""
    if dialect() == "sqlite":
        return found ^ one.found
    # PostgreSQL weighs, and takes an index more where several help: those that are written down must be among them.
    wanted = {way.split()[-1] for way in one.found if not way.startswith("all of")} - GROWING - AS_WELL_ON_POSTGRESQL
    unwanted = {way for way in found - one.found if way.startswith("all of")}
    if not any(way.replace("sorted", "all of") in one.found for way in one.found if way.startswith("sorted")):
        unwanted |= found & {A_LARGE_SORT}
    return frozenset((wanted - found) | unwanted)


def _all(found: Iterable[Ways]) -> Ways:
    return frozenset(way for each in found for way in each)


@pytest.mark.parametrize("one", LISTS, ids=str)
def test_a_list_is_found_as_it_is_written_down(one: List, world: World, large: None) -> None:
    found = {query: world.found_by(query) for query in world.asked[one]}
    differing = differences(one, _all(found.values()))
    assert not differing, [
        f"{way}: {[query.sql for query, ways in found.items() if way in ways] or 'by no query any more'}"
        for way in sorted(differing)
    ]
    assert {way for way in one.found if way.startswith("all of")} <= READ_WHOLE.keys()


PINNED = sorted({way.split()[-1] for one in LISTS for way in one.found if not way.startswith("all of")} - GROWING)


def test_it_is_noticed_when_an_index_is_missing(world: World, large: None) -> None:
    """One index after the other is dropped: each list that is found by it notices."""
    before = {query: world.found_by(query) for one in LISTS for query in world.asked[one]}
    unnoticed = []
    for index in PINNED:
        if dialect() == "postgresql" and index in AS_WELL_ON_POSTGRESQL:
            continue
        touched = {query for query, ways in before.items() if any(way.split()[-1] == index for way in ways)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'DROP INDEX "{index}"')
            cursor.execute(f'DROP INDEX IF EXISTS "{index}_like"')
            after = {query: found_by(query) if query in touched else ways for query, ways in before.items()}
            transaction.set_rollback(True)
        for one in LISTS:
            pinned = index in {way.split()[-1] for way in one.found}
            if pinned and not differences(one, _all(after[query] for query in world.asked[one])):
                unnoticed.append((index, str(one)))
    assert not unnoticed


def test_every_index_is_there_for_something(world: World) -> None:
    """For a list, for the engine, or for a foreign key: by it the rows are found that hinder a deletion."""
    foreign_keys = {
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.deconstruct()[3].get("db_constraint", True)
    }
    for_nothing = {
        name
        for name, table, columns in indexes_that_are_no_constraints()
        if name not in {*PINNED, *FOR_THE_ENGINE} and not (len(columns) == 1 and (table, columns[0]) in foreign_keys)
    }
    assert for_nothing == FOR_NOTHING_KNOWN


def test_the_engine_uses_its_indexes(world: World) -> None:
    expected = FOR_THE_ENGINE.keys() - (NOT_ON_SQLITE if dialect() == "sqlite" else set())
    assert expected <= world.used_by_the_engine


def indexes_that_are_no_constraints() -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, table and columns of the product's indexes but those of keys and unique constraints."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("certremoval.")
    }
    with connection.cursor() as cursor:
        for table in sorted(tables):
            for name, told in connection.introspection.get_constraints(cursor, table).items():
                if told["index"] and not told["unique"] and not told["primary_key"] and not name.endswith("_like"):
                    yield name, table, told["columns"]


@pytest.mark.parametrize(
    "fields", [{}, {"page": 2}, {"mine": "on"}, {"status": "processed"}, {"sort": "status"}], ids=str
)
def test_jobs_are_counted_by_one_index_without_their_operations(fields: dict[str, Any], world: World, db: None) -> None:
    """A join would read an operation for each visible job."""
    (one,) = [one for one in LISTS if one.path == JOBS and one.fields == fields]
    counts = {query for query in world.asked[one] if "COUNT(" in query.sql and '"jobs"' in query.sql}
    assert counts
    for one_count in counts:
        assert '"operations"' not in one_count.sql
        if dialect() == "sqlite":
            assert len(ways(one_count)) == 1
            assert ways(one_count) <= {"jobs_by_state", "jobs_by_creator"}
