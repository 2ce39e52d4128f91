"""What a spreadsheet shows for a number."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certremoval.reading.number_formats import as_date, general, is_date, is_plain, shown


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("000000", "123", "000123"),
        ("000000", "1234567", "1234567"),
        ("000000", "-123", "-000123"),
        ("0", "123", "123"),
        ("#", "0", ""),
        ("#", "12", "12"),
        ("???", "7", "  7"),
        ("#,##0", "1234567", "1,234,567"),
        ("#,##0", "12", "12"),
        ("000,000", "1234", "001,234"),
        ("#,##0.00", "1234.5", "1,234.50"),
        ("0.##", "1.5", "1.5"),
        ("0.00", "12345", "12345.00"),
        ("0", "12345.6", "12346"),
        ("0.0", "0.25", "0.3"),
        ("0%", "0.5", "50%"),
        ("0,", "12345", "12"),
        ("0.0,,", "12345678", "12.3"),
        ("0.00E+00", "123456", "1.23E+05"),
        ("0E-0", "123456", "1E5"),
        ("00000\\-0000", "123456789", "12345-6789"),
        ("000\\-00\\-0000", "123456789", "123-45-6789"),
        ('"K-"00000', "123", "K-00123"),
        ("\\K00", "7", "K07"),
        ("[Red]0;[Blue](0)", "-5", "(5)"),
        ("0_);(0)", "5", "5 "),
        ("0;-0;\\z", "0", "z"),
        ("[$€-407] #,##0", "1234", "€ 1,234"),
        ("$#,##0", "1234", "$1,234"),
        ("General", "12", "12"),
        ('"P"General', "12", "P12"),
        (";;;", "12", ""),
        ('"fixed"', "12", "fixed"),
        ("0.0 %", "0.123", "12.3 %"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: str, text: str) -> None:
    assert shown(code, Decimal(value)) == text


@pytest.mark.parametrize("code", ["# ?/?", "[>100]0;00", "##0.0E+0", "[DBNum1]0", "yyyy-mm-dd", "0." + "0" * 100])
def test_formats_that_we_do_not_render_are_not_guessed(code: str) -> None:
    assert shown(code, Decimal(123)) is None


@pytest.mark.parametrize("code", ["", "General", "GENERAL", "@", "0", " 0 "])
def test_plain_formats_show_the_digits(code: str) -> None:
    assert is_plain(code)


@pytest.mark.parametrize("code", ["000", "#,##0", "0.0", "General;0", "0%", "yyyy", "#"])
def test_other_formats_may_not(code: str) -> None:
    assert not is_plain(code)


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "d/m/yy", "[h]:mm", "h AM/PM", "[$-409]d\\-mmm", "mmss.0", '"on "d'])
def test_dates_and_times_are_told_by_their_letters(code: str) -> None:
    assert is_date(code)


@pytest.mark.parametrize("code", ["0", "General", '"day "0', "\\d0", "[Red]0", "0.00E+00", "#,##0 [$USD]"])
def test_letters_in_text_and_brackets_make_no_date(code: str) -> None:
    assert not is_date(code)


@pytest.mark.parametrize(
    ("serial", "since_1904", "found"),
    [
        ("45415", False, date(2024, 5, 3)),
        ("45415.5", False, datetime(2024, 5, 3, 12)),
        ("45415.9999999", False, date(2024, 5, 4)),
        ("1", False, date(1900, 1, 1)),
        ("59", False, date(1900, 2, 28)),
        ("61", False, date(1900, 3, 1)),
        ("2958465", False, date(9999, 12, 31)),
        ("43953", True, date(2024, 5, 3)),
        ("0.25", False, time(6)),
        ("60", False, None),
        ("60", True, date(1904, 3, 1)),
        ("2958466", False, None),
        ("-1", False, None),
        ("1E+20", False, None),
    ],
)
def test_numbers_count_days(serial: str, since_1904: bool, found: object) -> None:
    assert as_date(Decimal(serial), since_1904=since_1904) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [("123456", "123456"), ("12345678901", "12345678901"), ("12345678901234567", "1.23457E+16"), ("0.5", "0.5"),
     ("123456789012", "1.23457E+11"), ("-5", "-5"), ("1E+300", "1E+300"), ("0.00000001", "1E-08")],
)  # fmt: skip
def test_general_shortens_long_numbers(value: str, text: str) -> None:
    assert general(Decimal(value)) == text


@given(
    st.text(alphabet='0#?.,%E+-/@;"\\_*[]$hmsdyGeneral ()') | st.text(), st.decimals(-(10**20), 10**20, allow_nan=False)
)
def test_no_format_breaks_us(code: str, value: Decimal) -> None:
    shown(code, value)
    is_date(code)
    general(value)
