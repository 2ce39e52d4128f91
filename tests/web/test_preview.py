"""Preview: what a draft would do, whom to leave out, what is wrong with its file, and how it is read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from certremoval.access.models import Grant, Permission
from certremoval.certifications.models import EnrollmentStatus
from certremoval.organization.models import User
from certremoval.removals.drafts import revise_draft, upload_draft
from certremoval.removals.models import Job, JobState, StoredFile
from certremoval.removals.options import PlanOptions
from tests.removals.conftest import FORKLIFT, certification, enroll, make_unit, make_user, removal_file, remove, run
from tests.removals.conftest import people as people_file
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window(ada: User, signed_in: SignedIn) -> Client:
    """Ada's browser."""
    return signed_in(ada)


def drafted(
    window: Client, rows: Iterable[Sequence[str]], *, title: str = "Site closes", name: str = "people.csv", **how: Any
) -> Job:
    """Upload a file as an administrator does, and return its draft."""
    file = SimpleUploadedFile(name, removal_file(rows, **how).getvalue())
    window.post("/certification-removal/new/", {"file": file, "title": title})
    return latest()


def latest() -> Job:
    return Job.objects.select_related("operation", "file").latest("pk")


def on_forklift(*user_ids: str) -> list[tuple[str, str]]:
    return [(FORKLIFT, user_id) for user_id in user_ids]


def address(job: Job, action: str = "") -> str:
    return f"/certification-removal/{job.pk}/{action}"


def shown(window: Client, job: Job, query: str = "") -> str:
    return words(read(window, address(job) + query))


def change(window: Client, job: Job, **form: Any) -> Any:
    answer = window.post(address(job, "change/"), form)
    job.refresh_from_db()
    return answer


# --- the number


def test_the_number_the_share_and_who_holds_the_certification(window: Client) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")
    enroll(FORKLIFT, "K-1", "K-2")
    enroll(FORKLIFT, "K-3", "K-4", status="Expired")
    page = shown(window, drafted(window, on_forklift("K-1", "K-2", "K-3")))

    assert "3 users will be removed from Forklift Operator Safety" in page
    assert "75 % of the 4 people on it" in page
    assert "2 of them hold the certification today" in page
    assert "Remove 3 users" in page
    assert "stay on their transcript, nobody is mailed" in page
    assert "Removed is not revoked" in page
    assert "3 of 3 lines name a known person." in page


def test_several_certifications_have_a_line_each(window: Client) -> None:
    enroll("A", "K-1", "K-2")
    enroll("B", "K-1")
    page = shown(window, drafted(window, [("A", "K-1"), ("A", "K-2"), ("B", "K-1")]))

    assert "3 users will be removed from 2 certifications" in page
    assert "Title of A : 2, which is 100 % of the 2 people on it" in page
    assert "Title of B : 1, which is 100 % of the 1 people on it" in page


def test_nobody_would_be_removed_says_why(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    page = shown(window, drafted(window, on_forklift("X-1", "X-2")))
    assert "Nobody would be removed: all 2 lines have a problem." in page
    assert "There is nobody to remove, so there is nothing to submit." in page

    job = drafted(window, on_forklift("K-1"))
    change(window, job, leave_out_user="K-1")
    page = shown(window, job)
    assert "Nobody would be removed: the one line is left out." in page
    assert "draft-confirm" not in page
    assert "Remove 0" not in page


def test_the_age_is_shown_and_the_file_can_be_checked_again(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1", "K-2"))
    assert re.search(r"Checked at \d+ \w+ \d{4}, \d\d:\d\d UTC \(just now\)", shown(window, job))
    enroll(FORKLIFT, "K-2")

    change(window, job, again="1")

    assert (job.plan_number, job.remove_count) == (2, 2)


# --- whom to leave out


def test_statuses_say_which_of_them_hold_the_certification(window: Client) -> None:
    for number, status in enumerate(EnrollmentStatus):
        enroll(FORKLIFT, f"K-{number}", status=status)
    page = read(window, address(drafted(window, on_forklift(*(f"K-{n}" for n in range(len(EnrollmentStatus)))))))

    rows = {cell[0]: cell for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) if (cell := [words(row)])}
    holding = {row.split(" holds")[0] for row in rows if "holds the certification today" in row}
    assert holding == {
        "Certified",
        "Certified/Renewal In Progress",
        "Certified/Pending Completion Approval",
        "Certified/Renewal Past Due",
        "Certified/Completion Approval Denied",
    }


def test_a_status_left_out_changes_the_number_and_can_be_taken_back(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    enroll(FORKLIFT, "K-2", status="Revoked")
    job = drafted(window, on_forklift("K-1", "K-2"))

    answer = change(window, job, leave_out_status="Certified")
    assert answer.headers["Location"].startswith(address(job))
    page = shown(window, job)
    assert "1 user will be removed" in page
    assert "Left out now: 1 line" in page
    assert "Status Certified" in page
    assert "Left out: status Certified" in page

    change(window, job, take_back_status="Certified")
    assert job.remove_count == 2
    assert "Left out now" not in shown(window, job)


def test_units_are_counted_by_type_and_left_out_with_all_below(window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    south = make_unit("Division", "D-1", "K-1", name="Warehouse South")
    make_unit("Division", "D-2", "K-2", name="Cold Store", parent=south)
    job = drafted(window, on_forklift("K-1", "K-2", "K-3"))
    page = shown(window, job)
    assert "By Division" in page
    assert "Warehouse South 1" in page
    assert "In none 1" in page

    change(window, job, leave_out_unit=str(south.pk))
    assert job.remove_count == 1
    assert "Division Warehouse South and below" in shown(window, job)

    change(window, job, take_back_unit="Division=D-1")
    assert job.remove_count == 3


def test_a_unit_that_is_not_in_the_list_can_be_named(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    make_unit("Legal Entity", "PL=1", "K-1", name="Polska")
    job = drafted(window, on_forklift("K-1"))

    change(window, job, other_unit_type="Legal Entity", other_unit="PL=1")
    assert job.remove_count == 0

    change(window, job, take_back_unit="Legal Entity=PL=1")
    assert job.remove_count == 1


def test_people_are_left_out_beside_their_name_or_by_user_id(window: Client) -> None:
    make_user("K-2", "Ana Ruiz")
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = drafted(window, on_forklift("K-1", "K-2", "K-3"))
    assert 'name="leave_out_user" value="K-1"' in read(window, address(job))

    change(window, job, leave_out_user="K-1")
    change(window, job, leave_out_users="K-2\r\n\r\n K-3 ")

    assert job.options["leave_out_users"] == ["K-1", "K-2", "K-3"]
    page = shown(window, job)
    assert "Ana Ruiz (K-2)" in page
    assert "Left out by name" in page
    change(window, job, take_back_user="K-2")
    assert job.options["leave_out_users"] == ["K-1", "K-3"]


def test_a_choice_that_names_nothing_is_told_and_kept_and_the_preview_stays(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))

    for form, message in (
        ({"leave_out_users": "Nobody-1\nK-1"}, "Nobody-1 is nobody here."),
        ({"other_unit": "D-404", "other_unit_type": "Division"}, "Division D-404 is no unit here."),
        ({"leave_out_status": "Glad"}, "Glad is no status that anybody has."),
        ({"leave_out_unit": "x"}, "A unit that was ticked is not there any more."),
        ({"leave_out_users": "a\0b"}, "holds a character that is none"),
        ({}, "Nothing is ticked or named."),
    ):
        answer = change(window, job, **form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert message in words(page)
        for text in form.values():
            if "user" in next(iter(form)):
                assert text in page
        assert (job.state, job.plan_number, job.remove_count) == (JobState.DRAFT, 1, 1)


def test_choices_stay_when_the_file_is_refused_and_can_be_taken_back_there(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    change(window, job, leave_out_user="K-1")
    window.post(address(job, "replace/"), {"file": SimpleUploadedFile("x.csv", b"")})

    assert 'name="take_back_user" value="K-1"' in read(window, address(job))


def test_ones_own_row_is_pointed_out_and_left_out_with_one_click(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "ada")
    job = drafted(window, on_forklift("K-1", "ada"))
    page = read(window, address(job))
    assert "You are one of them, on line 3." in words(page)
    assert 'name="leave_out_user" value="ada">Leave me out' in page

    change(window, job, leave_out_user="ada")

    assert job.remove_count == 1
    assert "You are one of them" not in shown(window, job)


# --- lines


def test_people_to_be_removed_have_names_and_are_searched(window: Client) -> None:
    make_user("000123", "Ana Ruiz")
    make_user("K-2", "Jon Bell")
    enroll(FORKLIFT, "000123", "K-2")
    job = drafted(window, on_forklift("000123", "K-2"))

    assert "Ana Ruiz 000123 Certified 2" in shown(window, job)
    found = shown(window, job, "?search=ruiz")
    assert "Ana Ruiz 000123" in found
    assert "Jon Bell" not in found
    assert "Nobody to be removed has a name or User ID that begins so." in shown(window, job, "?search=zzz")


def test_people_are_paged_and_the_search_goes_along(window: Client) -> None:
    ids = [f"K-{number:03}" for number in range(60)]
    enroll(FORKLIFT, *ids)
    job = drafted(window, on_forklift(*ids))

    seen: list[str] = []
    query = "?search=K-"
    for _ in range(3):
        page = read(window, address(job) + query)
        seen += re.findall(r'name="leave_out_user" value="([^"]+)"', page)
        onward = re.search(r'href="[^"?]*(\?[^"#]*)#people">Next people', page)
        if onward is None:
            break
        query = onward[1].replace("&amp;", "&")
        assert "search=K-" in query
    assert seen == ids


def test_problems_are_told_by_line_with_advice(window: Client) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")
    make_user("000123", "Ana Ruiz")
    make_user("K-48213", "Jon Bell")
    enroll(FORKLIFT, "000123", "K-1")
    job = drafted(window, on_forklift("K-1", "123", "K-48213", ""))
    page = shown(window, job)

    assert "3 lines with a problem" in page
    assert "123 is nobody here, but 000123 (Ana Ruiz) is on this certification. Spreadsheets drop leading zeros" in page
    assert "K-48213 (Jon Bell) is not on Forklift Operator Safety. Remove the line, or submit and leave it out." in page
    assert "The User ID is empty. An empty cell never means everybody." in page
    assert "Remove 1 and leave out 3 problem lines" in page
    assert f'href="{address(job, "problems.csv")}"' in read(window, address(job))
    assert window.get(address(job, "problems.csv")).status_code == 200


def test_problems_are_paged(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1", *(f"X-{number:02}" for number in range(30))))

    first = read(window, address(job))
    onward = re.search(r"\?problems_after=(\d+)#problems", first)
    assert onward is not None
    assert "X-29 is nobody here" not in words(first)
    assert "X-29 is nobody here" in shown(window, job, f"?problems_after={onward[1]}")


def test_lines_that_change_nothing_say_why(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2")
    run(remove(ada, people_file("K-1")))
    page = shown(window, drafted(window, on_forklift("K-1", "K-2", "K-2")))

    assert "2 other lines, which change nothing" in page
    assert "Same as line 3" in page
    assert "Already removed on" in page


@pytest.mark.parametrize(
    "query",
    [
        "after=abc",
        "after=-1",
        "after=99999999999999999999999",
        "after=1e5",
        "problems_after=%00",
        "others_after=%D9%A1",
        "search=%E2%80%AE%D7%A9",
        "search=%25%5F",
        "read=%00",
    ],
)
def test_an_address_changed_by_hand_is_answered(window: Client, query: str) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1", "X-1", "K-1"))

    assert window.get(address(job) + "?" + query).status_code == 200


@pytest.mark.parametrize("search", ["%00", "a" * 10_000, "a\0"])
def test_a_search_that_makes_no_sense_is_told_and_kept(window: Client, search: str) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))

    answer = window.get(address(job), {"search": search.replace("%00", "\0")})

    assert answer.status_code == 422
    assert 'id="search-mistake"' in answer.content.decode()


def test_the_page_costs_the_same_however_many_lines_there_are(window: Client) -> None:
    def cost(count: int) -> int:
        ids = [f"K-{count}-{number}" for number in range(count)]
        enroll(FORKLIFT, *ids)
        job = drafted(window, on_forklift(*ids, *(f"X-{number}" for number in range(count)), *ids))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(window, address(job))
        return len(queries)

    # So many that the share of their certification is asked for.
    few, many = cost(6), cost(40)
    assert few == many
    assert few <= 35


# --- how the file is read


def test_another_column_is_asked_for_with_its_match_rate(window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    rows = [(FORKLIFT, "K-1", "Ana"), (FORKLIFT, "K-2", "Jon"), (FORKLIFT, "X-9", "Bo")]
    job = drafted(window, rows, header=("Certification ID", "Personnel No.", "Name"))
    page = shown(window, job)
    assert "This file cannot be used yet" in page
    assert "No column is called User ID. We found Certification ID, Personnel No., Name." in page
    assert "Personnel No.: 2 of 3 match a User ID" in page

    change(window, job, reading="1", way="user_id:Personnel No.")

    assert job.remove_count == 2
    assert "2 of 3 lines name a known person." in shown(window, job)


def test_people_by_e_mail_are_found_even_in_a_column_called_user_id(window: Client) -> None:
    make_user("K-1", email="ana@halden.example")
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("Ana@Halden.example"))
    page = shown(window, job)
    assert "Nobody would be removed: the one line has a problem." in page
    assert "User ID: 1 of 1 match an e-mail address" in page

    change(window, job, reading="1", way="email:User ID")

    assert job.remove_count == 1


def test_a_column_that_names_nobody_can_be_chosen_all_the_same(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, [(FORKLIFT, "X-1")], header=("Certification ID", "Who"))

    change(window, job, reading="1", way="other", column="Who", match="username")

    assert (job.options["user_column"], job.options["match"]) == ("Who", "username")


def test_a_file_without_certifications_asks_for_one(window: Client) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")
    enroll(FORKLIFT, "K-1")
    job = drafted(window, [("K-1",)], header=("User ID",))
    assert "The file has no column Certification ID" in shown(window, job)

    mistaken = change(window, job, reading="1", certification="Nowhere")
    assert mistaken.status_code == 422
    assert "Nowhere is not a certification." in words(mistaken.content.decode())
    assert 'value="Nowhere"' in mistaken.content.decode()

    change(window, job, reading="1", certification="Forklift Operator Safety")
    assert job.remove_count == 1


def test_a_file_that_is_not_utf_8_shows_how_it_would_read(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    content = f"Certification ID,User ID,Name\r\n{FORKLIFT},K-1,Müller\r\n".encode("cp1252")
    window.post("/certification-removal/new/", {"file": SimpleUploadedFile("people.csv", content)})
    job = latest()
    page = shown(window, job)
    assert "Müller" in page
    assert "Read the file as Windows-1252" in page
    assert "--encoding" not in page
    assert "Which column names the people" not in page

    change(window, job, reading="1", encoding="windows-1252")

    assert job.remove_count == 1


def test_a_workbook_whose_people_are_on_another_sheet_asks_for_the_sheet(window: Client) -> None:

    enroll(FORKLIFT, "K-1")
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Read me"
    first.append(["Notes"])
    first.append(["of the plant"])
    second = book.create_sheet("People")
    second.append(["Certification ID", "User ID"])
    second.append([FORKLIFT, "K-1"])
    file = io.BytesIO()
    book.save(file)
    window.post("/certification-removal/new/", {"file": SimpleUploadedFile("people.xlsx", file.getvalue())})
    job = latest()
    assert '<option value="People"' in read(window, address(job))

    change(window, job, reading="1", sheet="People")

    assert job.remove_count == 1


def test_what_is_plain_is_not_asked_but_can_be_changed(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, [(FORKLIFT, "K-1", "x")], header=("Certification ID", "User ID", "Old ID"))
    assert "How the file is to be read" not in shown(window, job)

    assert "How the file is to be read" in shown(window, job, "?read=1")


def test_an_answer_that_makes_no_sense_is_told(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))

    for form in ({"way": "birthday:User ID"}, {"way": "other", "match": "x", "column": "User ID"}, {"sheet": "a\0"}):
        answer = change(window, job, reading="1", **form)
        assert answer.status_code == 422
        assert job.remove_count == 1


# --- title, file, away with it


def test_title_comment_and_reason_are_changed(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"), title="")
    window.post(address(job, "title/"), {"title": " Site closes ", "comment": "As agreed", "reason": "Closing"})

    operation = latest().operation
    assert (operation.title, operation.comment, operation.reason) == ("Site closes", "As agreed", "Closing")


def test_a_title_that_is_too_long_is_kept_as_typed_until_it_is_corrected(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"), title="Before")
    window.post(address(job, "title/"), {"title": "x" * 120, "comment": "New comment"})

    page = read(window, address(job))
    assert "The Job Title has 120 characters; at most 100 are kept." in page
    assert "x" * 120 in page
    assert (latest().operation.title, latest().operation.comment) == ("Before", "New comment")

    window.post(address(job, "title/"), {"title": "After"})
    assert "120 characters" not in read(window, address(job))
    assert latest().operation.title == "After"


def test_a_title_used_before_is_said_and_not_refused(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2")
    before = remove(ada, people_file("K-1"), title="Site closes")
    page = read(window, address(drafted(window, on_forklift("K-2"), title="Site closes")))

    assert "There is a job called Site closes already:" in words(page)
    assert f'href="{address(before)}"' in page


def test_the_file_is_replaced_and_all_else_stays(window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = drafted(window, on_forklift("K-1"))
    change(window, job, leave_out_user="K-3")
    assert "takes the place of people.csv" in words(read(window, address(job, "replace/")))

    file = SimpleUploadedFile("better.csv", people_file("K-2", "K-3").getvalue())
    window.post(address(job, "replace/"), {"file": file})

    page = shown(window, job)
    assert "File: better.csv" in page
    assert "1 user will be removed" in page
    assert latest().operation.title == "Site closes"
    assert StoredFile.objects.count() == 1


def test_replacing_by_nothing_or_too_much_is_told_and_the_file_stays(window: Client, settings: Any) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    answer = window.post(address(job, "replace/"))
    assert answer.status_code == 422
    assert "No file is chosen." in answer.content.decode()

    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 20})
    file = SimpleUploadedFile("large.csv", people_file(*(f"K-{n}" for n in range(9))).getvalue())
    answer = window.post(address(job, "replace/"), {"file": file})
    assert answer.status_code == 422
    assert "the limit is 20 bytes" in answer.content.decode()
    assert "File: people.csv" in shown(window, job)


def test_discarding_asks_first_and_then_leaves_nothing(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    page = read(window, address(job, "discard/"))
    assert "data-dialog-content" in page
    assert "Nobody is removed from a certification." in words(page)
    assert Job.objects.exists()

    assert window.post(address(job, "discard/")).headers["Location"] == "/certification-removal/"

    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()


# --- a file that is being checked


def test_while_a_file_is_checked_the_page_asks_for_itself_and_stops_when_it_is_done(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = upload_draft(ada, people_file("K-1"), name="people.csv", title="", options=PlanOptions())
    part = window.get(address(job), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert "<html" not in part.content.decode()

    Job.objects.filter(pk=job.pk).update(state=JobState.DRAFT)

    part = window.get(address(job), headers={"HX-Request": "true"})
    assert "hx-trigger" not in part.content.decode()
    assert "data-checked" in part.content.decode()
    assert "Show the preview" in part.content.decode()


def test_while_a_file_is_checked_the_title_can_be_given_and_choices_wait(ada: User, window: Client) -> None:
    job = upload_draft(ada, people_file("K-1"), name="people.csv", title="", options=PlanOptions())

    window.post(address(job, "title/"), {"title": "Site closes"})
    assert latest().operation.title == "Site closes"

    answer = window.post(address(job, "change/"), {"leave_out_status": "Certified"}, follow=True)
    assert "The file is being checked. Change the choices when that is done." in words(answer.content.decode())


def test_a_file_that_could_not_be_checked_says_so(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    Job.objects.filter(pk=job.pk).update(error="The file could not be checked. Upload it again.")

    page = shown(window, job)
    assert "The file could not be checked." in page
    assert "Remove 1 user" not in page


# --- who may


ACTIONS = ("change/", "title/", "replace/", "discard/", "submit/")


def test_anothers_draft_is_not_found(window: Client, signed_in: SignedIn) -> None:

    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    for other in (User.objects.create_superuser("ROOT"), holder("bo", Permission.REMOVAL_MANAGE)):
        browser = signed_in(other)
        for action in ("", "confirm/", "replace/", "discard/"):
            assert browser.get(address(job, action)).status_code == 404
        for action in ACTIONS:
            assert browser.post(address(job, action), {"again": "1"}).status_code == 404
    assert latest().state == JobState.DRAFT


def test_who_lost_the_permission_cannot_act_on_a_draft(ada: User, window: Client) -> None:

    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    Grant.objects.filter(role__members=ada).update(permission=Permission.REMOVAL_VIEW)

    for action in ACTIONS:
        assert window.post(address(job, action), {"again": "1"}).status_code == 403
    assert window.get(address(job, "confirm/")).status_code == 403
    assert latest().plan_number == 1


def test_the_anonymous_are_led_to_sign_in(window: Client, client: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    for action in ("", "confirm/", "replace/", "discard/"):
        assert client.get(address(job, action)).headers["Location"].startswith("/sign-in/")
    for action in ACTIONS:
        assert client.post(address(job, action)).headers["Location"].startswith("/sign-in/")


def test_actions_are_posts(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    for action in ("change/", "title/", "submit/"):
        assert window.get(address(job, action)).status_code == 405


def test_a_job_that_was_submitted_is_no_draft_any_more(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = remove(ada, people_file("K-1"))
    for action in ("change/", "title/", "replace/", "discard/"):
        assert window.post(address(job, action), {"again": "1", "title": "x"}).status_code == 409
    assert latest().operation.title == "Changed roles"


@pytest.mark.parametrize("number", ["999999", "9" * 30])
def test_a_draft_that_is_not_there_is_not_found(window: Client, number: str) -> None:
    for action in ACTIONS:
        assert window.post(f"/certification-removal/{number}/{action}").status_code == 404


# --- hostile texts


def test_hostile_cells_names_and_titles_are_text(window: Client) -> None:
    certification("ISO/IEC 27001", title="<script>title</script>")
    make_user("<b>1</b>", "<script>name</script> \u202egnp.exe")
    enroll("ISO/IEC 27001", "<b>1</b>")
    rows = [("ISO/IEC 27001", "<b>1</b>"), ("ISO/IEC 27001", "<script>x</script>" + "y" * 10_000)]
    job = drafted(window, rows, title="<script>job</script>")

    page = read(window, address(job))
    assert "<script>name" not in page
    assert "<script>title" not in page
    assert "<script>x" not in page
    assert "<script>job" not in page
    assert "y" * 1_000 not in page
    assert 'value="&lt;b&gt;1&lt;/b&gt;"' in page
    change(window, job, leave_out_user="<b>1</b>")
    assert job.remove_count == 0


def test_every_field_has_a_label_and_every_table_a_name(window: Client) -> None:
    enroll("A", "K-1")
    enroll("B", "K-1")
    make_unit("Division", "D-1", "K-1")
    page = read(window, address(drafted(window, [("A", "K-1"), ("B", "K-1"), ("B", "X"), ("B", "K-1")])) + "?read=1")

    for field in re.findall(r'<(?:input|textarea|select)[^>]* id="([^"]+)"', page):
        assert f'for="{field}"' in page, field
    for table in re.findall(r"<table[^>]*>.*?</table>", page, re.DOTALL):
        assert "<caption>" in table or "aria-label" in table.split(">")[0]
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "style=" not in page
    assert not re.search(r"\son[a-z]+=", page)


def test_words_that_belong_to_code_are_not_on_the_pages(window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1", "X-1", "K-1"))
    for page in (shown(window, job), shown(window, job, "?read=1"), words(read(window, address(job, "confirm/")))):
        for word in ("plan", "drift", "brake", "chunk", "lease", "checkpoint", "revision", "unknown_user", "please"):
            assert not re.search(rf"\b{word}\b", page, re.IGNORECASE), word


def test_a_revised_draft_that_waits_for_a_worker_shows_its_progress(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = drafted(window, on_forklift("K-1"))
    revise_draft(ada, job.pk, options=PlanOptions())

    assert "is being checked" in shown(window, job)
