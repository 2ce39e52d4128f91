"""Building is refused where somebody's own people are, and goes on where it was interrupted."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from certremoval.demo import build as building
from certremoval.demo.models import Demonstration
from certremoval.demo.organisation import PastJob
from certremoval.demo.replaying import steps_of_the_past
from certremoval.organization.models import User
from certremoval.problems import WrongState
from certremoval.removals.models import Job
from certremoval.removals.verifying import verify

pytestmark = pytest.mark.django_db


def say_nothing(words: str) -> None:
    """Take what is told."""


@pytest.fixture
def own_user() -> User:
    """Somebody who is not of the demonstration."""
    return User.objects.create_user("000123", first_name="Own", last_name="Person")


class TestForeignDatabase:
    def test_is_refused_and_nothing_is_changed(self, own_user: User, tmp_path: Path) -> None:
        folder = tmp_path / "files"
        with pytest.raises(WrongState, match="users that are not the demonstration's; nothing was changed"):
            building.build(folder, users=1000, tell=say_nothing)
        assert not folder.exists()
        assert list(User.objects.all()) == [own_user]
        assert not Demonstration.objects.exists()

    def test_is_refused_before_tables_are_made(self, own_user: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection.introspection, "table_names", lambda: ["users"])
        with pytest.raises(WrongState):
            building.refuse_foreign_database()

    def test_ends_the_command_with_1_and_advice(self, own_user: User, tmp_path: Path, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"data": tmp_path})
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("demo", stdout=out, stderr=err)
        assert ended.value.code == 1
        assert out.getvalue() == ""
        assert "Set CERTREMOVAL_DATA to a new folder" in err.getvalue()

    def test_that_is_new_has_nothing_to_refuse(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection.introspection, "table_names", list)
        building.refuse_foreign_database(5000)


@pytest.mark.parametrize(("number", "answer"), [("999", "1,000 to 1,000,000"), ("many", "many is not a number")])
def test_a_number_of_users_that_cannot_be_is_a_mistake_of_usage(number: str, answer: str) -> None:
    with pytest.raises(CommandError, match=answer):
        call_command("demo", "--users", number)


def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replayed: list[str] = []

    def steps_of_which_the_sixth_is_interrupted(past: Iterable[PastJob]) -> list[tuple[str, Callable[[], object]]]:
        return [(key, partial(some_of, key, act)) for key, act in steps_of_the_past(past)]

    def some_of(key: str, act: Callable[[], object]) -> None:
        act()
        replayed.append(key)
        if len(replayed) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(building, "steps_of_the_past", steps_of_which_the_sixth_is_interrupted)
    with pytest.raises(KeyboardInterrupt):
        building.build(tmp_path, users=1000, tell=say_nothing)
    assert Job.objects.count() == 5, "what the interrupted step had begun is gone"
    users = User.objects.count()

    told: list[str] = []
    assert not building.build(tmp_path, tell=told.append).was_there
    assert told[1:] == ["Running 36 jobs of the last 18 months, their undos among them"]
    assert User.objects.count() == users == 1000
    assert Job.objects.count() == 36
    assert len(set(Job.objects.values_list("operation__title", flat=True))) == 36
    assert verify() == []
