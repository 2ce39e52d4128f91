"""What a cell of a workbook counts as."""

from __future__ import annotations

import pytest

from certremoval.reading import SuspectCell, rounded_range

from .files import one_cell, strings_xml, styles_xml


def suspect(cell: str, **options: object) -> tuple[str, str, tuple[str, ...]]:
    found = one_cell(cell, **options)
    assert isinstance(found, SuspectCell)
    assert found.message.endswith(".")
    return str(found), found.reason, found.candidates


class TestText:
    @pytest.mark.parametrize(
        "cell",
        [
            '<c t="inlineStr"><is><t>0012</t></is></c>',
            '<c t="inlineStr"><is><r><rPr><b/></rPr><t>00</t></r><r><t>12</t></r></is></c>',
            '<c t="inlineStr"><is><t>0012</t><rPh sb="0" eb="1"><t>phonetic</t></rPh><phoneticPr fontId="1"/></is></c>',
            '<c t="str"><f>A1&amp;"2"</f><v>0012</v></c>',
            '<c t="s"><v>1</v></c>',
            '<c t="s"><v>2</v></c>',
        ],
    )
    def test_text_is_text_however_it_is_stored(self, cell: str) -> None:
        strings = strings_xml(
            "<si><t>other</t></si><si><t>0012</t></si>"
            '<si><r><t>00</t></r><r><rPr><i/></rPr><t>12</t></r><rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr/></si>'
        )
        found = one_cell(cell, strings=strings)
        assert (found, type(found)) == ("0012", str)

    def test_space_in_text_stays(self) -> None:
        assert one_cell('<c t="inlineStr"><is><t xml:space="preserve"> a\n b </t></is></c>') == " a\n b "

    @pytest.mark.parametrize(
        ("stored", "text"),
        [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "\U0001f600"),
            ("_xD83D_", "_xD83D_"),
            ("_x0000_", "_x0000_"),
            ("_x00_", "_x00_"),
            ("&lt;&amp;&#228;", "<&ä"),
        ],
    )
    def test_escapes_are_decoded(self, stored: str, text: str) -> None:
        assert one_cell(f'<c t="inlineStr"><is><t>{stored}</t></is></c>') == text
        assert one_cell(f'<c t="str"><v>{stored}</v></c>') == text
        assert one_cell('<c t="s"><v>0</v></c>', strings=strings_xml(f"<si><t>{stored}</t></si>")) == text

    @pytest.mark.parametrize("cell", ["<c/>", '<c t="s"/>', '<c t="s"><v/></c>', '<c t="inlineStr"/>', "<c><v/></c>",
                                      '<c t="str"><f>""</f><v></v></c>'])  # fmt: skip
    def test_nothing_is_empty(self, cell: str) -> None:
        assert one_cell(cell) == ""

    def test_a_guard_is_taken_off(self) -> None:
        assert one_cell("<c t='inlineStr'><is><t>'-12</t></is></c>") == "-12"

    def test_unknown_elements_in_a_cell_are_passed_over(self) -> None:
        assert one_cell('<c><extLst><c r="A9"><v>9</v></c></extLst><v>7</v></c>') == "7"


class TestNumbers:
    @pytest.mark.parametrize(
        ("stored", "text"),
        [
            ("12345", "12345"),
            ("12345.0", "12345"),
            ("1.2345E4", "12345"),
            ("1.2345E+4", "12345"),
            ("0", "0"),
            ("0.0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("-5", "-5"),
            (" 5 ", "5"),
            ("123456789012345", "123456789012345"),
            ("1.23456789012345E+14", "123456789012345"),
        ],
    )
    @pytest.mark.parametrize("code", ["General", "@", "0", "0;-0;0", "0_)"])
    def test_a_number_counts_as_its_plain_integer(self, stored: str, text: str, code: str) -> None:
        for kind in ("", ' t="n"'):
            found = one_cell(f'<c{kind} s="0"><v>{stored}</v></c>', styles=styles_xml(code))
            assert (found, type(found)) == (text, str)

    def test_without_a_style_the_first_counts(self) -> None:
        assert suspect("<c><v>123</v></c>", styles=styles_xml("000000"))[0] == "000123"

    @pytest.mark.parametrize(
        ("code", "shown"),
        [
            ("000000", "000123"),
            ("&quot;K-&quot;0000", "K-0123"),
            ("0.00", "123.00"),
            ("0%", "12300%"),
            ("[$€-407] 0", "€ 123"),
            ("000\\-000", "000-123"),
        ],
    )
    def test_what_shows_something_else_than_it_holds_is_suspect(self, code: str, shown: str) -> None:
        found = suspect('<c s="0"><v>123</v></c>', styles=styles_xml(code))
        assert found == (shown, "number_format", (shown, "123"))

    def test_thousands_are_suspect(self) -> None:
        found = suspect('<c s="0"><v>1234567</v></c>', styles=styles_xml("#,##0"))
        assert found == ("1,234,567", "number_format", ("1,234,567", "1234567"))

    def test_a_format_that_we_cannot_render_is_suspect(self) -> None:
        found = suspect('<c s="0"><v>123</v></c>', styles=styles_xml("[&gt;100]00000;0"))
        assert found == ("123", "number_format", ("123",))

    def test_the_message_says_both_and_what_to_do(self) -> None:
        cell = one_cell('<c s="0"><v>123</v></c>', styles=styles_xml("000000"))
        assert isinstance(cell, SuspectCell)
        assert cell.message == (
            "The spreadsheet shows 000123 here but holds the number 123. "
            "Format the column as text and enter the id again, or use the XLSX template."
        )

    @pytest.mark.parametrize(
        ("stored", "text", "digits"),
        [
            ("1234567890123456", "1.23457E+15", "1234567890123456"),
            ("1.23456789012345E+16", "1.23457E+16", "12345678901234500"),
        ],
    )
    def test_more_than_15_digits_were_rounded(self, stored: str, text: str, digits: str) -> None:
        assert suspect(f"<c><v>{stored}</v></c>") == (text, "rounded", (digits,))

    def test_what_a_rounded_number_stood_for_can_be_told(self) -> None:
        _, _, (digits,) = suspect("<c><v>1.23456789012345E+16</v></c>")
        low, high = rounded_range(digits) or ("", "")
        assert low <= "12345678901234567" <= high

    @pytest.mark.parametrize(
        ("stored", "text", "candidates"),
        [("12.5", "12.5", ()), ("12344.999999999998", "12345", ("12345",)), ("0.1", "0.1", ()), ("1E-20", "1E-20", ())],
    )
    def test_a_fraction_is_suspect(self, stored: str, text: str, candidates: tuple[str, ...]) -> None:
        assert suspect(f"<c><v>{stored}</v></c>") == (text, "fraction", candidates)

    def test_a_fraction_that_the_format_hides_is_suspect(self) -> None:
        assert suspect('<c s="0"><v>12.4</v></c>', styles=styles_xml("0"))[:2] == ("12", "fraction")


class TestDates:
    @pytest.mark.parametrize(("stored", "text"), [("45415", "2024-05-03"), ("45415.25", "2024-05-03 06:00:00")])
    @pytest.mark.parametrize("code", ["yyyy-mm-dd", "d.m.yy", "[$-409]d\\-mmm"])
    def test_a_date_is_suspect_and_usable_as_a_date(self, stored: str, text: str, code: str) -> None:
        found = suspect(f'<c s="0"><v>{stored}</v></c>', styles=styles_xml(code))
        assert found == (text, "date", ("2024-05-03",))

    def test_built_in_formats_are_known(self) -> None:
        styles = styles_xml("General").replace('<xf numFmtId="200"/>', '<xf numFmtId="0"/><xf numFmtId="14"/>')
        assert suspect('<c s="1"><v>45415</v></c>', styles=styles) == ("2024-05-03", "date", ("2024-05-03",))

    def test_the_calendar_of_1904_is_known(self) -> None:
        found = suspect('<c s="0"><v>43953</v></c>', styles=styles_xml("d/m/yy"), date1904=True)
        assert found[0] == "2024-05-03"

    @pytest.mark.parametrize("stored", ["2024-05-03", "2024-05-03T00:00:00", " 2024-05-03T10:00:00Z"])
    def test_a_date_stored_as_text_is_one(self, stored: str) -> None:
        assert suspect(f'<c t="d"><v>{stored}</v></c>') == ("2024-05-03", "date", ("2024-05-03",))

    @pytest.mark.parametrize("cell", ['<c t="d"><v>soon</v></c>', '<c s="0"><v>-1</v></c>', '<c s="0"><v>0.5</v></c>'])
    def test_what_is_in_no_calendar_has_no_candidate(self, cell: str) -> None:
        assert suspect(cell, styles=styles_xml("h:mm"))[1:] == ("date", ())


@pytest.mark.parametrize(("stored", "text"), [("1", "TRUE"), ("0", "FALSE")])
def test_a_truth_value_is_suspect(stored: str, text: str) -> None:
    assert suspect(f'<c t="b"><v>{stored}</v></c>') == (text, "boolean", ())


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_an_error_is_suspect(error: str) -> None:
    assert suspect(f'<c t="e"><f>X1</f><v>{error}</v></c>') == (error, "error", ())


def test_a_formula_counts_by_its_stored_value() -> None:
    assert one_cell("<c><f>1+1</f><v>2</v></c>") == "2"


def test_a_formula_without_a_stored_value_is_not_taken_for_empty() -> None:
    assert suspect("<c><f>B1+1</f></c>") == ("=B1+1", "formula", ())
