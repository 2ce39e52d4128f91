"""Anything that may happen to jobs, in any order: the database is what a simple model in memory says.

``STATE_MACHINE_EXAMPLES=500`` looks longer.
"""

from __future__ import annotations

import os
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from certremoval.access.models import Permission
from certremoval.certifications.holding import lift_hold
from certremoval.certifications.limits import ApprovalRequired
from certremoval.certifications.models import Certification, Enrollment, RemovalRecord, Restoration
from certremoval.certifications.removing import remove_person
from certremoval.loading.loads import load
from certremoval.loading.report import LoadReport
from certremoval.organization.models import OrganizationalUnit, UnitMembership, User
from certremoval.policy.settings import change_setting
from certremoval.problems import NothingToDo, WrongState
from certremoval.reading import read_table
from certremoval.removals import processing
from certremoval.removals.actions import cancel, resume
from certremoval.removals.approving import approve, decline
from certremoval.removals.checks import SAID
from certremoval.removals.counts import job_counts
from certremoval.removals.drafts import check_now, discard, revise_draft, upload_draft
from certremoval.removals.keeping import LeaseLost
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobStep
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import Claim, claim_job, claim_next_job, release
from certremoval.removals.results import result_file
from certremoval.removals.sql import advance
from certremoval.removals.submitting import NotAccepted, remove_file, submit
from certremoval.removals.undoing import draft_put_back, undo_job
from certremoval.removals.verifying import verify
from tests.emptying import empty_database
from tests.removals.conftest import certification, make_unit, make_user, removal_file
from tests.removals.model_of_engine import ENDED, MAX_ATTEMPTS, Choices, Model, ModelJob, Pair, Record
from tests.web.conftest import holder

EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "25"))

USERS = tuple(f"U-{number}" for number in range(1, 7))
CERTIFICATIONS = ("A", "B")
UNITS = ("X", "Y")
STATUSES = ("Certified", "In Progress", "Revoked")
DIVISION = "Division"

users, statuses = st.sampled_from(USERS), st.sampled_from(STATUSES)
pairs = st.tuples(st.sampled_from(CERTIFICATIONS), users)
lines = st.tuples(st.sampled_from([*CERTIFICATIONS * 3, "NOPE", ""]), st.sampled_from([*USERS, "GHOST", ""]))
everyone = [(certification, user) for certification in CERTIFICATIONS for user in USERS]
everybody = st.permutations(everyone)
files = everybody | st.lists(lines, min_size=1, max_size=10) | st.lists(pairs, min_size=1, max_size=10, unique=True)
nightly_lists = st.lists(st.tuples(pairs, statuses), min_size=1, max_size=6, unique_by=lambda one: one[0])
choices = st.just(Choices()) | st.builds(
    Choices,
    statuses=st.lists(statuses, max_size=2, unique=True).map(tuple),
    units=st.lists(st.sampled_from(UNITS), max_size=1).map(tuple),
    users=st.lists(users, max_size=2, unique=True).map(tuple),
)


def options_of(chosen: Choices) -> PlanOptions:
    return PlanOptions(
        leave_out_statuses=chosen.statuses,
        leave_out_units=tuple((DIVISION, unit) for unit in chosen.units),
        leave_out_users=chosen.users,
    )


MOST_UNAPPROVED = 3
"""More people than this wait for Grace's approval."""


class Interrupted(OperationalError):
    """The database went away in the midst of a chunk."""


def submitted_state(job: ModelJob) -> str:
    """What a job is when it is submitted."""
    waits = job.undoes is None and list(job.planned.values()).count("remove") > MOST_UNAPPROVED
    return "awaiting_approval" if waits else "queued"


class Engine(RuleBasedStateMachine):
    """Two certifications, six people, and whatever administrators, workers and the outside world do."""

    drafts: Bundle[int] = Bundle("drafts")
    jobs: Bundle[int] = Bundle("jobs")
    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.root = User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")
        self.grace = holder("grace", Permission.REMOVAL_APPROVE)
        change_setting(self.root, "most_unapproved", MOST_UNAPPROVED)
        for user_id in USERS:
            make_user(user_id)
        self.units = {
            unit: make_unit(DIVISION, unit, *[user for at, user in enumerate(USERS) if UNITS[at % 2] == unit])
            for unit in UNITS
        }
        for one in CERTIFICATIONS:
            certification(one)
        self.model = Model({user: UNITS[at % 2] for at, user in enumerate(USERS)}, CERTIFICATIONS)
        self.numbers: dict[int, int] = {}
        """The model's number of each enrollment, by id."""

    def teardown(self) -> None:
        assert verify() == []
        empty_database()

    # --- the outside world

    @initialize(on=st.lists(st.tuples(pairs, statuses), min_size=6, max_size=12, unique_by=lambda one: one[0]))
    def some_are_enrolled(self, on: list[tuple[Pair, str]]) -> None:
        for pair, status in on:
            self.enrol(pair, status)

    @rule(pair=pairs, status=statuses)
    def enrol(self, pair: Pair, status: str) -> None:
        if pair not in self.model.enrolled:
            made = Enrollment.objects.create(
                certification=Certification.objects.get(certification_id=pair[0]),
                user=User.objects.get(user_id=pair[1]),
                status=status,
                assigned_date=date(2026, 1, 2),
            )
            self.numbers[made.pk] = self.model.enrol(pair, status)

    @rule(pair=pairs, status=statuses)
    def change(self, pair: Pair, status: str) -> None:
        if pair in self.model.enrolled:
            on_certification(pair).update(status=status)
            self.model.change(pair, status)

    @rule(pair=pairs)
    def unenrol(self, pair: Pair) -> None:
        if pair in self.model.enrolled:
            on_certification(pair).delete()
            del self.model.enrolled[pair]

    @rule(user=users, unit=st.sampled_from(UNITS))
    def transfer(self, user: str, unit: str) -> None:
        UnitMembership.objects.filter(user__user_id=user).update(unit=self.units[unit])
        self.model.units[user] = unit

    @rule(nightly=nightly_lists, readd=st.booleans())
    def load_enrollments(self, nightly: list[tuple[Pair, str]], readd: bool) -> None:
        report = self._loaded(nightly, readd=readd)
        held = [pair for pair, _status in nightly if self.model.held(pair)]
        assert report.holds is not None
        assert (report.holds.held_back, report.holds.readded) == ((0, len(held)) if readd else (len(held), 0))
        self._put_on(nightly, readd=readd)

    @rule(nightly=nightly_lists)
    def load_a_full_file(self, nightly: list[tuple[Pair, str]]) -> None:
        """Whom it does not name leaves, by an operation that holds nobody back; holds of the others end."""
        named = {pair for pair, _status in nightly}
        gone = sorted(set(self.model.enrolled) - named)
        not_named = [held for pair in everyone if pair not in named and (held := self.model.held(pair))]
        if len(gone) > MOST_UNAPPROVED:
            with pytest.raises(ApprovalRequired):
                self._loaded(nightly, snapshot=True)
            return
        report = self._loaded(nightly, snapshot=True)
        assert report.removed == len(gone)
        for record in not_named:
            record.lets_on = True
        for pair in gone:
            self.model.remove(pair)
            self.model.records[-1].lets_on = True
        self._put_on(nightly, readd=False)

    def _loaded(self, nightly: list[tuple[Pair, str]], *, snapshot: bool = False, readd: bool = False) -> LoadReport:
        dates = ("Assigned Date", "Due Date", "Certified Date", "Expiration Date")
        header = ("Certification ID", "User ID", "Status", "Version", *dates)
        values = [(*pair, status, "", "2026-01-02", "", "", "") for pair, status in nightly]
        report = load(
            "enrollments", removal_file(values, header=header), name="nightly.csv", snapshot=snapshot, readd=readd
        )
        assert report.accepted, report.problems
        return report

    def _put_on(self, nightly: list[tuple[Pair, str]], *, readd: bool) -> None:
        for pair, status in nightly:
            held = self.model.held(pair)
            if pair in self.model.enrolled:
                self.model.change(pair, status)
            elif held is None or readd:
                self.numbers[on_certification(pair).get().pk] = self.model.enrol(pair, status)
                if held is not None:
                    held.lets_on = True

    @rule(which=st.integers(0, 20))
    def lift_one_hold(self, which: int) -> None:
        stored = list(RemovalRecord.objects.order_by("pk"))
        if which >= len(stored):
            return
        record = self._record(stored[which])
        if self.model.held(record.pair) is record:
            lift_hold(self.root, stored[which].pk)
            record.lets_on = True
        else:
            with pytest.raises(WrongState):
                lift_hold(self.root, stored[which].pk)

    def _record(self, stored: RemovalRecord) -> Record:
        """Return the model's record of a stored one."""
        state = (self.numbers[stored.enrollment_id], stored.revision)
        (record,) = (one for one in self.model.records if (one.number, one.revision) == state)
        return record

    @rule(job=jobs, how=st.sampled_from(["changed", "gone", "enrolled anew", "removed by another"]), runs=st.booleans())
    def somebody_gets_there_before_a_job(self, job: int, how: str, runs: bool) -> None:
        """What drift is made of: chance alone seldom meets a step that is still to be done."""
        model = self.model.jobs[job]
        for line in sorted(set(model.steps) - set(model.done))[:2]:
            if model.undoes is not None:
                self.enrol(model.undoes[line - 1].pair, STATUSES[0])
                continue
            pair = model.rows[line - 2]
            status = STATUSES[(STATUSES.index(self.status_of(pair)) + 1) % len(STATUSES)]
            if how == "changed":
                self.change(pair, status)
            elif how == "removed by another":
                self.remove_one_person(pair)
            else:
                self.unenrol(pair)
                if how == "enrolled anew":
                    self.enrol(pair, status)
        if runs:
            self.a_worker_does_all_of_it(job)

    def status_of(self, pair: Pair) -> str:
        return self.model.enrolled[pair].status if pair in self.model.enrolled else STATUSES[0]

    @rule(pair=pairs)
    def remove_one_person(self, pair: Pair) -> None:
        if pair in self.model.enrolled:
            remove_person(
                self.root,
                certification_key=Certification.objects.get(certification_id=pair[0]).pk,
                user_key=User.objects.get(user_id=pair[1]).pk,
            )
            self.model.remove(pair)

    # --- administrators

    @rule(target=drafts, rows=files, chosen=choices)
    def upload(self, rows: list[Pair], chosen: Choices) -> Any:
        if not any(cell for row in rows for cell in row):
            return multiple()
        job = upload_draft(self.root, removal_file(rows), name="file.csv", title="Draft", options=options_of(chosen))
        check_now(job)
        made = self.model.jobs[job.pk] = ModelJob(rows, chosen)
        self.model.plan(made)
        return job.pk

    @rule(draft=drafts, chosen=choices)
    def leave_others_out(self, draft: int, chosen: Choices) -> None:
        job = self.model.jobs.get(draft)
        if job is None or job.state != "draft":
            with pytest.raises(Exception, match=r"draft|no job"):
                revise_draft(self.root, draft, options=options_of(chosen))
            return
        check_now(revise_draft(self.root, draft, options=options_of(chosen)))
        job.choices, job.plan_number = chosen, job.plan_number + 1
        self.model.plan(job)

    @rule(target=jobs, draft=drafts, skips=st.booleans(), behind=st.integers(0, 1))
    def submit(self, draft: int, skips: bool, behind: int) -> Any:
        job = self.model.jobs.get(draft)
        if job is None:
            return multiple()
        plan = job.plan_number - behind  # what another window has shown since
        if job.state != "draft" or behind:
            with pytest.raises(WrongState):
                submit(self.root, draft, plan_number=plan, skip_problems=skips, said=SAID)
            return multiple()
        if job.refuses and not skips:
            with pytest.raises(NotAccepted):
                submit(self.root, draft, plan_number=plan, skip_problems=skips, said=SAID)
            return multiple()
        submit(self.root, draft, plan_number=plan, skip_problems=skips, said=SAID)
        job.state, job.skips = submitted_state(job), skips
        return draft

    @rule(draft=consumes(drafts))
    def discard(self, draft: int) -> None:
        job = self.model.jobs.get(draft)
        if job is not None and job.state == "draft":
            discard(self.root, draft)
            del self.model.jobs[draft]

    @rule(target=jobs, rows=files, chosen=choices, skips=st.booleans())
    def remove_on_the_command_line(self, rows: list[Pair], chosen: Choices, skips: bool) -> Any:
        made = ModelJob(rows, chosen, state="queued", skips=skips)
        self.model.plan(made)
        arguments: dict[str, Any] = {"name": "f.csv", "title": "At once", "options": options_of(chosen)}
        if not made.planned or (made.refuses and not skips):
            with pytest.raises(FileRefused):
                remove_file(self.root, removal_file(rows), skip_problems=skips, said=SAID, **arguments)
            return multiple()
        job = remove_file(self.root, removal_file(rows), skip_problems=skips, said=SAID, **arguments)
        self.model.jobs[job.pk] = made
        made.state = submitted_state(made)
        return job.pk

    @rule(job=jobs, approves=st.booleans())
    def decide(self, job: int, approves: bool) -> None:
        model = self.model.jobs[job]
        act = partial(approve, self.grace, job) if approves else partial(decline, self.grace, job, reason="No")
        if model.state != "awaiting_approval":
            with pytest.raises(WrongState):
                act()
            return
        act()
        model.state = "queued" if approves else "cancelled"

    @rule(job=jobs)
    def cancel(self, job: int) -> None:
        model = self.model.jobs[job]
        if model.state in ("awaiting_approval", "queued", "in_progress", "failed"):
            cancel(self.root, job)
            model.state, model.token = "cancelled", None
        else:
            with pytest.raises(WrongState):
                cancel(self.root, job)

    @rule(target=jobs, job=jobs)
    def undo(self, job: int) -> Any:
        """Of a removal it puts back, of a restore it removes again; who is where they were is left alone."""
        model = self.model.jobs[job]
        if model.undoes is None:
            undo = ModelJob([], Choices(), undoes=[record for record in self.model.records if record.job is model])
            self.model.plan_undo(undo)
        else:
            order = list(Restoration.objects.order_by("pk").values_list("enrollment_id", "revision"))
            back = [
                record
                for record in self.model.records
                if record.by is model
                and (on := self.model.enrolled.get(record.pair)) is not None
                and on.number == record.number
            ]
            back.sort(
                key=lambda one: [(self.numbers[of], rev - 1) for of, rev in order].index((one.number, one.revision))
            )
            undo = ModelJob([record.pair for record in back], Choices(), skips=True)
            self.model.plan(undo)
        if model.state not in ENDED:
            with pytest.raises(WrongState):
                undo_job(self.root, job)
            return multiple()
        if undo.to_do not in undo.planned.values():
            with pytest.raises(NothingToDo):
                undo_job(self.root, job)
            return multiple()
        made = undo_job(self.root, job)
        undo.state, model.undone = submitted_state(undo), True
        self.model.jobs[made.pk] = undo
        return made.pk

    @rule(target=jobs, job=jobs, before=st.booleans(), after=st.booleans())
    def a_job_is_done_and_undone(self, job: int, before: bool, after: bool) -> Any:
        """With some of its people on it again before the undo is planned, or after; chance seldom comes so far."""
        self.a_worker_does_all_of_it(job)
        removed = [record for record in self.model.records if record.job is self.model.jobs[job]]
        if before and len(removed) > 1:
            self.enrol(removed[0].pair, STATUSES[0])
        undo = self.undo(job)
        if isinstance(undo, int):
            if after and removed:
                self.enrol(removed[-1].pair, STATUSES[0])
            self.a_worker_does_all_of_it(undo)
        return undo

    @rule(target=jobs, which=st.integers(0, 20))
    def put_one_removal_back(self, which: int) -> Any:
        records = list(RemovalRecord.objects.order_by("pk"))
        if which >= len(records):
            return multiple()
        stored = records[which]
        record = self._record(stored)
        refused: type[Exception] | None = None
        if record.job is not None and record.job.state not in ENDED:
            refused = WrongState
        elif record.by is not None:
            refused = NothingToDo
        if refused:
            with pytest.raises(refused):
                draft_put_back(self.root, stored.pk)
            return multiple()
        draft = check_now(draft_put_back(self.root, stored.pk))
        undo = ModelJob([], Choices(), undoes=[record])
        self.model.plan_undo(undo)
        if "restore" not in undo.planned.values():
            with pytest.raises(NothingToDo):
                submit(self.root, draft.pk, plan_number=1, said=SAID)
            discard(self.root, draft.pk)
            return multiple()
        submit(self.root, draft.pk, plan_number=1, said=SAID)
        undo.state = "queued"
        if record.job is not None:
            record.job.undone = True
        self.model.jobs[draft.pk] = undo
        return draft.pk

    @rule(job=jobs)
    def resume(self, job: int) -> None:
        model = self.model.jobs[job]
        if model.state == "failed" and not model.undone:
            resume(self.root, job)
            model.state, model.attempts = "queued", 0
        else:
            with pytest.raises(WrongState):
                resume(self.root, job)

    # --- workers

    @rule(target=claims)
    def claim(self) -> Any:
        due = {
            number
            for number, job in self.model.jobs.items()
            if job.state == "queued" or (job.state == "in_progress" and job.is_free)
        }
        held = claim_next_job()
        if held is None:
            # Those that were taken up too often are marked Failed on the way.
            assert all(self.model.jobs[number].attempts >= MAX_ATTEMPTS for number in due)
        for number in due:
            if held is None or number != held.job_id:
                self._failed_on_the_way(number)
        if held is None:
            return multiple()
        assert held.job_id in due
        return self._taken(held)

    def _failed_on_the_way(self, number: int) -> None:
        job = self.model.jobs[number]
        if job.attempts >= MAX_ATTEMPTS and Job.objects.get(pk=number).state == "failed":
            job.state, job.token, job.attempts = "failed", None, job.attempts + 1

    def _taken(self, held: Claim | None) -> Claim:
        assert held is not None
        job = self.model.jobs[held.job_id]
        job.state, job.token, job.is_free, job.attempts = "in_progress", held.token, False, job.attempts + 1
        assert held.attempts == job.attempts <= MAX_ATTEMPTS
        return held

    @rule(held=claims, size=st.integers(1, 4))
    def process_a_chunk(self, held: Claim, size: int) -> None:
        job = self.model.jobs[held.job_id]
        if job.token != held.token:
            with pytest.raises(LeaseLost):
                processing._process_chunk(held, size)
            return
        lines = self._next_lines(held.job_id, size)
        done, total, ended = processing._process_chunk(held, size)
        for line in lines:
            self.model.process(job, line)
        assert (done, total) == (len(job.done), len(job.steps))
        job.is_free, job.attempts = False, 0 if lines else job.attempts
        assert ended == (done == total)
        if ended:
            job.state, job.token = "processed", None
        assert verify() == []

    def _next_lines(self, number: int, size: int) -> list[int]:
        """The lines of the next steps. Their order is the database's; which they are is the model's."""
        job = self.model.jobs[number]
        stored = Job.objects.get(pk=number)
        steps = JobStep.objects.filter(job_id=number, plan_number=stored.plan_number).order_by("position")
        by_enrollment = {of: line for line, (of, _) in job.steps.items()}
        order = [by_enrollment[self.numbers[step.enrollment_id]] for step in steps]
        assert sorted(order) == sorted(job.steps)
        return order[len(job.done) : len(job.done) + size]

    @rule(job=jobs)
    def a_worker_does_all_of_it(self, job: int) -> None:
        if self.model.jobs[job].state == "awaiting_approval":
            assert claim_job(job) is None
            self.decide(job, approves=True)
        if self.model.jobs[job].state == "queued":
            held = self._taken(claim_job(job))
            while self.model.jobs[job].state == "in_progress":
                self.process_a_chunk(held, 3)

    @rule(held=claims, size=st.integers(1, 4))
    def a_chunk_breaks_in_the_midst(self, held: Claim, size: int) -> None:
        if self.model.jobs[held.job_id].token != held.token:
            return
        with pytest.MonkeyPatch.context() as patch:
            for name in ("advance", "finish"):
                patch.setattr(advance, name, break_down)
            with pytest.raises(Interrupted):
                processing._process_chunk(held, size)

    @rule(held=claims)
    def let_go(self, held: Claim) -> None:
        release(held)
        job = self.model.jobs[held.job_id]
        if job.token == held.token:
            job.token, job.is_free, job.attempts = None, True, 0
            self._taken(claim_job(held.job_id))  # by another worker; a claim that nobody has noted, so:
            self.its_worker_falls_silent(held.job_id)

    @rule(job=jobs)
    def its_worker_falls_silent(self, job: int) -> None:
        """Its lease runs out. It may wake up, and what it does before anybody has taken over counts."""
        Job.objects.filter(pk=job, lease_token__isnull=False).update(lease_until="2026-01-01T00:00:00Z")
        self.model.jobs[job].is_free = True

    @precondition(lambda self: any(job.state == "queued" for job in self.model.jobs.values()))
    @rule(job=jobs)
    def workers_die_again_and_again(self, job: int) -> None:
        model = self.model.jobs[job]
        if model.state != "queued":
            return
        for _ in range(MAX_ATTEMPTS):
            held = claim_job(job)
            assert held is not None
            self._taken(held)
            self.its_worker_falls_silent(job)
        assert claim_job(job) is None
        model.state, model.token, model.attempts = "failed", None, model.attempts + 1
        assert "the same place" in Job.objects.get(pk=job).error

    # --- what holds after each

    @invariant()
    def enrollments_are_the_models(self) -> None:
        stored = {
            (one.certification.certification_id, one.user.user_id): (self.numbers[one.pk], one.status, one.revision)
            for one in Enrollment.objects.select_related("certification", "user")
        }
        assert stored == {pair: (one.number, one.status, one.revision) for pair, one in self.model.enrolled.items()}

    @invariant()
    def records_are_the_models(self) -> None:
        stored = RemovalRecord.objects.order_by("id").values_list("enrollment_id", "revision")
        expected = sorted((record.number, record.revision) for record in self.model.records)
        assert sorted((self.numbers[of], revision) for of, revision in stored) == expected

    @invariant()
    def restorations_are_the_models(self) -> None:
        stored = Restoration.objects.values_list("enrollment_id", "revision")
        expected = sorted((record.number, record.revision + 1) for record in self.model.records if record.by)
        assert sorted((self.numbers[of], revision) for of, revision in stored) == expected

    @invariant()
    def jobs_are_the_models(self) -> None:
        stored = {job.pk: job for job in Job.objects.select_related("file", "operation")}
        assert {number: job.state for number, job in stored.items()} == {
            number: job.state for number, job in self.model.jobs.items()
        }
        for number, model in self.model.jobs.items():
            outcomes = model.outcomes()
            counts = {outcome: count for outcome, count in job_counts(stored[number]).items() if count}
            expected = {outcome: list(outcomes.values()).count(outcome) for outcome in set(outcomes.values())}
            assert counts == {"rows": len(outcomes), **expected}
            assert stored[number].plan_number == model.plan_number

    def result_of(self, number: int) -> dict[int, str]:
        """The outcome of each line in the job's result file."""
        job = Job.objects.select_related("file").get(pk=number)
        file = removal_file([])
        file.seek(0)
        file.truncate()
        file.write(b"".join(result_file(job)))
        table = read_table(file, name="result.csv", known_columns=("Outcome",))
        at = table.header.index("Outcome")
        return {row.line: row.cells[at] for row in table.rows()}

    @rule(job=jobs)
    def the_result_file_tells_each_line(self, job: int) -> None:
        # Empty rows are not written, so that lines are compared in their order.
        assert list(self.result_of(job).values()) == list(self.model.jobs[job].outcomes().values())


def break_down(*arguments: Any, **more: Any) -> None:
    raise Interrupted("gone")


def on_certification(pair: Pair) -> Any:
    return Enrollment.objects.filter(certification__certification_id=pair[0], user__user_id=pair[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(max(240, EXAMPLES * 6))
def test_the_engine_does_what_the_model_says() -> None:
    assert not OrganizationalUnit.objects.exists()
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
