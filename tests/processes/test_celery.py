"""Celery's workers run the same slices: messages that come twice, get lost or die with their worker change nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mailbox import mailbox
from tests.processes.conftest import ON_POSTGRESQL, PEOPLE, Installation, eventually
from tests.processes.services import needs, running
from tests.processes.test_drafts_and_lost_connections import UPLOAD

SEND = """
import sys
from certremoval.worker.celery import app, check_due_draft, run_due_job
nudge = {"jobs": run_due_job, "drafts": check_due_draft}[sys.argv[1]]
for _ in range(int(sys.argv[2])):
    nudge.apply_async()
"""
FORGET = "import sys, redis; redis.Redis.from_url(sys.argv[1]).flushall()"
WAITING = "import sys, redis; print(redis.Redis.from_url(sys.argv[1]).llen(sys.argv[2]))"

for_many_machines = pytest.mark.skipif(not ON_POSTGRESQL, reason="Celery is for many machines, which share PostgreSQL")


@dataclass
class CeleryWorkers:
    """Celery's workers on an installation, each with a log of its own."""

    installation: Installation
    broker: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, name: str, *options: str) -> subprocess.Popen[str]:
        """Start one with a process for tasks."""
        with self._log(name).open("w", encoding="utf-8") as log:
            process = self.installation.start_python(
                *("-m", "celery", "-A", "certremoval.worker.celery", "worker", "--hostname", f"{name}@test"),
                *("--concurrency", "1", "--without-mingle", "--without-gossip", *options),
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        self.started.append(process)
        return process

    def log(self, name: str) -> str:
        return self._log(name).read_text(encoding="utf-8")

    def send(self, nudge: str, times: int) -> None:
        self._python(SEND, nudge, str(times))

    def forget_messages(self) -> None:
        """Lose every message: those that wait and those that a worker has not acknowledged."""
        self._python(FORGET, self.broker)

    def waiting(self, queue: str) -> int:
        return int(self._python(WAITING, self.broker, queue))

    def kill(self, worker: subprocess.Popen[str]) -> None:
        """End a worker with all its processes at once, as when its machine goes down."""
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)  # it has a session of its own
        worker.wait(60)

    def _python(self, code: str, *arguments: str) -> str:
        process = self.installation.start_python("-c", code, *arguments)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out

    def _log(self, name: str) -> Path:
        return self.installation.folder / f"celery-{name}.log"


@pytest.fixture
def workers(installation: Installation) -> Iterator[CeleryWorkers]:
    with running("with-redis", "CERTREMOVAL_CELERY_BROKER") as broker:
        installation.extra |= {"CERTREMOVAL_CELERY_BROKER": broker, "CERTREMOVAL_LEASE_SECONDS": "1"}
        workers = CeleryWorkers(installation, broker)
        try:
            yield workers
        finally:
            for worker in workers.started:
                workers.kill(worker)


@for_many_machines
@needs("redis-server")
def test_a_message_that_comes_twenty_times_does_nothing_twice(
    installation: Installation, workers: CeleryWorkers
) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "600"
    workers.start("one")
    workers.start("two")
    job = installation.submit()
    eventually(lambda: all("is there" in workers.log(name) for name in ("one", "two")))
    workers.send("jobs", 20)
    installation.wait_until_processed(job)
    eventually(lambda: workers.waiting("certremoval.jobs") == 0)

    installation.assert_everyone_removed_once(job)
    told = workers.log("one") + workers.log("two")
    assert "Traceback" not in told
    assert "another worker has it" not in told, "a message took a job from the worker that had it"


@for_many_machines
@needs("redis-server")
def test_what_a_killed_worker_leaves_is_finished_by_another_although_all_messages_are_lost(
    installation: Installation, workers: CeleryWorkers
) -> None:
    job = installation.submit()
    workers.send("jobs", 1)
    killed = workers.start("one")
    installation.wait_until_begun(job)
    workers.kill(killed)
    reached = installation.checkpoint(job)
    assert installation.state(job) == "in_progress"

    workers.forget_messages()
    workers.start("two", "--beat")
    installation.wait_until_processed(job)

    assert 0 < reached < PEOPLE
    installation.assert_everyone_removed_once(job)


@for_many_machines
@needs("redis-server")
def test_a_broker_that_is_killed_in_the_midst_of_a_job_and_started_again_delays_it_and_no_more(
    installation: Installation,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    workers = CeleryWorkers(installation, f"redis://127.0.0.1:{port}/0")
    installation.extra["CERTREMOVAL_CELERY_BROKER"] = workers.broker
    broker = _start_redis(port)
    try:
        first, second = (installation.submit() for _ in range(2))
        workers.start("one", "--beat")
        installation.wait_until_begun(first)
        broker.kill()
        broker.wait(60)
        # The slice at hand goes on; for the next one nobody is nudged before the broker is back.
        assert installation.state(second) != "processed"
        broker = _start_redis(port)
        installation.wait_until_processed(first)
        installation.wait_until_processed(second)

        removed = (installation.json("job", str(job))["counts"]["removed"] for job in (first, second))
        assert sum(removed) == PEOPLE
        assert installation.database.query("SELECT COUNT(*) FROM removal_records") == [(PEOPLE,)]
        assert installation.run("verify").returncode == 0
    finally:
        for worker in workers.started:
            workers.kill(worker)
        broker.kill()
        broker.wait(60)


def _start_redis(port: str) -> subprocess.Popen[bytes]:
    """Start a Redis that keeps nothing but in memory: what waits in it is lost with it."""
    options = ("--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no")
    server = subprocess.Popen(["redis-server", *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def answers() -> bool:
        assert server.poll() is None, "Redis does not start"
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", int(port))) == 0

    eventually(answers)
    return server


@for_many_machines
@needs("redis-server")
def test_a_worker_that_is_asked_to_stop_lets_go_of_its_job(installation: Installation, workers: CeleryWorkers) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "600"
    job = installation.submit()
    stopped = workers.start("one", "--beat")
    installation.wait_until_begun(job)
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(60) == 0, workers.log("one")

    assert installation.database.query(f"SELECT lease_token FROM jobs WHERE id = {job}") == [(None,)]
    assert installation.run("worker", "--once").returncode == 0
    installation.assert_everyone_removed_once(job)


@for_many_machines
@needs("redis-server")
def test_who_made_a_job_is_told_by_mail(installation: Installation, workers: CeleryWorkers) -> None:
    with mailbox() as box:
        installation.extra |= {
            "CERTREMOVAL_EMAIL_HOST": "127.0.0.1",
            "CERTREMOVAL_EMAIL_PORT": str(box.port),
            "CERTREMOVAL_EMAIL_USE_TLS": "false",
            "CERTREMOVAL_EMAIL_FROM": "certremoval@example.org",
        }
        installation.database.query("UPDATE users SET email = 'admin@example.org' WHERE user_id = 'admin'")
        installation.submit()
        workers.start("one", "--beat")
        eventually(lambda: installation.database.query("SELECT mail_state FROM notices") == [("sent",)])
        (message,) = box.taken
    assert message["Subject"] == f"Everyone: {PEOPLE:,} removed"


@for_many_machines
@needs("redis-server")
def test_a_draft_is_checked(installation: Installation, workers: CeleryWorkers) -> None:
    out, err = installation.start_python("-c", UPLOAD, installation.everyone).communicate(timeout=60)
    assert out, err
    workers.start("one", "--beat")
    eventually(lambda: installation.state(int(out)) == "draft")

    assert installation.database.query(f"SELECT row_count, error FROM jobs WHERE id = {int(out)}") == [(PEOPLE, "")]
    assert not list(installation.folder.glob("celerybeat*")), "the beat needs no folder of its own"


@for_many_machines
@needs("redis-server")
def test_a_message_that_comes_twenty_times_has_a_draft_checked_once(
    installation: Installation, workers: CeleryWorkers
) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "600"
    out, err = installation.start_python("-c", UPLOAD, installation.everyone).communicate(timeout=60)
    assert out, err
    workers.start("one")
    workers.start("two")
    eventually(lambda: all("is there" in workers.log(name) for name in ("one", "two")))
    workers.send("drafts", 20)
    eventually(lambda: installation.state(int(out)) == "draft")
    eventually(lambda: workers.waiting("certremoval.drafts") == 0)

    assert installation.database.query(
        f"SELECT plan_number, row_count, remove_count, error FROM jobs WHERE id = {int(out)}"
    ) == [(1, PEOPLE, PEOPLE, "")]
    told = workers.log("one") + workers.log("two")
    assert "Traceback" not in told
    assert told.count("its file is being checked") == 1


@pytest.mark.parametrize("arguments", [["worker", "--once"], ["verify"]])
def test_without_celery_everything_else_runs(installation: Installation, arguments: list[str]) -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('celery', 'kombu', 'redis')));"  # None: cannot be imported
        "import certremoval.config.wsgi, certremoval.config.urls;"
        f"sys.argv = ['certremoval', *{arguments!r}];"
        "from certremoval.cli.main import main; main()"
    )
    process = installation.start_python("-c", code)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 0, err


def test_celery_without_a_broker_says_what_to_set(installation: Installation) -> None:
    process = installation.start_python("-m", "celery", "-A", "certremoval.worker.celery", "worker")
    _, err = process.communicate(timeout=60)

    assert process.returncode == 2
    assert err.startswith("CERTREMOVAL_CELERY_BROKER: set it to the address of the broker")
