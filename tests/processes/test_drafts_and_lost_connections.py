"""The worker's second process, and a database that goes away under a worker."""

from __future__ import annotations

import subprocess

import pytest

from tests.processes.conftest import ON_POSTGRESQL, PEOPLE, Installation, eventually
from tests.processes.processes import children_of, kill_child

UPLOAD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "certremoval.config.settings"
import django
django.setup()
from certremoval.organization.models import User
from certremoval.removals.options import PlanOptions
from certremoval.removals.drafts import upload_draft
with open(sys.argv[1], "rb") as source:
    print(upload_draft(User.objects.get(user_id="admin"), source, name="everyone.csv", options=PlanOptions()).id)
"""


@pytest.fixture
def draft(installation: Installation) -> int:
    """A draft whose file has not been checked yet."""
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "1"
    out, err = installation.start_python("-c", UPLOAD, installation.everyone).communicate(timeout=60)
    assert out, err
    return int(out)


def test_a_worker_checks_drafts_beside_its_jobs(installation: Installation, draft: int) -> None:
    job = installation.submit()
    worker = installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    eventually(lambda: installation.state(draft) == "draft")
    installation.wait_until_processed(job)
    worker.terminate()
    assert worker.wait(60) == 0
    assert installation.database.query(f"SELECT row_count, error FROM jobs WHERE id = {draft}") == [(PEOPLE, "")]


def test_a_killed_checker_is_replaced_and_the_draft_checked_anew(installation: Installation, draft: int) -> None:
    worker = installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: _holder(installation, draft) is not None)
    (checker,) = children_of(worker.pid)
    kill_child(worker.pid, checker)

    eventually(lambda: installation.state(draft) == "draft")
    assert installation.database.query(f"SELECT row_count, error FROM jobs WHERE id = {draft}") == [(PEOPLE, "")]
    assert installation.run("verify").returncode == 0


def test_a_worker_that_stops_lets_go_of_its_draft(installation: Installation, draft: int) -> None:
    installation.extra["CERTREMOVAL_LEASE_SECONDS"] = "60"
    worker = installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: _holder(installation, draft) is not None or installation.state(draft) == "draft")
    worker.terminate()

    assert worker.wait(60) == 0
    assert _holder(installation, draft) is None


@pytest.mark.skipif(not ON_POSTGRESQL, reason="an embedded database has no connections to lose")
def test_a_worker_whose_connections_are_cut_goes_on(installation: Installation) -> None:
    job = installation.submit()
    worker = installation.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    installation.wait_until_begun(job)
    cut = installation.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert cut

    installation.wait_until_processed(job)
    worker.terminate()
    assert worker.wait(60) == 0
    installation.assert_everyone_removed_once(job)


def _holder(installation: Installation, job: int) -> object:
    return installation.database.query(f"SELECT lease_token FROM jobs WHERE id = {job}")[0][0]
