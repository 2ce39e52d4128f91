"""What is trimmed of an id, and the guard before formula signs."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certremoval.reading import guard, trim_id, unguard

SPACES = "\t\n\x0b\x0c\r \x85\u00a0\u1680\u2000\u2007\u200a\u2028\u2029\u202f\u205f\u3000"
ZERO_WIDTH = "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u202a\u202c\u2066\u2069"


@pytest.mark.parametrize("char", SPACES + ZERO_WIDTH)
def test_space_and_characters_without_width_are_trimmed_around_an_id(char: str) -> None:
    assert trim_id(f"{char}{char} 00 1{char}2 {char}") == f"00 1{char}2"


@pytest.mark.parametrize("text", ["000123", "'1", "-", "\ufb01", "\u00c9", "E\u0301", "\uff11", "a\u00adb", '"x"'])
def test_nothing_else_of_an_id_changes(text: str) -> None:
    assert trim_id(text) == text


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_begins_with_a_formula_sign_is_guarded(sign: str) -> None:
    assert guard(f"{sign}1") == f"'{sign}1"
    assert guard(f"'{sign}1") == f"''{sign}1"
    assert unguard(f"'{sign}1") == f"{sign}1"
    assert unguard(f"''{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["", "abc", "'", "'abc", "''", "a=1", "1-2", "\n=1", " =1", "\uff1d1"])
def test_other_text_is_neither_guarded_nor_unguarded(text: str) -> None:
    assert guard(text) == text
    assert unguard(text) == text


def test_text_that_nobody_guarded_is_read_as_it_is() -> None:
    assert unguard("-123") == "-123"


@given(st.text(alphabet="'=+-@\t\ra") | st.text())
@example("''''=")
def test_unguard_gives_back_what_guard_was_given(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not text
