"""Small files and what became of them, in a form that tests can read."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from certremoval.loading.loads import load
from certremoval.loading.report import LoadReport
from tests.removals.conftest import FORKLIFT

UNITS = "Type,ID,Name,Parent ID,Active"
USERS = "User ID,First Name,Last Name,Email,Active"
GROUPS = "Group ID,Name,User ID"
CERTIFICATIONS = "Certification ID,Title,Version,Active"
ENROLLMENTS = "Certification ID,User ID,Status,Version,Assigned Date,Due Date,Certified Date,Expiration Date"

ANA = f"{FORKLIFT},ana,Certified,2,,,,"
BEN = f"{FORKLIFT},ben,Certified,2,,,,"
"""Lines of enrollments."""


def file_of(*lines: str) -> BytesIO:
    return BytesIO("".join(f"{line}\r\n" for line in lines).encode())


def attempt(kind: str, *lines: str, **options: Any) -> LoadReport:
    return load(kind, file_of(*lines), name=f"{kind}.csv", **options)


def accepted(kind: str, *lines: str, **options: Any) -> LoadReport:
    report = attempt(kind, *lines, **options)
    assert report.accepted, report.problems
    assert report.problem_count == 0
    held_back = report.holds.held_back if report.holds else 0
    assert report.created + report.updated + report.unchanged + held_back == report.rows
    return report


def refused(kind: str, *lines: str, **options: Any) -> list[tuple[int | None, str | None, str, str | None]]:
    """Return line, column, code and value of each problem."""
    report = attempt(kind, *lines, **options)
    assert not report.accepted
    assert (report.created, report.updated, report.unchanged) == (0, 0, 0)
    assert report.problem_count == len(report.problems)
    assert all(problem.message.endswith((".", "?")) for problem in report.problems)
    return [(problem.line, problem.column, problem.code, problem.value) for problem in report.problems]


def counts(report: LoadReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged
