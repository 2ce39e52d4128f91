"""A job whose lines and file were deleted: its page opens and says so; what is gone is refused with 410, in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from certremoval.access.models import Permission
from certremoval.certifications.models import RemovalRecord
from certremoval.database.clock import moved
from certremoval.organization.models import User
from certremoval.removals.models import Job, JobState
from certremoval.removals.retention import purge
from certremoval.removals.undoing import undo_job
from tests.removals.conftest import FORKLIFT, enroll, enrolled, people, remove, run
from tests.web.conftest import SignedIn, holder
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = (
    r"The lines of this job and its file were deleted on \d+ \w+ \d{4}, 731 days after it ended\."
    r" Who was removed, by whom and why stays in Removal Records\."
)


def address(job: Job, part: str = "") -> str:
    return f"/certification-removal/{job.pk}/{part}"


@pytest.fixture
def old(ada: User) -> Job:
    """Ada's job of two years ago, not purged yet: two removed, one unknown."""
    with moved(-timedelta(days=731)):
        enroll(FORKLIFT, "K-1", "K-2")
        return run(remove(ada, people("K-1", "K-2", "NOBODY"), skip_problems=True, title="Warehouse closes"))


@pytest.fixture
def purged(old: Job) -> Job:
    purge()
    old.refresh_from_db()
    return old


def without_lines(page: str) -> str:
    """Return what the page tells above the lines and downloads, which are gone after a purge."""
    result, facts = page.index('<section class="panel job-result'), page.index("</dl>")
    return words(re.sub(r'<span class="visually-hidden"> lines.*?</span>', "", page[result:facts]))


def test_its_page_tells_what_it_told_before(old: Job, ada: User, signed_in: SignedIn) -> None:
    browser = signed_in(ada)
    before = read(browser, address(old))
    purge()
    after = read(browser, address(old))

    assert without_lines(after).replace(", no longer kept", "") == without_lines(before)
    assert old.file is not None
    assert old.file.sha256 in after
    assert re.search(SENTENCE, words(after))


def test_it_offers_nothing_that_is_gone(purged: Job, ada: User, signed_in: SignedIn) -> None:
    page = read(signed_in(ada), address(purged))

    for part in ("results.csv", "file", "problems.csv"):
        assert address(purged, part) not in page
    assert "outcome=" not in page
    assert 'name="search"' not in page
    assert "result file" not in words(page)


def test_it_leads_to_its_records(purged: Job, ada: User, signed_in: SignedIn) -> None:
    browser = signed_in(ada)
    page = read(browser, address(purged))
    (link,) = re.findall(r'href="(/removal-records/\?[^"]+)"', page)
    assert purged.ended_at is not None
    day = purged.ended_at.date().isoformat()

    assert link == f"/removal-records/?certification={FORKLIFT}&amp;administrator=ada&amp;from={day}&amp;to={day}"
    records = words(read(browser, link.replace("&amp;", "&")))
    assert "K-1" in records
    assert "K-2" in records


@pytest.mark.parametrize("part", ["results.csv", "file", "problems.csv"])
def test_its_files_are_refused_in_words(purged: Job, ada: User, signed_in: SignedIn, part: str) -> None:
    answer = signed_in(ada).get(address(purged, part))

    assert answer.status_code == 410
    page = words(answer.content.decode())
    assert "No longer kept" in page
    assert re.search(SENTENCE, page)


@pytest.mark.parametrize("query", ["outcome=removed", "search=K-1", "after=2"])
def test_so_are_its_lines_on_its_page(purged: Job, ada: User, signed_in: SignedIn, query: str) -> None:
    answer = signed_in(ada).get(f"{address(purged)}?{query}")

    assert answer.status_code == 410
    assert re.search(SENTENCE, words(answer.content.decode()))


def test_whoever_may_not_see_it_is_told_no_more_than_before(purged: Job, learner: User, signed_in: SignedIn) -> None:
    for part in ("", "results.csv", "file", "problems.csv"):
        assert signed_in(learner).get(address(purged, part)).status_code in (403, 404)


def test_the_list_shows_it_as_before(purged: Job, ada: User, signed_in: SignedIn) -> None:
    page = words(read(signed_in(ada), "/certification-removal/"))

    assert "Warehouse closes" in page
    assert "2 removed, 1 left out" in page


def test_it_can_be_undone_from_its_page(purged: Job, signed_in: SignedIn) -> None:
    ute = holder("ute", Permission.REMOVAL_UNDO)
    browser = signed_in(ute)
    page = read(browser, address(purged))
    assert "Undo and put 2 users back" in words(page)
    assert "look them up in Removal Records" in words(page)

    draft = browser.post(address(purged, "undo/"), follow=True)
    assert draft.status_code == 200
    assert "2 users" in words(draft.content.decode())
    assert enrolled() == []


def test_one_person_can_be_put_back_from_the_register(purged: Job, signed_in: SignedIn) -> None:
    ute = holder("ute", Permission.REMOVAL_UNDO)
    record = RemovalRecord.objects.get(user_id="K-2")

    answer = signed_in(ute).post(f"/removal-records/{record.pk}/put-back/", follow=True)
    assert answer.status_code == 200
    assert Job.objects.get(undo_of=purged).remove_count == 1


def test_a_failed_one_does_not_go_on(old: Job, ada: User, signed_in: SignedIn) -> None:
    Job.objects.filter(pk=old.pk).update(state=JobState.FAILED, error="The disk was full.")
    purge()
    browser = signed_in(ada)
    page = words(read(browser, address(old)))

    assert "Its lines were deleted since, so it does not go on any more." in page
    assert "Resume" not in page
    assert "Cancel this job" not in page
    assert browser.post(address(old, "resume/")).status_code == 410
    assert browser.post(address(old, "cancel/")).status_code == 410
    assert browser.get(address(old, "cancel/")).status_code == 410


def test_an_undo_that_was_purged(old: Job, signed_in: SignedIn) -> None:
    ute = holder("ute", Permission.REMOVAL_UNDO)
    with moved(-timedelta(days=731)):
        undo = run(undo_job(ute, old.pk))
    purge()
    browser = signed_in(ute)
    page = read(browser, address(undo))

    assert re.search(r"The lines of this job were deleted on .*, 731 days after it ended\.", words(page))
    assert f"/removal-records/?certification={FORKLIFT}&amp;administrator=ada" in page
    assert browser.get(address(undo, "results.csv")).status_code == 410
    assert "An undo has no file" in words(browser.get(address(undo, "file")).content.decode())
