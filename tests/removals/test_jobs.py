"""Which jobs are listed for whom: filters, pages, and jobs that are not there."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from certremoval.access.models import Constraint, ConstraintKind, Grant, Permission, Role
from certremoval.certifications.models import Certification, Operation
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound, NotPermitted
from certremoval.removals import jobs
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.jobs import MOST_LISTED, SORTS, drafts_of, find_job, list_jobs, page_of_jobs, visible_jobs
from certremoval.removals.models import Job, JobCertification, JobState
from tests.removals.conftest import make_unit, make_user

pytestmark = pytest.mark.django_db


def job_of(
    actor: User,
    title: str = "Job",
    *,
    at: datetime | str = "2026-05-03T12:00:00+00:00",
    state: JobState = JobState.PROCESSED,
) -> Job:
    created_at = datetime.fromisoformat(at) if isinstance(at, str) else at
    operation = Operation.objects.create(
        title=title, actor=actor, actor_user_id=actor.user_id, actor_name=actor.full_name, created_at=created_at
    )
    return Job.objects.create(operation=operation, state=state)


def titles(actor: User, **filters: Any) -> list[str]:
    return [job.operation.title for job in list_jobs(actor, JobFilter(**filters)).jobs]


def nonsense(**filters: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        JobFilter(**filters)
    return refused.value.message


class TestDates:
    """Of the creation, inclusive, in the viewer's time zone."""

    @pytest.fixture(autouse=True)
    def around_3_may(self, root: User) -> None:
        for title, at in (
            ("last of 2 May", "2026-05-02T23:59:59.999999+00:00"),
            ("first of 3 May", "2026-05-03T00:00:00+00:00"),
            ("last of 3 May", "2026-05-03T23:59:59.999999+00:00"),
            ("first of 4 May", "2026-05-04T00:00:00+00:00"),
        ):
            job_of(root, title, at=at)

    def test_on_one_date(self, root: User) -> None:
        assert titles(root, on=date(2026, 5, 3)) == ["last of 3 May", "first of 3 May"]

    def test_from(self, root: User) -> None:
        assert titles(root, from_=date(2026, 5, 3)) == ["first of 4 May", "last of 3 May", "first of 3 May"]

    def test_to(self, root: User) -> None:
        assert titles(root, to=date(2026, 5, 3)) == ["last of 3 May", "first of 3 May", "last of 2 May"]

    def test_a_range_of_one_day(self, root: User) -> None:
        assert titles(root, from_=date(2026, 5, 3), to=date(2026, 5, 3)) == ["last of 3 May", "first of 3 May"]

    def test_in_another_time_zone(self, root: User) -> None:
        assert titles(root, on=date(2026, 5, 3), time_zone="Asia/Tokyo") == ["first of 3 May", "last of 2 May"]
        assert titles(root, on=date(2026, 5, 3), time_zone="America/New_York") == ["first of 4 May", "last of 3 May"]

    @pytest.mark.parametrize("day", [date.min, date.max])
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
    def test_at_the_ends_of_the_calendar(self, root: User, day: date, zone: str) -> None:
        assert titles(root, on=day, time_zone=zone) == []
        assert len(titles(root, from_=date.min, to=date.max, time_zone=zone)) == 4

    @pytest.mark.parametrize(
        ("zone", "day", "first", "end"),
        [
            ("Europe/Warsaw", date(2026, 3, 29), "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
            ("Europe/Warsaw", date(2026, 10, 25), "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
            ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
            ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        ],
        ids=["23 hours", "25 hours", "without a midnight", "with two midnights"],
    )
    def test_on_the_days_when_clocks_change(self, zone: str, day: date, first: str, end: str) -> None:
        expected = tuple(datetime.fromisoformat(text) for text in (first, end))

        assert JobFilter(on=day, time_zone=zone).instants() == expected
        assert JobFilter(from_=day, to=day, time_zone=zone).instants() == expected


class TestNonsense:
    def test_a_date_and_a_range(self) -> None:
        day = date(2026, 5, 3)
        for rest in ({"from_": day}, {"to": day}, {"from_": day, "to": day}):
            assert nonsense(on=day, **rest) == "Choose one date or a range of dates, not both."

    def test_a_range_that_ends_before_it_starts(self) -> None:
        assert (
            nonsense(from_=date(2026, 5, 12), to=date(2026, 5, 3))
            == "The start, 12 May 2026, is after the end, 3 May 2026. Swap them?"
        )

    def test_a_status_that_is_none(self) -> None:
        assert nonsense(statuses=["processed", "done"]).startswith("done is no status. Choose among checking, draft, ")

    @pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Europe", "../../etc/passwd", "\0", "x" * 500, "é"])
    def test_a_time_zone_that_is_none(self, zone: str) -> None:
        assert nonsense(time_zone=zone) == f"{zone} is no time zone. Name one like Europe/Warsaw or America/New_York."

    def test_a_certification_that_is_too_long(self) -> None:
        assert nonsense(certification_search="a" * 201).startswith("The search has 201 characters")

    @pytest.mark.parametrize("filters", [{"search": "a\0b"}, {"certification": "\0"}, {"search": "\udcff"}])
    def test_a_character_that_is_none(self, filters: dict[str, str]) -> None:
        assert "holds a character that is none" in nonsense(**filters)

    def test_a_search_that_is_too_long(self, root: User) -> None:
        assert titles(root, search="a " * 100) == []
        assert nonsense(search="a " * 100 + "a") == "The search has 201 characters; at most 200 are looked for."


class TestOtherFilters:
    def test_search_finds_every_word_anywhere_in_the_title(self, root: User) -> None:
        for title in ("Forklift north 2026", "Forklift south", "100% _north_", "Nothing"):
            job_of(root, title)

        assert titles(root, search="forklift") == ["Forklift south", "Forklift north 2026"]
        assert titles(root, search=" NORTH  lift ") == ["Forklift north 2026"]
        assert titles(root, search="0%") == ["100% _north_"]
        assert titles(root, search="_n") == ["100% _north_"]
        assert titles(root, search="forklift east") == []
        assert len(titles(root, search="  ")) == 4

    def test_statuses(self, root: User) -> None:
        for state in JobState:
            job_of(root, state, state=state)

        assert set(titles(root)) == set(JobState) - {JobState.CHECKING, JobState.DRAFT}
        assert set(titles(root, statuses=["failed", "queued"])) == {"failed", "queued"}
        assert set(titles(root, statuses=["draft", "checking"])) == {"draft", "checking"}

    def test_mine(self, root: User) -> None:
        job_of(root, "mine")
        job_of(make_user("OTHER"), "another's")

        assert titles(root, mine=True) == ["mine"]
        assert len(titles(root)) == 2

    def test_certification(self, root: User) -> None:
        for title, ids in (("both", ("A", "B")), ("one", ("A",)), ("none", ())):
            job = job_of(root, title)
            for key, certification_id in enumerate(ids):
                JobCertification.objects.create(
                    job=job, certification_key=key, certification_id=certification_id, title="x", planned=1
                )

        assert set(titles(root, certification="A")) == {"both", "one"}
        assert titles(root, certification="B") == ["both"]
        assert titles(root, certification="a") == []

    def test_a_certification_as_somebody_types_it(self, root: User) -> None:
        """A whole Certification ID is that one alone; anything else is words of the ID or of the title."""
        for key, (certification_id, title) in enumerate(
            (("FORK", "Forklift Operator"), ("FORK-EL", "Électrique"), ("LOTO", "Lockout, forklift halls")), start=1
        ):
            Certification.objects.create(id=key, certification_id=certification_id, title=title)
            JobCertification.objects.create(
                job=job_of(root, certification_id),
                certification_key=key,
                certification_id=certification_id,
                title=title,
                planned=1,
            )

        def found(typed: str) -> set[str]:
            return set(titles(root, certification_search=typed))

        assert found(" FORK ") == {"FORK"}
        assert found("fork") == {"FORK", "FORK-EL", "LOTO"}
        assert found("halls FORK") == {"LOTO"}
        assert found("électrique") == found("ÉLECTRIQUE") == {"FORK-EL"}
        assert found("nothing") == set()
        assert len(found("  ")) == 3

    def test_search_takes_letters_beyond_ascii_in_any_case(self, root: User) -> None:
        for title in ("ŁÓDŹ closes", "Łódź opens", "łódź"):
            job_of(root, title)

        for typed in ("łódź", "ŁÓDŹ", "Łódź"):
            assert len(titles(root, search=typed)) == 3

    def test_all_together(self, root: User) -> None:
        job_of(root, "found")
        job_of(root, "another day", at="2026-05-04T12:00:00+00:00")
        job_of(root, "found but failed", state=JobState.FAILED)
        job_of(make_user("OTHER"), "found of another")

        assert titles(root, search="found", on=date(2026, 5, 3), statuses=["processed"], mine=True) == ["found"]


class TestPages:
    def test_newest_first_without_gaps_or_repeats(self, root: User) -> None:
        """Also where several were created at the same instant, and while others come and go."""
        jobs = [job_of(root, str(number), at=datetime(2026, 5, 3, 12, number // 3, tzinfo=UTC)) for number in range(10)]
        expected = [str(number) for number in reversed(range(10))]

        for size in (1, 2, 3, 9, 10, 11):
            seen, cursor = [], None
            while True:
                page = list_jobs(root, JobFilter(), cursor=cursor, limit=size)
                assert len(page.jobs) <= size
                seen += [job.operation.title for job in page.jobs]
                if page.next is None:
                    break
                cursor = page.next
            assert seen == expected

        page = list_jobs(root, JobFilter(), limit=4)
        job_of(root, "newer", at="2026-06-01T00:00:00+00:00")
        jobs[6].delete()
        rest = list_jobs(root, JobFilter(), cursor=page.next, limit=100)
        assert [job.operation.title for job in rest.jobs] == expected[4:]

    def test_fractions_of_a_second(self, root: User) -> None:
        for microsecond in (0, 1, 999_000, 999_999):
            job_of(root, str(microsecond), at=datetime(2026, 5, 3, 12, 0, 0, microsecond, tzinfo=UTC))

        first = list_jobs(root, JobFilter(), limit=2)
        rest = list_jobs(root, JobFilter(), cursor=first.next)
        assert [job.operation.title for job in (*first.jobs, *rest.jobs)] == ["999999", "999000", "1", "0"]

    @pytest.mark.parametrize(("asked", "given"), [(-5, 1), (0, 1), (2, 2), (10**30, 3)])
    def test_a_size_out_of_range_is_bounded(self, root: User, asked: int, given: int) -> None:
        for _ in range(3):
            job_of(root)

        assert len(list_jobs(root, JobFilter(), limit=asked).jobs) == given
        assert MOST_LISTED == 1_000

    def test_the_last_page_has_no_next(self, root: User) -> None:
        job_of(root)

        assert list_jobs(root, JobFilter(), limit=1).next is None
        assert list_jobs(root, JobFilter(mine=True, search="nothing"), limit=1).next is None

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "é",
            "AAAA",
            "=",
            *(
                base64.urlsafe_b64encode(text.encode()).decode()
                for text in (
                    "2026-05-03T12:00:00+00:00",
                    "2026-05-03T12:00:00 5",
                    "2026-05-03T12:00:00+00:00 x",
                    "0001-01-01T00:00:00+23:59 1",
                    "9999-12-31T23:59:59-23:59 1",
                    "yesterday 1",
                )
            ),
        ],
    )
    def test_a_cursor_that_is_none_of_ours(self, root: User, cursor: str) -> None:
        with pytest.raises(InvalidRequest, match="The cursor is none of ours"):
            list_jobs(root, JobFilter(), cursor=cursor)

    @pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
    def test_a_cursor_with_a_number_beyond_any_key(self, root: User, number: int) -> None:
        text = f"2026-05-03T12:00:00+00:00 {number}"

        assert list_jobs(root, JobFilter(), cursor=base64.urlsafe_b64encode(text.encode()).decode()).jobs == []

    def test_few_queries_however_many_jobs(self, root: User, django_assert_num_queries: Callable[..., Any]) -> None:
        """Which they are, and then they themselves."""
        for _ in range(20):
            job_of(root)

        with django_assert_num_queries(2):
            for job in list_jobs(root, JobFilter()).jobs:
                assert (job.operation.title, job.file) == ("Job", None)


class TestNumberedPages:
    def test_pages_hold_all_jobs_once_in_order(self, root: User) -> None:
        """From both ends: pages of the second half are counted from the last job."""
        for number in range(10):
            job_of(root, str(number), at=datetime(2026, 5, 3, 12, number // 3, tzinfo=UTC))

        for size in (1, 3, 4, 9, 10, 11):
            seen: list[str] = []
            for number in range(1, -(-10 // size) + 1):
                page = page_of_jobs(root, JobFilter(), number=number, size=size)
                assert (page.total, page.number, page.pages) == (10, number, -(-10 // size))
                assert page.first == len(seen) + 1
                seen += [job.operation.title for job in page.jobs]
            assert seen == [str(number) for number in reversed(range(10))]

    @pytest.mark.parametrize(("asked", "given"), [(-1, 1), (0, 1), (2, 2), (3, 2), (10**18, 2)])
    def test_a_page_that_is_not_there_is_the_nearest(self, root: User, asked: int, given: int) -> None:
        for _ in range(3):
            job_of(root)

        page = page_of_jobs(root, JobFilter(), number=asked, size=2)
        assert (page.number, page.pages, len(page.jobs)) == (given, 2, 2 if given == 1 else 1)

    def test_an_empty_list_is_one_page(self, root: User) -> None:
        page = page_of_jobs(root, JobFilter(search="nothing"))
        assert (page.jobs, page.total, page.number, page.pages, page.first) == ([], 0, 1, 1, 0)

    def test_it_needs_a_removal_permission(self) -> None:
        with pytest.raises(NotPermitted):
            page_of_jobs(make_user("LEARNER"), JobFilter())

    def test_few_queries_however_many_jobs(self, root: User, django_assert_num_queries: Callable[..., Any]) -> None:
        """How many, which, and they themselves."""
        for _ in range(20):
            job_of(root)

        with django_assert_num_queries(3):
            for job in page_of_jobs(root, JobFilter()).jobs:
                assert (job.operation.title, job.file, job.planned) == ("Job", None, {})


@pytest.mark.parametrize("walked", [False, True], ids=["few jobs are sorted", "along the order of many"])
class TestOrderAndVisibility:
    """The same rows, whether the database sorts what it found or walks along an index (more than MOST_SORTED jobs)."""

    @pytest.fixture(autouse=True)
    def cast(self, walked: bool, monkeypatch: pytest.MonkeyPatch) -> User:
        if walked:
            monkeypatch.setattr(jobs, "MOST_SORTED", 0)
        self.viewer, ben, cleo = make_user("VIEWER"), make_user("BEN"), make_user("CLEO")
        for user, name in ((ben, "ben"), (cleo, "Ana")):
            user.first_name, user.last_name = name, ""
            user.save()
        role = Role.objects.create(name="r")
        role.members.add(self.viewer)
        grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_VIEW)
        unit = make_unit("Division", "B", "BEN", "CLEO")
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=unit)
        hidden = make_user("HIDDEN")

        def job(creator: User, title: str, day: int, state: JobState, ended: int | None = None) -> None:
            made = job_of(creator, title, at=datetime(2026, 5, day, tzinfo=UTC), state=state)
            if ended:
                Job.objects.filter(pk=made.pk).update(ended_at=datetime(2026, 6, ended, tzinfo=UTC))

        job(ben, "banana", 1, JobState.PROCESSED, 9)
        job(cleo, "Apple", 2, JobState.FAILED, 3)
        job(ben, "cherry", 3, JobState.IN_PROGRESS)
        job(cleo, "apple", 4, JobState.QUEUED)
        job(ben, "Date", 5, JobState.AWAITING_APPROVAL)
        job(cleo, "elder", 6, JobState.CANCELLED, 6)
        job(hidden, "hidden", 7, JobState.PROCESSED, 7)
        job(ben, "another's draft", 8, JobState.DRAFT)
        return self.viewer

    def order(self, sort: str) -> list[str]:
        return [job.operation.title for job in page_of_jobs(self.viewer, JobFilter(), sort=sort).jobs]

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("created", ["banana", "Apple", "cherry", "apple", "Date", "elder"]),
            ("-created", ["elder", "Date", "apple", "cherry", "Apple", "banana"]),
            ("title", ["apple", "Apple", "banana", "cherry", "Date", "elder"]),
            ("-title", ["elder", "Date", "cherry", "banana", "apple", "Apple"]),
            ("created_by", ["elder", "apple", "Apple", "Date", "cherry", "banana"]),
            ("-created_by", ["Date", "cherry", "banana", "elder", "apple", "Apple"]),
            ("processed", ["Apple", "elder", "banana", "Date", "apple", "cherry"]),
            ("-processed", ["banana", "elder", "Apple", "Date", "apple", "cherry"]),
            ("status", ["Date", "apple", "cherry", "banana", "Apple", "elder"]),
            ("-status", ["elder", "Apple", "banana", "cherry", "Date", "apple"]),
        ],
    )
    def test_sorts(self, sort: str, expected: list[str]) -> None:
        """Among equals the newest comes first; what has not ended comes last by its Process Date, either way."""
        assert self.order(sort) == expected

    @pytest.mark.parametrize("sort", [sign + column for column in SORTS for sign in ("", "-")])
    def test_pages_of_a_sorted_list_fit_together(self, sort: str) -> None:
        whole = self.order(sort)
        pages = [page_of_jobs(self.viewer, JobFilter(), sort=sort, number=one, size=2).jobs for one in (1, 2, 3)]

        assert [job.operation.title for page in pages for job in page] == whole

    @pytest.mark.parametrize("sort", ["", "-", "--title", "id", "title; DROP TABLE jobs", "x" * 10_000])
    def test_a_sort_that_is_none(self, sort: str) -> None:
        with pytest.raises(InvalidRequest, match="Choose among title, created_by, created, processed, status"):
            page_of_jobs(self.viewer, JobFilter(), sort=sort)
        with pytest.raises(InvalidRequest, match="Choose among"):
            page_of_jobs(self.viewer, JobFilter(search="of nobody"), sort=sort)

    def test_by_status_ones_own_drafts_come_last(self) -> None:
        for title in ("mine", "mine too"):
            job_of(self.viewer, title, at=datetime(2026, 5, 9, tzinfo=UTC), state=JobState.DRAFT)
        asked = JobFilter(statuses=["draft", "failed", "queued"])
        page = page_of_jobs(self.viewer, asked, sort="status", size=3)
        after = page_of_jobs(self.viewer, asked, sort="status", size=3, number=2)

        assert [job.operation.title for job in page.jobs] == ["apple", "Apple", "mine too"]
        assert [job.operation.title for job in after.jobs] == ["mine"]
        assert (page.total, after.first) == (4, 4)

    @pytest.mark.parametrize(
        ("statuses", "expected"),
        [
            (["processed"], {"banana"}),
            (["processed", "failed"], {"banana", "Apple"}),
            (["failed"], {"Apple"}),
            (["draft"], set()),
            (["draft", "processed"], {"banana"}),
        ],
    )
    def test_statuses(self, statuses: list[str], expected: set[str]) -> None:
        page = page_of_jobs(self.viewer, JobFilter(statuses=statuses))

        assert {job.operation.title for job in page.jobs} == expected
        assert page.total == len(expected)

    @pytest.mark.parametrize("sort", ["-created", "title", "status"])
    def test_dates(self, sort: str) -> None:
        page = page_of_jobs(self.viewer, JobFilter(from_=date(2026, 5, 2), to=date(2026, 5, 3)), sort=sort)

        assert {job.operation.title for job in page.jobs} == {"Apple", "cherry"}

    def test_certification(self) -> None:
        job = Job.objects.get(operation__title="banana")
        JobCertification.objects.create(job=job, certification_key=1, certification_id="A", title="x", planned=1)

        assert page_of_jobs(self.viewer, JobFilter(certification="A")).jobs == [job]

    def test_the_list_and_the_single_job_agree(self) -> None:
        """Also where the creators are too many to be named."""
        listed = {job.pk for job in page_of_jobs(self.viewer, JobFilter()).jobs}

        assert listed == set(visible_jobs(self.viewer).values_list("pk", flat=True))
        for job in Job.objects.all():
            if job.pk in listed:
                assert find_job(self.viewer, job.pk) == job
            else:
                with pytest.raises(NotFound):
                    find_job(self.viewer, job.pk)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("certremoval.certifications.visibility.MOST_CREATORS_NAMED", 1)
            assert {job.pk for job in page_of_jobs(self.viewer, JobFilter()).jobs} == listed


class TestCounting:
    """Jobs are counted without their operations where a filter asks for no more than states: the same number."""

    @pytest.fixture(params=["root", "constrained", "of nobody else"])
    def viewer(self, request: pytest.FixtureRequest, root: User) -> User:
        """Somebody who sees all, some, or only what they did; there is work of theirs, of others and of the system."""
        viewer, seen, hidden = make_user("VIEWER"), make_user("SEEN"), make_user("HIDDEN")
        unit, empty = make_unit("Division", "B", "SEEN"), make_unit("Division", "EMPTY")
        role = Role.objects.create(name="r")
        role.members.add(viewer)
        grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_VIEW)
        reached = unit if request.param == "constrained" else empty
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=reached)
        for number, creator in enumerate((viewer, seen, hidden, root), start=1):
            for state in JobState:
                for _ in range(number):
                    job_of(creator, state=state)
            # A single removal: an operation without a job.
            Operation.objects.create(title="One", actor=creator, created_at=datetime(2026, 5, 4, tzinfo=UTC))
        system = Operation.objects.create(title="System", created_at=datetime(2026, 5, 4, tzinfo=UTC))
        Job.objects.create(operation=system, state=JobState.PROCESSED)
        return root if request.param == "root" else viewer

    @pytest.mark.parametrize("mine", [False, True])
    @pytest.mark.parametrize(
        "statuses",
        [[], ["processed"], ["processed", "failed"], ["draft"], ["draft", "checking", "queued"], list(JobState)],
        ids=str,
    )
    def test_it_is_what_the_list_holds(
        self, viewer: User, statuses: list[str], mine: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = JobFilter(statuses=statuses, mine=mine)
        quick = [page_of_jobs(viewer, asked, sort=sort).total for sort in ("-created", "status", "processed")]
        monkeypatch.setattr("certremoval.certifications.visibility.MOST_CREATORS_NAMED", 1)
        quick.append(page_of_jobs(viewer, asked).total)
        monkeypatch.setattr(jobs, "_asks_for_states_alone", lambda _filter: False)
        slow = page_of_jobs(viewer, asked).total

        assert slow > 0
        assert quick == [slow] * 4
        assert len(list_jobs(viewer, asked, limit=MOST_LISTED).jobs) == slow

    def test_a_job_has_its_operations_actor_as_its_creator(self, root: User) -> None:
        job = job_of(root)
        job.refresh_from_db()
        assert job.creator_key == root.pk

        Job.objects.filter(pk=job.pk).update(creator_key=7)
        job.refresh_from_db()
        job.save()
        assert job.creator_key == 7, "only a new job takes it"


class TestDrafts:
    def test_ones_own_newest_first(self, root: User) -> None:
        for number, state in enumerate((JobState.DRAFT, JobState.CHECKING, JobState.DRAFT), start=1):
            job_of(root, str(number), state=state)
        job_of(make_user("OTHER"), "another's", state=JobState.DRAFT)
        job_of(root, "submitted", state=JobState.QUEUED)

        assert [draft.operation.title for draft in drafts_of(root)] == ["3", "2", "1"]

    def test_what_a_running_command_makes_is_no_draft(self, root: User) -> None:
        job = job_of(root, state=JobState.CHECKING)
        Job.objects.filter(pk=job.pk).update(needs_its_maker=True)

        assert drafts_of(root) == []


class TestFinding:
    def test_one(self, root: User) -> None:
        job = job_of(root)

        assert find_job(root, job.pk) == job

    @pytest.mark.parametrize("job_id", [0, -1, 10**6, 2**63 - 1, 2**63, 2**64, 10**100, -(2**63) - 1, -(10**100)])
    def test_none(self, root: User, job_id: int) -> None:
        with pytest.raises(NotFound, match="There is no job"):
            find_job(root, job_id)

    def test_one_that_is_hidden_is_not_told_from_none(self) -> None:
        """A, in Division A, holds the permission constrained to Division B: own jobs and those of B's."""
        a, colleague, b = make_user("A"), make_user("COLLEAGUE"), make_user("B")
        make_unit("Division", "A", "A", "COLLEAGUE")
        unit = make_unit("Division", "B", "B")
        role = Role.objects.create(name="r")
        role.members.add(a)
        grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
        Constraint.objects.create(grant=grant, kind=ConstraintKind.ORGANIZATIONAL_UNITS, unit=unit)
        own, hidden, of_b = job_of(a, "own"), job_of(colleague, "colleague's"), job_of(b, "B's")

        assert {job.operation.title for job in list_jobs(a, JobFilter()).jobs} == {"own", "B's"}
        assert (find_job(a, own.pk), find_job(a, of_b.pk)) == (own, of_b)
        with pytest.raises(NotFound) as refused:
            find_job(a, hidden.pk)
        assert refused.value.message == f"There is no job {hidden.pk}, or none that you may see."

    def test_somebody_elses_draft_is_seen_by_nobody_else(self, root: User) -> None:
        other = make_user("OTHER")
        draft = job_of(other, state=JobState.DRAFT)

        with pytest.raises(NotFound):
            find_job(root, draft.pk)
        assert titles(root, statuses=["draft"]) == []
