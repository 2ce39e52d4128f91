"""Every list of the pages is read along an index: asked of the database, which is to say how it would find the rows.

A list that stops using its index fails here. On SQLite the plan does not depend on how many rows there are; PostgreSQL
reads small tables whole, so there it is asked with such reading made dear: what it then still reads whole has no index.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.models import Certification, Operation
from certremoval.database.dialect import dialect
from certremoval.organization.models import Group, OrganizationalUnit, User
from tests.removals.conftest import FORKLIFT, enroll, make_group, make_unit, people, remove, run
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.django_db(transaction=True)

GROWING = {
    "users",
    "enrollments",
    "jobs",
    "operations",
    "job_rows",
    "job_steps",
    "job_drift",
    "removal_records",
    "restorations",
    "organizational_units",
    "unit_memberships",
    "group_memberships",
    "notices",
}
"""Tables that may hold millions of rows. The others hold hundreds: certifications, roles, OU types."""

JOBS = "/certification-removal/"
RECORDS = "/removal-records/"
CERTIFICATION = "/certifications/{certification}/"

READ_WHOLE = {
    # A word is looked for anywhere in a title: no index helps; 100,000 titles are read in a twentieth of a second.
    "/certification-removal/?search=Changed": {"jobs"},
    # Upwards, but the newest first among equals: against the direction of the index, so SQLite sorts all jobs.
    "/certification-removal/?sort=title": {"jobs"},
}
"""What is read whole all the same, and why."""

LISTS = [
    (JOBS, {}),
    (JOBS, {"page": 2}),
    (JOBS, {"mine": "on"}),
    (JOBS, {"search": "Changed"}),
    (JOBS, {"on": "2026-11-25"}),
    (JOBS, {"from": "2026-11-01", "to": "2026-11-25"}),
    (JOBS, {"status": "processed"}),
    (JOBS, {"status": "failed"}),
    (JOBS, {"certification": FORKLIFT}),
    (JOBS, {"sort": "title"}),
    (JOBS, {"sort": "-title"}),
    (JOBS, {"sort": "created"}),
    (JOBS, {"sort": "processed"}),
    (JOBS, {"sort": "status"}),
    ("/certification-removal/{job}/", {}),
    ("/certification-removal/{job}/", {"outcome": "removed"}),
    ("/certification-removal/{job}/", {"outcome": "not_enrolled"}),
    ("/certification-removal/{job}/", {"after": 2}),
    ("/certifications/", {}),
    ("/certifications/", {"search": "Title"}),
    (CERTIFICATION, {}),
    (CERTIFICATION, {"inactive": "on"}),
    (CERTIFICATION, {"last_name": "o"}),
    (CERTIFICATION, {"status": "Revoked"}),
    ("/people/", {"search": "oort"}),
    ("/people/", {"search": "U-1"}),
    ("/people/", {"search": "u@example.org"}),
    ("/people/{person}/", {}),
    ("/people/{person}/certifications/{certification}/", {}),
    (RECORDS, {}),
    (RECORDS, {"from": "2026-11-01", "to": "2026-11-25"}),
    (RECORDS, {"certification": FORKLIFT}),
    ("/notices/", {}),
    ("/notices/", {"before": 1_000_000}),
]


@pytest.fixture
def places(root: User) -> dict[str, int]:
    """Some of everything, so that every page has rows to ask for."""
    enroll(FORKLIFT, "U-1", "U-2", "U-3", "U-4")
    make_unit("Division", "D-1", "U-1", "U-2")
    make_group("G-1", "ROOT")
    job = run(remove(root, people("U-1", "U-2", "U-9"), skip_problems=True))
    return {
        "job": job.pk,
        "certification": Certification.objects.get().pk,
        "person": User.objects.get(user_id="U-1").pk,
    }


@pytest.fixture
def root(db: None) -> User:
    """Somebody who may do everything."""
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


@pytest.fixture
def constrained(places: dict[str, int]) -> User:
    """An administrator who sees the jobs of a group's members and of a division's people."""
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


@pytest.fixture(autouse=True)
def _as_if_there_were_many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    # A few are found and sorted, which is quicker then (removals/jobs.py).
    monkeypatch.setattr("certremoval.removals.jobs.MOST_SORTED", 0)


def address(path: str, fields: dict[str, Any], places: dict[str, int]) -> str:
    return path.format(**places) + (f"?{urlencode(fields)}" if fields else "")


@pytest.mark.parametrize(("path", "fields"), LISTS, ids=lambda value: json.dumps(value))
def test_a_list_is_read_along_an_index(
    path: str, fields: dict[str, Any], places: dict[str, int], root: User, constrained: User, signed_in: SignedIn
) -> None:
    for viewer in (root, constrained):
        where = address(path, fields, places)
        found = read_whole(signed_in(viewer), where)
        told = f"{viewer.user_id}: " + "\n".join(f"{what}: {query}" for what, query in found.items())
        assert set(found) <= READ_WHOLE.get(where, set()), told


@pytest.mark.skipif(
    dialect() != "sqlite", reason="PostgreSQL takes a longer way along another index before reading whole"
)
def test_it_is_noticed_when_an_index_is_missing(places: dict[str, int], root: User, signed_in: SignedIn) -> None:
    browser = signed_in(root)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX operations_by_time")
    try:
        assert read_whole(browser, JOBS)
    finally:
        with connection.schema_editor() as editor:
            (index,) = [one for one in Operation._meta.indexes if one.name == "operations_by_time"]
            editor.add_index(Operation, index)
    assert not read_whole(browser, JOBS)


@pytest.mark.parametrize("fields", [{}, {"page": 2}, {"mine": "on"}, {"status": "processed"}, {"sort": "status"}])
def test_jobs_are_counted_by_one_index_without_their_operations(
    fields: dict[str, Any], places: dict[str, int], root: User, constrained: User, signed_in: SignedIn
) -> None:
    """A join would read an operation for each visible job."""
    for viewer in (root, constrained):
        browser = signed_in(viewer)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address(JOBS, fields, places)).status_code == 200
        counts = [one["sql"] for one in queries.captured_queries if "COUNT(" in one["sql"] and '"jobs"' in one["sql"]]
        assert len(counts) == 1, counts
        assert '"operations"' not in counts[0]
        with connection.cursor() as cursor:
            if dialect() == "sqlite":
                cursor.execute("EXPLAIN QUERY PLAN " + counts[0].replace("%", "%%"), [])
                (plan, *_more) = [row[-1] for row in cursor.fetchall()]
                assert re.match(r"SEARCH jobs USING COVERING INDEX jobs_by_(state|creator)\b", plan), plan


def read_whole(browser: Client, where: str) -> dict[str, str]:
    """Return what the page's queries read whole, or sort whole, of tables that grow; and the query."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = browser.get(where)
        assert page.status_code == 200
        list(getattr(page, "streaming_content", ()))
    found: dict[str, str] = {}
    for query in queries.captured_queries:
        sql = query["sql"]
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            for what in _whole_on_sqlite(sql) if dialect() == "sqlite" else _whole_on_postgresql(sql):
                found.setdefault(what, sql)
    return found


def _whole_on_sqlite(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"), [])
        steps = [row[-1] for row in cursor.fetchall()]
    named = {alias: table for table, alias in re.findall(r'"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?', sql)}
    whole = []
    for step in steps:
        scanned = re.match(r"SCAN (\w+)(?! USING)(?:$| )", step)
        if scanned and " USING " not in step:
            table = scanned[1] if scanned[1] in GROWING else named.get(scanned[1], "")
            if table in GROWING:
                whole.append(table)
    return whole


def _whole_on_postgresql(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
            (plan,) = cursor.fetchone()
        finally:
            cursor.execute("RESET enable_seqscan")
    return [
        str(node["Relation Name"])
        for node in _nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    ]


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node.get("Plans", ()) for below in _nodes(child))]
