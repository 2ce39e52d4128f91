"""What superusers set counts on the command line, with advice and nothing done."""

from __future__ import annotations

import pytest

from certremoval.cli.files import open_source
from certremoval.organization.models import User
from certremoval.policy.reasons import add_reason
from certremoval.policy.settings import change_setting
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World


@pytest.fixture
def admin(world: World) -> User:
    return User.objects.get(user_id="admin")


def test_where_a_reason_is_required_remove_needs_it(world: World, run: Run, admin: User) -> None:
    change_setting(admin, "reason_required", True)
    add_reason(admin, "Site closure")
    command = ("remove", world.file("000123"), "--title", "Leavers", "--yes", "--json")

    ended = run(*command)

    assert ended.code == 1
    (problem,) = ended.json["problems"]
    assert problem["code"] == "invalid_request"
    assert "Choose one that is offered (Site closure)" in problem["message"]
    assert not Job.objects.exists()
    assert run(*command, "--reason", "Other words").code == 0


def test_a_file_above_the_size_that_is_set_is_not_taken(world: World, run: Run, admin: User) -> None:
    change_setting(admin, "max_file_bytes", 20)
    for command in (("preview", world.file("000123")), ("load", "users", world.file("000123"))):
        ended = run(*command, "--json")
        assert (ended.code, [problem["code"] for problem in ended.json["problems"]]) == (1, ["file_too_large"])


def test_no_more_is_copied_than_shows_that_it_is_too_large(world: World, admin: User) -> None:
    change_setting(admin, "max_file_bytes", 20)
    with open_source(str(world.file("000123"))) as (copy, _name):
        assert len(copy.read()) == 21
