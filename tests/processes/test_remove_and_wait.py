"""``remove --wait`` as somebody types it."""

from __future__ import annotations

import json
import signal

import pytest

from tests.processes.conftest import AGREED, ON_POSTGRESQL, PEOPLE, Installation, eventually


def test_it_removes_everyone_and_tells_so(installation: Installation) -> None:
    done = installation.run("remove", installation.everyone, "--title", "Everyone", *AGREED, "--wait", "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "processed"
    assert answer["progress"] == 1.0
    installation.assert_everyone_removed_once(answer["id"])


def test_ctrl_c_stops_it_and_a_worker_goes_on(installation: Installation) -> None:
    removing = installation.start("remove", installation.everyone, "--title", "Everyone", *AGREED, "--wait")
    job = _first_job(installation)
    installation.wait_until_begun(job)
    removing.send_signal(signal.SIGINT)
    out, err = removing.communicate(timeout=60)

    assert removing.returncode == 130
    assert "is not finished" in err
    assert "goes on where it stopped as soon as a worker is there" in err
    assert "Traceback" not in err
    assert out == ""
    assert installation.state(job) == "in_progress"
    assert installation.database.query(f"SELECT lease_token FROM jobs WHERE id = {job}") == [(None,)]

    assert installation.run("worker", "--once").returncode == 0
    installation.assert_everyone_removed_once(job)


def test_ctrl_c_answers_with_json_where_that_was_asked_for(installation: Installation) -> None:
    removing = installation.start("remove", installation.everyone, "--title", "Everyone", *AGREED, "--wait", "--json")
    job = _first_job(installation)
    installation.wait_until_begun(job)
    removing.send_signal(signal.SIGINT)
    out, _ = removing.communicate(timeout=60)

    assert removing.returncode == 130
    answer = json.loads(out)
    assert (answer["id"], answer["status"]) == (job, "in_progress")
    assert 0 < answer["counts"]["removed"] < PEOPLE


def test_where_a_worker_has_the_job_it_watches(installation: Installation) -> None:
    worker = installation.start("worker")
    done = installation.run("remove", installation.everyone, "--title", "Everyone", *AGREED, "--wait")
    worker.terminate()

    assert done.returncode == 0, done.stderr
    assert f"{PEOPLE:,} removed" in done.stdout
    installation.assert_everyone_removed_once(1)


def test_a_job_that_is_cancelled_meanwhile_ends_it_with_1(installation: Installation) -> None:
    removing = installation.start("remove", installation.everyone, "--title", "Everyone", *AGREED, "--wait")
    job = _first_job(installation)
    installation.wait_until_begun(job)
    assert installation.database.query(
        f"UPDATE jobs SET state = 'cancelled', ended_at = CURRENT_TIMESTAMP, lease_token = NULL, lease_until = NULL"
        f" WHERE id = {job} AND state = 'in_progress' RETURNING id"
    ) == [(job,)]
    out, _ = removing.communicate(timeout=60)

    assert removing.returncode == 1
    assert "Cancelled: " in out
    assert "not reached, still on it" in out


def _first_job(installation: Installation) -> int:
    """Wait until the command has queued its job, and return the number."""

    def queued() -> bool:
        return bool(installation.database.query("SELECT 1 FROM jobs WHERE plan_number > 0"))

    eventually(queued)
    return int(installation.database.query("SELECT id FROM jobs")[0][0])


def test_ctrl_c_while_the_job_is_being_saved_leaves_nothing(installation: Installation) -> None:
    if ON_POSTGRESQL:
        pytest.skip("there a file is saved in one transaction")
    removing = installation.start("remove", installation.everyone, "--title", "Everyone", *AGREED)
    eventually(lambda: bool(installation.database.query("SELECT 1 FROM job_rows LIMIT 1")))
    removing.send_signal(signal.SIGINT)
    _, err = removing.communicate(timeout=60)

    assert removing.returncode == 130, err
    assert installation.database.query("SELECT COUNT(*) FROM jobs") == [(0,)]
    assert installation.database.query("SELECT COUNT(*) FROM job_rows") == [(0,)]
