"""The command line where things around it are not as one would wish."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.processes.conftest import Installation, SqliteFolder


def test_a_reader_that_has_seen_enough_is_no_failure(installation: Installation) -> None:
    job = installation.submit()
    reader, writer = os.pipe()
    command = installation.start("results", str(job), stdout=writer)
    os.close(writer)
    assert os.read(reader, 3) == b"\xef\xbb\xbf"
    os.close(reader)

    _, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (0, "")


def test_a_closed_standard_output_does_not_hide_a_refusal(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "unknown.csv"
    file.write_text("Certification ID,User ID\nFORKLIFT-3Y,nobody\n")
    reader, writer = os.pipe()
    os.close(reader)
    command = installation.start("preview", str(file), stdout=writer)
    os.close(writer)

    _, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (1, "")


def test_a_terminal_that_is_not_in_utf_8_still_shows_every_name(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "Şahin.csv"
    file.write_text("Certification ID,User ID\nFORKLIFT-3Y,王\n", encoding="utf-8")
    installation.extra |= {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}

    told = installation.start("preview", str(file), encoding="latin-1")
    out, err = told.communicate(timeout=60)
    assert told.returncode == 1, err
    assert r"\u738b is nobody here" in out

    answered = installation.start("preview", str(file), "--json", encoding="latin-1")
    out, _ = answered.communicate(timeout=60)
    assert json.loads(out)["problems"][0]["value"] == "王"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("command", ["job", "results"])
def test_a_full_disk_behind_standard_output_is_a_failure(installation: Installation, command: str) -> None:
    job = installation.submit()
    with open("/dev/full", "wb") as full:
        told = installation.start(command, str(job), stdout=full)
        _, err = told.communicate(timeout=60)

    assert told.returncode == 1
    assert err == "No space left on device.\n"


def test_a_database_without_tables_is_told_with_advice(bare_installation: Installation) -> None:
    for command in (["jobs"], ["verify"], ["worker", "--once"]):
        done = bare_installation.run(*command)
        assert done.returncode == 1
        assert "certremoval migrate" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_told_with_advice(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    installation = Installation(SqliteFolder(tmp_path), tmp_path)
    installation.extra["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"

    for command in (["jobs"], ["serve", "--port", "0"]):
        done = installation.run(*command)
        assert done.returncode == 1
        assert "The database cannot be reached" in done.stderr
        assert "Traceback" not in done.stderr

    answered = installation.run("jobs", "--json")
    assert json.loads(answered.stdout)["problems"][0]["code"] == "database_unavailable"


def test_ctrl_c_before_the_job_is_made_leaves_nothing(installation: Installation, tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    removing = installation.start("remove", str(fifo), "--title", "Everyone", "--yes")
    with open(fifo, "wb") as pipe:  # opens when the command has opened it, so it waits for lines now
        removing.send_signal(signal.SIGINT)
        removing.wait(timeout=60)
        del pipe
    _, err = removing.communicate(timeout=60)

    assert removing.returncode == 130
    assert err == "Interrupted.\n"
    assert installation.database.query("SELECT COUNT(*) FROM operations") == [(0,)]


def test_a_file_may_come_through_a_pipe(installation: Installation) -> None:
    previewing = installation.start("preview", "/dev/stdin", stdin=subprocess.PIPE)
    out, err = previewing.communicate("Certification ID,User ID\nFORKLIFT-3Y,000001\n", timeout=60)

    assert previewing.returncode == 0, err
    assert "1 user would be removed from Forklift Operator Safety." in out


def test_mistakes_in_the_environment_end_with_2(tmp_path: Path) -> None:
    installation = Installation(SqliteFolder(tmp_path), tmp_path, {"CERTREMOVAL_LEASE_SECONDS": "soon"})
    done = installation.run("jobs")

    assert done.returncode == 2
    assert "CERTREMOVAL_LEASE_SECONDS" in done.stderr
