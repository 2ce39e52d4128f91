"""``load enrollments`` with ``--snapshot`` and ``--readd``, and how long ``remove`` keeps people off."""

from __future__ import annotations

from pathlib import Path

import pytest

from certremoval.certifications.models import Certification, HoldEnd, Operation
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from tests.cli.conftest import Run, World
from tests.loading.files import CERTIFICATIONS, ENROLLMENTS

EVERYBODY = ("000123", "000124", "000125")


def full(world: World, *users: str) -> Path:
    """A file of enrollments that names these people."""
    path = world.folder / "enrollments.csv"
    lines = [ENROLLMENTS, *(f"FORKLIFT-3Y,{user},Certified,,,,," for user in users)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def nothing_was_done(world: World) -> bool:
    return world.on_forklift() == set(EVERYBODY) and not Operation.objects.exists()


def removed(world: World, run: Run, *options: str) -> None:
    """Ana is taken off by a job."""
    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--wait", *options)
    assert (ended.code, world.on_forklift()) == (0, {"000124", "000125"})


def test_who_was_removed_is_held_back_counted_and_named(world: World, run: Run) -> None:
    removed(world, run)

    ended = run("load", "enrollments", full(world, *EVERYBODY))

    assert ended.code == 0
    assert "1 held back." in ended.out
    assert "1 user held back: removed and not put back, and so not enrolled." in ended.out
    assert any(
        line.split()[:4] == ["2", "000123", "Ana", "Ruiz"] and "Leavers" in line for line in ended.out.splitlines()
    )
    assert world.on_forklift() == {"000124", "000125"}


def test_as_json(world: World, run: Run) -> None:
    removed(world, run)

    answer = run("load", "enrollments", full(world, *EVERYBODY), "--json").json

    assert answer["counts"]["held_back"] == 1
    assert [one["user"]["user_id"] for one in answer["held_back"]] == ["000123"]


def test_readd_enrolls_them_again(world: World, run: Run) -> None:
    removed(world, run)

    ended = run("load", "enrollments", full(world, *EVERYBODY), "--readd")

    assert ended.code == 0
    assert "1 user was enrolled again, held back until now." in ended.out
    assert world.on_forklift() == set(EVERYBODY)


@pytest.mark.parametrize(
    ("how_long", "told"),
    [(["--keep-off-for-good"], "for good"), (["--keep-off-until", "2999-12-31"], "until 2999-12-31")],
    ids=["for good", "until a day"],
)
def test_a_job_keeps_its_people_off_whatever_a_load_says(
    world: World, run: Run, how_long: list[str], told: str
) -> None:
    removed(world, run, *how_long)

    ended = run("load", "enrollments", full(world, *EVERYBODY), "--readd", "--snapshot")

    assert ended.code == 0
    assert told in ended.out
    assert world.on_forklift() == {"000124", "000125"}
    assert not HoldEnd.objects.exists()


@pytest.mark.parametrize(
    "how_long",
    [
        ["--keep-off-until", "today"],
        ["--keep-off-until", "tomorrow-ish"],
        ["--keep-off-until", "29991231"],
        ["--keep-off-until", "2999-12-31", "--keep-off-for-good"],
    ],
    ids=["today", "no day", "written otherwise", "both"],
)
def test_a_mistake_in_how_long_does_nothing(world: World, run: Run, how_long: list[str]) -> None:
    today = database_now().date().isoformat()
    how_long = [today if word == "today" else word for word in how_long]

    ended = run("remove", world.file("000123"), "--title", "Leavers", "--yes", "--wait", *how_long)

    assert ended.code == 2
    assert nothing_was_done(world)


def test_a_snapshot_takes_off_whom_it_does_not_name_and_says_how_to_undo_it(world: World, run: Run) -> None:
    ended = run("load", "enrollments", full(world, "000123", "000124"), "--snapshot", "--yes")

    operation = Operation.objects.get()
    assert ended.code == 0
    assert "1 user was taken off: the file does not name them." in ended.out
    assert "000125" in ended.out
    assert f"certremoval undo --operation {operation.pk}" in ended.out
    assert world.on_forklift() == {"000123", "000124"}

    undone = run("undo", "--operation", operation.pk, "--yes", "--wait")

    assert undone.code == 0
    assert world.on_forklift() == set(EVERYBODY)


def test_a_snapshot_as_json(world: World, run: Run) -> None:
    answer = run("load", "enrollments", full(world, "000123", "000124"), "--snapshot", "--yes", "--json").json

    assert answer["counts"]["removed"] == 1
    assert [one["user"]["user_id"] for one in answer["removed"]] == ["000125"]
    assert (answer["limits"], answer["operation"]) == ([], Operation.objects.get().pk)


def test_a_dry_run_shows_whom_it_would_take_off(world: World, run: Run) -> None:
    ended = run("load", "enrollments", full(world, "000123", "000124"), "--snapshot", "--dry-run")

    assert ended.code == 0
    assert "1 user would be taken off: the file does not name them." in ended.out
    assert nothing_was_done(world)


def test_without_yes_and_without_a_terminal_nothing_is_done(world: World, run: Run) -> None:
    ended = run("load", "enrollments", full(world, "000123", "000124"), "--snapshot")

    assert ended.code == 2
    assert "--yes" in ended.err
    assert nothing_was_done(world)


def test_where_nobody_is_taken_off_nobody_is_asked(world: World, run: Run) -> None:
    assert run("load", "enrollments", full(world, *EVERYBODY), "--snapshot").code == 0


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("", 1)], ids=["yes", "no", "end of input"])
def test_at_a_terminal_it_asks(world: World, run: Run, answer: str, code: int) -> None:
    ended = run("load", "enrollments", full(world, "000123", "000124"), "--snapshot", answer=answer)

    assert ended.code == code
    assert "Take 1 user off? [y/N]" in ended.err
    assert "000125" in ended.err
    assert nothing_was_done(world) is bool(code)


def test_above_a_limit_the_number_must_be_given(world: World, run: Run, many: Path) -> None:
    file = full(world, *EVERYBODY)  # 22 of the 25 are not in it

    refused = run("load", "enrollments", file, "--snapshot", "--yes", "--json")
    wrong = run("load", "enrollments", file, "--snapshot", "--yes", "--confirm", "21")
    assert (refused.code, wrong.code) == (1, 1)
    assert refused.json["problems"][0]["code"] == "confirmation_required"
    assert refused.json["counts"]["removed"] == 22
    assert not Operation.objects.exists()

    assert run("load", "enrollments", file, "--snapshot", "--yes", "--confirm", "22").code == 0
    assert world.on_forklift() == set(EVERYBODY)


@pytest.mark.parametrize(("answer", "code"), [("22\n", 0), ("21\n", 1), ("y\n", 1)], ids=["right", "wrong", "yes"])
def test_at_a_terminal_the_number_is_asked_for(world: World, run: Run, many: Path, answer: str, code: int) -> None:
    ended = run("load", "enrollments", full(world, *EVERYBODY), "--snapshot", answer=answer)

    assert ended.code == code
    assert "Type 22 to take off 22 users:" in ended.err
    assert Operation.objects.exists() is (code == 0)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("certifications", ["--snapshot"]),
        ("certifications", ["--readd"]),
        ("users", ["--snapshot", "--yes"]),
        ("enrollments", ["--confirm", "3"]),
    ],
    ids=["certifications", "certifications, readd", "users", "a number without a snapshot"],
)
def test_mistakes_of_usage(world: World, run: Run, kind: str, options: list[str]) -> None:
    path = world.folder / "certifications.csv"
    path.write_text(f"{CERTIFICATIONS}\nHIPAA,Privacy,1,yes\n")

    ended = run("load", kind, path, *options)

    assert ended.code == 2
    assert "Nothing was done." in ended.err
    assert not Certification.objects.filter(certification_id="HIPAA").exists()


def test_it_asks_before_it_ends_holds_and_says_how_many(world: World, run: Run) -> None:
    """The full file names neither Ana, who is held back, nor Kim."""
    removed(world, run)
    nobody_off = full(world, "000124", "000125")

    unasked = run("load", "enrollments", nobody_off, "--snapshot")
    assert (unasked.code, HoldEnd.objects.count()) == (2, 0)
    assert "held back no more" in unasked.err
    no = run("load", "enrollments", nobody_off, "--snapshot", answer="n\n")
    assert (no.code, HoldEnd.objects.count()) == (1, 0)
    assert "1 user would be held back no more: the file does not name them." in no.err
    assert "Hold 1 user back no more? [y/N]" in no.err
    both = run("load", "enrollments", full(world, "000124"), "--snapshot", answer="n\n")
    assert "Take 1 user off, and hold 1 user back no more? [y/N]" in both.err

    assert run("load", "enrollments", full(world, "000124", "000125"), "--snapshot", answer="y\n").code == 0
    assert HoldEnd.objects.get().kind == "snapshot"


def test_what_needs_approval_tells_the_counts(world: World, run: Run) -> None:
    User.objects.create_superuser("other")
    change_setting(world.admin, "most_unapproved", 1)

    refused = run("load", "enrollments", full(world, "000123"), "--snapshot", "--yes", "--json")

    assert refused.code == 1
    assert refused.json["problems"][0]["code"] == "approval_required"
    assert refused.json["counts"]["removed"] == 2
    assert nothing_was_done(world)


def test_a_dry_run_refuses_a_wrong_number_too(world: World, run: Run) -> None:
    file = full(world, "000123", "000124")

    wrong = run("load", "enrollments", file, "--snapshot", "--dry-run", "--confirm", "2", "--json")

    assert wrong.code == 1
    assert wrong.json["problems"][0]["code"] == "confirmation_required"
    assert wrong.json["counts"]["removed"] == 1
    assert run("load", "enrollments", file, "--snapshot", "--dry-run", "--confirm", "1").code == 0
    assert nothing_was_done(world)


@pytest.mark.parametrize("number", ["9" * 30, str(2**63), "9" * 5_000], ids=["30 digits", "one too large", "5000"])
@pytest.mark.parametrize("how", [["--operation"], []], ids=["operation", "job"])
def test_a_number_that_is_too_large_is_a_mistake_of_usage(world: World, run: Run, how: list[str], number: str) -> None:
    ended = run("undo", *how, number, "--yes")

    assert ended.code == 2
    assert "is larger than the number of any job" in ended.err


def test_the_largest_number_is_not_found(world: World, run: Run) -> None:
    assert run("undo", "--operation", 2**63 - 1, "--yes").code == 1


@pytest.mark.parametrize("options", [[], ["1", "--operation", "1"]], ids=["neither", "both"])
def test_an_undo_names_a_job_or_an_operation(world: World, run: Run, options: list[str]) -> None:
    assert run("undo", *options, "--yes").code == 2
