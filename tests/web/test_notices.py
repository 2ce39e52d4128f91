"""The bell and the page of notices: what is new, for its recipient alone; a look changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from certremoval.access.models import Grant
from certremoval.organization.models import User
from certremoval.removals.models import Job, Notice
from certremoval.removals.notices import MOST_COUNTED
from tests.removals.conftest import enroll, people, remove, run
from tests.web.conftest import SignedIn
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db

HERE = "/notices/"


@pytest.fixture
def job(ada: User) -> Job:
    """A job of Ada's that has ended."""
    enroll("FORKLIFT-3Y", "K-1", "K-2")
    return run(remove(ada, people("K-1", "NOBODY"), title="Forklift <clean-up>", skip_problems=True))


@pytest.fixture
def window(ada: User, job: Job, signed_in: SignedIn) -> Client:
    """Ada's browser."""
    return signed_in(ada)


def bell(browser: Client, address: str = "/") -> str:
    """Return what the bell is called."""
    page = words(read(browser, address))
    return page[page.index("Notices") :].split(" Preferences of")[0]


def more(recipient: User, job: Job, count: int) -> list[Notice]:
    created_at = job.operation.created_at
    return Notice.objects.bulk_create(
        Notice(job=job, recipient=recipient, kind="failed", occasion=number, created_at=created_at)
        for number in range(1, count + 1)
    )


class TestBell:
    def test_it_says_how_many_are_new(self, ada: User, job: Job, window: Client) -> None:
        assert bell(window) == "Notices: 1 new"
        more(ada, job, 2)
        assert bell(window) == "Notices: 3 new"

    def test_it_says_nothing_where_nothing_is_new(self, window: Client) -> None:
        Notice.objects.all().delete()
        assert bell(window) == "Notices"
        assert "bell-count" not in read(window, "/")

    def test_many_are_not_counted_to_the_end(self, ada: User, job: Job, window: Client) -> None:
        more(ada, job, MOST_COUNTED + 5)
        assert bell(window) == "Notices: more than 99 new"
        assert "99+" in read(window, "/")

    def test_nobody_is_told_of_anothers(self, learner: User, window: Client, signed_in: SignedIn) -> None:
        assert bell(signed_in(learner)) == "Notices"
        assert "Forklift" not in read(signed_in(learner), HERE)

    def test_it_is_on_a_page_that_refuses(self, window: Client, job: Job) -> None:
        page = window.get("/certification-removal/999999/")
        assert page.status_code == 404
        assert "Notices: 1 new" in words(page.content.decode())

    def test_it_costs_one_query(
        self, ada: User, job: Job, window: Client, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        more(ada, job, 50)
        with django_assert_max_num_queries(20) as asked:
            window.get("/")
        assert len([one for one in asked.captured_queries if '"notices"' in one["sql"]]) == 1

    def test_who_is_not_signed_in_has_none(self) -> None:
        assert "bell" not in read(Client(), "/sign-in/")


class TestPage:
    def test_each_leads_to_its_job(self, window: Client, job: Job) -> None:
        page = read(window, HERE)
        assert f'<a href="/certification-removal/{job.pk}/"><bdi>Forklift &lt;clean-up&gt;</bdi></a>' in page
        assert "1 removed, 1 left out" in words(page)
        assert "<strong" in page

    def test_to_look_marks_nothing(self, window: Client, job: Job) -> None:
        read(window, HERE)
        read(window, f"/certification-removal/{job.pk}/")
        assert bell(window) == "Notices: 1 new"

    def test_a_job_that_is_hidden_has_no_title_and_no_link(self, window: Client, job: Job) -> None:
        Grant.objects.all().delete()
        page = read(window, HERE)
        assert "A job that you may not see any more" in words(page)
        assert "Forklift" not in page
        assert f"/certification-removal/{job.pk}/" not in page
        assert "1 removed" not in words(page)

    def test_where_there_is_nothing_it_says_so(self, learner: User, signed_in: SignedIn) -> None:
        page = read(signed_in(learner), HERE)
        assert "Nothing yet." in words(page)
        assert "Mark all as seen" not in page

    def test_older_ones_are_on_the_next_page(self, ada: User, job: Job, window: Client) -> None:
        more(ada, job, 25)
        first = read(window, HERE)
        assert first.count('<li class="notice') == 25
        oldest_shown = Notice.objects.order_by("-pk")[24].pk
        assert f'href="?before={oldest_shown}"' in first
        second = read(window, f"{HERE}?before={oldest_shown}")
        assert second.count('<li class="notice') == 1
        assert "Older" not in second
        assert "1 removed, 1 left out" in words(second)

    @pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "%00"])
    def test_an_address_that_makes_no_sense_shows_the_newest(self, window: Client, before: str) -> None:
        assert "1 removed, 1 left out" in words(read(window, f"{HERE}?before={before}"))

    def test_an_e_mail_that_failed_is_told(self, window: Client) -> None:
        Notice.objects.update(mail_state="failed")
        assert "It could not be sent by e-mail." in words(read(window, HERE))


class TestMarking:
    def test_all_that_were_shown(self, ada: User, job: Job, window: Client) -> None:
        page = read(window, HERE)
        newest = Notice.objects.get().pk
        assert f'name="up_to" value="{newest}"' in page
        more(ada, job, 1)  # comes while she reads
        answer = window.post(f"{HERE}seen/", {"up_to": newest})
        assert (answer.status_code, answer.headers["Location"]) == (302, HERE)
        assert bell(window) == "Notices: 1 new"

    def test_one(self, ada: User, job: Job, window: Client) -> None:
        (other,) = more(ada, job, 1)
        assert f'name="notice" value="{other.pk}"' in read(window, HERE)
        window.post(f"{HERE}seen/", {"notice": other.pk})
        assert list(Notice.objects.filter(seen_at=None).exclude(pk=other.pk)) != []
        assert bell(window) == "Notices: 1 new"

    @pytest.mark.parametrize("form", [{}, {"up_to": "x"}, {"notice": "9" * 30}, {"notice": "-1"}], ids=str)
    def test_what_makes_no_sense_marks_nothing(self, window: Client, form: dict[str, str]) -> None:
        assert window.post(f"{HERE}seen/", form).status_code == 302
        assert bell(window) == "Notices: 1 new"

    def test_anothers_is_not_there(self, learner: User, window: Client, signed_in: SignedIn) -> None:
        answer = signed_in(learner).post(f"{HERE}seen/", {"notice": Notice.objects.get().pk})
        assert answer.status_code == 404
        assert bell(window) == "Notices: 1 new"

    def test_no_other_site_marks(self, ada: User, job: Job) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(ada)
        assert browser.post(f"{HERE}seen/", {"up_to": "99"}).status_code == 403


class TestPreferences:
    def test_whoever_wants_no_e_mail_says_so(self, ada: User, window: Client) -> None:
        form = {"time_zone": "UTC", "theme": "system"}
        window.post("/preferences/", form)
        ada.refresh_from_db()
        assert ada.notices_by_mail is False
        window.post("/preferences/", {**form, "notices_by_mail": "on"})
        ada.refresh_from_db()
        assert ada.notices_by_mail is True

    def test_where_e_mail_goes_or_why_there_is_none(self, ada: User, window: Client, settings: Any) -> None:
        assert "This installation sends no e-mail." in words(read(window, "/preferences/"))
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"email_host": "mail.example.org"})
        assert "No e-mail address of yours is known here." in words(read(window, "/preferences/"))
        User.objects.filter(pk=ada.pk).update(email="ada@example.org")
        assert "They go to ada@example.org." in words(read(window, "/preferences/"))
