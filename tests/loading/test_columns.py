"""How single cells are read."""

from __future__ import annotations

import pytest

from certremoval.loading.columns import CellError, Column, day, key, reference, user_ids, words, yes_no
from certremoval.reading import SuspectCell


def suspect(text: str, reason: str, *candidates: str) -> SuspectCell:
    return SuspectCell(text, reason=reason, message="It holds something else.", candidates=candidates)


def test_space_and_characters_without_width_around_an_id_are_trimmed_and_nothing_else() -> None:
    assert key("User ID", "user_id").read("\u00a0\ufeff00 12\u200b3 \t") == "00 12\u200b3"


def test_a_key_may_not_be_blank_and_a_reference_may() -> None:
    with pytest.raises(CellError, match=r"The User ID is empty\. Fill it in or delete the line\.") as raised:
        key("User ID", "user_id").read(" \u200b")
    assert raised.value.code == "blank"
    assert reference("Manager ID", "manager_id", needed=False).read(" ") is None


@pytest.mark.parametrize(
    "column", [key("ID", "id"), reference("ID", "id", needed=True), words("ID", "id", longest=255)]
)
def test_a_text_is_as_long_as_its_field_at_most(column: Column) -> None:
    assert column.read("é" * 255) == "é" * 255
    with pytest.raises(CellError, match=r"longer than 255 characters \(it has 256\)"):
        column.read("é" * 256)


@pytest.mark.parametrize("text", ["2026-05-03", " 2026-05-03 "])
def test_iso_dates(text: str) -> None:
    assert day("Due Date", "due_date").read(text) == "2026-05-03"


@pytest.mark.parametrize(
    "text", ["03.05.2026", "5/3/2026", "20260503", "2026-W18-7", "2026-5-3", "2026-02-30", "0000-01-01", "٢٠٢٦-٠٥-٠٣"]
)
def test_other_dates_are_not_guessed(text: str) -> None:
    with pytest.raises(CellError) as raised:
        day("Due Date", "due_date").read(text)
    assert (raised.value.code, raised.value.suggestion) == ("invalid", None)


@pytest.mark.parametrize("text", ["2026-05-03 00:00:00", "2026-05-03T00:00", "2026-05-03T00:00:00Z"])
def test_midnight_suggests_its_date(text: str) -> None:
    with pytest.raises(CellError) as raised:
        day("Due Date", "due_date").read(text)
    assert raised.value.suggestion == "2026-05-03"


def test_cells_of_a_workbook_that_are_no_text() -> None:
    assert day("Due Date", "due_date").read(suspect("3 May", "date", "2026-05-03")) == "2026-05-03"
    assert yes_no("Active", "is_active").read(suspect("TRUE", "boolean")) is True
    assert words("Version", "version", longest=100).read(suspect("1.1", "fraction", "1.1")) == "1.1"
    for column in (key("User ID", "user_id"), words("Title", "title", longest=9), user_ids("Owners", "owners")):
        with pytest.raises(CellError) as raised:
            column.read(suspect("000123", "number_format", "123"))
        assert (raised.value.code, raised.value.suggestion) == ("invalid", "123")
    with pytest.raises(CellError, match="It holds something else"):
        yes_no("Active", "is_active").read(suspect("1", "number_format", "1"))


def test_user_ids_are_parted_by_bars_without_repetition() -> None:
    assert user_ids("Owners", "owners").read(" a|b | |a||王") == '["a", "b", "王"]'
    assert user_ids("Owners", "owners").read("") == "[]"
    with pytest.raises(CellError, match="longer than 255"):
        user_ids("Owners", "owners").read(f"a|{'b' * 256}")
