"""Whatever is wrong around a command ends in a sentence and an exit code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connection

from certremoval.cli.failures import database_sentence
from tests.cli.conftest import Run, World


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("database is locked"), "is busy"),
        (OperationalError("no such table: jobs"), "certremoval migrate"),
        (OperationalError("unable to open database file"), "cannot be opened"),
        (OperationalError("attempt to write a readonly database"), "not written"),
        (DatabaseError("file is not a database"), "damaged"),
        (OperationalError("database or disk is full"), "disk is full"),
        (
            OperationalError("connection failed: refused\nIs the server running?"),
            "cannot be reached: connection failed",
        ),
        (DatabaseError("something else"), "refused the work: something else."),
    ],
    ids=lambda value: str(value)[:25] if isinstance(value, Exception) else "",
)
def test_each_fault_of_the_database_has_its_advice(error: Exception, words: str) -> None:
    sentence = database_sentence(error)

    assert words in sentence
    assert "\n" not in sentence


@pytest.mark.django_db
def test_a_missing_table_is_told_as_such_on_this_database() -> None:
    with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM not_there_yet")

    assert "certremoval migrate" in database_sentence(raised.value)


@pytest.mark.parametrize("wants_json", [False, True])
def test_a_fault_of_the_database_ends_with_1(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch, wants_json: bool
) -> None:
    def locked() -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("certremoval.cli.management.commands.verify.verify", locked)
    ended = run("verify", *(["--json"] if wants_json else []))

    assert ended.code == 1
    assert "The database is busy" in ended.err
    if wants_json:
        assert ended.json["accepted"] is False
        assert "The database is busy" in ended.json["problems"][0]["message"]
    else:
        assert ended.out == ""


@pytest.mark.parametrize("command", [["preview"], ["remove", "--title", "x", "--yes"], ["load", "users"]])
@pytest.mark.parametrize("wants_json", [False, True])
def test_a_file_that_is_not_there_or_is_none(
    world: World, run: Run, tmp_path: Path, command: list[str], wants_json: bool
) -> None:
    options = ["--json"] if wants_json else []
    for path, words in (
        (tmp_path / "missing.csv", "There is no file"),
        (tmp_path, "is a folder"),
        (f"{tmp_path}/x\0y", "cannot be read"),
    ):
        ended = run(*command, path, *options)
        assert ended.code == 2
        assert words in ended.err
        if wants_json:
            assert words in ended.json["problems"][0]["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it(world: World, run: Run) -> None:
    file = world.file("000123")
    file.chmod(0)

    assert "has no right to" in run("preview", file).err


def test_ctrl_c_ends_with_130(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("certremoval.cli.management.commands.verify.verify", interrupted)
    ended = run("verify", "--json")

    assert ended.code == 130
    assert ended.json["problems"][0]["code"] == "interrupted"


def test_a_fault_of_the_program_is_not_hidden(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("certremoval.cli.management.commands.verify.verify", broken)
    with pytest.raises(ZeroDivisionError):
        run("verify")


@pytest.mark.parametrize("active", [0, 2])
def test_without_as_there_must_be_one_superuser(world: World, run: Run, active: int) -> None:
    from certremoval.organization.models import User

    if active:
        User.objects.create_superuser("second")
    else:
        User.objects.filter(is_superuser=True).update(is_active=False)
    ended = run("jobs", "--json")

    assert ended.code == 2
    assert "--as" in ended.json["problems"][0]["message"]
