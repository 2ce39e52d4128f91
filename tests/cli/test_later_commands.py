"""What comes with a later release is known, says so, and does nothing."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, World


@pytest.mark.parametrize(
    "typed",
    [
        ["approve", "1"],
        ["decline", "1", "--reason", "Not agreed"],
    ],
    ids=lambda typed: typed[0],
)
def test_it_says_so_and_ends_with_2(world: World, run: Run, typed: list[str]) -> None:
    ended = run(*typed)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err == (
        f"certremoval {typed[0]} comes with the release Nothing irreversible, and this is an earlier one."
        " Nothing was done.\n"
    )

    answered = run(*typed, "--json")
    assert answered.code == 2
    assert answered.json["accepted"] is False
