"""What damaged ids have in common with the right ones."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from certremoval.reading import lookalike_key, rounded_range
from certremoval.reading.lookalikes import _plain_characters, _strip_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("000123", "123"),
        ("k-48213", "K-48213"),
        ("STRASSE", "straße"),
        ("\u00c9ric", "E\u0301RIC"),
        ("１２３", "123"),
        ("ＡＢ－１", "ab-1"),
        ("'123", "123"),
        ("\u2019123", "123"),
        ('"123"', "123"),
        ("\u201e123\u201c", "123"),
        ("O\u2019Neill", "O'NEILL"),
        ("a\u2013b", "a-b"),
        ("a\u2011b", "a-b"),
        ("a\u2212b", "a-b"),
        ("a b", "ab"),
        ("a\u00a0b", "ab"),
        ("a\u200bb\ufeff", "ab"),
        ("a\u00adb", "ab"),
        ("\u0410\u0412-1", "AB-1"),  # Cyrillic
        ("\u0391\u0392-1", "AB-1"),  # Greek
        ("123.0", "123"),
        ("123,00", "123"),
        ("1,234,567", "1234567"),
        ("1.234", "1234"),
        ("1'234", "1234"),
        ("000", "0"),
        ("0.0", "0"),
        ("'000", "0"),
    ],
)
def test_damaged_ids_look_like_the_right_one(one: str, other: str) -> None:
    assert lookalike_key(one) == lookalike_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("123", "1230"), ("a-b", "ab"), ("\u00e9", "e"), ("1.5", "15"), ("O1", "01"), ("0", ""), ("a_b", "a-b")],
)
def test_other_ids_do_not(one: str, other: str) -> None:
    assert lookalike_key(one) != lookalike_key(other)


@pytest.mark.parametrize("text", ["", " ", "'", '""', "\u200b\ufeff", "\u2019\u00a0"])
def test_nothing_left_is_the_empty_key(text: str) -> None:
    assert lookalike_key(text) == ""


TEXTS = st.text() | st.text(alphabet="0O1a-'\" .,’é\u0301\u200bА", max_size=8)


@given(TEXTS)
@example("0'1,234")
@example("\u0345\u0301")
@example("'0.0")
def test_a_key_is_its_own_key(text: str) -> None:
    assert lookalike_key(lookalike_key(text)) == lookalike_key(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_ids_gives_the_same(text: str) -> None:
    # An accent that is taken away again forces the long way.
    assert lookalike_key(text) == _strip_number(_plain_characters(text + "\u200b"))


@pytest.mark.parametrize(
    ("shown", "low", "high"),
    [
        ("1.23457E+16", "12345650000000000", "12345749999999999"),
        ("1,23457E+16", "12345650000000000", "12345749999999999"),
        ("1.23457e+16", "12345650000000000", "12345749999999999"),
        (" 1.2E+5 ", "115000", "124999"),
        ("1E+5", "100000", "149999"),
        ("9.99E+5", "998500", "999499"),
        ("9.9E+1", "99", "99"),
        ("9.99999E+5", "999999", "999999"),
        ("1234567890123450", "1234567890123445", "1234567890123459"),
        ("12345678901234500", "12345678901234450", "12345678901234599"),
        ("12345678901234568", "12345678901234567", "12345678901234569"),
        ("9999999999999990", "9999999999999985", "9999999999999999"),
    ],
)
def test_a_rounded_number_tells_what_it_may_have_been(shown: str, low: str, high: str) -> None:
    assert rounded_range(shown) == (low, high)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "123", "1E5", "1.5", "1.234E+2", "0.1E+5", "12E+5", "-1.2E+16", "1.2E-5", "1.2E+99", "1.E+5",
     "123456789012345", "12345678901234567", "0123456789012345000", "1" * 100, "１.2E+5", "1.2E+١"],
)  # fmt: skip
def test_anything_else_was_not_rounded(text: str) -> None:
    assert rounded_range(text) is None


@given(st.integers(10**15, 10**22), st.integers(0, 8))
def test_the_number_itself_is_within_what_it_was_rounded_to(number: int, decimals: int) -> None:
    rounded = Context(prec=decimals + 1, rounding=ROUND_HALF_UP).create_decimal(number)
    mantissa, _, exponent = f"{rounded:.{decimals}E}".partition("E+")
    found = rounded_range(f"{mantissa}E+{exponent}")
    assert found is not None
    low, high = found
    if len(str(number)) == int(exponent) + 1:
        assert int(low) <= number <= int(high)
    assert len(low) == len(high) == int(exponent) + 1


@given(st.integers(10**15, 10**20))
def test_what_a_spreadsheet_keeps_of_a_long_number_leads_back_to_it(number: int) -> None:
    unit = 10 ** (len(str(number)) - 15)
    low, high = rounded_range(str(number // unit * unit)) or ("", "")
    assert int(low) <= number <= int(high)
    rounded = str(int(float(number)))
    assume(len(rounded) == len(str(number)))
    kept = rounded_range(rounded)
    assert kept is not None
    assert int(kept[0]) <= number <= int(kept[1])
