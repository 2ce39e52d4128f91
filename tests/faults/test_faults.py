"""Real processes are disturbed at random moments; afterwards every row of every job is done exactly once.

``make faults`` disturbs hundreds of times (``FAULTS``); plain pytest a few. ``SEED`` repeats a run, as far as chance of
ours is concerned.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.network import Network
from tests.faults.scenario import LEASE_SECONDS, Scenario
from tests.faults.servers import PROGRAMS, Server, own_server, small_disk
from tests.processes.conftest import (
    ON_POSTGRESQL,
    SERVER,
    Installation,
    PostgresqlDatabase,
    SqliteFolder,
    copied,
    eventually,
    fill,
)
from tests.processes.conftest import template as template
from tests.processes.processes import children_of, kill_child
from tests.processes.test_machines import BehindPooler

FAULTS = int(os.environ.get("FAULTS", "2"))
SEED = int(os.environ.get("SEED") or 0) or random.SystemRandom().randrange(1, 1_000_000)
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

pytestmark = pytest.mark.timeout(max(900, 60 * FAULTS))
"""Seconds for a whole test. Within it nothing is waited for longer than :data:`~tests.faults.scenario.PATIENCE`."""

on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="an embedded database has no server")
on_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="about the embedded database")

SLEEPS_IN_ANOTHER_HOUR = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""Under faketime every sleep of Python fails (EINVAL): it subtracts the hour from a clock that it leaves alone."""

UNDONE_IN_ALL = FAULTS > 2
"""Whether each fault also hits undoing. When only a few are tried, those do that stand for the others."""

Fault = Callable[[Scenario], None]
Disturb = Callable[..., None]
Fresh = Callable[[Path], AbstractContextManager[Installation]]
"""Makes an installation in a folder, as the template is."""


@pytest.fixture
def disturb(
    template: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Disturb:
    """Run the jobs and do a fault again and again, on as many fresh installations as it takes; then look."""

    def run(
        fault: Fault, *, away: bool = False, may_fail: bool = True, fresh: Fresh | None = None, undone: bool = False
    ) -> None:
        """``away``: the fault takes the database away, which pages may say (503). ``undone``: always undo, too."""
        undone = undone or UNDONE_IN_ALL
        removing = rounds = pages = 0
        restoring = 0 if undone else FAULTS
        while min(removing, restoring) < FAULTS and rounds < FAULTS:
            rounds += 1
            folder = tmp_path / f"round{rounds}"
            with fresh(folder) if fresh else copied(template, folder) as installation:
                scenario = Scenario(installation, SEED + rounds, may_fail=may_fail)
                scenario.submit_jobs()
                with scenario.people_at_the_pages() as traffic:
                    removing += scenario.disturb(fault, max(FAULTS - removing, 1))
                    scenario.finish()
                    scenario.assert_removed_exactly_once()
                    if undone:
                        scenario.undo_jobs()
                        restoring += scenario.disturb(fault, max(FAULTS - restoring, 1))
                        scenario.finish()
                if undone:
                    scenario.assert_back_exactly_once()
                assert traffic.count > 0
                assert {status for _, _, status in traffic.answers} <= ({503} if away else set()), traffic.answers
            pages += traffic.count
            shutil.rmtree(folder)
        assert removing > 0
        assert restoring > 0
        done = f"{removing} faults while jobs and a draft remove, {restoring if undone else 0} while they are undone"
        told(capsys, f"{request.node.name}: {done}, in {rounds} rounds, {pages} pages, seed {SEED}")

    return run


def told(capsys: pytest.CaptureFixture[str], words: str) -> None:
    if "FAULTS" in os.environ:
        with capsys.disabled():
            print(f"\n{words}; verify is clean")  # noqa: T201


def test_workers_are_killed(disturb: Disturb) -> None:
    disturb(kill_a_worker, undone=True)


def kill_a_worker(scenario: Scenario) -> None:
    worker = scenario.any_worker()
    worker.kill()
    worker.wait()


def test_workers_stop_on_sigterm(disturb: Disturb) -> None:
    disturb(lambda scenario: scenario.any_worker().terminate())


def test_workers_freeze_past_their_lease_and_wake(disturb: Disturb) -> None:
    def freeze(scenario: Scenario) -> None:
        worker = scenario.any_worker()
        scenario.installation.database.freeze(worker)
        scenario.workers.remove(worker)  # another one is started in its place
        scenario.start_workers()
        time.sleep(float(LEASE_SECONDS) + scenario.chance.uniform(0.1, 1))
        worker.send_signal(signal.SIGCONT)
        scenario.workers.append(worker)

    disturb(freeze)


def test_the_process_that_checks_drafts_is_killed_while_it_checks_one(disturb: Disturb) -> None:
    killed = None
    interrupted = 0

    def kill_the_checker(scenario: Scenario) -> None:
        nonlocal killed, interrupted
        killed = scenario.wait_until_draft_is_checked_by_another(than=killed)
        time.sleep(scenario.chance.uniform(0, 0.5))
        for worker in scenario.workers:  # which one's it is, nobody tells
            for child in children_of(worker.pid):
                kill_child(worker.pid, child)
        interrupted += scenario.who_checks_the_draft() == killed

    disturb(kill_the_checker)
    assert interrupted, "the draft was never killed in the midst of its check"


@pytest.mark.skipif(FAKETIME is None, reason="faketime is not installed")
@pytest.mark.parametrize("hours", [1, -1] if "FAULTS" in os.environ else [1])
def test_the_clock_of_a_machine_is_wrong_by_an_hour(disturb: Disturb, hours: int) -> None:
    """On PostgreSQL the clock is the server's; on SQLite one of two processes lives in another hour."""

    def replace_by_one_in_another_hour(scenario: Scenario) -> None:
        kill_a_worker(scenario)
        (scenario.installation.folder / "sitecustomize.py").write_text(SLEEPS_IN_ANOTHER_HOUR)
        scenario.start_worker(
            LD_PRELOAD=str(FAKETIME),
            FAKETIME=f"{hours:+}h",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            PYTHONPATH=str(scenario.installation.folder),
        )

    disturb(replace_by_one_in_another_hour)


@on_postgresql
def test_connections_are_cut(disturb: Disturb) -> None:
    def cut(scenario: Scenario) -> None:
        scenario.installation.database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    disturb(cut, away=True, undone=True)


# --- a network of our own


@pytest.fixture
def network() -> Iterator[Network]:
    """A network to the server that the tests have."""
    with Network(SERVER) as network:
        yield network


@on_postgresql
@pytest.mark.parametrize("way", ["dead", "reset"])
def test_the_network_fails(disturb: Disturb, template: Installation, network: Network, way: str) -> None:
    @contextmanager
    def behind_network(folder: Path) -> Iterator[Installation]:
        with copied(template, folder) as installation:
            go_through(network, installation)
            yield installation

    def fail(scenario: Scenario) -> None:
        if way == "dead":
            network.go_dead()
            time.sleep(float(LEASE_SECONDS) + scenario.chance.uniform(0, 2))
            network.come_back()
        else:
            network.reset()

    # A job is not to fail because its database was away.
    disturb(fail, away=True, may_fail=False, fresh=behind_network)


@on_postgresql
def test_a_worker_whose_network_is_dead_notices_and_another_machine_goes_on(
    template: Installation, tmp_path: Path, network: Network
) -> None:
    """Nothing tells the worker: no answer comes, and no end of the connection."""
    with copied(template, tmp_path / "installation") as installation:
        installation.extra["CERTREMOVAL_LEASE_SECONDS"] = LEASE_SECONDS
        job = installation.submit()
        direct = installation.database
        go_through(network, installation)
        log = installation.folder / "cut-off.log"
        with log.open("w") as to:
            cut_off = installation.start("worker", stdout=subprocess.DEVNULL, stderr=to)
        installation.wait_until_begun(job)
        network.go_dead()
        eventually(lambda: "a chunk is tried again" in log.read_text())

        installation.database = direct
        installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        installation.wait_until_processed(job)

        assert cut_off.poll() is None
        network.come_back()
        eventually(lambda: "The database is back" in log.read_text())
        installation.assert_everyone_removed_once(job)


def go_through(network: Network, installation: Installation) -> None:
    """Let the product reach its database by that network; the test reaches it directly."""
    assert isinstance(installation.database, PostgresqlDatabase)
    installation.database = BehindPooler(installation.folder, installation.database.name, pooler=network.url)


# --- a server, or a disk, of our own


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server on a disk that can be filled, where there may be one."""
    assert PROGRAMS is not None
    with ExitStack() as stack:
        # Not in the installation's folder, which is for its own account alone.
        folder = tmp_path_factory.mktemp("disk") / "server"
        with suppress(OSError):
            stack.enter_context(small_disk(folder, 600))
        yield stack.enter_context(own_server(folder))


@pytest.fixture
def on_own_server(server: Server, tmp_path: Path) -> Fresh:
    """Makes installations on that server, each as it is after it was filled once."""
    filled = PostgresqlDatabase(tmp_path / "filled", "filled", server.url)
    filled.folder.mkdir()
    filled.make()
    template = Installation(filled, filled.folder)
    try:
        fill(template)
    finally:
        template.end_all()

    @contextmanager
    def fresh(folder: Path) -> Iterator[Installation]:
        shutil.copytree(filled.folder, folder)
        database = PostgresqlDatabase(folder, folder.name, server.url)
        database.make(template=filled.name)
        installation = Installation(database, folder)
        try:
            yield installation
        finally:
            installation.end_all()
        database.drop()  # the disk is small

    return fresh


@on_postgresql
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_server_is_restarted(disturb: Disturb, on_own_server: Fresh, server: Server, mode: str) -> None:
    def restart(scenario: Scenario) -> None:
        server.stop(mode)
        time.sleep(scenario.chance.uniform(0, 3))
        server.start()

    # A job is not to fail because its database was away.
    disturb(restart, away=True, may_fail=False, fresh=on_own_server)


@on_postgresql
def test_the_disk_of_the_server_is_full(disturb: Disturb, on_own_server: Fresh, server: Server) -> None:
    if not os.path.ismount(server.folder):
        pytest.skip("only root can mount a small disk")

    def fill_and_free(scenario: Scenario) -> None:
        fill_up_for_a_while(server.folder, scenario)
        # A server that cannot write its log stops by itself, and somebody has to start it again.
        try:
            scenario.installation.database.query("SELECT 1")
        except Exception:
            time.sleep(1)
            server.start()

    disturb(fill_and_free, away=True, fresh=on_own_server)


@on_sqlite
def test_the_disk_is_full(disturb: Disturb, template: Installation) -> None:
    @contextmanager
    def on_small_disk(folder: Path) -> Iterator[Installation]:
        with ExitStack() as stack:
            try:
                disk = stack.enter_context(small_disk(folder, 200))
            except OSError as error:
                pytest.skip(str(error))
            installation = stack.enter_context(copied(template, disk))
            assert isinstance(installation.database, SqliteFolder)
            yield installation

    def fill_and_free(scenario: Scenario) -> None:
        fill_up_for_a_while(scenario.installation.folder, scenario)

    disturb(fill_and_free, away=True, fresh=on_small_disk)


def fill_up_for_a_while(disk: Path, scenario: Scenario) -> None:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65_536):
                pass
        except OSError:
            pass
    time.sleep(scenario.chance.uniform(0.5, 2))
    ballast.unlink()


def test_a_job_whose_workers_are_killed_before_they_do_anything_fails_with_a_reason_and_is_resumed(
    template: Installation, tmp_path: Path
) -> None:
    with copied(template, tmp_path / "installation") as installation:
        installation.extra |= {"CERTREMOVAL_LEASE_SECONDS": "1", "CERTREMOVAL_MAX_ATTEMPTS": "2"}
        job = installation.submit()
        # What a worker leaves that dies right after its claim, twice.
        installation.database.query(
            f"UPDATE jobs SET state = 'in_progress', attempts = 2, lease_until = NULL WHERE id = {job} RETURNING id"
        )
        assert installation.run("worker", "--once").returncode == 0
        answer = installation.json("job", str(job))
        assert answer["status"] == "failed"
        assert "stopped 2 times at the same place" in answer["error"]

        installation.json("resume", str(job))
        assert installation.run("worker", "--once").returncode == 0
        installation.assert_everyone_removed_once(job)
