"""The ways to say who is to be removed: each leads to a preview of just these people."""

from __future__ import annotations

import base64
import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, NAMES, action, forklift, written

FORM = "/certification-removal/new/"


@pytest.fixture
def page(ada: User, open_page: OpenPage) -> Page:
    return open_page(ada)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check who would be removed").click()


def previewed(page: Page) -> list[str]:
    """Return the names of whom the preview would remove, in the order of the lines."""
    heading = re.compile(r"^\d+ users? to be removed$")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    return page.get_by_role("table", name=heading).get_by_role("rowheader").all_inner_texts()


def test_from_a_file_chosen_with_the_button(page: Page, tmp_path: Path) -> None:
    page.goto("/certification-removal/")
    page.get_by_role("link", name="Create Certification Removal Job").click()
    page.get_by_label("Upload CSV").set_input_files(written(tmp_path, *IDS[:3]))
    page.get_by_label("Job Title").fill("Changed roles")
    check(page)
    expect(page.get_by_role("heading", name="Preview: Changed roles")).to_be_visible()
    assert previewed(page) == list(NAMES[:3])


def test_from_a_file_dropped_on_the_page(page: Page, tmp_path: Path) -> None:
    page.goto(FORM)
    content = base64.b64encode(written(tmp_path, *IDS[:2]).read_bytes()).decode()
    dropped = page.evaluate_handle(
        """(content) => {
          const transfer = new DataTransfer();
          const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
          transfer.items.add(new File([bytes], "dropped.csv", { type: "text/csv" }));
          return transfer;
        }""",
        content,
    )
    page.get_by_text("Or drop the file here.").dispatch_event("drop", {"dataTransfer": dropped})
    assert page.get_by_label("Upload CSV").evaluate("(field) => field.files[0].name") == "dropped.csv"
    check(page)
    assert previewed(page) == list(NAMES[:2])


def test_from_a_pasted_list(page: Page) -> None:
    page.goto(FORM)
    page.get_by_label("Certification", exact=True).fill("forklift operator safety")
    page.get_by_label("User IDs").fill(f"{IDS[4]}\n{IDS[5]}\n")
    expect(page.get_by_text("2 lines", exact=True)).to_be_visible()
    check(page)
    assert previewed(page) == list(NAMES[4:6])


def test_from_ticks_on_the_certification_page(page: Page) -> None:
    page.goto(f"/certifications/{forklift().pk}/")
    for name in (NAMES[0], NAMES[2], NAMES[4]):
        page.get_by_role("checkbox", name=f"Tick {name}").check()
    page.get_by_role("checkbox", name=f"Tick {NAMES[4]}").uncheck()
    page.get_by_role("button", name="Remove 2 ticked users").click()
    assert sorted(previewed(page)) == sorted([NAMES[0], NAMES[2]])


def test_from_all_that_the_filters_of_the_certification_page_show(page: Page) -> None:
    page.goto(f"/certifications/{forklift().pk}/")
    page.get_by_label("Current Status").select_option("In Progress")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Remove all 4 users shown").click()
    assert sorted(previewed(page)) == sorted(NAMES[:4])


def test_an_export_edited_and_sent_back_says_who_is_removed_and_who_is_left_alone(page: Page, tmp_path: Path) -> None:
    page.goto(f"/certifications/{forklift().pk}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export to CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) == 1 + 11, "the inactive are hidden, and so not exported"

    column = rows[0].index("User ID")
    kept = [rows[0], *(row for row in rows[1:] if row[column] not in IDS[2:])]
    assert len(kept) == 3
    kept[1][column] = kept[1][column].lstrip("0")  # as spreadsheets do
    file = tmp_path / "edited.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows(kept)

    page.goto(FORM)
    page.get_by_label("Upload CSV").set_input_files(file)
    check(page)
    assert len(previewed(page)) == 1
    problems = page.get_by_role("table", name="1 line with a problem")
    expect(problems).to_contain_text("Spreadsheets drop leading zeros")


def test_nothing_typed_is_lost_when_nobody_is_named(page: Page, watch) -> None:  # type: ignore[no-untyped-def]
    watch(page).expects(422)
    page.goto(FORM)
    page.get_by_label("Job Title").fill("Changed roles")
    page.get_by_label("Enter Comment").fill("<b>HR's list</b>")
    check(page)
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("Job Title")).to_have_value("Changed roles")
    expect(page.get_by_label("Enter Comment")).to_have_value("<b>HR's list</b>")


def test_a_file_with_other_columns_is_read_as_answered(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "hr.csv"
    file.write_text(f"Personnel No.,Name\n{IDS[0]},Ana\n{IDS[1]},Jon\n")
    page.goto(FORM)
    page.get_by_label("Upload CSV").set_input_files(file)
    check(page)
    expect(page.get_by_role("heading", name="This file cannot be used yet")).to_be_visible()
    expect(page.get_by_label("Personnel No.: 2 of 2 match a User ID")).to_be_checked()
    page.get_by_label("Certification", exact=True).fill("FORKLIFT-3Y")
    page.get_by_role("button", name="Read the file this way").click()
    assert previewed(page) == list(NAMES[:2])


def test_a_draft_is_discarded_after_a_question(page: Page, tmp_path: Path) -> None:
    page.goto(FORM)
    page.get_by_label("Upload CSV").set_input_files(written(tmp_path, IDS[0]))
    check(page)
    action(page, "Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard 1 draft").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing was done")
    expect(page.get_by_role("heading", name="Your drafts")).not_to_be_visible()
