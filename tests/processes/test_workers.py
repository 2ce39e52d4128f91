"""Workers that are killed, frozen and stopped: no row is lost, none is done twice."""

from __future__ import annotations

import signal
import subprocess

from tests.processes.conftest import PEOPLE, Installation, eventually
from tests.processes.processes import children_of, kill_child, runs


def test_a_killed_worker_is_replaced(installation: Installation) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "1"
    job = installation.submit()
    killed = installation.start("worker")
    installation.wait_until_begun(job)
    killed.kill()
    killed.wait()
    reached = installation.checkpoint(job)
    assert installation.state(job) == "in_progress"

    installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    installation.wait_until_processed(job)

    assert 0 < reached < PEOPLE
    installation.assert_everyone_removed_once(job)


def test_a_frozen_worker_that_wakes_does_nothing_more(installation: Installation) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "1"
    job = installation.submit()
    frozen = installation.start("worker")
    installation.wait_until_begun(job)
    installation.database.freeze(frozen)
    reached = installation.checkpoint(job)
    assert installation.state(job) == "in_progress"

    installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    installation.wait_until_processed(job)
    frozen.send_signal(signal.SIGCONT)
    frozen.terminate()
    _, err = frozen.communicate(timeout=60)

    assert 0 < reached < PEOPLE
    assert frozen.returncode == 0, err
    assert "Traceback" not in err
    installation.assert_everyone_removed_once(job)


def test_sigterm_lets_the_job_go_on_at_once_with_another(installation: Installation) -> None:
    job = installation.submit()
    stopped = installation.start("worker")
    installation.wait_until_begun(job)
    stopped.terminate()
    _, err = stopped.communicate(timeout=60)

    assert stopped.returncode == 0
    assert "has stopped" in err
    assert installation.state(job) == "in_progress"
    assert installation.database.query(f"SELECT lease_token FROM jobs WHERE id = {job}") == [(None,)]

    assert installation.run("worker", "--once").returncode == 0
    installation.assert_everyone_removed_once(job)


def test_an_idle_worker_stops_on_ctrl_c(installation: Installation) -> None:
    worker = installation.start("worker", stderr=subprocess.PIPE)
    _read_until(worker, "is there")
    worker.send_signal(signal.SIGINT)
    _, err = worker.communicate(timeout=60)

    assert worker.returncode == 0
    assert "Traceback" not in err


def test_the_process_that_checks_drafts_is_kept_running_and_ends_with_a_killed_worker(
    installation: Installation,
) -> None:
    worker = installation.start("worker", stderr=subprocess.PIPE)
    _read_until(worker, "is there")
    eventually(lambda: len(children_of(worker.pid)) == 1)
    (first,) = children_of(worker.pid)
    kill_child(worker.pid, first)
    eventually(lambda: children_of(worker.pid) not in ([], [first]))
    (second,) = children_of(worker.pid)

    worker.kill()
    worker.wait()
    eventually(lambda: not runs(second))


def test_a_worker_loads_no_pages(installation: Installation) -> None:
    code = (
        "import sys; sys.argv = ['certremoval', 'worker', '--once'];"
        "from certremoval.cli.main import main; main();"
        "web = [name for name in sys.modules if name.startswith(('certremoval.web.', 'certremoval.config.urls',"
        " 'gunicorn', 'certremoval.cli.management'))];"
        "print(sorted(set(web) - {'certremoval.web.apps'}))"
    )
    process = installation.start_python("-c", code)
    out, err = process.communicate(timeout=60)

    assert out.strip() == "[]", err


def _read_until(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"it ended without saying: {words}")
