"""What all kinds have in common: columns, dry runs, whole or nothing, file formats, and what a report says."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from certremoval.certifications.models import Certification, Enrollment
from certremoval.loading.loads import KINDS, load
from certremoval.loading.report import PROBLEMS_SHOWN
from certremoval.organization.models import Group, GroupMembership, OrganizationalUnit, OUType, User
from certremoval.policy.settings import change_settings
from certremoval.problems import InvalidRequest
from certremoval.reading import Limits
from tests.loading.files import (
    CERTIFICATIONS,
    ENROLLMENTS,
    GROUPS,
    UNITS,
    USERS,
    accepted,
    attempt,
    counts,
    file_of,
    refused,
)

pytestmark = pytest.mark.django_db

ORGANISATION = {
    "organizational_units": [UNITS, "Division,LOG,Logistics,,yes", "Guild,G,Guild,,yes"],
    "users": [f"{USERS},Division", "ana,Ana,Ruiz,a@example.org,yes,LOG", "ben,Ben,Bell,,no,"],
    "groups": [GROUPS, "N,Night,ana"],
    "certifications": [f"{CERTIFICATIONS},Owners", "LOTO,Lock out,1,yes,ben"],
    "enrollments": [ENROLLMENTS, "LOTO,ana,Certified,1,,,,"],
}


def everything() -> list[list[dict[str, Any]]]:
    models: list[Any] = [OUType, OrganizationalUnit, User, Group, GroupMembership, Certification, Enrollment]
    return [list(model.objects.order_by("id").values()) for model in models]


def test_the_kinds_fill_an_empty_database_in_their_order() -> None:
    for kind in KINDS:
        assert accepted(kind, *ORGANISATION[kind]).created == len(ORGANISATION[kind]) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_says_what_would_be_done_and_does_nothing(kind: str) -> None:
    for earlier in KINDS[: KINDS.index(kind)]:
        accepted(earlier, *ORGANISATION[earlier])
    before = everything()

    rehearsal = accepted(kind, *ORGANISATION[kind], dry_run=True)

    assert everything() == before
    done = accepted(kind, *ORGANISATION[kind])
    assert (rehearsal.dry_run, done.dry_run) == (True, False)
    assert (counts(rehearsal), rehearsal.removed, rehearsal.notes) == (counts(done), done.removed, done.notes)
    assert everything() != before


@pytest.mark.parametrize("kind", KINDS)
def test_one_bad_line_leaves_the_whole_file_out(kind: str) -> None:
    for earlier in KINDS[: KINDS.index(kind)]:
        accepted(earlier, *ORGANISATION[earlier])
    before = everything()

    assert refused(kind, *ORGANISATION[kind], ",".join("" if column else "x" for column in range(4)))
    assert refused(kind, *ORGANISATION[kind], ORGANISATION[kind][1])

    assert everything() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_its_columns_is_refused(kind: str) -> None:
    problems = refused(kind, "Nothing,Known", "1,2")

    assert {code for _, _, code, _ in problems} == {"invalid_columns"}
    assert len(problems) >= 3


def test_columns_may_come_in_any_order_and_case_and_unknown_ones_are_named() -> None:
    report = accepted("certifications", " ACTIVE ,Colour,title,VERSION,certification id,", "1,blue,Lock out,2,LOTO,")

    assert report.ignored_columns == ("Colour",)
    assert Certification.objects.get().title == "Lock out"


def test_short_rows_have_blank_cells_and_empty_rows_do_not_count() -> None:
    report = accepted("users", f"{USERS},Username", "ana,Ana,Ruiz,,yes", ",,,,,", "", "ben,Ben,,,no")

    assert report.rows == 2


def test_a_file_with_nothing_under_its_heading_is_empty() -> None:
    assert refused("users", USERS, ",,,,") == [(None, None, "file_empty", None)]


def test_limits_are_kept() -> None:
    report = attempt("groups", GROUPS, "N,Night,ana", "N,Night,ben", limits=Limits(max_rows=1))

    assert [problem.code for problem in report.problems] == ["too_many_rows"]


def test_a_file_in_another_encoding_is_read_if_it_is_named() -> None:
    text = f"{CERTIFICATIONS}\r\nHV,Schlüssel für Öfen,1,yes\r\n".encode("cp1252")

    assert [problem.code for problem in load("certifications", BytesIO(text), name="c.csv").problems] == ["file_format"]
    assert load("certifications", BytesIO(text), name="c.csv", encoding="windows-1252").accepted
    assert Certification.objects.get().title == "Schlüssel für Öfen"


def test_an_unknown_kind_is_an_invalid_request() -> None:
    with pytest.raises(InvalidRequest, match="organizational_units"):
        load("people", file_of(USERS), name="people.csv")


@pytest.mark.parametrize("word", ["yes", "YES", "true", "True", "1", " yes "])
def test_words_for_yes(word: str) -> None:
    accepted("users", USERS, f"ana,Ana,,,{word}")

    assert User.objects.get().is_active


@pytest.mark.parametrize("word", ["no", "No", "false", "FALSE", "0"])
def test_words_for_no(word: str) -> None:
    accepted("users", USERS, f"ana,Ana,,,{word}")

    assert not User.objects.get().is_active


def workbook_of(*rows: tuple[Any, ...]) -> BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    book.save(file)
    book.close()
    file.seek(0)
    return file


def test_a_workbook_is_loaded_with_its_dates_booleans_and_numbers() -> None:
    people = workbook_of(
        tuple(USERS.split(",")), (4711, "Ana", "Ruiz", None, True), ("000123", "Ben", None, "b@x", "no")
    )
    assert load("users", people, name="people.xlsx").accepted
    assert {user.user_id: user.is_active for user in User.objects.all()} == {"4711": True, "000123": False}

    certifications = workbook_of(tuple(CERTIFICATIONS.split(",")), ("LOTO", "Lock out", 1.1, 1))
    assert load("certifications", certifications, name="certifications.xlsx").accepted
    assert Certification.objects.get().version == "1.1"

    enrollments = workbook_of(
        tuple(ENROLLMENTS.split(",")),
        ("LOTO", 4711, "Certified", 2, date(2025, 1, 31), "2025-06-30", datetime(2025, 3, 1), None),
    )
    report = load("enrollments", enrollments, name="enrollments.xlsx")
    assert report.accepted, report.problems
    loaded = Enrollment.objects.get()
    assert (loaded.user.user_id, loaded.version) == ("4711", "2")
    assert (loaded.assigned_date, loaded.due_date) == (date(2025, 1, 31), date(2025, 6, 30))
    assert (loaded.certified_date, loaded.expiration_date) == (date(2025, 3, 1), None)


def test_a_cell_that_does_not_hold_what_it_shows_is_invalid_with_a_suggestion() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(USERS.split(","))
    # The second row's id is plain text that reads the same: it must not be mistaken for the first, nor the reverse.
    for row, value in ((2, 123), (3, "000123")):
        sheet.cell(row, 1, value)
        sheet.cell(row, 2, date(2026, 5, 3) if row == 2 else "Ana")
        sheet.cell(row, 5, "yes")
    sheet["A2"].number_format = "000000"
    file = BytesIO()
    book.save(file)
    file.seek(0)

    report = load("users", file, name="people.xlsx")

    assert [(problem.line, problem.column, problem.code) for problem in report.problems] == [
        (2, "First Name", "invalid"),
        (2, "User ID", "invalid"),
    ]
    assert report.problems[1].suggestion in {"123", "000123"}


def test_a_report_holds_the_first_problems_by_line_and_counts_them_all() -> None:
    # Bad cells are found while the file is read, unknown people afterwards; they are told in the order of the lines.
    accepted("users", USERS, "ana,Ana,,,yes")
    rows = [f"N,Night,nobody {row}" if row % 2 else "N,Night," for row in range(3 * PROBLEMS_SHOWN)]

    report = attempt("groups", GROUPS, *rows)

    assert report.problem_count == 3 * PROBLEMS_SHOWN
    assert [problem.line for problem in report.problems] == list(range(2, PROBLEMS_SHOWN + 2))
    assert [problem.code for problem in report.problems[:2]] == ["blank", "unknown_user"]


def test_ids_that_look_alike_are_suggested_where_there_is_just_one() -> None:
    accepted("organizational_units", UNITS, "Cost Center,0410,Docks,,yes", "Division,410,Other,,yes")
    accepted("users", USERS, "000123,Ana,,,yes", "k-9,Ben,,,yes", "K-9,Cy,,,yes")
    accepted("certifications", CERTIFICATIONS, "FIRST-AID,First Aid,,yes")

    units = attempt("users", f"{USERS},Cost Center", "x,X,,,yes,410")
    people = attempt("groups", GROUPS, "N,Night,123", "N,Night,K-09", "N,Night,zzz")
    certifications = attempt("enrollments", ENROLLMENTS, "First\u2011Aid,000123,Certified,,,,,")

    assert [problem.suggestion for problem in units.problems] == ["0410"]
    assert [problem.suggestion for problem in people.problems] == ["000123", None, None]
    assert people.problems[0].message.endswith("Did you mean 000123?")
    assert [problem.suggestion for problem in certifications.problems] == ["FIRST-AID"]


def test_a_report_as_json() -> None:
    accepted("users", USERS, "ana,Ana,,,yes")

    assert accepted("groups", f"{GROUPS},Colour", "N,Night,ana", dry_run=True).as_json() == {
        "kind": "groups",
        "file": {"name": "groups.csv"},
        "dry_run": True,
        "accepted": True,
        "counts": {"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "removed": 0},
        "ignored_columns": ["Colour"],
        "notes": ["New group: N."],
        "problems": [],
        "problem_count": 0,
    }
    answer = attempt("users", USERS, "ana,Ana,,,x").as_json()
    assert (answer["accepted"], answer["problem_count"]) == (False, 1)
    assert answer["counts"] == {"rows": 1, "created": 0, "updated": 0, "unchanged": 0}
    assert answer["problems"] == [
        {
            "code": "invalid",
            "message": "Active is x. Write yes or no (true, false, 1, 0 do as well).",
            "line": 2,
            "column": "Active",
            "value": "x",
        }
    ]


def test_a_file_on_disk_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{USERS}\nana,Ana,,,yes\n".encode())

    with path.open("rb") as source:
        assert load("users", source, name=path.name).accepted


def test_the_limits_that_are_set_hold_for_loads() -> None:
    change_settings(User.objects.create_superuser("ROOT"), {"max_rows": 1})
    assert [problem.code for problem in attempt("groups", GROUPS, "N,Night,", "M,Day,").problems] == ["too_many_rows"]
