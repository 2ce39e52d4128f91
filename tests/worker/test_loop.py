"""The worker's loop: what it does when there is work, none, and when something is wrong."""

from __future__ import annotations

import io
import logging
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import OperationalError

from certremoval.certifications.models import Certification, Enrollment
from certremoval.organization.models import User
from certremoval.removals.drafts import replace_file, upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.processing import Claim, plan_claimed_draft
from certremoval.removals.submitting import remove_file
from certremoval.worker import loop
from certremoval.worker.loop import LeftToOthers, check_next_draft, run_next_job, work
from certremoval.worker.stopping import SIGNALS, Stop, stop_on_signals

CheckWhile = Callable[[LeftToOthers, Callable[[Claim], object]], bool]

FILE = b"Certification ID,User ID\nFORKLIFT-3Y,000123\n"


class Pauses(Stop):
    """Notes how long the worker would pause, and asks it to stop when it has paused often enough."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._most = most

    def pause(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) >= self._most:
            self.ask()


@pytest.fixture(autouse=True)
def _keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "close_old_connections", lambda: None)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("certremoval"), "propagate", True)
    caplog.set_level(logging.INFO, logger="certremoval")
    return caplog


@pytest.fixture
def admin(transactional_db: None) -> User:
    """A superuser; Ana (000123) is on FORKLIFT-3Y."""
    forklift = Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift Operator Safety")
    Enrollment.objects.create(certification=forklift, user=User.objects.create_user("000123"), status="Certified")
    return User.objects.create_superuser("admin")


def submit(admin: User) -> Job:
    return remove_file(admin, io.BytesIO(FILE), name="x.csv", title="Leavers", options=PlanOptions())


def test_a_job_that_is_due_is_run_to_its_end(admin: User, log: pytest.LogCaptureFixture) -> None:
    job = submit(admin)

    assert run_next_job(Stop().asked) is True
    job.refresh_from_db()
    assert job.state == "processed"
    assert [record.getMessage() for record in log.records if record.name == "certremoval.worker"] == [
        f"Job {job.id}: taken up.",
        f"Job {job.id}: Processed, 1 of 1 done.",
    ]
    assert run_next_job(Stop().asked) is False


def test_a_worker_that_is_to_stop_lets_go(admin: User) -> None:
    job = submit(admin)
    stop = Stop()
    stop.ask()

    run_next_job(stop.asked)
    job.refresh_from_db()
    assert job.lease_token is None


def test_a_draft_is_checked(admin: User) -> None:
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())

    assert check_next_draft(LeftToOthers()) is True
    draft.refresh_from_db()
    assert (draft.state, draft.remove_count) == ("draft", 1)
    assert check_next_draft(LeftToOthers()) is False


def test_a_draft_that_is_not_finished_is_let_go_at_once(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())

    def asked_to_stop(held: object) -> None:
        raise SystemExit(0)

    monkeypatch.setattr(loop, "plan_claimed_draft", asked_to_stop)
    with pytest.raises(SystemExit):
        check_next_draft(LeftToOthers())

    draft.refresh_from_db()
    assert (draft.state, draft.lease_token) == ("checking", None)


@pytest.fixture
def check_while(monkeypatch: pytest.MonkeyPatch) -> CheckWhile:
    """Take the next draft and check its file, while something happens to it."""

    def check(left: LeftToOthers, happens: Callable[[Claim], object]) -> bool:
        def happens_first(held: Claim) -> bool:
            happens(held)
            return plan_claimed_draft(held)

        with monkeypatch.context() as patch:
            patch.setattr(loop, "plan_claimed_draft", happens_first)
            return check_next_draft(left)

    return check


def test_a_draft_that_another_process_took_is_left_to_it_for_a_while(
    admin: User, check_while: CheckWhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes whose clocks differ find each other's holds ended: taking it back at once, neither would finish."""
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())
    left = LeftToOthers()

    def another_takes_it(held: Claim) -> None:
        Job.objects.filter(pk=held.job_id).update(lease_token="another", lease_until=None)

    now, lease = time.monotonic(), settings.ENVIRONMENT.lease_seconds
    monkeypatch.setattr(time, "monotonic", lambda: now)

    assert check_while(left, another_takes_it) is True
    assert check_next_draft(left) is False
    another = upload_draft(admin, io.BytesIO(FILE), name="y.csv", options=PlanOptions())
    assert check_next_draft(left) is True
    another.refresh_from_db()
    assert another.state == "draft"

    now += lease * 2 + 1
    assert check_while(left, another_takes_it) is True
    now += lease * 2 + 1
    assert check_next_draft(left) is False  # twice as long the second time
    now += lease * 2
    assert check_next_draft(left) is True
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_that_was_left_to_another_process_is_taken_once_nobody_holds_it(admin: User) -> None:
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())
    left = LeftToOthers()
    left.lose(Claim(job_id=draft.id, token="mine", attempts=1))
    Job.objects.filter(pk=draft.id).update(lease_token="another", lease_until=None)
    assert check_next_draft(left) is False

    Job.objects.filter(pk=draft.id).update(lease_token=None)
    assert check_next_draft(left) is True
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_whose_file_was_replaced_while_it_was_checked_is_checked_at_once(
    admin: User, check_while: CheckWhile
) -> None:
    draft = upload_draft(admin, io.BytesIO(FILE), name="x.csv", options=PlanOptions())
    left = LeftToOthers()

    check_while(left, lambda held: replace_file(admin, held.job_id, io.BytesIO(FILE), name="y.csv"))
    draft.refresh_from_db()
    assert draft.state == "checking"

    assert check_next_draft(left) is True
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_it_pauses_only_when_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Pauses(most=2)
    answers = iter([True, True, False, True, False])

    work(lambda: next(answers), stop)

    assert list(answers) == []
    assert all(0.5 <= seconds <= 1.0 for seconds in stop.seconds)


@pytest.mark.django_db
def test_a_database_that_is_away_is_tried_again_ever_more_slowly(log: pytest.LogCaptureFixture) -> None:
    stop = Pauses(most=8)

    def away() -> bool:
        raise OperationalError("connection refused\nIs the server running?")

    work(away, stop)

    assert stop.seconds == [1, 2, 4, 8, 16, 30, 30, 30]
    assert log.records[0].getMessage() == "The database does not serve: connection refused. Trying again in 1 s."
    assert not any(record.exc_info for record in log.records)


@pytest.mark.django_db
def test_it_says_that_the_database_is_back(log: pytest.LogCaptureFixture) -> None:
    stop = Pauses(most=2)
    faults = [OperationalError("no such table: jobs")]

    def away_once() -> bool:
        if faults:
            raise faults.pop()
        return False

    work(away_once, stop)

    assert [record.getMessage() for record in log.records] == [
        "The database is not set up (no such table: jobs). Run: certremoval migrate. Trying again in 1 s.",
        "The database is back.",
    ]


@pytest.mark.django_db
def test_a_fault_of_ours_is_logged_and_does_not_end_the_worker(log: pytest.LogCaptureFixture) -> None:
    stop = Pauses(most=2)

    def broken() -> bool:
        raise ZeroDivisionError

    work(broken, stop)

    assert len(stop.seconds) == 2
    assert all(record.exc_info for record in log.records)


def test_a_pause_ends_as_soon_as_it_is_asked_to_stop() -> None:
    stop = Stop()
    paused = threading.Thread(target=stop.pause, args=(60,))
    paused.start()
    stop.ask()
    paused.join(10)

    assert not paused.is_alive()
    assert stop.asked()


def test_the_first_signal_asks_and_the_second_would_end_the_process() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    stop = Stop()
    try:
        stop_on_signals(stop)
        os.kill(os.getpid(), signal.SIGTERM)
        stop.pause(10)
        assert stop.asked()
        assert signal.getsignal(signal.SIGTERM) == signal.getsignal(signal.SIGINT) == signal.SIG_DFL
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
