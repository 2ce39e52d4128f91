"""The one map from codes to words, and the sentence that says what a job came to."""

from __future__ import annotations

import pytest

from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, number, result_kind, result_sentence, users

WORDS = {
    "remove": "Will be removed",
    "removed": "Removed",
    "left_out": "Left out",
    "not_enrolled": "Not on this certification",
    "unknown_user": "No such user",
    "ambiguous_user": "More than one user fits",
    "unknown_certification": "No such certification",
    "certification_mismatch": "Another certification than the one you started from",
    "duplicate": "Same as an earlier line",
    "already_removed": "Already removed",
    "changed_since_preview": "Changed since preview, left alone",
    "gone_since_preview": "Was already gone",
    "restore": "Will be put back",
    "restored": "Put back",
    "already_restored": "Already put back",
    "enrolled_again": "On it again, left alone",
    "blank": "Empty cell",
    "invalid": "Not a usable id",
    "not_reached": "Not reached, still on it",
}


def test_every_outcome_has_its_words() -> None:
    assert {outcome: str(words) for outcome, words in OUTCOME_WORDS.items()} == WORDS


def test_what_refuses_a_file() -> None:
    assert set(REFUSING_OUTCOMES) == {
        "blank",
        "invalid",
        "certification_mismatch",
        "unknown_certification",
        "ambiguous_user",
        "unknown_user",
        "not_enrolled",
    }


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"rows": 4_000, "removed": 3_982, "unknown_user": 18}, "3,982 removed, 18 left out"),
        ({"rows": 3, "remove": 3}, "3 to be removed"),
        ({"rows": 5, "remove": 3, "removed": 1, "duplicate": 1}, "3 to be removed, 1 removed, 1 left out"),
        ({"rows": 5, "removed": 1, "not_reached": 4}, "1 removed, 4 not reached, still on it"),
        ({"rows": 2, "left_out": 1, "already_removed": 1}, "0 removed, 2 left out"),
        ({"rows": 3, "removed": 1, "changed_since_preview": 1, "gone_since_preview": 1}, "1 removed, 2 left out"),
        ({"rows": 0}, "0 removed"),
    ],
)
def test_what_a_job_came_to(counts: dict[str, int], sentence: str) -> None:
    assert result_sentence({**dict.fromkeys(OUTCOME_WORDS, 0), **counts}) == sentence


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        ({"rows": 2, "removed": 2}, "good"),
        ({"rows": 2, "removed": 1, "left_out": 1}, "warn"),
        ({"rows": 2, "removed": 1, "not_reached": 1}, "warn"),
        ({"rows": 2, "removed": 1, "gone_since_preview": 1}, "warn"),
        ({"rows": 2, "unknown_user": 2}, "bad"),
        ({"rows": 2, "not_reached": 2}, "bad"),
        ({"rows": 0}, "bad"),
        ({"rows": 2, "remove": 1, "removed": 1}, "plain"),
        ({"rows": 2, "remove": 1, "unknown_user": 1}, "plain"),
    ],
)
def test_in_which_colour_a_result_is_told(counts: dict[str, int], kind: str) -> None:
    """Amber if anything was left out, red if nobody was removed; what still waits has no colour."""
    assert result_kind({**dict.fromkeys(OUTCOME_WORDS, 0), **counts}) == kind


def test_numbers_have_separators() -> None:
    assert (number(1_234_567), users(1), users(4_000)) == ("1,234,567", "1 user", "4,000 users")
