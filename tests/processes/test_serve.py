"""``serve``: starts all, keeps it running, ends all."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from tests.processes.conftest import Installation, eventually
from tests.processes.processes import children_of, kill_child, runs


@pytest.fixture
def serving(installation: Installation) -> tuple[subprocess.Popen[str], str]:
    """A running ``serve`` and its address."""
    process = installation.start("serve", "--port", "0")
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found, process.communicate()[1]
    return process, found[0]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}healthz", timeout=30):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_runs_jobs_and_stops_in_good_order(
    installation: Installation, serving: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, address = serving
    assert _answers(address)
    job = installation.submit()
    installation.wait_until_processed(job)
    family = _all_below(process.pid)
    assert len(family) >= 4, "web server with its processes, worker with the checker of drafts"

    process.send_signal(number)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 0
    assert err.rstrip().endswith("Stopped.")
    assert "Traceback" not in err
    assert not any(map(runs, family))
    assert not _answers(address)
    installation.assert_everyone_removed_once(job)


def test_what_is_killed_is_started_again(
    installation: Installation, serving: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = serving
    assert _answers(address)
    before = children_of(process.pid)
    for child in before:
        kill_child(process.pid, child)
    eventually(lambda: len(set(children_of(process.pid)) - set(before)) == 2)

    assert _answers(address)
    installation.wait_until_processed(installation.submit())
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_when_it_is_killed_all_below_it_end(
    installation: Installation, serving: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = serving
    assert _answers(address)
    eventually(lambda: len(_all_below(process.pid)) >= 5)
    family = _all_below(process.pid)

    process.kill()
    process.wait()

    eventually(lambda: not any(map(runs, family)))


def test_a_taken_port_is_told_in_one_sentence(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = installation.run("serve", "--port", str(port))

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used: another program has it. Stop that, or choose another port with"
        " --port.\n"
    )


def test_an_address_of_another_machine_is_a_mistake_of_usage(installation: Installation) -> None:
    done = installation.run("serve", "--host", "192.0.2.1")

    assert done.returncode == 2
    assert "no address of this machine" in done.stderr


def _all_below(process: int) -> list[int]:
    children = children_of(process)
    return [*children, *(below for child in children for below in _all_below(child))]
