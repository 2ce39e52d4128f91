"""Why is this row like this? One person on one certification, the oldest first, as far as the viewer may see."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, lift_hold
from certremoval.certifications.models import Certification, Enrollment, Operation, RemovalRecord
from certremoval.certifications.periods import day_words
from certremoval.certifications.removing import remove_person
from certremoval.certifications.triggers import append_only_suspended
from certremoval.database.clock import database_now, moved
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.problems import NotFound, NotPermitted
from certremoval.removals import naming
from certremoval.removals.actions import cancel
from certremoval.removals.approving import decline
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.lifting import lift_job
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.retention import purge
from certremoval.removals.timeline import SOURCES, Timeline, TimelineEntry, timeline, timeline_of
from certremoval.removals.undoing import undo_job
from tests.loading.files import ENROLLMENTS, accepted
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, removal_file, remove, run

pytestmark = pytest.mark.django_db(transaction=True)


def told(actor: User, user_id: str, on: str = FORKLIFT) -> Timeline:
    return timeline_of(actor, user_id, on)


def story(actor: User, user_id: str, on: str = FORKLIFT) -> list[tuple[str, str, int | None]]:
    """Kind, words and line of each entry."""
    return [(entry.kind, entry.words, entry.line) for entry in told(actor, user_id, on).entries]


def viewer(*permissions: Permission, user_id: str = "viewer") -> User:
    """Somebody who sees people and, unless these are given, nobody's jobs."""
    user = make_user(user_id, "Vi Ewer")
    role = Role.objects.create(name=f"Role of {user_id}")
    role.members.add(user)
    for permission in permissions or (Permission.CERTIFICATION_VIEW,):
        Grant.objects.create(role=role, permission=permission)
    return user


def explained(job: Job, **texts: str) -> Job:
    """Give the job's operation a reason, a comment."""
    Operation.objects.filter(pk=job.operation_id).update(**texts)
    job.operation.refresh_from_db()
    return job


def run_some(job: Job, rows: int) -> Job:
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, stop=lambda: True, pace=Pace(largest=rows))
    job.refresh_from_db()
    return job


class TestWhatIsTold:
    def test_from_the_first_day_to_now(self, root: User) -> None:
        """Assigned and certified, removed by a job, put back by its undo, and removed alone: in this order."""
        enroll(FORKLIFT, "K-1", "K-2", assigned_date=date(2024, 5, 3), certified_date=date(2024, 6, 1))
        removal = run(explained(remove(root, people("K-2", "K-1"), title="Leavers"), reason="Site closes"))
        undo = run(undo_job(root, removal.pk, reason="Mistake"))
        key, user = Certification.objects.get().pk, User.objects.get(user_id="K-1").pk
        remove_person(root, certification_key=key, user_key=user, reason="After all")

        found = told(root, "K-1")

        assert [(entry.kind, entry.words, entry.line, entry.job) for entry in found.entries] == [
            ("assigned", "Assigned", None, None),
            ("certified", "Certified", None, None),
            ("planned", "To be removed", 3, removal.pk),
            ("removed", "Removed", None, removal.pk),
            ("planned", "To be put back", None, undo.pk),
            ("restored", "Put back", None, undo.pk),
            ("removed", "Removed", None, None),
        ]
        assert [entry.day for entry in found.entries[:2]] == [date(2024, 5, 3), date(2024, 6, 1)]
        assert [entry.at for entry in found.entries[:2]] == [None, None], "there is no log of enrolling"
        assert [entry.reason for entry in found.entries[3::2]] == ["Site closes", "Mistake"]
        alone = found.entries[-1]
        assert alone.operation is not None
        assert (alone.operation.title, alone.reason) == ("K-1 from Title of FORKLIFT-3Y", "After all")
        assert alone.by is not None
        assert alone.by.user_id == "ROOT"
        assert found.now is None
        assert found.now_words.startswith("Not on it now: removed on ")

    def test_who_is_on_it_has_the_values_of_now(self, root: User) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        enroll(FORKLIFT, "K-1", status="In Progress", expiration_date=tomorrow)

        found = told(root, "K-1")

        assert found.now_words == "On it now: In Progress."
        assert found.now is not None
        assert found.now["expiration_date"] == tomorrow
        assert [(entry.kind, entry.words, entry.day) for entry in found.entries] == [("expires", "Expires", tomorrow)]

    def test_an_expiry_that_has_passed_and_one_that_never_came(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", expiration_date=date(2020, 5, 3))
        enroll(FORKLIFT, "K-2", expiration_date=timezone.localdate() + timedelta(days=400))
        run(remove(root, people("K-1", "K-2")))

        assert story(root, "K-1")[0] == ("expires", "Expired", None)
        assert [kind for kind, _words, _line in story(root, "K-2")] == ["planned", "removed"]

    def test_one_who_was_never_on_it(self, root: User) -> None:
        certification()
        make_user("K-1")

        found = told(root, "K-1")

        assert (found.now_words, found.entries) == ("Not on it. No removal is on record.", ())
        assert found.searched.sentences() == ["No job that you may see names this certification."]

    def test_of_another_certification_and_of_others_nothing_is_told(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        enroll("LOTO", "K-1")
        run(remove(root, removal_file([("LOTO", "K-1"), (FORKLIFT, "K-2")])))

        assert story(root, "K-1") == []


class TestLinesOfFiles:
    def test_planned_words_by_what_is_planned(self, root: User) -> None:
        enroll(FORKLIFT, "ON", "KEPT", "EXPIRED")
        Enrollment.objects.filter(user__user_id="EXPIRED").update(status="Expired")
        make_user("OFF")
        rows = [(FORKLIFT, one) for one in ("ON", "ON", "KEPT", "EXPIRED", "OFF")]

        job = remove(
            root,
            removal_file(rows),
            skip_problems=True,
            leave_out_users=("KEPT",),
            leave_out_statuses=("Expired",),
        )

        assert story(root, "ON") == [("planned", "Will be removed", 2), ("planned", "Same as line 2", 3)]
        assert [entry.state for entry in told(root, "ON").entries] == ["Queued", ""]
        assert story(root, "KEPT") == [("planned", "Left out by name", 4)]
        assert story(root, "EXPIRED") == [("planned", "Left out: status Expired", 5)]
        assert story(root, "OFF") == [("planned", "Not on this certification", 6)]
        assert {entry.job for entry in told(root, "ON").entries} == {job.pk}

    def test_already_removed_says_when_it_was(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        run(remove(root, people("K-1")))
        run(remove(root, people("K-1")))

        words = story(root, "K-1")[-1][1]
        assert words.startswith("Already removed on ")

    def test_changed_since_the_preview_and_left_alone(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        Enrollment.objects.filter(user__user_id="K-1").update(status="Revoked")
        run(job)

        assert story(root, "K-1") == [
            ("planned", "To be removed", 2),
            ("left_alone", "Changed since preview, left alone", 2),
        ]
        assert told(root, "K-1").entries[1].at == job.ended_at

    def test_already_gone_when_the_job_came(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        second = remove(root, people("K-1"), title="Second")
        first = run(remove(root, people("K-1"), title="First"))
        run(second)

        entries = told(root, "K-1").entries
        assert [(entry.kind, entry.job) for entry in entries] == [
            ("planned", second.pk),
            ("planned", first.pk),
            ("removed", first.pk),
            ("left_alone", second.pk),
        ]
        assert entries[-1].words == "Was already gone"

    def test_not_reached(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = run_some(remove(root, people("K-1", "K-2")), 1)
        cancel(root, job.pk)

        assert [kind for kind, _words, _line in story(root, "K-1")] == ["planned", "removed"]
        assert story(root, "K-2")[1] == ("not_reached", "Not reached, still on it", 3)

    def test_a_draft_is_told_to_its_creator_alone(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        other = User.objects.create_superuser("OTHER")
        draft = check_now(upload_draft(root, people("K-1"), name="x.csv", title="Mine", options=PlanOptions()))

        (entry,) = told(root, "K-1").entries
        assert (entry.words, entry.state, entry.line, entry.job) == ("Will be removed", "Draft", 2, draft.pk)
        assert entry.is_draft
        assert told(other, "K-1").entries == ()

    def test_a_draft_that_is_not_checked_yet_has_no_lines(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        upload_draft(root, people("K-1"), name="x.csv", title="", options=PlanOptions())
        assert told(root, "K-1").entries == ()

    def test_lines_of_a_purged_job_are_said_to_be_gone_and_its_removal_stays(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        run(remove(root, people("K-1")))
        change_setting(root, "details_kept_days", 1)
        with moved(timedelta(days=2)):
            assert purge().jobs == 1

        found = told(root, "K-1")
        assert [entry.kind for entry in found.entries] == ["removed"]
        assert "The lines of 1 job are no longer kept." in found.searched.sentences()


class TestWhoSeesWhat:
    def test_of_a_hidden_job_date_actor_and_reason_and_no_line(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = remove(root, people("K-1"), title="Secret title")
        run(explained(job, comment="Secret comment", reason="Site closes"))

        found = told(viewer(), "K-1")

        (entry,) = found.entries
        assert (entry.kind, entry.operation, entry.job, entry.line) == ("removed", None, None, None)
        assert entry.by is not None
        assert (entry.by.user_id, entry.reason, entry.at is not None) == ("ROOT", "Site closes", True)
        assert "Secret" not in json.dumps(found.as_json())

    def test_by_a_removal_permission_too_all_of_it(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        job = run(remove(root, people("K-1")))

        found = told(viewer(Permission.CERTIFICATION_VIEW, Permission.REMOVAL_VIEW), "K-1")
        assert [entry.job for entry in found.entries] == [job.pk, job.pk]

    def test_an_owner_of_this_certification_and_of_no_other(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        enroll("LOTO", "K-1")
        owner = make_user("owner")
        certification().owners.add(owner)
        run(remove(root, people("K-1")))

        assert [entry.kind for entry in told(owner, "K-1").entries] == ["removed"]
        with pytest.raises(NotFound):
            told(owner, "K-1", "LOTO")

    @pytest.mark.parametrize("permissions", [(), (Permission.REMOVAL_VIEW,)])
    def test_others_are_refused_before_they_learn_who_exists(self, permissions: tuple[Permission, ...]) -> None:
        certification()
        somebody = make_user("somebody") if not permissions else viewer(*permissions)
        for user_id in ("somebody", "nobody"):
            with pytest.raises(NotPermitted):
                told(somebody, user_id)
        with pytest.raises(NotPermitted):
            timeline(somebody, 10**6, 10**6)

    def test_who_and_what_is_not_there(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        with pytest.raises(NotFound, match="K-2 is nobody here"):
            told(root, "K-2")
        with pytest.raises(NotFound, match="NONE is not a certification"):
            told(root, "K-1", "NONE")
        for keys in ((10**9, Certification.objects.get().pk), (User.objects.get(user_id="K-1").pk, 10**30)):
            with pytest.raises(NotFound):
                timeline(root, *keys)

    def test_a_certification_that_is_gone_is_told_from_the_record(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")
        run(remove(root, people("K-1")))
        Certification.objects.all().delete()

        found = told(root, "K-1")
        assert (found.certification_title, found.certification_key) == (f"Title of {FORKLIFT}", None)
        assert [entry.kind for entry in found.entries] == ["planned", "removed"]


class TestWithinBounds:
    """A large job is searched by halving; of what is not so found, it is said that it was not looked through."""

    @pytest.fixture(autouse=True)
    def _every_job_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(naming, "ROWS_READ", 0)

    def test_everybody_in_a_large_job_is_found(self, root: User) -> None:
        """In whatever order the file and the enrollments are: each of them, by as many steps as halving takes."""
        ids = [f"K-{number:02}" for number in range(23)]
        enroll(FORKLIFT, *ids[::-1])
        enroll("LOTO", *ids[5:9])
        rows = [(FORKLIFT, one) for one in ids[::3] + ids[1::3]] + [("LOTO", one) for one in ids[5:9]]
        job = run_some(remove(root, removal_file(rows)), 9)

        for on in (FORKLIFT, "LOTO"):
            for one in ids:
                planned = [entry for entry in told(root, one, on).entries if entry.kind == "planned"]
                assert len(planned) == ((on, one) in rows), (on, one)
                for entry in planned:
                    assert (entry.job, entry.line) == (job.pk, None)
                    removed = RemovalRecord.objects.filter(user_id=one, certification_id=on).exists()
                    assert entry.words == ("To be removed" if removed else "Will be removed")

    def test_what_was_left_alone_is_told_too(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        job = remove(root, people("K-3", "K-2", "K-1"))
        Enrollment.objects.filter(user__user_id="K-2").update(status="Revoked")
        run(job)

        assert story(root, "K-2") == [
            ("planned", "To be removed", None),
            ("left_alone", "Changed since preview, left alone", None),
        ]

    def test_everybody_in_a_large_undo_is_found(self, root: User) -> None:
        ids = [f"K-{number:02}" for number in range(11)]
        enroll(FORKLIFT, *ids)
        removal = run(remove(root, people(*ids[::-1])))
        enroll(FORKLIFT, "K-04", status="In Progress")
        undo = run(undo_job(root, removal.pk))

        for one in ids:
            found = [entry for entry in told(root, one).entries if entry.job == undo.pk and entry.kind == "planned"]
            expected = "On it again, left alone" if one == "K-04" else "To be put back"
            assert [entry.words for entry in found] == [expected], one

    def test_other_lines_of_a_large_job_are_not_read_and_that_is_said(self, root: User) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"), leave_out_users=("K-2",))

        found = told(root, "K-2")
        assert found.entries == ()
        (_every, said) = found.searched.sentences()
        assert said == f"Job {job.pk} is large: of its 2 lines not all were looked through."

    def test_one_whose_enrollment_went_without_a_record_is_found_or_said_not_to_be(self, root: User) -> None:
        """PostgreSQL has nothing to find them by."""
        enroll(FORKLIFT, "K-1", "K-2")
        job = remove(root, people("K-1", "K-2"))
        Enrollment.objects.filter(user__user_id="K-1").delete()

        found = told(root, "K-1")
        if connection.vendor == "sqlite":
            assert ([entry.job for entry in found.entries], found.searched.partly) == ([job.pk], ())
        else:
            assert (found.entries, found.searched.partly) == ((), (job,))

    def test_a_job_too_many_to_be_searched_is_said_too(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(naming, "MOST_SEARCHES", 1)
        enroll(FORKLIFT, "K-1", "K-2")
        first, second = (remove(root, people("K-1", "K-2"), title=title) for title in ("First", "Second"))

        found = told(root, "K-1")
        assert [entry.job for entry in found.entries] == [second.pk]
        assert found.searched.partly == (first,)

    def test_a_few_other_lines_are_read_by_their_index(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        enroll(FORKLIFT, "K-1", "K-2")
        remove(root, people("K-1", "K-2"), leave_out_users=("K-2",))
        monkeypatch.setattr(naming, "ROWS_READ", 1)

        found = told(root, "K-2")
        assert [(entry.words, entry.line) for entry in found.entries] == [("Left out by name", 3)]
        assert len(found.searched.sentences()) == 1

    def test_older_jobs_are_not_searched_and_that_is_said(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """But the job that removed them is, however old."""
        monkeypatch.setattr(naming, "MOST_JOBS", 1)
        monkeypatch.setattr(naming, "ROWS_READ", 100)
        enroll(FORKLIFT, "K-1", "K-2", "K-3")
        remove(root, people("K-2"))
        first = run(remove(root, people("K-1")))
        remove(root, people("K-3"))

        assert told(root, "K-2").entries == ()
        assert [entry.job for entry in told(root, "K-1").entries] == [first.pk, first.pk]
        assert told(root, "K-2").searched.sentences()[0].startswith("Lines were looked for in the newest 1 jobs")

    def test_one_named_on_very_many_lines(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(naming, "MOST_LINES", 3)
        monkeypatch.setattr(naming, "ROWS_READ", 100)
        enroll(FORKLIFT, "K-1")
        remove(root, people(*["K-1"] * 9))

        found = told(root, "K-1")
        assert [entry.line for entry in found.entries] == [2, 3, 4]
        assert found.searched.sentences()[-1] == "Only the first 3 lines are shown."


def test_queries_do_not_grow_with_jobs_or_history(root: User) -> None:
    enroll(FORKLIFT, "K-1", "K-2")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            told(root, "K-1")
        return len(captured)

    run(undo_job(root, run(remove(root, people("K-1"))).pk))
    before = queries()
    for _ in range(4):
        run(undo_job(root, run(remove(root, people("K-1", "K-2"))).pk))
        remove(root, people("K-1"), leave_out_users=("K-1",), confirm=lambda _summary: True)
    assert queries() == before <= 20


def test_entries_of_a_further_source_stand_at_their_time(root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """This is where what is known elsewhere joins: a source is a function of the pair."""
    enroll(FORKLIFT, "K-1")
    run(remove(root, people("K-1")))
    (record,) = RemovalRecord.objects.all()

    def source(pair: Any) -> list[TimelineEntry]:
        (removal,) = pair.removals
        assert removal.record_id == record.pk
        return [TimelineEntry(kind="held", words="Held", at=removal.removed.at - timedelta(days=1))]

    monkeypatch.setattr("certremoval.removals.timeline.SOURCES", (*SOURCES, source))
    assert [kind for kind, _words, _line in story(root, "K-1")] == ["held", "planned", "removed"]


def test_as_json_it_holds_days_times_and_what_was_searched(root: User) -> None:
    enroll(FORKLIFT, "K-1", assigned_date=date(2024, 5, 3))
    job = run(remove(root, people("K-1")))
    with append_only_suspended(), transaction.atomic():
        RemovalRecord.objects.update(removed_at="2026-05-03T08:15:00Z")

    answer = json.loads(json.dumps(told(root, "K-1").as_json()))

    assert answer["user"] == {"user_id": "K-1", "name": "K-1"}
    assert answer["certification"] == {"certification_id": FORKLIFT, "title": f"Title of {FORKLIFT}"}
    assert answer["now"] is None
    assert (answer["entries"][0]["kind"], answer["entries"][0]["day"]) == ("assigned", "2024-05-03")
    assert {entry["at"] for entry in answer["entries"] if entry["kind"] == "removed"} == {"2026-05-03T08:15:00Z"}
    assert answer["searched"]["older_jobs_left_out"] is False
    assert job.state == JobState.PROCESSED


def test_who_let_somebody_on_again_is_told(root: User) -> None:
    """By a lift of one removal, of all of a job, by a load that re-adds, by a full file that no longer names them."""
    enroll(FORKLIFT, "000123", "000124")

    def taken_off() -> Job:
        return run(remove(root, people("000123")))

    taken_off()
    lift_hold(root, RemovalRecord.objects.latest("pk").pk)
    line, other = f"{FORKLIFT},000123,Certified,,,,,", f"{FORKLIFT},000124,Certified,,,,,"
    accepted("enrollments", ENROLLMENTS, line)
    lift_job(root, taken_off().pk)
    accepted("enrollments", ENROLLMENTS, line)
    taken_off()
    accepted("enrollments", ENROLLMENTS, line, readd=True)
    taken_off()
    accepted("enrollments", ENROLLMENTS, other, snapshot=True)
    accepted("enrollments", ENROLLMENTS, line, other)
    accepted("enrollments", ENROLLMENTS, other, snapshot=True)

    entries = [entry for entry in told(root, "000123").entries if entry.kind == "let_on_again"]

    assert [(entry.words, entry.by.name if entry.by else "") for entry in entries] == [
        ("Not held back any more: loads may enroll this person again", "Rosa Oort"),
        ("Not held back any more: loads may enroll this person again", "Rosa Oort"),
        ("Enrolled again by a load", "System"),
        ("Not held back any more: a full file no longer named this person", "System"),
    ]


def test_who_decided_on_a_job_that_waited_is_told_and_nobody_is_blamed_for_what_did_not_happen(root: User) -> None:
    change_setting(root, "most_unapproved", 0)
    ada = viewer(Permission.REMOVAL_MANAGE, user_id="ada")
    grace = viewer(Permission.REMOVAL_APPROVE, user_id="grace")
    enroll(FORKLIFT, "K-1")
    decline(grace, remove(ada, people("K-1")).pk, reason="Wrong list")

    entries = {entry.kind: entry for entry in told(root, "K-1").entries}

    assert list(entries) == ["planned", "declined", "not_reached"]
    by = entries["declined"].by
    assert by is not None
    assert (by.user_id, entries["declined"].reason) == ("grace", "Wrong list")
    assert (entries["not_reached"].by, entries["not_reached"].reason) == (None, "")


LIFTED = "Not held back any more: loads may enroll this person again"


def lifts_told(root: User, user_id: str) -> int:
    return sum(entry.words == LIFTED for entry in told(root, user_id).entries)


def test_a_lift_of_all_of_a_job_is_told_of_those_whom_it_still_held(root: User) -> None:
    """Not where another job holds them since, nor where they were put back, or let on again, before."""
    enroll(FORKLIFT, "still", "again", "back", "alone")
    job = run(remove(root, people("still", "again", "back", "alone")))
    enroll(FORKLIFT, "again")
    run(remove(root, people("again")))
    run(undo_job(root, job.pk, users=["back"]))
    lift_hold(root, RemovalRecord.objects.get(user_id="alone").pk)

    lift_job(root, job.pk)

    assert {user_id: lifts_told(root, user_id) for user_id in ("still", "again", "back", "alone")} == {
        "still": 1,
        "again": 0,
        "back": 0,
        "alone": 1,  # the lift of theirs alone
    }


def test_what_happens_after_a_lift_of_all_leaves_it_told(root: User) -> None:
    enroll(FORKLIFT, "again", "back")
    job = run(remove(root, people("again", "back")))
    lift_job(root, job.pk)
    run(undo_job(root, job.pk))
    run(remove(root, people("again")))

    assert (lifts_told(root, "again"), lifts_told(root, "back")) == (1, 1)


def test_whoever_is_held_back_is_told_so_and_until_when(root: User) -> None:
    enroll(FORKLIFT, "held", "day", "good", "lifted")
    day = database_now().date() + timedelta(days=30)
    for user_id, keep_off in (
        ("held", NOT_FIRMLY),
        ("day", KeepOff(day)),
        ("good", KeepOff(for_good=True)),
        ("lifted", NOT_FIRMLY),
    ):
        run(remove(root, people(user_id), keep_off=keep_off))
    lift_hold(root, RemovalRecord.objects.get(user_id="lifted").pk)

    assert told(root, "held").now_words.endswith("Held back: loads of enrollments pass over this person.")
    assert f"Kept off until {day_words(day)}: loads" in told(root, "day").now_words
    assert "Kept off for good: loads" in told(root, "good").now_words
    assert "loads" not in told(root, "lifted").now_words
