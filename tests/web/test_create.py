"""Create: a file or a pasted list becomes a draft. Nothing that was typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries, Settings

from certremoval.access.models import Permission
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from tests.removals.conftest import FORKLIFT, certification, enroll, removal_file
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/certification-removal/new/"


def a_file(
    rows: Iterable[Sequence[str]] = ((FORKLIFT, "K-1"),), *, name: str = "people.csv", **values: Any
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, removal_file(rows, **values).getvalue())


def sent(window: Client, address: str = NEW, **form: Any) -> Any:
    return window.post(address, form)


def only_draft() -> Job:
    return Job.objects.select_related("operation", "file").get()


@pytest.fixture
def window(ada: User, signed_in: SignedIn) -> Client:
    enroll(FORKLIFT, "K-1", "K-2")
    return signed_in(ada)


def test_the_page_names_the_three_ways_the_limits_and_what_constraints_do_not_do(window: Client) -> None:
    page = words(read(window, NEW))

    for text in ("Upload CSV", "User IDs", "From a certification's page", "Job Title", "Enter Comment"):
        assert text in page
    assert "At most 100 MB and 5,000,000 lines." in page
    assert "They do not limit which users a file may name." in page


def test_who_may_not_remove_cannot_create(learner: User, auditor: User, signed_in: SignedIn, ada: User) -> None:
    certification_viewer = holder("cleo", Permission.CERTIFICATION_VIEW)
    for user in (learner, auditor, certification_viewer):
        assert signed_in(user).get(NEW).status_code == 403
        assert sent(signed_in(user), file=a_file()).status_code == 403
        assert signed_in(user).get("/certification-removal/template.csv").status_code == 403
    assert not Job.objects.exists()


def test_the_anonymous_are_led_to_sign_in(client: Client) -> None:
    for address in (NEW, "/certification-removal/template.csv"):
        assert client.get(address).headers["Location"].startswith("/sign-in/")


def test_an_uploaded_file_is_checked_at_once_and_shown(window: Client) -> None:
    answer = sent(window, file=a_file(), title="Closing", comment="As agreed", reason="Site closes")

    job = only_draft()
    assert answer.headers["Location"] == f"/certification-removal/{job.pk}/"
    assert (job.state, job.remove_count) == (JobState.DRAFT, 1)
    assert (job.operation.title, job.operation.comment, job.operation.reason) == ("Closing", "As agreed", "Site closes")


def test_a_missing_title_does_not_keep_a_file_from_being_checked(window: Client) -> None:
    sent(window, file=a_file())

    assert only_draft().remove_count == 1


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("title", "x" * 101, "The Job Title has 101 characters; at most 100 are kept."),
        ("reason", "y" * 256, "The reason has 256 characters; at most 255 are kept."),
        ("title", "Half\0way", "holds a character that is none"),
        ("comment", "Half\0way", "holds a character that is none"),
    ],
)
def test_a_text_that_cannot_be_kept_is_shown_as_typed_on_the_preview(
    window: Client, field: str, text: str, message: str
) -> None:
    others = {"title": "Closing", "comment": "As agreed", "reason": "Site closes"}
    answer = sent(window, file=a_file(), **{**others, field: text})

    job = only_draft()
    assert getattr(job.operation, field) == ""
    assert {name: getattr(job.operation, name) for name in others if name != field} == {
        name: value for name, value in others.items() if name != field
    }
    for _ in range(2):  # also when the page is looked at again
        page = read(window, answer.headers["Location"])
        assert message in words(page)
        assert text.replace("\0", "\x00") in page


def test_a_pasted_list_needs_a_certification_and_is_kept_when_it_is_missing(window: Client) -> None:
    answer = sent(window, pasted="K-1\nK-2\n", title="Closing")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the certification that the people are removed from." in page
    assert "K-1\nK-2\n</textarea>" in page
    assert 'value="Closing"' in page
    assert not Job.objects.exists()


@pytest.mark.parametrize("named", [FORKLIFT, "Forklift Operator Safety", "forklift operator safety", f"  {FORKLIFT} "])
def test_a_pasted_list_is_for_the_certification_of_this_id_or_title(ada: User, signed_in: SignedIn, named: str) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")
    enroll(FORKLIFT, "K-1", "000123")

    sent(signed_in(ada), pasted="K-1\r\n000123", certification=named)

    assert only_draft().remove_count == 2
    assert only_draft().options["certification"] == FORKLIFT


def test_a_certification_that_is_none_is_told_with_what_may_be_meant(ada: User, signed_in: SignedIn) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")

    answer = sent(signed_in(ada), pasted="K-1", certification="Operator")

    assert answer.status_code == 422
    assert "Did you mean Forklift Operator Safety (FORKLIFT-3Y)?" in words(answer.content.decode())
    assert 'value="Operator"' in answer.content.decode()


def test_a_title_of_two_certifications_is_not_guessed(ada: User, signed_in: SignedIn) -> None:
    certification("A", title="First Aid")
    certification("B", title="First Aid")

    answer = sent(signed_in(ada), pasted="K-1", certification="First Aid")

    assert answer.status_code == 422
    assert "More than one certification is called First Aid." in words(answer.content.decode())


def test_nobody_named_is_told_and_what_was_typed_is_kept(window: Client) -> None:
    answer = sent(window, title="Closing", comment="<b>bold</b>", pasted=" \n ")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nobody is named yet." in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert 'value="Closing"' in page


def test_a_file_and_a_list_at_once_are_told_and_both_are_kept(window: Client) -> None:
    answer = sent(window, file=a_file(), pasted="K-2", certification=FORKLIFT, title="Closing")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Both a file and a pasted list were given." in page
    assert "K-2</textarea>" in page
    assert f'value="{FORKLIFT}"' in page
    job = only_draft()
    assert f'href="/certification-removal/{job.pk}/"' in page
    assert job.file is not None
    assert "Go on with people.csv" in words(page)
    assert window.get(f"/certification-removal/{job.pk}/").status_code == 200


def test_a_file_above_the_limit_is_told_and_the_texts_are_kept(window: Client, settings: Settings) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 50})

    answer = sent(window, file=a_file([(FORKLIFT, f"K-{n}") for n in range(20)]), title="Closing", comment="Why")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "the limit is 50 bytes" in page
    assert 'value="Closing"' in page
    assert "Why</textarea>" in page
    assert not Job.objects.exists()


def test_a_list_above_the_limit_is_told_and_kept(window: Client, settings: Settings) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 50})

    answer = sent(window, pasted="\n".join(f"K-{n}" for n in range(20)), certification=FORKLIFT)

    assert answer.status_code == 422
    assert "the limit is 50 bytes" in answer.content.decode()
    assert "K-19</textarea>" in answer.content.decode()


def test_an_empty_file_is_a_draft_that_says_so(window: Client) -> None:
    answer = sent(window, file=SimpleUploadedFile("empty.csv", b""))

    page = words(read(window, answer.headers["Location"]))
    assert "This file cannot be used yet" in page


def test_a_larger_file_is_left_to_a_worker(window: Client) -> None:
    answer = sent(window, file=a_file([(FORKLIFT, f"K-{n:09}") for n in range(15_000)]))

    assert only_draft().state == JobState.CHECKING
    page = read(window, answer.headers["Location"])
    assert "is being checked. Nobody is removed by that." in words(page)
    assert 'hx-trigger="every 2s"' in page
    assert "Keep title, comment and reason" in words(page)


def test_from_a_certification_it_is_known_for_a_file_and_for_a_list(window: Client) -> None:
    key = certification(FORKLIFT).pk
    page = words(read(window, f"{NEW}?certification={key}"))
    assert f"People are removed from Title of {FORKLIFT} ({FORKLIFT})." in page

    sent(window, f"{NEW}?certification={key}", file=a_file([("K-1",)], header=("User ID",)))
    sent(window, f"{NEW}?certification={key}", pasted="K-2")

    for job in Job.objects.all():
        assert (job.options["certification"], job.remove_count) == (FORKLIFT, 1)


@pytest.mark.parametrize("key", ["999999", "abc", "-1", "", "9" * 40, "1" * 5_000, "١", "%00"])
def test_a_certification_that_is_not_there_is_not_found(window: Client, key: str) -> None:
    assert window.get(f"{NEW}?certification={key}").status_code == 404


def test_hostile_names_and_texts_are_shown_as_text(window: Client) -> None:
    answer = sent(window, file=a_file(name="../<script>alert(1)</script>.csv"), title="<script>x</script>\u202e")

    page = read(window, answer.headers["Location"])
    assert "<script>alert" not in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_ten_thousand_characters_in_every_field_are_an_answer(window: Client) -> None:
    long = "ש" * 10_000
    answer = sent(window, title=long, comment=long, reason=long, certification=long, pasted=long)

    assert answer.status_code == 422
    assert long in answer.content.decode()


def test_the_csv_template_holds_the_two_headings(window: Client) -> None:
    answer = window.get("/certification-removal/template.csv")

    assert b"".join(answer).decode("utf-8-sig") == "Certification ID,User ID\r\n"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_cells_of_the_xlsx_template_are_text_so_that_zeros_stay(window: Client) -> None:
    answer = window.get("/certification-removal/template.xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(answer))).active
    assert sheet is not None
    assert [cell.value for cell in next(iter(sheet.rows))] == ["Certification ID", "User ID"]
    assert sheet.column_dimensions["A"].number_format == "@"


def test_a_template_is_a_removal_file_without_people(window: Client) -> None:
    template = b"".join(window.get("/certification-removal/template.xlsx"))

    answer = sent(window, file=SimpleUploadedFile("template.xlsx", template))

    assert "The file has a heading line but no people under it." in words(read(window, answer.headers["Location"]))


def test_fields_have_labels_and_mistakes_belong_to_them(window: Client) -> None:
    page = sent(window, pasted="K-1", certification="Nowhere").content.decode()

    for field in re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', page):
        assert f'for="{field}"' in page
    assert 'aria-describedby="certification-mistake certification-help" aria-invalid="true"' in page
    assert 'id="certification-mistake"' in page


def test_the_page_costs_the_same_however_many_certifications_there_are(
    window: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read(window, NEW)
    for count in (1, 30):
        for number in range(count):
            certification(f"C-{count}-{number}")
        with django_assert_num_queries(10):  # one of them for the bell
            read(window, NEW)
