"""The Certification Removal Tool: the list of jobs, looking for one, one's drafts, and the way back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from certremoval.access.models import Constraint, Permission
from certremoval.certifications.models import Certification, Operation
from certremoval.organization.models import Group, User
from certremoval.removals.models import Job, JobCertification, JobState, StoredFile
from tests.web.conftest import SignedIn, holder
from tests.web.pages import cells, read, words

pytestmark = pytest.mark.django_db

LIST = "/certification-removal/"
COUNTED: dict[str, Any] = {"row_count": 430, "planned": {"remove": 403, "blank": 27}, "remove_count": 403}
MAY_3 = datetime(2026, 5, 3, 10, 15, tzinfo=UTC)


def job_of(user: User, title: str, state: JobState = JobState.PROCESSED, *, at: datetime = MAY_3, **values: Any) -> Job:
    operation = Operation.objects.create(
        title=title, actor=user, actor_user_id=user.user_id, actor_name=user.full_name, created_at=at
    )
    return Job.objects.create(operation=operation, state=state, **values)


@pytest.fixture
def window(ada: User, signed_in: SignedIn) -> Client:
    """A browser in which Ada is signed in."""
    return signed_in(ada)


def listed(window: Client, **looked_for: Any) -> list[str]:
    """The titles in the table."""
    page = read(window, f"{LIST}?{urlencode(looked_for, doseq=True)}")
    return [row[0] for row in cells(page[page.index('id="requests"') :])[1:]]


def value(page: str, name: str) -> str:
    """What a field shows."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert field
    return re.search(r'value="([^"]*)"', field[0])[1]  # type: ignore[index]


def trigger(page: str) -> str | None:
    found = re.search(r'id="jobs-now"[^>]*hx-trigger="([^"]*)"', page)
    return found and found[1]


class TestTable:
    def test_the_columns_of_the_reference_in_its_order_and_then_the_result(self, ada: User, window: Client) -> None:
        job_of(ada, "Warehouse <script> closes", ended_at=MAY_3 + timedelta(minutes=5), checkpoint=403, **COUNTED)
        job_of(ada, "Waits", JobState.QUEUED, **COUNTED)

        page = read(window, LIST)

        assert cells(page) == [
            ["Job Title", "Created By", "Created Date ▼", "Process Date", "Status", "View Details", "Result"],
            [
                "Waits",
                "Ada Ito",
                "3 May 2026, 10:15 UTC",
                "",
                "Queued",
                "View Details : Waits",
                "403 to be removed, 27 left out",
            ],
            [
                "Warehouse <script> closes",
                "Ada Ito",
                "3 May 2026, 10:15 UTC",
                "3 May 2026, 10:20 UTC",
                "Processed",
                "View Details : Warehouse <script> closes",
                "403 removed, 27 left out",
            ],
        ]
        assert "<h1>Certification Removal Tool</h1>" in page
        assert '<h2 id="requests">Previous Certification Removal Requests</h2>' in page
        assert "Admin Tools Learning Training Tools Certification Removal Tool" in words(page)

    def test_view_details_leads_to_the_job(self, ada: User, window: Client) -> None:
        job = job_of(ada, "Job")

        assert f'href="{LIST}{job.pk}/"' in read(window, LIST)

    @pytest.mark.parametrize(
        ("state", "done", "planned", "kind"),
        [
            (JobState.PROCESSED, 10, {"remove": 10}, "good"),
            (JobState.PROCESSED, 10, {"remove": 10, "blank": 1}, "warn"),
            (JobState.PROCESSED, 0, {"blank": 1}, "bad"),
            (JobState.FAILED, 4, {"remove": 10}, "warn"),
            (JobState.CANCELLED, 0, {"remove": 10}, "bad"),
            (JobState.QUEUED, 0, {"blank": 1}, "plain"),
        ],
    )
    def test_a_result_is_marked_by_what_it_came_to(
        self, state: JobState, done: int, planned: dict[str, int], kind: str, ada: User, window: Client
    ) -> None:
        """Amber if anything was left out, red if nobody was removed; with a mark, not by its colour alone."""
        rows = sum(planned.values())
        job_of(
            ada, "Job", state, row_count=rows, planned=planned, remove_count=planned.get("remove", 0), checkpoint=done
        )

        page = read(window, LIST)
        assert f'class="result result-{kind}"' in page
        assert ("jobs-mark" in page) is (kind != "plain")

    def test_what_a_queued_job_waits_for(self, ada: User, window: Client) -> None:
        job_of(ada, "Later", JobState.QUEUED, scheduled_for=datetime(2026, 12, 3, 4, tzinfo=UTC))
        job_of(ada, "Much", JobState.AWAITING_APPROVAL)

        assert [row[4] for row in cells(read(window, LIST))[1:]] == [
            "Queued waits for approval",
            "Queued runs on 3 Dec 2026, 04:00 UTC",
        ]

    def test_the_reason_of_a_failure(self, ada: User, window: Client) -> None:
        job_of(ada, "Job", JobState.FAILED, error="The worker stopped <5> times.", **COUNTED)

        assert "The worker stopped <5> times." in cells(read(window, LIST))[1][6]

    def test_times_are_in_the_viewers_zone(self, ada: User, window: Client) -> None:
        User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
        job_of(ada, "Job", at=datetime(2026, 5, 3, 23, tzinfo=UTC))

        page = read(window, f"{LIST}?on=2026-05-04")
        assert cells(page)[1][2] == "4 May 2026, 08:00 JST"
        assert "in Asia/Tokyo" in words(page)
        assert listed(window, on="2026-05-03") == []

    def test_a_hostile_title_stays_text(self, ada: User, window: Client) -> None:
        title = "\u202e<img src=x onerror=alert(1)>{{ 7|add:7 }}"
        job_of(ada, title)

        page = read(window, LIST)
        assert f"<bdi>{escape(title)}</bdi>" in page
        assert "<img" not in page

    def test_queries_do_not_grow_with_the_list(self, ada: User, window: Client) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                read(window, LIST)
            return len(captured)

        job_of(ada, "First")
        job_of(ada, "First draft", JobState.DRAFT)
        before = queries()
        for number in range(30):
            job_of(ada, f"Job {number}")
            job_of(ada, f"Draft {number}", JobState.DRAFT)
        assert queries() == before <= 14  # one of them for the bell


class TestLookingFor:
    def test_a_title(self, ada: User, window: Client) -> None:
        for title in ("Forklift north", "Forklift south"):
            job_of(ada, title)

        assert listed(window, search="NORTH") == ["Forklift north"]
        assert value(read(window, f"{LIST}?search=NORTH"), "search") == "NORTH"

    def test_one_date_or_a_range(self, ada: User, window: Client) -> None:
        for day in (2, 3, 4):
            job_of(ada, f"{day} May", at=datetime(2026, 5, day, 12, tzinfo=UTC))

        assert listed(window, on="2026-05-03") == ["3 May"]
        assert listed(window, **{"from": "2026-05-03"}) == ["4 May", "3 May"]
        assert listed(window, to="2026-05-03") == ["3 May", "2 May"]
        assert listed(window, **{"from": "2026-05-02", "to": "2026-05-03"}) == ["3 May", "2 May"]

    def test_my_jobs(self, ada: User, auditor: User, window: Client) -> None:
        job_of(ada, "mine")
        job_of(auditor, "another's")

        assert listed(window, mine="1") == ["mine"]
        assert len(listed(window, mine="0")) == 2

    def test_a_status_is_one_word_of_the_screen(self, ada: User, window: Client) -> None:
        for state in JobState:
            job_of(ada, state, state)

        assert set(listed(window, status="queued")) == {"queued", "awaiting_approval"}
        assert set(listed(window, status=["failed", "cancelled"])) == {"failed", "cancelled"}
        assert len(listed(window)) == len(JobState) - 2

    def test_a_certification_by_id_or_title(self, ada: User, window: Client) -> None:
        Certification.objects.create(id=7, certification_id="ISO/IEC 27001", title="Internal Auditor")
        JobCertification.objects.create(
            job=job_of(ada, "Audit"), certification_key=7, certification_id="ISO/IEC 27001", title="x", planned=1
        )
        job_of(ada, "Other")

        assert listed(window, certification="ISO/IEC 27001") == ["Audit"]
        assert listed(window, certification="auditor") == ["Audit"]

    def test_all_of_it_stays_in_the_form_and_in_every_link(self, ada: User, window: Client) -> None:
        for number in range(60):
            job_of(ada, f"Dock & <b> {number}")
        looked_for = "search=Dock+%26+%3Cb%3E&from=2026-05-01&to=2026-05-31&status=processed&mine=1"

        page = read(window, f"{LIST}?{looked_for}&sort=title&page=2")

        assert value(page, "search") == "Dock &amp; &lt;b&gt;"
        assert (value(page, "from"), value(page, "to")) == ("2026-05-01", "2026-05-31")
        assert re.search(r'id="status-processed"[^>]* checked', page)
        assert re.search(r'id="mine"[^>]* checked', page)
        assert '<option value="title" selected>' in page
        kept = escape(f"?{looked_for}")
        for more in ("&sort=title&page=3", "&sort=title", "&sort=-title", "&sort=-created"):
            assert f'href="{kept}{escape(more)}"' in page

    def test_clear_filters_is_offered_only_where_some_are(self, ada: User, window: Client) -> None:
        job_of(ada, "Job")

        assert "Clear filters" not in read(window, f"{LIST}?sort=title&page=1")
        assert re.search(r'href="\?sort=title">Clear filters<', read(window, f"{LIST}?search=job&sort=title"))


class TestMistakes:
    """Clear, with status 422, and nothing that was typed is lost."""

    def refused(self, window: Client, **looked_for: Any) -> str:
        answer = window.get(f"{LIST}?{urlencode(looked_for, doseq=True)}")
        assert answer.status_code == 422
        return answer.content.decode()

    def test_a_start_after_the_end_can_be_swapped(self, window: Client) -> None:
        page = self.refused(window, **{"search": "docks", "from": "2026-05-12", "to": "2026-05-03", "sort": "title"})

        assert "The start, 12 May 2026, is after the end, 3 May 2026. Swap them?" in words(page)
        assert (value(page, "from"), value(page, "to")) == ("2026-05-12", "2026-05-03")
        swapped = escape("?search=docks&from=2026-05-03&to=2026-05-12&sort=title")
        assert re.search(rf'href="{re.escape(swapped)}">Swap start and end<', page)

    def test_a_date_and_a_range(self, window: Client) -> None:
        page = self.refused(window, **{"on": "2026-05-03", "from": "2026-05-01", "to": "2026-05-31", "mine": "1"})

        assert "Choose one date or a range of dates, not both." in words(page)
        assert [value(page, name) for name in ("on", "from", "to")] == ["2026-05-03", "2026-05-01", "2026-05-31"]
        assert re.search(r'id="mine"[^>]* checked', page)

    @pytest.mark.parametrize("day", ["31-02", "2026-02-31", "20260503", "2026-W18-7", "0000-01-01", "٢٠٢٦-٠٥-٠٣", "\0"])
    def test_a_date_that_is_none_is_shown_as_it_was_typed(self, day: str, window: Client) -> None:
        """As text: a browser's date field would show nothing."""
        page = self.refused(window, on=day, search="docks")

        assert f"“{escape(day)}” is no date. Write year, month and day, as in 2026-05-31." in page
        assert re.search(r'<input[^>]*type="text" id="on"', page)
        assert value(page, "on") == escape(day)
        assert value(page, "search") == "docks"

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("status", "nearly"),
            ("status", "draft"),
            ("mine", "perhaps"),
            ("sort", "id"),
            ("sort", "--title"),
            ("search", "a\0b"),
            ("search", "x" * 10_000),
            ("certification", "x" * 10_000),
            ("certification", "\0"),
            ("page", "abc"),
            ("page", "0"),
            ("page", "-1"),
            ("page", "1.5"),
            ("page", "٣"),
            ("page", "x" * 10_000),
        ],
    )
    def test_nonsense_is_named_and_everything_else_stays(self, name: str, wrong: str, window: Client) -> None:
        page = self.refused(window, **{"to": "2026-05-03", name: wrong})

        assert 'role="alert"' in page
        assert value(page, "to") == "2026-05-03"
        if name in ("search", "certification"):
            assert value(page, name) == escape(wrong)

    def test_a_wrong_page_still_shows_the_first(self, ada: User, window: Client) -> None:
        job_of(ada, "Job")

        page = self.refused(window, page="abc")
        assert "“abc” is no page. This is the first one." in words(page)
        assert cells(page)[1][0] == "Job"

    @pytest.mark.parametrize("beyond", ["3", "99999999999999999999", "9" * 10_000])
    def test_a_page_beyond_the_last_is_the_last(self, beyond: str, ada: User, window: Client) -> None:
        for number in range(26):
            job_of(ada, str(number))

        page = read(window, f"{LIST}?page={beyond}")
        assert "The list has no such page any more. This is its last one." in words(page)
        assert [row[0] for row in cells(page)[1:]] == ["0"]

    @pytest.mark.parametrize("query", ["search=%ff%fe", "search=%ED%A0%80", "search=%E2%80%AE", "unknown=1", "&&==&%"])
    def test_bytes_of_any_kind_are_no_fault_of_the_page(self, query: str, window: Client) -> None:
        assert window.get(f"{LIST}?{query}").status_code == 200


class TestOrder:
    def test_a_heading_sorts_and_says_so(self, ada: User, window: Client) -> None:
        for title, minute in (("b", 1), ("a", 2), ("c", 3)):
            job_of(ada, title, at=MAY_3 + timedelta(minutes=minute))

        assert listed(window) == ["c", "a", "b"]
        assert listed(window, sort="title") == ["a", "b", "c"]
        page = read(window, f"{LIST}?sort=title")
        assert re.search(r'<th scope="col" aria-sort="ascending"><a [^>]*href="\?sort=-title">Job Title', page)
        assert page.count("aria-sort") == 1
        assert 'aria-sort="descending"' in read(window, f"{LIST}?sort=-title")

    def test_every_order_of_the_form_is_one(self, window: Client) -> None:
        for sort in re.findall(r'<option value="([^"]+)"', read(window, LIST)):
            read(window, f"{LIST}?sort={sort}")

    def test_pages(self, ada: User, window: Client) -> None:
        for number in range(60):
            job_of(ada, str(number), at=MAY_3 + timedelta(minutes=number))

        first, last = read(window, LIST), read(window, f"{LIST}?page=3")
        assert "1–25 of 60" in words(first)
        assert "Page 1 of 3 Next page Last page" in words(first)
        assert "Previous page" not in first
        assert "51–60 of 60" in words(last)
        assert "First page Previous page Page 3 of 3" in words(last)
        assert "Next page" not in last
        assert [row[0] for row in cells(last)[1:]] == [str(number) for number in reversed(range(10))]


class TestEmpty:
    def test_without_a_job_it_says_how_to_begin(self, window: Client) -> None:
        page = words(read(window, LIST))

        assert "No removal jobs yet. Start from a file, a pasted list, or a certification's Users section." in page

    def test_where_none_matches_the_filters_can_be_cleared(self, ada: User, window: Client) -> None:
        job_of(ada, "Job")

        page = read(window, f"{LIST}?search=nothing")
        assert "No job matches. Clear filters." in words(page)
        assert re.search(r'<a href="\?">Clear filters\.</a>', page)


class TestWhoSeesWhat:
    def test_it_is_refused_with_advice_without_any_removal_permission(self, learner: User, signed_in: SignedIn) -> None:
        page = signed_in(learner).get(LIST)

        assert page.status_code == 403
        assert "CSV Bulk Certification Removal - Manage, which learner does not hold" in words(page.content.decode())

    @pytest.mark.parametrize(
        "permission",
        [
            Permission.REMOVAL_MANAGE,
            Permission.REMOVAL_VIEW,
            Permission.REMOVAL_UNDO,
            Permission.REMOVAL_APPROVE,
        ],
    )
    def test_any_removal_permission_opens_it_and_one_creates(self, permission: Permission, signed_in: SignedIn) -> None:
        page = read(signed_in(holder("cleo", permission)), LIST)

        assert ("Create Certification Removal Job" in page) is (permission == Permission.REMOVAL_MANAGE)

    def test_constraints_hide_jobs_and_the_page_says_so(self, ada: User, signed_in: SignedIn) -> None:
        """Cleo is constrained to a group in which Ada is not: no title, no count, no hit tells of Ada's job."""
        cleo = holder("cleo", Permission.REMOVAL_MANAGE)
        grant = cleo.roles.get().grants.get()
        Constraint.objects.create(
            grant=grant, kind="groups", group=Group.objects.create(group_id="N", name="Night shift")
        )
        job_of(ada, "Secret of Ada")
        job_of(cleo, "Cleo's")

        window = signed_in(cleo)
        page = read(window, LIST)
        assert [row[0] for row in cells(page)[1:]] == ["Cleo's"]
        assert "1–1 of 1" in words(page)
        expected = "You see jobs created by you and by administrators in: the group Night shift."
        assert expected in words(page)
        assert "No job matches." in read(window, f"{LIST}?search=secret")
        assert "You see all jobs." in read(signed_in(ada), LIST)


class TestDrafts:
    def draft(self, user: User, title: str, state: JobState = JobState.DRAFT, **values: Any) -> Job:
        file = StoredFile.objects.create(name="<b>leavers.csv", size=1, sha256="", stored_at=timezone.now())
        return job_of(user, title, state, file=file, **values)

    def test_ones_own_with_what_is_to_be_done(self, ada: User, auditor: User, window: Client) -> None:
        ready = self.draft(ada, "Leavers", row_count=1, planned={"remove": 1}, remove_count=1)
        self.draft(ada, "", **COUNTED)
        self.draft(ada, "New", JobState.CHECKING)
        self.draft(ada, "Broken", error="It could not be checked.")
        self.draft(auditor, "Another's")

        page = read(window, LIST)
        rows = cells(page[: page.index('id="requests"')])
        assert rows[0] == ["Job Title", "File", "Created Date", "State"]
        assert [(row[0].split(" ,")[0], row[3]) for row in rows[1:]] == [
            ("Broken", "Has problems"),
            ("New", "Being checked"),
            ("Untitled", "Has problems"),
            ("Leavers", "Ready"),
        ]
        assert {row[1] for row in rows[1:]} == {"<b>leavers.csv"}
        assert f'href="{LIST}{ready.pk}/"' in page
        assert listed(window) == []

    def test_without_any_there_is_no_such_section(self, window: Client) -> None:
        assert "Your drafts" not in read(window, LIST)


class TestKeepingUpToDate:
    @pytest.mark.parametrize(
        ("state", "values", "expected"),
        [
            (JobState.IN_PROGRESS, {}, "every 2s"),
            (JobState.CHECKING, {}, "every 2s"),
            (JobState.QUEUED, {}, "every 5s"),
            (JobState.QUEUED, {"scheduled_for": datetime(2126, 1, 1, tzinfo=UTC)}, None),
            (JobState.AWAITING_APPROVAL, {}, None),
            (JobState.PROCESSED, {}, None),
            (JobState.FAILED, {}, None),
            (JobState.CANCELLED, {}, None),
            (JobState.DRAFT, {}, None),
        ],
    )
    def test_only_while_something_is_on_its_way(
        self, state: JobState, values: dict[str, Any], expected: str | None, ada: User, window: Client
    ) -> None:
        job_of(ada, "Job", state, **values)

        assert trigger(read(window, LIST)) == expected

    def test_it_asks_for_the_very_list_that_is_shown(self, ada: User, window: Client) -> None:
        job_of(ada, "A & B", JobState.IN_PROGRESS)
        address = f"{LIST}?search=A+%26&sort=title&page=1"

        assert f'hx-get="{escape(address)}" hx-trigger="every 2s" hx-swap="outerMorph"' in read(window, address)

    def test_the_part_holds_the_lists_and_nothing_that_is_typed_in(self, ada: User, window: Client) -> None:
        job = job_of(ada, "Job", JobState.IN_PROGRESS, **{**COUNTED, "checkpoint": 210})
        job_of(ada, "Other")

        part = window.get(f"{LIST}?search=job", headers={"HX-Request": "true"})
        text = part.content.decode()
        assert text.strip().startswith('<div id="jobs-now"')
        assert "<form" not in text
        assert "You see all jobs." in text
        assert [row[0] for row in cells(text)[1:]] == ["Job"]
        assert "52 %, 193 to be removed, 210 removed, 27 left out" in words(text)
        assert trigger(text) == "every 2s"

        Job.objects.filter(pk=job.pk).update(state=JobState.PROCESSED)
        ended = window.get(LIST, headers={"HX-Request": "true"})
        assert trigger(ended.content.decode()) is None

    def test_a_browser_does_not_take_the_part_for_the_page(self, ada: User, window: Client) -> None:
        part, page = window.get(LIST, headers={"HX-Request": "true"}), window.get(LIST)

        assert "HX-Request" in part.headers["Vary"]
        assert "HX-Request" in page.headers["Vary"]
        assert part.headers["Cache-Control"] == "no-store"

    def test_what_makes_no_sense_is_not_asked_for_again(self, ada: User, window: Client) -> None:
        job_of(ada, "Job", JobState.IN_PROGRESS)

        assert trigger(window.get(f"{LIST}?page=abc").content.decode()) is None


class TestBack:
    """At the bottom: to the last page of this site that was not the list itself."""

    def back(self, window: Client, came_from: str, address: str = LIST) -> str:
        page = window.get(address, headers={"Referer": came_from} if came_from else {}).content.decode()
        links = re.findall(r'<a class="btn btn-outline-secondary" href="([^"]*)">Back</a>', page)
        assert len(links) == 1
        return str(links[0])

    def test_to_where_one_came_from(self, window: Client) -> None:
        assert self.back(window, "http://testserver/people/?search=ana&page=2") == "/people/?search=ana&amp;page=2"

    def test_also_after_searches_sorts_and_pages(self, window: Client) -> None:
        self.back(window, "http://testserver/certifications/7/")
        self.back(window, f"http://testserver{LIST}", f"{LIST}?search=docks")

        assert self.back(window, f"http://testserver{LIST}?search=docks", f"{LIST}?page=2") == "/certifications/7/"

    def test_to_tools_where_nothing_is_known(self, window: Client) -> None:
        assert self.back(window, "") == "/"
        assert self.back(window, "https://elsewhere.example/people/") == "/"
        assert self.back(window, "http://testserver/sign-in/?next=/") == "/"

    def test_to_a_job_that_is_there_and_to_no_draft(self, ada: User, window: Client) -> None:
        job, draft = job_of(ada, "Job"), job_of(ada, "Draft", JobState.DRAFT)
        self.back(window, "http://testserver/people/")

        assert self.back(window, f"http://testserver{LIST}{draft.pk}/") == "/people/"
        assert self.back(window, f"http://testserver{LIST}{job.pk + 1000}/") == "/people/"
        assert self.back(window, f"http://testserver{LIST}{job.pk}/cancel/") == "/people/"
        assert self.back(window, f"http://testserver{LIST}nowhere") == "/people/"
        assert self.back(window, f"http://testserver{LIST}{job.pk}/") == f"{LIST}{job.pk}/"

    @pytest.mark.parametrize("kept", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", LIST, "\\\\x"])
    def test_a_cookie_that_was_tampered_with_leads_nowhere_else(self, kept: str, window: Client) -> None:
        window.cookies["came_from"] = kept

        assert self.back(window, f"http://testserver{LIST}") == "/"

    def test_an_endless_address_is_not_kept(self, window: Client) -> None:
        self.back(window, "http://testserver/people/?search=" + "x" * 5_000)

        assert "came_from" not in window.cookies


def test_pages_hold_no_script_and_no_style_of_their_own(ada: User, learner: User, signed_in: SignedIn) -> None:
    job_of(ada, "Job", JobState.IN_PROGRESS, **COUNTED)
    pages = [
        Client().get("/sign-in/"),
        signed_in(ada).get("/"),
        signed_in(ada).get(LIST),
        signed_in(ada).get(f"{LIST}?on={quote('31-02')}"),
        signed_in(learner).get(LIST),
    ]
    for page in pages:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page.content.decode())
