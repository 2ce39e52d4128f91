"""Confirm and submit: the last look, then exactly what was looked at becomes one job."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client

from certremoval.access.models import Permission
from certremoval.certifications.models import Enrollment, Operation
from certremoval.organization.models import User
from certremoval.removals.drafts import check_now, revise_draft, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from tests.elsewhere import at_once
from tests.removals.conftest import FORKLIFT, certification, enroll, enrolled, removal_file, run
from tests.removals.conftest import people as people_file
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window(ada: User, signed_in: SignedIn) -> Client:
    """Ada's browser."""
    return signed_in(ada)


def draft(ada: User, *user_ids: str, title: str = "Site closes", **options: Any) -> Job:
    how = PlanOptions(**options)
    file = people_file(*user_ids)
    return check_now(upload_draft(ada, file, name="people.csv", title=title, comment="As agreed", options=how))


def address(job: Job, action: str = "") -> str:
    return f"/certification-removal/{job.pk}/{action}"


def hidden_fields(page: str) -> dict[str, str]:
    """The fields that the confirm form sends without being typed into."""
    form = page[page.index("data-dialog-content") :]
    return {
        name: value
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
        if name != "csrfmiddlewaretoken"
    }


def confirmed(window: Client, job: Job) -> dict[str, str]:
    """Open the confirm page and return what its button sends."""
    return hidden_fields(read(window, address(job, "confirm/")))


def sent(window: Client, job: Job, form: dict[str, str], **more: str) -> Any:
    answer = window.post(address(job, "submit/"), {**form, **more})
    job.refresh_from_db()
    return answer


# --- the number that is typed above a limit


def test_above_a_limit_the_number_is_asked_for_and_nothing_is_done_without_it(ada: User, window: Client) -> None:
    users = [f"K-{number}" for number in range(25)]
    enroll(FORKLIFT, *users)
    job = draft(ada, *users[:6])
    page = read(window, address(job, "confirm/"))
    assert "Type 6 to go on" in page
    assert "More than 20 % of everyone on Title of FORKLIFT-3Y." in words(page)

    for typed in ("", "5", "yes"):
        answer = sent(window, job, hidden_fields(page), number=typed, at="")
        assert answer.status_code == 409
        assert "The number of people is 6." in words(answer.content.decode())
        assert job.state == JobState.DRAFT

    # A time that no field for a time can show is not lost: an empty field would mean now.
    answer = sent(window, job, hidden_fields(page), number="5", at="2030-10-27T02:30+02:00")
    assert 'type="text" id="at" name="at" value="2030-10-27T02:30+02:00"' in answer.content.decode()

    assert sent(window, job, hidden_fields(page), number=" 6 ").status_code == 302
    assert job.state == JobState.QUEUED


def test_below_the_limit_no_number_is_asked_for(ada: User, window: Client) -> None:
    users = [f"K-{number}" for number in range(25)]
    enroll(FORKLIFT, *users)

    job = draft(ada, *users[:5])
    assert "to go on" not in read(window, address(job, "confirm/"))

    answer = sent(window, job, confirmed(window, job), number="6")
    assert answer.status_code == 409
    assert "Type 5 to go on" in words(answer.content.decode())


# --- the question


def test_the_question_says_all_that_an_administrator_must_know(ada: User, window: Client) -> None:
    certification(FORKLIFT, title="Forklift Operator Safety")
    enroll(FORKLIFT, "K-1", "ada")
    enroll(FORKLIFT, "K-2", "K-3", "K-4", status="Expired")
    job = draft(ada, "K-1", "ada", "K-2", "X-1", "K-1")
    page = words(read(window, address(job, "confirm/")))

    assert "Remove 3 users from Forklift Operator Safety ?" in page.replace("Safety?", "Safety ?")
    assert "2 of them hold the certification today" in page
    assert "60 % of everyone on it" in page
    assert "2 lines are left out" in page
    assert "You are one of them, on line 3. I am to be removed, too." in page
    assert "It runs now" in page
    assert "stay on their transcript, and nobody is mailed" in page
    assert "The job is called Site closes" in page
    assert re.search(r"Cancel Remove 3 users", page)


def test_the_question_is_a_page_and_a_dialog_that_begins_with_cancel(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    page = read(window, address(job, "confirm/"))
    content = page[page.index("data-dialog-content") :]

    assert "<h1>" in content
    assert content.index("data-dialog-cancel") < content.index(">Remove 1 user</button>")
    assert f'<a class="btn btn-primary" data-dialog href="{address(job, "confirm/")}">Remove 1 user</a>' in read(
        window, address(job)
    )


def test_several_certifications_have_a_line_each(ada: User, window: Client) -> None:
    enroll("A", "K-1", "K-2")
    enroll("B", "K-1")
    file = removal_file([("A", "K-1"), ("A", "K-2"), ("B", "K-1"), ("C", "K-1")])
    job = check_now(upload_draft(ada, file, name="x.csv", title="Both", options=PlanOptions()))
    page = words(read(window, address(job, "confirm/")))

    assert "Remove 3 users from 2 certifications?" in page
    assert "Title of A : 2, 100 % of everyone on it" in page
    assert "Title of B : 1, 100 % of everyone on it" in page


def test_what_cannot_be_submitted_leads_to_the_preview_that_says_why(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    refused = check_now(
        upload_draft(ada, removal_file([("K-1",)], header=("Who",)), name="x.csv", title="x", options=PlanOptions())
    )
    for job in (draft(ada, "X-1"), refused, upload_draft(ada, people_file("K-1"), name="x.csv", options=PlanOptions())):
        assert window.get(address(job, "confirm/")).headers["Location"] == address(job)
        sent(window, job, {"plan": str(job.plan_number), "changed": "0", "leave_out_problems": "1"})
        assert job.state in (JobState.DRAFT, JobState.CHECKING)


# --- submitting


def test_what_was_looked_at_becomes_a_job(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = draft(ada, "K-1", "K-2")

    answer = sent(window, job, confirmed(window, job))

    assert answer.headers["Location"] == address(job)
    assert job.state == JobState.QUEUED
    assert "Submitted: 2 users will be removed." in words(read(window, address(job)))
    run(job)
    assert enrolled() == ["K-3"]


def test_problem_lines_are_left_out_only_where_the_page_said_so(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1", "X-1")
    form = confirmed(window, job)
    assert form["leave_out_problems"] == "1"

    answer = sent(window, job, {name: value for name, value in form.items() if name != "leave_out_problems"})
    assert answer.status_code == 422
    assert job.state == JobState.DRAFT

    sent(window, job, form)
    assert (job.state, job.skip_problems) == (JobState.QUEUED, True)


def test_a_job_without_problems_does_not_skip_any(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")

    sent(window, job, confirmed(window, job))

    assert job.skip_problems is False


def test_sent_twice_it_is_one_job_and_no_mistake(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    form = confirmed(window, job)

    answers = [sent(window, job, form) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [address(job)] * 2
    assert Job.objects.count() == Operation.objects.count() == 1
    page = words(read(window, address(job)))
    assert page.count("Submitted: 1 user will be removed.") == 1
    assert "The preview has changed" not in page


def test_two_tabs_at_the_same_moment_make_one_job(ada: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    tabs = [signed_in(ada) for _ in range(4)]
    form = confirmed(tabs[0], job)
    answers: list[Any] = []

    def click(tab: Client) -> None:
        answers.append(tab.post(address(job, "submit/"), form))

    at_once(*(partial(click, tab) for tab in tabs))

    assert [(answer.status_code, answer.headers.get("Location")) for answer in answers] == [(302, address(job))] * 4
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    run(job)
    assert Job.objects.count() == 1


def test_a_job_that_is_done_already_is_shown(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    form = confirmed(window, job)
    sent(window, job, form)
    run(job)

    assert sent(window, job, form).headers["Location"] == address(job)
    assert window.get(address(job, "confirm/")).headers["Location"] == address(job)
    assert job.state == JobState.PROCESSED


def test_another_preview_than_the_one_looked_at_is_not_submitted(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2")
    job = draft(ada, "K-1", "K-2")
    form = confirmed(window, job)
    check_now(revise_draft(ada, job.pk, options=PlanOptions(leave_out_users=("K-1",))))

    answer = window.post(address(job, "submit/"), form, follow=True)

    page = words(answer.content.decode())
    assert "The preview has changed since you looked at it." in page
    assert "1 user will be removed" in page
    job.refresh_from_db()
    assert job.state == JobState.DRAFT


@pytest.mark.parametrize("plan", ["", "abc", "-1", "9" * 30, "1.0", "١"])
def test_a_form_made_by_hand_submits_nothing(ada: User, window: Client, plan: str) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")

    assert sent(window, job, {"plan": plan, "changed": "0"}).headers["Location"] == address(job)
    assert sent(window, job, {}).headers["Location"] == address(job)
    assert job.state == JobState.DRAFT


# --- what changed since


def test_changed_lines_are_told_before_anything_is_submitted(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2", "K-3")
    job = draft(ada, "K-1", "K-2", "K-3")
    Enrollment.objects.filter(user__user_id="K-1").update(status="Expired")
    Enrollment.objects.filter(user__user_id="K-2").delete()
    page = read(window, address(job, "confirm/"))

    assert "2 lines changed since" in words(page)
    assert "They are left alone." in words(page)
    sent(window, job, hidden_fields(page))
    assert job.state == JobState.QUEUED


def test_lines_that_changed_after_the_question_are_told_once(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1", "K-2")
    job = draft(ada, "K-1", "K-2")
    form = confirmed(window, job)
    Enrollment.objects.filter(user__user_id="K-1").update(status="Expired")

    answer = sent(window, job, form)
    assert answer.status_code == 409
    assert "1 line changed since" in words(answer.content.decode())
    assert job.state == JobState.DRAFT

    sent(window, job, hidden_fields(answer.content.decode()))
    assert job.state == JobState.QUEUED
    run(job)
    assert enrolled() == ["K-1"]


# --- the title


def test_a_missing_title_is_asked_for_in_the_question(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1", title="")
    assert "you are asked for it next" in words(read(window, address(job)))
    form = confirmed(window, job)
    assert 'id="confirm-title"' in read(window, address(job, "confirm/"))

    for title in ("", "  "):
        answer = sent(window, job, form, title=title)
        assert answer.status_code == 422
        assert "The Job Title is missing." in words(answer.content.decode())
    assert job.state == JobState.DRAFT

    sent(window, job, form, title=" Site closes ")
    assert job.state == JobState.QUEUED
    operation = Operation.objects.get()
    assert (operation.title, operation.comment) == ("Site closes", "As agreed")


def test_a_title_that_is_too_long_is_told_and_kept(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1", title="")
    form = confirmed(window, job)

    answer = sent(window, job, form, title="x" * 101)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The Job Title has 101 characters" in page
    assert "x" * 101 in page
    assert hidden_fields(page) == form
    assert job.state == JobState.DRAFT


def test_a_title_typed_on_the_preview_with_a_mistake_is_asked_for_again(ada: User, window: Client) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1", title="Before")
    window.post(address(job, "title/"), {"title": "y" * 101, "comment": "", "reason": ""})

    page = read(window, address(job, "confirm/"))

    assert "y" * 101 in page
    assert 'id="confirm-title"' in page


# --- who may


def test_anothers_draft_is_not_found(ada: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    for other in (User.objects.create_superuser("ROOT"), holder("bo", Permission.REMOVAL_MANAGE)):
        window = signed_in(other)
        assert window.get(address(job, "confirm/")).status_code == 404
        assert sent(window, job, {"plan": "1", "changed": "0"}).status_code == 404
    assert job.state == JobState.DRAFT


def test_a_draft_is_there_for_its_creator_alone(auditor: User, learner: User, ada: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    for user in (auditor, learner):
        assert signed_in(user).get(address(job, "confirm/")).status_code == 404
        assert sent(signed_in(user), job, {"plan": "1", "changed": "0"}).status_code == 404
    assert job.state == JobState.DRAFT


def test_a_form_of_another_site_is_refused(ada: User) -> None:
    enroll(FORKLIFT, "K-1")
    job = draft(ada, "K-1")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)

    assert sent(strict, job, {"plan": "1", "changed": "0"}).status_code == 403
    assert job.state == JobState.DRAFT


def test_hostile_titles_are_text(ada: User, window: Client) -> None:
    certification("ISO/IEC 27001", title="<script>alert(1)</script>\u202e" + "z" * 400)
    enroll("ISO/IEC 27001", "K-1")
    file = removal_file([("ISO/IEC 27001", "K-1")])
    job = check_now(upload_draft(ada, file, name="x.csv", title="<script>t</script>", options=PlanOptions()))

    page = read(window, address(job, "confirm/"))

    assert "<script>alert" not in page
    assert "<script>t<" not in page
    assert "&lt;script&gt;alert(1)" in page
