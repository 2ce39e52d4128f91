"""Certification Management: the list, one certification with its Users section, export, Bulk Remove, Remove."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import Permission
from certremoval.certifications import enrollments, people_on
from certremoval.certifications.models import Certification, Enrollment, Operation, RemovalRecord
from certremoval.organization.models import OrganizationalUnit, User
from certremoval.reading import read_table
from certremoval.removals.models import Job, JobState
from certremoval.removals.results import result_file
from tests.removals.conftest import certification, enroll, make_unit, make_user
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db

ISO = "ISO/IEC 27001"
HOSTILE = "<script>alert(1)</script>\u202e" + "x" * 200


@pytest.fixture(autouse=True)
def _people() -> None:
    """Four on Internal Auditor, of them Cy inactive and Bo revoked; Docks with Night below it; nobody on Lockout."""
    certification(ISO, "Internal Auditor")
    certification("LOTO", "Lockout")
    make_user("000123", "Ana Ruiz")
    make_user("K-1", "Bo Şahin")
    make_user("K-2", "Cy Ito", is_active=False)
    make_user("K-3", HOSTILE[:200])
    enroll(ISO, "000123", version="2", identifier="F-7")
    enroll(ISO, "K-1", status="Revoked")
    enroll(ISO, "K-2", status="Expired")
    enroll(ISO, "K-3", status="In Progress")
    docks = make_unit("Division", "D-1", "000123", name="Docks")
    make_unit("Division", "D-2", "K-1", name="Night shift", parent=docks)
    make_unit("Location", "L-1", "K-3", name="Docks East")


@pytest.fixture
def vera() -> User:
    """Looks at certifications."""
    return holder("vera", Permission.CERTIFICATION_VIEW)


@pytest.fixture
def mona() -> User:
    """Takes single people off certifications."""
    return holder("mona", Permission.CERTIFICATION_MANAGE)


@pytest.fixture
def pieter() -> User:
    """Owns Lockout and holds nothing."""
    owner = make_user("pieter", "Pieter Ito")
    certification("LOTO").owners.add(owner)
    return owner


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", first_name="Rosa", last_name="Oort")


def address(certification_id: str = ISO, below: str = "", query: str = "") -> str:
    return f"/certifications/{certification(certification_id).pk}/{below}{query}"


def key(user_id: str) -> int:
    return User.objects.get(user_id=user_id).pk


def shown(page: str) -> list[str]:
    """The User IDs in the table of the Users section."""
    rows = cells(page)
    column = rows[0].index("User ID")
    return [row[column] for row in rows[1:]]


# --- the list


def test_the_list_shows_each_certification_with_how_many_are_on_it(vera: User, signed_in: SignedIn) -> None:
    page = read(signed_in(vera), "/certifications/")

    assert cells(page) == [
        ["Title", "Certification ID", "Version", "Status", "Users"],
        ["Internal Auditor", ISO, "", "Active", "4"],
        ["Lockout", "LOTO", "", "Active", "0"],
    ]
    assert "2 certifications . Inactive ones are hidden." in words(page).replace("certifications.", "certifications .")
    assert f'href="{address()}"' in page


def test_the_list_is_searched_by_title_and_id(vera: User, signed_in: SignedIn) -> None:
    browser = signed_in(vera)
    Certification.objects.filter(certification_id="LOTO").update(is_active=False)

    assert [row[1] for row in cells(read(browser, "/certifications/?search=iec"))[1:]] == [ISO]
    nothing = read(browser, "/certifications/?search=lock")
    assert "No certification matches; inactive ones are hidden." in words(nothing)
    assert 'value="lock"' in nothing
    assert [row[3] for row in cells(read(browser, "/certifications/?search=lock&inactive=1"))[1:]] == ["Inactive"]
    assert "No certification matches." in words(read(browser, "/certifications/?search=zz&inactive=1"))


def test_the_list_turns_pages_with_its_filters(vera: User, signed_in: SignedIn) -> None:
    for number in range(60):
        certification(f"C{number:02}", f"Course {number:02}")
    browser = signed_in(vera)

    first = read(browser, "/certifications/?search=course")
    assert len(cells(first)) == 51
    assert 'href="?search=course&amp;page=2"' in first
    second = read(browser, "/certifications/?search=course&page=2")
    assert len(cells(second)) == 11
    assert 'href="?search=course&amp;page=1"' in second
    assert "Page 2 of 2" in words(second)


@pytest.mark.parametrize("page", ["abc", "-1", "0", "99999999999999999999", "7", "%00"])
def test_a_page_of_the_list_that_there_is_not_is_told(vera: User, signed_in: SignedIn, page: str) -> None:
    answer = signed_in(vera).get(f"/certifications/?search=lock&page={page}")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert 'value="lock"' in answer.content.decode()


# --- one certification


def test_the_users_section_has_the_columns_of_the_reference(vera: User, signed_in: SignedIn) -> None:
    """Active users, revoked ones too, by last name."""
    page = read(signed_in(vera), address())

    assert cells(page) == [
        ["Name", "User ID", "User Status", "Identifier", "Version", "Current Status"],
        [f"{HOSTILE[:200]}", "K-3", "Active", "", "", "In Progress"],
        ["Ana Ruiz", "000123", "Active", "F-7", "2", "Certified"],
        ["Bo Şahin", "K-1", "Active", "", "", "Revoked"],
    ]
    assert "3 users" in words(page)
    assert "Inactive users are hidden." in words(page)
    assert "<h1><bdi>Internal Auditor</bdi></h1>" in page
    assert "<script>alert" not in page


def test_the_facts_name_the_owners(vera: User, pieter: User, signed_in: SignedIn) -> None:
    page = words(read(signed_in(vera), address("LOTO")))
    assert "Certification ID LOTO Status Active Owners Pieter Ito" in page


def test_inactive_users_are_shown_on_request(vera: User, signed_in: SignedIn) -> None:
    page = read(signed_in(vera), address(query="?inactive=1"))

    assert shown(page) == ["K-3", "K-2", "000123", "K-1"]
    assert "hidden" not in words(page.split("list-head")[1].split("</table>")[0]).replace("visually-hidden", "")
    assert re.search(r'name="inactive"[^>]* checked', page)


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("?name=sahin", ["K-1"]),
        ("?name=Ana+Ru", ["000123"]),
        ("?status=Revoked", ["K-1"]),
        ("?unit_name=D-1", ["000123", "K-1"]),
        ("?unit_name=night", ["K-1"]),
        ("?unit_name=Docks+East+(Location+L-1)", ["K-3"]),
        ("?unit_name=D-1&name=r", ["000123"]),
    ],
)
def test_filters_leave_whom_they_name(vera: User, signed_in: SignedIn, query: str, who: list[str]) -> None:
    assert shown(read(signed_in(vera), address(query=query))) == who


def test_a_chosen_unit_stays_until_another_is_typed(vera: User, signed_in: SignedIn) -> None:
    browser = signed_in(vera)
    docks = OrganizationalUnit.objects.get(unit_id="D-1").pk

    page = read(browser, address(query=f"?unit={docks}"))
    assert shown(page) == ["000123", "K-1"]
    assert 'value="Docks (Division D-1)"' in page
    label = "Docks+(Division+D-1)"
    assert shown(read(browser, address(query=f"?unit={docks}&unit_name={label}"))) == ["000123", "K-1"]
    assert shown(read(browser, address(query=f"?unit={docks}&unit_name=night"))) == ["K-1"]
    assert len(shown(read(browser, address(query=f"?unit={docks}&unit_name=")))) == 3, "the box was emptied"


def test_a_unit_that_is_not_clear_shows_nobody_and_offers_those_it_may_mean(vera: User, signed_in: SignedIn) -> None:
    answer = signed_in(vera).get(address(query="?unit_name=dock&name=ruiz&inactive=1"))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Several organizational units are called so. Choose one of them." in words(page)
    assert "<table" not in page
    docks = OrganizationalUnit.objects.get(unit_id="D-1").pk
    assert f'href="?name=ruiz&amp;inactive=1&amp;unit={docks}"' in page
    assert 'value="dock"' in page
    assert 'value="ruiz"' in page


def test_empty_lists_say_why(vera: User, signed_in: SignedIn) -> None:
    browser = signed_in(vera)
    enroll("OLD", "K-2")

    assert "Nobody is on this certification." in words(read(browser, address("LOTO")))
    assert "No one matches; inactive users are hidden." in words(read(browser, address(query="?name=zz")))
    assert "No one matches; inactive users are hidden." in words(read(browser, address("OLD")))
    assert "No one matches. " in words(read(browser, address(query="?name=zz&inactive=1"))) + " "


@pytest.mark.parametrize(
    "query",
    [
        "?after=abc",
        "?after=-1",
        "?before=0",
        "?after=99999999999999999999",
        "?after=9999999999",
        "?unit=abc",
        "?unit=77777777",
        "?unit_name=nowhere",
        "?name=a%00b",
        "?unit_name=%00",
        f"?name={'x' * 10_000}",
        f"?unit_name={'x' * 10_000}",
        f"?status={'x' * 10_000}",
    ],
)
def test_bad_input_is_told_and_kept_and_shows_nobody(vera: User, signed_in: SignedIn, query: str) -> None:
    answer = signed_in(vera).get(address(query=f"{query}&inactive=1"))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<table" not in page
    assert re.search(r'name="inactive"[^>]* checked', page)
    assert re.search(r'role="alert"|text-danger-emphasis', page)
    if (name := re.match(r"\?name=(x+)", query)) is not None:
        assert name[1] in page


@pytest.mark.parametrize("query", ["?name=%ED%A0%80", "?name=%E2%80%AE%3Cb%3E", "?status=%E2%80%AE", "?name=%25"])
def test_odd_texts_simply_match_nobody(vera: User, signed_in: SignedIn, query: str) -> None:
    page = read(signed_in(vera), address(query=query))
    assert "No one matches" in words(page)
    assert "<b>" not in page


def test_pages_turn_both_ways_with_the_filters(
    vera: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        enroll("LOTO", make_user(f"P{number:02}", f"Pia Person{number:02}").user_id)
    browser = signed_in(vera)

    for few in (people_on.FEW, 0):
        monkeypatch.setattr(people_on, "FEW", few)
        first = read(browser, address("LOTO", query="?name=person"))
        assert (shown(first)[0], shown(first)[-1], len(shown(first))) == ("P00", "P49", 50)
        assert "Previous page" not in first
        after = f"?name=person&amp;after={key('P49')}"
        assert f'href="{after}"' in first
        second = read(browser, address("LOTO", query=after.replace("&amp;", "&")))
        assert shown(second) == [f"P{number}" for number in range(50, 60)]
        assert "Next page" not in second
        before = f"?name=person&amp;before={key('P50')}"
        assert f'href="{before}"' in second
        assert shown(read(browser, address("LOTO", query=before.replace("&amp;", "&")))) == shown(first)


@pytest.mark.parametrize("few", [people_on.FEW, 0])
def test_a_page_of_whom_all_are_gone_gives_way_to_the_first(
    vera: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(people_on, "FEW", few)
    page = read(signed_in(vera), address(query=f"?after={key('K-1')}"))
    assert shown(page) == ["K-3", "000123", "K-1"]


def test_beyond_what_is_counted_it_says_more_than(
    vera: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_on, "FEW", 2)
    assert "More than 10,000 users" in words(read(signed_in(vera), address()))


# --- who may


@pytest.fixture(params=["nobody", "learner", "auditor", "other owner", "vera", "mona", "ada", "root", "owner"])
def anyone(request: pytest.FixtureRequest) -> Iterator[tuple[str, User | None]]:
    """Everybody who may come: not signed in; with nothing; with each permission; as owner of this or of another."""
    who = str(request.param)
    if who == "nobody":
        yield who, None
    elif who.endswith("owner"):
        user = make_user("owner", "Otto Ito")
        certification("LOTO" if who == "other owner" else ISO).owners.add(user)
        yield who, user
    else:
        yield who, request.getfixturevalue(who)


NOT_AT_ALL = {"learner": 403, "auditor": 403, "other owner": 404}


def test_who_may_do_what(anyone: tuple[str, User | None], signed_in: SignedIn) -> None:
    """Every page and action, asked by everybody; what one may not do is not on the page either."""
    who, user = anyone
    browser = signed_in(user) if user is not None else Client()
    remove = f"people/{key('K-1')}/remove/"

    statuses = {
        "list": browser.get("/certifications/").status_code,
        "page": browser.get(address()).status_code,
        "csv": browser.get(address(below="export.csv")).status_code,
        "xlsx": browser.get(address(below="export.xlsx")).status_code,
        "ask": browser.get(address(below=remove)).status_code,
        "bulk": browser.post(address(below="bulk-remove/"), {"whom": "shown"}).status_code,
        "remove": browser.post(address(below=remove)).status_code,
    }

    if who == "nobody":
        assert set(statuses.values()) == {302}
        assert not Job.objects.exists()
        assert not RemovalRecord.objects.exists()
        return
    sees = NOT_AT_ALL.get(who, 200)
    assert statuses["list"] == (200 if who == "other owner" else sees)
    assert {statuses["page"], statuses["csv"], statuses["xlsx"]} == {sees}
    may_bulk = who in ("ada", "root")
    may_remove = who in ("mona", "root", "owner")
    refused = 403 if sees == 200 else sees
    assert statuses["bulk"] == (302 if may_bulk else refused)
    assert statuses["ask"] == (200 if may_remove else refused)
    assert statuses["remove"] == (302 if may_remove else refused)
    assert Job.objects.exists() == may_bulk
    assert RemovalRecord.objects.exists() == may_remove
    if sees == 200:
        page = read(browser, address())
        assert ("Bulk Remove" in page) == ('type="checkbox" name="user"' in page) == may_bulk
        assert ("/remove/" in page) == may_remove
        assert (f'href="/people/{key("000123")}/"' in page) == (who != "owner"), "owners open no other pages"


def test_what_does_not_exist_is_not_found(root: User, signed_in: SignedIn) -> None:
    browser = signed_in(root)
    for path in ("7777/", "99999999999999999999999/", "7777/export.csv", "99999999999999999999999/export.xlsx"):
        assert browser.get(f"/certifications/{path}").status_code == 404
    assert browser.get(address(below="people/99999999999999999999999/remove/")).status_code == 404
    assert browser.post("/certifications/7777/bulk-remove/").status_code == 404


def test_actions_are_posts(root: User, signed_in: SignedIn) -> None:
    assert signed_in(root).get(address(below="bulk-remove/")).status_code == 405
    assert signed_in(root).post(address()).status_code == 405


# --- export


def downloaded(browser: Client, path: str) -> bytes:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert isinstance(answer, StreamingHttpResponse)
    return answer.getvalue()


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("query", ["", "?inactive=1", "?name=sahin", "?unit_name=D-1", "?status=Revoked&after=1"])
def test_an_export_holds_exactly_who_is_shown(vera: User, signed_in: SignedIn, format: str, query: str) -> None:
    browser = signed_in(vera)
    file = io.BytesIO(downloaded(browser, address(below=f"export.{format}", query=query)))

    table = read_table(file, name=f"x.{format}", known_columns=("User ID",))
    column = table.header.index("User ID")
    exported = [row.cells[column] for row in table.rows()]

    on_page = browser.get(address(query=query.replace("&after=1", ""))).content.decode()
    assert exported == shown(on_page)


def test_an_export_is_named_safely(vera: User, signed_in: SignedIn) -> None:
    answer = signed_in(vera).get(address(below="export.csv"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ISO-IEC 27001 users.csv"'


def test_the_links_to_exports_keep_the_filters(vera: User, signed_in: SignedIn) -> None:
    page = read(signed_in(vera), address(query="?name=r&inactive=1&unit_name=D-1&status=Certified"))
    docks = OrganizationalUnit.objects.get(unit_id="D-1").pk
    query = f"?name=r&amp;unit={docks}&amp;status=Certified&amp;inactive=1"
    assert f'href="{address(below="export.csv")}{query}"' in page
    assert f'href="{address(below="export.xlsx")}{query}"' in page


def test_a_sheet_that_would_be_too_long_is_refused_with_advice(
    vera: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_on, "FEW", 0)
    monkeypatch.setattr(enrollments, "MAX_SHEET_ROWS", 3)
    browser = signed_in(vera)

    answer = browser.get(address(below="export.xlsx"))

    assert answer.status_code == 422
    assert "more people than a sheet holds, which is 2. Use Export to CSV" in words(answer.content.decode())
    assert browser.get(address(below="export.csv")).status_code == 200


def test_an_export_of_unclear_filters_is_refused_and_not_of_everybody(vera: User, signed_in: SignedIn) -> None:
    assert signed_in(vera).get(address(below="export.csv", query="?unit_name=dock")).status_code == 422


# --- Bulk Remove


def bulk_remove(browser: Client, **values: object) -> Job:
    answer = browser.post(address(below="bulk-remove/"), values)
    job = Job.objects.select_related("operation", "file").get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/certification-removal/{job.pk}/")
    return job


def lines(job: Job) -> list[list[str]]:
    """The draft's file, without what became of its lines."""
    text = b"".join(result_file(job)).decode("utf-8-sig")
    return [row[:2] for row in csv.reader(io.StringIO(text))]


def test_ticked_users_become_a_draft_that_is_checked_at_once(ada: User, signed_in: SignedIn) -> None:
    job = bulk_remove(signed_in(ada), whom="ticked", user=[key("K-1"), key("000123")])

    assert (job.state, job.operation.actor, job.remove_count) == (JobState.DRAFT, ada, 2)
    assert lines(job) == [["Certification ID", "User ID"], [ISO, "000123"], [ISO, "K-1"]]
    assert Enrollment.objects.count() == 4, "nobody is removed yet"


def test_all_shown_are_those_whom_the_filters_show_on_all_pages(ada: User, signed_in: SignedIn) -> None:
    docks = OrganizationalUnit.objects.get(unit_id="D-1").pk
    job = bulk_remove(signed_in(ada), whom="shown", unit=docks, inactive="1")
    assert [row[1] for row in lines(job)[1:]] == ["000123", "K-1"]
    assert job.remove_count == 2


def test_ticked_users_who_left_meanwhile_are_told_by_the_preview(ada: User, signed_in: SignedIn) -> None:
    Enrollment.objects.filter(user__user_id="K-1").delete()
    job = bulk_remove(signed_in(ada), whom="ticked", user=[key("K-1"), key("000123")])
    assert job.planned == {"remove": 1, "not_enrolled": 1}


def test_the_form_carries_filters_numbers_and_a_way_by_file(ada: User, signed_in: SignedIn) -> None:
    page = read(signed_in(ada), address(query="?status=Certified"))

    assert '<input type="hidden" name="status" value="Certified">' in page
    assert "Remove the 1 user shown" in page
    assert "Remove all 3 users shown" in read(signed_in(ada), address())
    assert f'href="/certification-removal/new/?certification={certification(ISO).pk}"' in page
    assert "Removed is not revoked" in page
    assert "nobody is removed before you have seen it and submitted it" in page


def test_without_a_tick_the_page_says_so_and_keeps_the_filters(ada: User, signed_in: SignedIn) -> None:
    answer = signed_in(ada).post(address(below="bulk-remove/"), {"whom": "ticked", "name": "ruiz"}, follow=True)

    assert answer.redirect_chain == [(address(query="?name=ruiz"), 302)]
    assert "Nobody is ticked." in words(answer.content.decode())
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"whom": "ticked", "user": ["abc"]},
        {"whom": "ticked", "user": ["-1"]},
        {"whom": "ticked", "user": ["99999999999999999999"]},
        {"whom": "ticked", "user": ["9223372036854775808"]},
        {"whom": "ticked", "user": ["٣"]},
        {"whom": "shown", "unit_name": "dock"},
        {"whom": "shown", "unit": "x"},
        {"whom": "shown", "name": "a\0b"},
    ],
)
def test_what_is_not_clear_removes_nobody(ada: User, signed_in: SignedIn, values: dict[str, object]) -> None:
    assert signed_in(ada).post(address(below="bulk-remove/"), values).status_code == 422
    assert not Job.objects.exists()


def test_nobody_shown_makes_no_draft(ada: User, signed_in: SignedIn) -> None:
    answer = signed_in(ada).post(address(below="bulk-remove/"), {"whom": "shown", "name": "zz"})
    assert answer.status_code == 409
    assert not Job.objects.exists()


# --- Remove one person


def test_removing_one_person_asks_first(mona: User, signed_in: SignedIn) -> None:
    page = read(signed_in(mona), address(below=f"people/{key('000123')}/remove/"))
    text = words(page)

    assert "Remove Ana Ruiz from Internal Auditor ?" in text
    assert "User ID: 000123" in text
    assert "holds the certification today" in text
    assert "Removed is not revoked" in text
    assert "This is you" not in text
    assert "data-dialog-content" in page
    assert "data-dialog-cancel" in page
    assert re.search(r"<button[^>]*>Remove 1 user</button>", page)
    assert RemovalRecord.objects.count() == 0


def test_removing_one_person_keeps_comment_filters_and_place(mona: User, signed_in: SignedIn) -> None:
    browser = signed_in(mona)
    path = address(below=f"people/{key('000123')}/remove/")
    place = f"?name=r&inactive=1&after={key('K-2')}"
    list_page = read(browser, address(query=place))
    assert f'data-dialog href="{path}{place}"'.replace("&", "&amp;") in list_page
    asked = read(browser, path + place)
    assert f'href="{address(query=place)}"'.replace("&", "&amp;") in asked, "Cancel"

    values = {"name": "r", "inactive": "1", "after": key("K-2"), "comment": "Asked by phone", "reason": "Left"}
    answer = browser.post(path, values, follow=True)

    assert answer.redirect_chain == [(address(query=place), 302)]
    assert "Ana Ruiz was removed from Internal Auditor." in words(answer.content.decode())
    operation = Operation.objects.get()
    assert (operation.comment, operation.reason, operation.actor) == ("Asked by phone", "Left", mona)
    assert RemovalRecord.objects.get().user_id == "000123"
    assert "000123" not in shown(read(browser, address()))


def test_a_text_that_is_too_long_is_told_and_kept(mona: User, signed_in: SignedIn) -> None:
    reason = "x" * 256
    answer = signed_in(mona).post(address(below=f"people/{key('K-1')}/remove/"), {"reason": reason, "comment": "why"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert reason in page
    assert ">\nwhy</textarea>" in page
    assert RemovalRecord.objects.count() == 0


def test_whoever_was_removed_meanwhile_is_told(mona: User, signed_in: SignedIn) -> None:
    Enrollment.objects.filter(user__user_id="K-1").delete()
    answer = signed_in(mona).post(address(below=f"people/{key('K-1')}/remove/"))

    assert answer.status_code == 409
    assert "Bo Şahin (K-1) is not on Internal Auditor any more." in words(answer.content.decode())


def test_removing_oneself_is_pointed_out(mona: User, signed_in: SignedIn) -> None:
    enroll(ISO, "mona")
    assert "This is you" in words(read(signed_in(mona), address(below=f"people/{mona.pk}/remove/")))


# --- the house


def test_queries_do_not_grow_with_the_people(root: User, signed_in: SignedIn) -> None:
    browser = signed_in(root)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(browser, path)
        return len(captured)

    paths = ["/certifications/", address(), address(query="?name=r&unit_name=D-1&status=Certified&inactive=1")]
    before = [queries(path) for path in paths]
    for number in range(20):
        enroll(ISO, make_user(f"P{number}", "Ria Ruiz").user_id)
        certification(f"C{number}")
        make_unit("Division", f"X{number}", f"P{number}")
    assert [queries(path) for path in paths] == before
    assert max(before) <= 18


def test_pages_hold_no_script_and_no_style_of_their_own(root: User, signed_in: SignedIn) -> None:
    browser = signed_in(root)
    for path in ("/certifications/", address(), address(below=f"people/{key('K-1')}/remove/")):
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", read(browser, path))
