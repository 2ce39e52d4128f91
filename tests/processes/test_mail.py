"""E-mail by real workers and a real mail server: killed at any step, what is to be told is told, and when twice."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.mailbox import Mailbox, mailbox
from tests.processes.conftest import Installation, eventually
from tests.processes.processes import children_of, kill_child

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


@pytest.fixture
def job(installation: Installation, box: Mailbox) -> int:
    """A job of an administrator who has an address; nobody works on it yet."""
    installation.extra |= {
        "CERTREMOVAL_EMAIL_HOST": "127.0.0.1",
        "CERTREMOVAL_EMAIL_PORT": str(box.port),
        "CERTREMOVAL_EMAIL_USE_TLS": "false",
        "CERTREMOVAL_EMAIL_FROM": "certremoval@example.org",
        "CERTREMOVAL_SITE_URL": "https://removals.example.org",
    }
    installation.database.query("UPDATE users SET email = 'admin@example.org' WHERE user_id = 'admin'")
    return submit(installation, "000001", "Forklift clean-up")


def submit(installation: Installation, user_id: str, title: str) -> int:
    """Queue the removal of one person."""
    file = installation.folder / f"{user_id}.csv"
    file.write_text(f"Certification ID,User ID\nFORKLIFT-3Y,{user_id}\n", encoding="utf-8")
    return int(installation.json("remove", str(file), "--title", title, "--yes")["id"])


def mail_state(installation: Installation) -> str:
    """How far the e-mail of the one notice is; nothing while there is no notice."""
    rows = installation.database.query("SELECT mail_state FROM notices")
    return "".join(str(state) for (state,) in rows)


def ten_minutes_pass(installation: Installation) -> None:
    installation.database.query("UPDATE notices SET mail_due_at = '2000-01-01 00:00:00' WHERE mail_state = 'sending'")


def killed_at(step: str, installation: Installation, box: Mailbox) -> None:
    """Have a worker killed when its mail server has come to a step; another worker is started in its place."""
    box.stand_still_at = step
    worker = installation.start("worker", **QUIET)
    assert box.reached.wait(60)
    (sender,) = children_of(worker.pid)
    kill_child(worker.pid, sender)
    worker.kill()
    worker.wait()
    assert mail_state(installation) == "sending"
    box.stand_still_at = ""
    box.go_on.set()
    ten_minutes_pass(installation)
    installation.start("worker", **QUIET)
    eventually(lambda: mail_state(installation) == "sent")


def test_who_made_a_job_is_told_by_mail_and_nobody_else(installation: Installation, box: Mailbox, job: int) -> None:
    installation.start("worker", **QUIET)
    eventually(lambda: mail_state(installation) == "sent")
    (message,) = box.taken
    assert message["Subject"] == "Forklift clean-up: 1 removed"
    assert message["To"] == "admin@example.org"
    assert f"https://removals.example.org/certification-removal/{job}/" in message.get_content()
    assert "Ana" not in message.as_string()


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_sender_that_is_killed_before_the_server_has_it_sends_it_once(
    installation: Installation, box: Mailbox, job: int, step: str
) -> None:
    killed_at(step, installation, box)
    assert len(box.taken) == 1


def test_a_sender_that_is_killed_between_the_servers_answer_and_its_mark_sends_it_again_as_the_same(
    installation: Installation, box: Mailbox, job: int
) -> None:
    """The one window in which nobody can know: mailboxes that look see one message, by its Message-ID."""
    killed_at("taken", installation, box)
    first, second = box.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"] == "Forklift clean-up: 1 removed"


def test_a_worker_that_is_asked_to_stop_has_sent_what_it_was_sending(
    installation: Installation, box: Mailbox, job: int
) -> None:
    box.stand_still_at = "taken"
    worker = installation.start("worker", **QUIET)
    assert box.reached.wait(60)
    worker.terminate()
    box.go_on.set()
    worker.wait(60)
    assert mail_state(installation) == "sent"
    assert len(box.taken) == 1


def test_many_workers_send_each_once(installation: Installation, box: Mailbox, job: int) -> None:
    for number in range(2, 6):
        submit(installation, f"{number:06}", f"More {number}")
    for _one in range(3):
        installation.start("worker", **QUIET)
    eventually(lambda: installation.database.query("SELECT COUNT(*) FROM notices WHERE mail_state = 'sent'") == [(5,)])
    assert len({message["Message-ID"] for message in box.taken}) == len(box.taken) == 5


def test_a_mail_server_that_is_away_stops_no_work(installation: Installation, box: Mailbox, job: int) -> None:
    installation.extra["CERTREMOVAL_EMAIL_PORT"] = "1"
    worker = installation.start("worker", **QUIET)
    eventually(lambda: installation.state(job) == "processed")
    eventually(lambda: installation.database.query("SELECT mail_state, mail_attempts FROM notices") == [("waiting", 1)])
    assert worker.poll() is None
    assert len(children_of(worker.pid)) == 1


def test_where_no_mail_server_is_named_nothing_is_to_be_sent(
    installation: Installation, box: Mailbox, job: int
) -> None:
    del installation.extra["CERTREMOVAL_EMAIL_HOST"]
    assert installation.run("worker", "--once").returncode == 0
    assert mail_state(installation) == "none"
    assert box.taken == []
