"""``approve`` and ``decline``; what ``remove`` says of the checks, and what ``--yes`` answers."""

from __future__ import annotations

import pytest

from certremoval.access.models import Grant, Permission, Role
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.removals.models import Job
from tests.cli.conftest import Run, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grace(world: World) -> User:
    """Approves; together with the superuser they are two, so that more than one person needs approval."""
    change_setting(world.admin, "most_unapproved", 1)
    role = Role.objects.create(name="Approvers")
    user = User.objects.create_user("grace", first_name="Grace", last_name="Ito")
    role.members.add(user)
    Grant.objects.create(role=role, permission=Permission.REMOVAL_APPROVE)
    return user


def submitted(run: Run, world: World) -> int:
    users = sorted(world.on_forklift())[:2]
    ended = run("remove", world.file(*users), "--title", "Leavers", "--yes", "--wait", "--json")
    assert ended.code == 0
    assert ended.json["status"] == "awaiting_approval"
    return int(ended.json["id"])


def test_a_job_waits_is_approved_by_another_and_runs(run: Run, world: World, grace: User) -> None:
    before = len(world.on_forklift())
    job = submitted(run, world)
    assert len(world.on_forklift()) == before
    assert f"certremoval approve {job}" in run("job", job).out

    own = run("approve", job, "--json")
    assert own.code == 1
    assert own.json["problems"][0]["code"] == "not_permitted"

    ended = run("approve", job, "--as", "grace", "--wait")
    assert ended.code == 0
    assert "2 removed" in ended.out
    assert len(world.on_forklift()) == before - 2
    assert "Approved by   Grace Ito (grace)" in run("job", job).out


def test_a_job_is_declined_with_a_reason(run: Run, world: World, grace: User) -> None:
    job = submitted(run, world)
    assert run("decline", job, "--as", "grace").code == 2
    assert run("decline", job, "--as", "grace", "--reason", " ", "--json").json["problems"][0]["code"] == (
        "invalid_request"
    )

    ended = run("decline", job, "--as", "grace", "--reason", "Not agreed", "--json")

    assert ended.json["status"] == "cancelled"
    assert ended.json["error"] == "Declined by Grace Ito: Not agreed"
    assert "Not agreed" in run("job", job).out
    assert run("approve", job, "--as", "grace", "--json").json["problems"][0]["code"] == "wrong_state"


def test_the_question_says_that_it_waits_and_that_the_list_was_sent_before(run: Run, world: World, grace: User) -> None:
    submitted(run, world)
    users = sorted(world.on_forklift())[:2]

    ended = run("remove", world.file(*users), "--title", "Again", answer="no\n")

    assert ended.code == 1
    assert "More than 1 person at once." in ended.err
    assert "another administrator must approve it" in ended.err
    assert "It runs as soon as it is approved." in ended.err
    assert "You sent this list on " in ended.err
    assert Job.objects.count() == 1


def test_yes_answers_that_the_list_was_sent_before_and_that_one_is_on_it(run: Run, world: World) -> None:
    user = sorted(world.on_forklift())[0]
    for _time in range(2):
        ended = run("remove", world.file(user), "--title", "Leavers", "--yes", "--wait", "--json")
        assert ended.code == 0
    assert ended.json["counts"]["already_removed"] == 1
