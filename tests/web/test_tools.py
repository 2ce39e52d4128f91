"""The Tools page and the list of jobs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Constraint, Permission
from certremoval.certifications.models import Operation
from certremoval.organization.models import Group, User
from certremoval.removals.models import Job, JobState
from tests.web.conftest import SignedIn, holder

pytestmark = pytest.mark.django_db


def job_of(user: User, title: str, state: JobState = JobState.PROCESSED, **values: Any) -> Job:
    operation = Operation.objects.create(
        title=title,
        actor=user,
        actor_user_id=user.user_id,
        actor_name=user.full_name,
        created_at=datetime(2026, 5, 3, 10, 15, tzinfo=UTC),
    )
    return Job.objects.create(operation=operation, state=state, **values)


def words(page: str) -> str:
    """What a reader sees of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def cells(page: str) -> list[list[str]]:
    """The rows of the page's table, the heading first."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def read(browser: Client, address: str) -> str:
    page = browser.get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_the_tools_page_leads_to_the_tool(ada: User, auditor: User, signed_in: SignedIn) -> None:
    for user in (ada, auditor):
        page = read(signed_in(user), "/")
        assert '<a href="/certification-removal/">Certification Removal Tool</a>' in page
        assert "Admin Tools Learning Training Tools" in words(page)


def test_who_may_use_no_tool_is_told_what_to_ask_for(learner: User, signed_in: SignedIn) -> None:
    page = read(signed_in(learner), "/")

    assert (
        "You have no learning tools yet. Ask whoever manages roles for CSV Bulk Certification Removal - Manage ."
        in words(page)
    )
    assert "/certification-removal/" not in page


@pytest.mark.parametrize("permission", [Permission.CERTIFICATION_VIEW, Permission.CERTIFICATION_MANAGE])
def test_other_permissions_do_not_open_the_tool(permission: Permission, signed_in: SignedIn) -> None:
    browser = signed_in(holder("cleo", permission))

    assert "/certification-removal/" not in read(browser, "/")
    assert browser.get("/certification-removal/").status_code == 403


def test_the_list_is_refused_with_advice_to_who_holds_no_permission(learner: User, signed_in: SignedIn) -> None:
    page = signed_in(learner).get("/certification-removal/")

    assert page.status_code == 403
    assert "CSV Bulk Certification Removal - Manage, which learner does not hold" in words(page.content.decode())


def test_the_list_shows_jobs_in_the_columns_of_the_reference_and_their_result(ada: User, signed_in: SignedIn) -> None:
    counted: dict[str, Any] = {"row_count": 430, "planned": {"remove": 403, "blank": 27}, "remove_count": 403}
    ended_at = datetime(2026, 5, 3, 10, 20, tzinfo=UTC)
    job_of(ada, "Warehouse <script> closes", ended_at=ended_at, checkpoint=403, **counted)
    job_of(ada, "Waits", state=JobState.QUEUED, **counted)

    page = read(signed_in(ada), "/certification-removal/")

    assert cells(page) == [
        ["Job Title", "Created By", "Created Date", "Process Date", "Status", "Result"],
        ["Waits", "Ada Ito", "3 May 2026, 10:15 UTC", "", "Queued", "403 to be removed, 27 left out"],
        [
            "Warehouse <script> closes",
            "Ada Ito",
            "3 May 2026, 10:15 UTC",
            "3 May 2026, 10:20 UTC",
            "Processed",
            "403 removed, 27 left out",
        ],
    ]
    assert "<h1>Certification Removal Tool</h1>" in page
    assert '<caption id="jobs">Previous Certification Removal Requests</caption>' in page
    assert "<script>" not in page


def test_the_list_shows_what_the_viewer_may_see(ada: User, signed_in: SignedIn) -> None:
    """Cleo is constrained to a group in which Ada is not."""
    cleo = holder("cleo", Permission.REMOVAL_MANAGE)
    constrained = cleo.roles.get().grants.get()
    Constraint.objects.create(
        grant=constrained, kind="groups", group=Group.objects.create(group_id="N", name="Night shift")
    )
    job_of(ada, "Ada's")
    job_of(cleo, "Cleo's")

    page = read(signed_in(cleo), "/certification-removal/")

    assert [row[0] for row in cells(page)[1:]] == ["Cleo's"]


def test_an_empty_list_says_how_to_begin(auditor: User, signed_in: SignedIn) -> None:
    page = words(read(signed_in(auditor), "/certification-removal/"))

    assert "No removal jobs yet. Start from a file, a pasted list, or a certification's Users section." in page


def test_queries_do_not_grow_with_the_list(ada: User, signed_in: SignedIn) -> None:
    browser = signed_in(ada)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(browser, "/certification-removal/")
        return len(captured)

    job_of(ada, "First")
    before = queries()
    for number in range(20):
        job_of(ada, f"Job {number}")
    assert queries() == before <= 6


def test_pages_hold_no_script_and_no_style_of_their_own(ada: User, learner: User, signed_in: SignedIn) -> None:
    job_of(ada, "Job")
    pages = [
        Client().get("/sign-in/"),
        signed_in(ada).get("/"),
        signed_in(ada).get("/certification-removal/"),
        signed_in(learner).get("/certification-removal/"),
    ]
    for page in pages:
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.content.decode())


def test_the_style_is_served_from_the_package() -> None:
    page = Client().get("/static/web/app.css")

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/css")
    style = page.getvalue().decode()
    assert "prefers-color-scheme: dark" in style
