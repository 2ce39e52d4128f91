"""The Tools page: the tools that one may use, and nothing else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from certremoval.access.models import Permission
from certremoval.certifications.models import Certification
from certremoval.organization.models import User
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db

REMOVAL_TOOL = '<a href="/certification-removal/">Certification Removal Tool</a>'


def tools(page: str) -> list[str]:
    return [words(heading) for heading in re.findall(r"<h2.*?</h2>", page, re.DOTALL)]


def test_it_leads_to_the_tool_by_the_way_of_the_reference(ada: User, auditor: User, signed_in: SignedIn) -> None:
    for user in (ada, auditor):
        page = read(signed_in(user), "/")
        assert REMOVAL_TOOL in page
        assert "Admin Tools Learning Training Tools" in words(page)


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (
            Permission.REMOVAL_MANAGE,
            ["Certification Removal Tool", "Certification Management", "People", "Removal Records"],
        ),
        (Permission.REMOVAL_VIEW, ["Certification Removal Tool", "Removal Records"]),
        (Permission.REMOVAL_UNDO, ["Certification Removal Tool", "Removal Records"]),
        (Permission.REMOVAL_APPROVE, ["Certification Removal Tool", "Removal Records"]),
        (Permission.CERTIFICATION_VIEW, ["Certification Management", "People"]),
        (Permission.CERTIFICATION_MANAGE, ["Certification Management", "People"]),
    ],
)
def test_the_tools_of_each_permission(permission: Permission, expected: list[str], signed_in: SignedIn) -> None:
    assert tools(read(signed_in(holder("cleo", permission)), "/")) == expected


def test_an_owner_finds_the_certification(learner: User, signed_in: SignedIn) -> None:
    Certification.objects.create(certification_id="LOTO", title="Lockout").owners.add(learner)

    assert tools(read(signed_in(learner), "/")) == ["Certification Management"]


def test_removing_is_offered_to_who_may(ada: User, auditor: User, signed_in: SignedIn) -> None:
    assert "Take people off certifications in bulk" in read(signed_in(ada), "/")
    assert "Take people off" not in read(signed_in(auditor), "/")


def test_who_may_use_no_tool_is_told_what_to_ask_for(learner: User, signed_in: SignedIn) -> None:
    page = read(signed_in(learner), "/")

    assert (
        "You have no learning tools yet. Ask whoever manages roles for CSV Bulk Certification Removal - Manage ."
        in words(page)
    )
    assert "/certification-removal/" not in page


@pytest.mark.parametrize("permission", [Permission.CERTIFICATION_VIEW, Permission.CERTIFICATION_MANAGE])
def test_other_permissions_do_not_open_the_removal_tool(permission: Permission, signed_in: SignedIn) -> None:
    browser = signed_in(holder("cleo", permission))

    assert REMOVAL_TOOL not in read(browser, "/")
    assert browser.get("/certification-removal/").status_code == 403


def test_the_style_is_served_from_the_package() -> None:
    page = Client().get("/static/web/app.css")

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/css")
    style = page.getvalue().decode()
    assert "prefers-color-scheme: dark" in style
