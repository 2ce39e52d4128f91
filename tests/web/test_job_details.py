"""The page of a job, its files, cancelling it and letting it go on."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certremoval.access.models import Constraint, Grant, Permission
from certremoval.certifications.models import Enrollment, Operation
from certremoval.organization.models import Group, User
from certremoval.reading import read_table, write_xlsx
from certremoval.removals.counts import job_counts
from certremoval.removals.drafts import upload_draft
from certremoval.removals.models import Job, JobCertification, JobState, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.submitting import remove_file
from certremoval.web.removals.progress import duration_words
from certremoval.web.removals.shares import parts_of
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, removal_file, remove, run
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)


def address(job: Job, part: str = "") -> str:
    return f"/certification-removal/{job.pk}/{part}"


@pytest.fixture
def mixed(ada: User) -> Job:
    """Ada's job, processed: two removed, one changed, one left out, one unknown, one not on it."""
    enroll(FORKLIFT, "K-1", "K-2", "CHANGED", "KEPT")
    make_user("OFF", "Jon Bell")
    rows = [(FORKLIFT, user) for user in ("K-1", "K-2", "CHANGED", "KEPT", "NOBODY", "OFF")]
    job = remove(ada, removal_file(rows), skip_problems=True, leave_out_users=("KEPT",), title="Changed roles")
    Enrollment.objects.filter(user__user_id="CHANGED").update(status="Expired")
    return run(job)


def half_done(actor: User, *, state: JobState = JobState.IN_PROGRESS, error: str = "") -> Job:
    """A job of three users of whom one is removed."""
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = remove(actor, people("K-1", "K-2", "K-3"))
    held = claim_job(job.pk)
    assert held is not None
    assert not run_slice(held, stop=lambda: True, pace=Pace(largest=1))
    Job.objects.filter(pk=job.pk).update(state=state, error=error)
    job.refresh_from_db()
    return job


def facts(page: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return {words(label): words(value) for label, value in pairs}


def counts(page: str) -> dict[str, str]:
    table = re.search(r'<table class="[^"]*job-counts.*?</table>', page, re.DOTALL)
    assert table
    rows = re.findall(r'<th scope="row">(.*?)</th>\s*<td class="num"><a[^>]*>([\d,]+)', table.group(), re.DOTALL)
    return {words(label): number for label, number in rows}


def lines(page: str) -> list[list[str]]:
    table = re.search(r'<table class="[^"]*job-lines.*?</table>', page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", table.group(), re.DOTALL)[1:] if table else []
    return [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def ids(page: str) -> list[str]:
    return [row[2] for row in lines(page)]


class TestTheResult:
    def test_says_how_many_were_removed_and_how_many_were_left_out(
        self, mixed: Job, ada: User, signed_in: SignedIn
    ) -> None:
        page = read(signed_in(ada), address(mixed))

        assert "<h1><bdi>Changed roles</bdi></h1>" in page
        assert "Processed 2 removed, 4 left out" in words(page)
        assert "job-result job-warn" in page

    def test_counts_in_numbers_that_lead_to_the_lines(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        page = read(signed_in(ada), address(mixed))

        assert counts(page) == {
            "Removed": "2",
            "Left out": "1",
            "Not on this certification": "1",
            "No such user": "1",
            "Changed since preview, left alone": "1",
            "All lines of the file": "6",
        }
        assert f'href="{address(mixed)}?outcome=left_out#lines"' in page
        assert "No line was left out." not in words(page)

    def test_counts_as_a_picture_that_is_full(self, mixed: Job) -> None:
        parts = parts_of(mixed, job_counts(mixed))

        assert [(part.outcome, part.kind) for part in parts][:2] == [("removed", "good"), ("left_out", "warn")]
        assert sum(float(part.width) for part in parts) == pytest.approx(100, abs=0.1)
        assert [float(part.x) for part in parts] == sorted(float(part.x) for part in parts)

    def test_a_single_line_of_a_million_is_still_seen(self, mixed: Job) -> None:
        mixed.row_count, mixed.planned = 1_000_000, {"blank": 1, "remove": 999_999}
        mixed.remove_count = mixed.checkpoint = 999_999
        mixed.changed_count = 0

        assert [(part.outcome, float(part.width) > 0.3) for part in parts_of(mixed, job_counts(mixed))] == [
            ("removed", True),
            ("blank", True),
        ]

    def test_all_removed_is_good_and_no_line_was_left_out(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        page = read(signed_in(ada), address(run(remove(ada, people("K-1")))))

        assert "job-result job-good" in page
        assert "Processed 1 removed" in words(page)
        assert "No line was left out." in words(page)

    def test_nobody_removed_is_bad(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(ada, people("K-1"), leave_out_users=("K-1",)))
        page = read(signed_in(ada), address(job))

        assert "job-result job-bad" in page
        assert "Processed 0 removed, 1 left out" in words(page)

    def test_says_what_does_not_happen(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        page = words(read(signed_in(ada), address(mixed)))

        assert "Removed is not revoked: removed people leave the list and may be assigned again" in page
        assert "stay on their transcripts, and nobody is mailed" in page

    def test_no_code_is_on_the_screen(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        shown = words(read(signed_in(ada), address(mixed)))

        assert not re.search(r"left_out|unknown_user|changed_since|checkpoint|lease|drift|chunk|plan\b", shown)


class TestFacts:
    def test_who_when_why_and_which_file(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        source = people("K-1")
        job = remove_file(
            ada,
            source,
            name="Lager Süd.csv",
            title="Warehouse closes",
            comment="Second try\nafter the first",
            reason="Site closed",
            options=PlanOptions(),
        )
        ada.time_zone = "Europe/Warsaw"
        ada.save()
        job = run(job)
        told = facts(read(signed_in(ada), address(job)))

        assert told["Comment"] == "Second try after the first"
        assert told["Reason"] == "Site closed"
        assert told["Created By"] == "Ada Ito ( ada )"
        assert re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d CES?T \(just now\)", told["Created Date"])
        assert "Started" in told
        assert "Process Date" in told
        assert told["File"] == "Lager Süd.csv , 46 bytes"
        assert job.file is not None
        assert told["SHA-256"] == job.file.sha256
        assert told["Lines"] == "1"

    def test_how_the_file_was_read_where_that_is_not_plain(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        User.objects.filter(user_id="K-1").update(email="k@example.org")
        file = removal_file([("k@example.org",)], header=("Mail",))
        job = remove(ada, file, user_column="Mail", match="email", certification=FORKLIFT)
        told = facts(read(signed_in(ada), address(job)))

        assert told["Users named by"] == "the column Mail , as e-mail address"
        assert told["Started from"] == FORKLIFT

    def test_certifications_with_what_was_to_be_and_was_removed(self, ada: User, signed_in: SignedIn) -> None:
        enroll("A", "K-1", "K-2")
        enroll("B", "K-1")
        rows = [("A", "K-1"), ("A", "K-2"), ("B", "K-1")]
        page = words(read(signed_in(ada), address(run(remove(ada, removal_file(rows))))))

        assert "Title of A A 2 2 Title of B B 1 1" in page

    def test_a_certification_leads_to_its_page_for_whom_may_see_it(
        self, mixed: Job, ada: User, auditor: User, signed_in: SignedIn
    ) -> None:
        link = f'href="/certifications/{certification(FORKLIFT).pk}/"'

        assert link in read(signed_in(ada), address(mixed))
        assert link not in read(signed_in(auditor), address(mixed))

    def test_people_lead_to_their_page_for_whom_may_see_them(
        self, mixed: Job, ada: User, auditor: User, signed_in: SignedIn
    ) -> None:
        link = f'href="/people/{User.objects.get(user_id="K-1").pk}/"'

        assert link in read(signed_in(ada), address(mixed))
        assert link not in read(signed_in(auditor), address(mixed))

    def test_of_many_certifications_the_first_hundred(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        JobCertification.objects.bulk_create(
            JobCertification(job=mixed, certification_key=-n, certification_id=f"C-{n}", title=f"T {n}", planned=1)
            for n in range(1, 103)
        )
        Job.objects.update(certification_count=103)

        assert "3 more certifications are in the result file." in words(read(signed_in(ada), address(mixed)))

    def test_for_print_it_says_of_when_and_by_whom(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        page = words(read(signed_in(ada), address(mixed)))

        assert f"Certification removal job {mixed.pk}: summary for the audit file" in page
        assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d UTC . Printed by Ada Ito \(ada\)\.", page)


class TestLines:
    def test_all_with_names_and_what_became_of_them(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        page = read(signed_in(ada), address(mixed))

        assert lines(page) == [
            ["Line 2", "K-1", "K-1", "Certified", "Removed"],
            ["Line 3", "K-2", "K-2", "Certified", "Removed"],
            ["Line 4", "CHANGED", "CHANGED", "Certified", "Changed since preview, left alone"],
            ["Line 5", "KEPT", "KEPT", "Certified", "Left out by name"],
            ["Line 6", "", "NOBODY", "", "No such user. NOBODY is nobody here. Compare it with the User ID on the"
             " person's page, or delete the line."],
            ["Line 7", "Jon Bell", "OFF", "", "Not on this certification. OFF (Jon Bell) is not on Title of"
             " FORKLIFT-3Y. Remove the line, or submit and leave it out."],
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("outcome=removed", ["K-1", "K-2"]),
            ("outcome=left_out", ["KEPT"]),
            ("outcome=left_out&outcome=unknown_user", ["KEPT", "NOBODY"]),
            ("search=bell", ["OFF"]),
            ("search=k-&outcome=removed", ["K-1", "K-2"]),
            ("after=4&search=", ["KEPT", "NOBODY", "OFF"]),
            ("outcome=", ["K-1", "K-2", "CHANGED", "KEPT", "NOBODY", "OFF"]),
        ],
    )
    def test_by_outcome_and_search(
        self, mixed: Job, ada: User, signed_in: SignedIn, query: str, found: list[str]
    ) -> None:
        assert ids(read(signed_in(ada), f"{address(mixed)}?{query}")) == found

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("search=nothing", "No line matches."),
            ("outcome=ambiguous_user", "There is no such line."),
            ("after=999", "No line follows."),
        ],
    )
    def test_none(self, mixed: Job, ada: User, signed_in: SignedIn, query: str, told: str) -> None:
        assert told in words(read(signed_in(ada), f"{address(mixed)}?{query}"))

    def test_none_left_out(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(ada, people("K-1")))

        page = read(signed_in(ada), f"{address(job)}?outcome=left_out")
        assert words(page).count("No line was left out.") == 2

    def test_some_at_a_time(self, ada: User, signed_in: SignedIn) -> None:
        certification()
        users = [f"N-{n}" for n in range(120)]
        job = run(remove(ada, people(*users), skip_problems=True))
        browser, page, seen = signed_in(ada), f"{address(job)}?outcome=unknown_user&search=N-", []
        for _ in range(3):
            text = read(browser, page)
            seen += ids(text)
            following = re.search(r'href="(\?[^"]*)#lines">Next lines', text)
            if following:
                page = address(job) + following.group(1).replace("&amp;", "&")
                assert "outcome=unknown_user" in page
                assert "search=N-" in page
        assert seen == users
        assert following is None
        assert ">First lines</a>" in text

    @pytest.mark.parametrize(
        "query", ["outcome=bogus", "outcome=%00", "search=%00", "search=" + "x" * 10_000, "outcome=' OR 1=1 --"]
    )
    def test_what_makes_no_sense_is_said_and_kept(self, mixed: Job, ada: User, signed_in: SignedIn, query: str) -> None:
        page = signed_in(ada).get(f"{address(mixed)}?{query}")

        assert page.status_code == 422
        text = page.content.decode()
        assert 'role="alert" id="lines-mistake"' in text
        assert "2 removed, 4 left out" in words(text)
        if query.startswith("search=x"):
            assert f'name="search" value="{"x" * 10_000}"' in text

    @pytest.mark.parametrize(
        "query",
        [
            "after=abc", "after=-1", "after=" + "9" * 40, "after=%EF%BC%95", "page=abc", "search=%E2%80%AEana",
            "search=<script>", "from=x&at=y", "from=-1&at=99999999999999999999", "search=%ED%A0%80",
        ],
    )  # fmt: skip
    def test_hostile_addresses_do_no_harm(self, mixed: Job, ada: User, signed_in: SignedIn, query: str) -> None:
        page = signed_in(ada).get(f"{address(mixed)}?{query}")

        assert page.status_code in (200, 422)
        assert b"<script>" not in page.content


class TestWhileItRuns:
    def test_it_asks_for_itself_until_it_has_ended(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada)
        browser = signed_in(ada)
        page = read(browser, address(job))

        assert 'hx-trigger="every 2s" hx-swap="outerMorph"' in page
        asked = re.search(r'hx-get="([^"]+)"', page)
        assert asked
        where = asked.group(1).replace("&amp;", "&")
        part = browser.get(where, headers={"HX-Request": "true"})
        assert part.headers["Vary"].count("HX-Request") == 1
        text = part.content.decode()
        assert text.lstrip().startswith('<div id="job-now" hx-get')
        assert asked.group() in text  # what was seen first is handed on
        assert "<html" not in text
        assert "1 of 3 done, 33.3 %" in words(text)

        held = claim_job(job.pk)
        assert held is not None
        run_slice(held)
        ended = browser.get(where, headers={"HX-Request": "true"}).content.decode()
        assert "hx-trigger" not in ended
        assert "Processed 3 removed" in words(ended)
        assert f'<a href="{address(job)}#lines">The job has ended.' in ended

    def test_a_part_and_the_page_say_the_same(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        browser = signed_in(ada)
        part = browser.get(address(mixed), headers={"HX-Request": "true"}).content.decode()

        assert counts(part) == counts(read(browser, address(mixed)))

    @pytest.mark.parametrize(
        ("state", "scheduled", "told"),
        [
            (JobState.QUEUED, False, "Queued, begins when its turn comes 3 to be removed"),
            (JobState.QUEUED, True, "Queued runs on"),
            (JobState.AWAITING_APPROVAL, False, "Queued, waits for approval 3 to be removed"),
        ],
    )
    def test_what_it_waits_for(
        self, ada: User, signed_in: SignedIn, state: JobState, scheduled: bool, told: str
    ) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        job = remove(ada, people("K-1", "K-2", "K-3"))
        later = timezone.now() + timedelta(days=1) if scheduled else None
        Job.objects.update(state=state, scheduled_for=later)

        assert told in words(read(signed_in(ada), address(job)))

    def test_the_time_left_by_what_was_done_since_the_page_was_opened(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada)
        now = timezone.now()
        Job.objects.update(
            remove_count=100_000, row_count=100_000, checkpoint=50_000, started_at=now - timedelta(days=1)
        )
        browser = signed_in(ada)

        assert "50,000 of 100,000 done, 50.0 %, about 24 hours left" in words(read(browser, address(job)))
        query = f"?from=40000&at={int(now.timestamp()) - 30}"
        assert re.search(r"50.0 %, about [23] minutes left", words(read(browser, address(job) + query)))

    @pytest.mark.parametrize(
        ("seconds", "told"),
        [
            (5, "less than a minute left"),
            (61, "about 2 minutes left"),
            (60, "about 1 minute left"),
            (2 * 3_600, "about 2 hours left"),
            (10**9, "more than two days left"),
        ],
    )
    def test_the_time_left_in_words(self, seconds: float, told: str) -> None:
        assert duration_words(seconds) == told


class TestFailedAndCancelled:
    def test_the_reason_and_what_resume_will_do(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada, state=JobState.FAILED, error="Five workers died <b>over it</b>.")
        page = read(signed_in(ada), address(job))

        assert "Five workers died &lt;b&gt;over it&lt;/b&gt;." in page
        assert "Why it failed: Five workers died" in words(page)
        assert (
            "Resume goes on where the job stopped, with 2 users. What is done stays done; nothing is done twice."
            in words(page)
        )
        assert "job-result job-bad" in page
        assert "1 removed, 2 not reached, still on it" in words(page)
        assert ">Resume and remove 2 users</button>" in page

    def test_resumed_it_goes_on_with_the_rest(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada, state=JobState.FAILED, error="x")
        browser = signed_in(ada)

        page = browser.post(address(job, "resume/"), follow=True)

        assert page.redirect_chain == [(address(job), 302)]
        assert "The job goes on with 2 users." in words(page.content.decode())
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        run(job)
        assert not Enrollment.objects.exists()

    def test_cancel_asks_first_and_says_what_stays(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada)
        browser = signed_in(ada)
        assert f'href="{address(job, "cancel/")}" data-dialog>Cancel this job</a>' in read(browser, address(job))

        page = read(browser, address(job, "cancel/"))

        assert "data-dialog-content" in page
        assert "data-dialog-cancel" in page
        assert "Cancel this job?" in words(page)
        assert "1 of 3 users is removed already and stays removed." in words(page)
        assert "2 users are not reached and stay on the certification." in words(page)
        assert ">Cancel this job and keep 2 users</button>" in page
        job.refresh_from_db()
        assert job.state == JobState.IN_PROGRESS

    def test_cancelled_it_says_what_was_done(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada)

        page = signed_in(ada).post(address(job, "cancel/"), follow=True)

        assert page.redirect_chain == [(address(job), 302)]
        text = words(page.content.decode())
        assert "The job is cancelled: 1 removed, 2 not reached, still on it." in text
        assert "What was done before the job was cancelled stays done; the others are still on it." in text
        assert "Cancel this job" not in text
        assert Enrollment.objects.count() == 2

    @pytest.mark.parametrize(
        ("action", "method", "told"),
        [
            ("cancel/", "get", "The job is Processed; there is nothing left to cancel."),
            ("cancel/", "post", "The job is Processed; there is nothing left to cancel."),
            ("resume/", "post", "The job is Processed; only a failed job that was not undone can go on."),
        ],
    )
    def test_in_the_wrong_state_it_says_so(
        self, mixed: Job, ada: User, signed_in: SignedIn, action: str, method: str, told: str
    ) -> None:
        page = getattr(signed_in(ada), method)(address(mixed, action))

        assert page.status_code == 409
        assert told in words(page.content.decode())

    def test_actions_need_a_token_of_the_page(self, ada: User) -> None:
        job = half_done(ada)
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(ada)

        assert browser.post(address(job, "cancel/")).status_code == 403
        job.refresh_from_db()
        assert job.state == JobState.IN_PROGRESS

    def test_a_draft_is_discarded(self, ada: User, signed_in: SignedIn) -> None:
        draft = upload_draft(ada, people("K-1"), name="x.csv", title="", options=PlanOptions())
        browser = signed_in(ada)

        assert browser.get(address(draft, "cancel/")).headers["Location"] == address(draft, "discard/")
        assert browser.post(address(draft, "cancel/")).headers["Location"] == "/certification-removal/"
        assert not Job.objects.exists()

    def test_an_address_typed_by_hand_resumes_nothing(self, ada: User, signed_in: SignedIn) -> None:
        job = half_done(ada, state=JobState.FAILED)

        assert signed_in(ada).get(address(job, "resume/")).headers["Location"] == address(job)
        job.refresh_from_db()
        assert job.state == JobState.FAILED


ADDRESSES = ["", "results.csv", "file", "problems.csv", "cancel/", "resume/"]


class TestWhoMay:
    @pytest.mark.parametrize("part", ADDRESSES)
    def test_the_anonymous_sign_in(self, mixed: Job, part: str) -> None:
        answer = Client().get(address(mixed, part))

        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/sign-in/?next=")

    @pytest.mark.parametrize("part", ADDRESSES)
    def test_what_one_may_not_see_is_not_there(self, mixed: Job, learner: User, signed_in: SignedIn, part: str) -> None:
        outside = holder("cleo", Permission.REMOVAL_MANAGE)
        grant = Grant.objects.get(role__members=outside)
        night = Group.objects.create(group_id="N", name="Night shift")
        Constraint.objects.create(grant=grant, kind="groups", group=night)
        for user in (learner, outside):
            browser = signed_in(user)
            assert browser.get(address(mixed, part)).status_code == 404
            if part in ("cancel/", "resume/"):
                assert browser.post(address(mixed, part)).status_code == 404
            assert "Changed roles" not in browser.get(address(mixed, part)).content.decode()

    def test_the_part_of_a_hidden_job_is_not_there_either(self, mixed: Job, learner: User, signed_in: SignedIn) -> None:
        assert signed_in(learner).get(address(mixed), headers={"HX-Request": "true"}).status_code == 404

    @pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "9" * 200])
    @pytest.mark.parametrize("part", ADDRESSES)
    def test_a_job_that_there_is_not(self, ada: User, signed_in: SignedIn, number: str, part: str) -> None:
        assert signed_in(ada).get(f"/certification-removal/{number}/{part}").status_code == 404

    def test_who_may_only_look_sees_no_actions_and_does_none(
        self, ada: User, auditor: User, signed_in: SignedIn
    ) -> None:
        job = half_done(ada, state=JobState.FAILED, error="x")
        browser = signed_in(auditor)
        page = read(browser, address(job))

        assert address(job, "cancel/") not in page
        assert address(job, "resume/") not in page
        assert "Its creator can do so, and whoever holds the permission without constraints." in words(page)
        assert browser.get(address(job, "cancel/")).status_code == 403
        for part in ("cancel/", "resume/"):
            assert browser.post(address(job, part)).status_code == 403
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        for part in ("results.csv", "file"):
            assert browser.get(address(job, part)).status_code == 200

    def test_inside_a_constraint_one_sees_and_does_not_act(self, ada: User, signed_in: SignedIn) -> None:
        cleo = holder("cleo", Permission.REMOVAL_MANAGE)
        group = Group.objects.create(group_id="N", name="Night shift")
        group.memberships.create(user=ada)
        Constraint.objects.create(grant=Grant.objects.get(role__members=cleo), kind="groups", group=group)
        job = half_done(ada, state=JobState.FAILED, error="x")
        browser = signed_in(cleo)

        assert address(job, "cancel/") not in read(browser, address(job))
        assert browser.post(address(job, "cancel/")).status_code == 403

    def test_somebody_unconstrained_may_act_on_anothers_job(self, ada: User, signed_in: SignedIn) -> None:
        other = holder("bo", Permission.REMOVAL_MANAGE)
        job = half_done(ada, state=JobState.FAILED, error="x")

        assert address(job, "resume/") in read(signed_in(other), address(job))
        assert signed_in(other).post(address(job, "resume/")).status_code == 302

    def test_a_draft_is_its_creators_preview(self, ada: User, signed_in: SignedIn) -> None:
        draft = upload_draft(ada, people("K-1"), name="x.csv", title="Soon", options=PlanOptions())
        boss = holder("boss", Permission.REMOVAL_MANAGE)

        assert "job-result" not in read(signed_in(ada), address(draft))
        assert signed_in(boss).get(address(draft)).status_code == 404


class TestDownloads:
    def got(self, browser: Client, job: Job, part: str) -> tuple[bytes, dict[str, str]]:
        answer = browser.get(address(job, part))
        assert answer.status_code == 200
        return b"".join(answer), dict(answer.headers)

    def table(self, content: bytes) -> list[list[str]]:
        table = read_table(BytesIO(content), name="x.csv", known_columns=("User ID",))
        return [list(table.header), *(list(row.cells) for row in table.rows())]

    def test_the_result(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        content, headers = self.got(signed_in(ada), mixed, "results.csv")

        assert [row[1:3] for row in self.table(content)] == [
            ["User ID", "Outcome"],
            ["K-1", "removed"],
            ["K-2", "removed"],
            ["CHANGED", "changed_since_preview"],
            ["KEPT", "left_out"],
            ["NOBODY", "unknown_user"],
            ["OFF", "not_enrolled"],
        ]
        assert headers["Content-Disposition"] == 'attachment; filename="people - result.csv"'
        assert headers["Content-Type"] == "text/csv; charset=utf-8"

    def test_the_file_as_it_was_uploaded(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        source = BytesIO()
        write_xlsx(source, [("Certification ID", "User ID"), (FORKLIFT, "K-1")])
        job = remove(ada, BytesIO(source.getvalue()))
        content, headers = self.got(signed_in(ada), job, "file")

        assert content == source.getvalue()
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Length"] == str(len(content))
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_the_problems_can_be_put_right_and_sent_again(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        content, headers = self.got(signed_in(ada), mixed, "problems.csv")

        assert [row[:3] for row in self.table(content)] == [
            ["Certification ID", "User ID", "Outcome"],
            [FORKLIFT, "NOBODY", "unknown_user"],
            [FORKLIFT, "OFF", "not_enrolled"],
        ]
        assert headers["Content-Disposition"] == 'attachment; filename="people - problems.csv"'
        enroll(FORKLIFT, "K-9")
        again = run(remove(ada, BytesIO(content.replace(b"NOBODY", b"K-9")), skip_problems=True))
        assert again.planned == {"remove": 1, "not_enrolled": 1}

    def test_no_problems(self, ada: User, signed_in: SignedIn) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(ada, people("K-1")))
        browser = signed_in(ada)

        assert address(job, "problems.csv") not in read(browser, address(job))
        answer = browser.get(address(job, "problems.csv"))
        assert answer.status_code == 409
        assert "No line of this file has a problem" in words(answer.content.decode())

    @pytest.mark.parametrize("part", ["results.csv", "file", "problems.csv"])
    def test_a_file_that_is_no_longer_kept(self, mixed: Job, ada: User, signed_in: SignedIn, part: str) -> None:
        Job.objects.update(file=None)
        browser = signed_in(ada)
        answer = browser.get(address(mixed, part))

        assert answer.status_code == 410
        assert "The uploaded file has been deleted, since its retention time has passed." in words(
            answer.content.decode()
        )
        page = read(browser, address(mixed))
        assert address(mixed, part) not in page
        assert facts(page)["File"] == "no longer kept"

    @pytest.mark.parametrize(
        "name",
        [
            "../../etc/passwd", "<script>alert(1)</script>.csv", "\u202egnp.exe.csv", "a" * 255, 'x"; filename="y.exe',
            "Ünï\U0001f600.csv", "C:\\list.csv", "ISO/IEC 27001.csv", ".csv", "line\r\nSet-Cookie: a=b.csv",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("part", ["results.csv", "file", "problems.csv"])
    def test_hostile_names(self, mixed: Job, ada: User, signed_in: SignedIn, name: str, part: str) -> None:
        StoredFile.objects.update(name=name[:255])
        browser = signed_in(ada)
        given = browser.get(address(mixed, part)).headers["Content-Disposition"]

        assert given.startswith("attachment; filename")
        assert not re.search(r"[/\\<>\r\n\u202a-\u202e]|\.\./|%2F|%E2%80%AE", given.removeprefix("attachment; "))
        assert given.count('filename="') <= 1
        assert len(given) < 500
        assert "<script>alert" not in read(browser, address(mixed))

    def test_a_file_that_cannot_be_read_any_more_is_a_page_that_says_so(
        self, mixed: Job, ada: User, signed_in: SignedIn
    ) -> None:
        Job.objects.update(options={"sheet": "Gone", "user_column": "Lost"})
        answer = signed_in(ada).get(address(mixed, "results.csv"))

        assert answer.status_code == 409
        assert "Lost" in answer.content.decode()

    @pytest.mark.parametrize("part", ["results.csv", "problems.csv"])
    def test_of_a_draft_that_is_being_checked(self, ada: User, signed_in: SignedIn, part: str) -> None:
        draft = upload_draft(ada, people("K-1"), name="x.csv", title="", options=PlanOptions())

        assert signed_in(ada).get(address(draft, part)).status_code == 409

    def test_nothing_is_changed_by_a_download(self, mixed: Job, ada: User, signed_in: SignedIn) -> None:
        for part in ("results.csv", "file", "problems.csv", ""):
            assert signed_in(ada).post(address(mixed, part)).status_code == 405


HOSTILE = ["<script>alert(1)</script>", "\u202eDROP", "x" * 100, "{{ job }}", "' OR 1=1 --", "ISO/IEC 27001"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_names_and_ids_are_only_text(ada: User, signed_in: SignedIn, text: str) -> None:
    certification(text, text)
    User.objects.filter(pk=ada.pk).update(first_name=text)
    ada.refresh_from_db()
    enroll(text, f"{text}1")
    job = run(remove(ada, removal_file([(text, f"{text}1"), (text, text)]), title=text, skip_problems=True))
    Operation.objects.filter(pk=job.operation_id).update(comment=text * 100, reason=text)

    page = read(signed_in(ada), address(job))

    assert not re.search(r"<script(?! src)|<style|\sstyle=|\son\w+=", page)
    assert f"<h1><bdi>{text}</bdi></h1>" in page.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")


def test_queries_do_not_grow_with_the_lines(ada: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, *(f"K-{n}" for n in range(0, 60, 2)))
    enroll("B", "K-1")
    browser = signed_in(ada)

    def queries(*users: str, **values: Any) -> int:
        job = run(remove(ada, people(*users), skip_problems=True))
        Job.objects.filter(pk=job.pk).update(**values)
        with CaptureQueriesContext(connection) as asked:
            read(browser, address(job))
        return len(asked)

    few, many = queries("K-0", "K-1"), queries(*(f"K-{n}" for n in range(2, 60)))
    assert few == many <= 22  # one of them for the bell, seven for who is held back
