"""What a cell that stores no text counts as: a plain integer, or a suspect with advice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from certremoval.reading import number_formats
from certremoval.reading.cell_text import trim_id
from certremoval.reading.rows import SuspectCell

_AS_TEXT = "Format the column as text and enter the id again, or use the XLSX template."

_REMEMBERED = 10_000


class NotANumber(ValueError):
    """A cell is declared a number but stores something else."""


class StoredNumbers:
    """Numbers of one workbook to text, by the number format of their cell.

    A whole number of at most 15 digits is its plain digits if its format shows it so. Whatever shows
    something else than it stores is suspect: a cell that shows 000123 holds 123.
    """

    def __init__(self, formats: Sequence[str], *, since_1904: bool) -> None:
        self._formats = formats
        self._since_1904 = since_1904
        self._known: dict[tuple[str, int], str] = {}

    def text(self, stored: str, style: int) -> str:
        """Return the text of a stored number in a cell of a style. Raises NotANumber, IndexError for no such style."""
        if style < 0:
            raise IndexError(style)
        key = (stored, style)
        if key not in self._known:
            # Dates repeat, and cost some microseconds each.
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._text(stored, self._formats[style])
        return self._known[key]

    def _text(self, stored: str, code: str) -> str:
        value = _decimal(stored)
        if number_formats.is_date(code):
            return _date_cell(number_formats.as_date(value, since_1904=self._since_1904), stored)
        if value.adjusted() >= 15:
            return _rounded_cell(value, code)
        whole = value == value.to_integral_value()
        plain = str(int(value)) if whole else ""
        shown = number_formats.general(value) if number_formats.is_plain(code) else number_formats.shown(code, value)
        if number_formats.is_plain(code) and code.strip() == "0":
            shown = number_formats.shown(code, value)
        if not whole:
            return _fraction_cell(value, shown)
        if number_formats.is_plain(code) or (shown is not None and trim_id(shown) == plain):
            return plain
        return _formatted_cell(plain, shown)


def boolean_cell(stored: str) -> SuspectCell:
    """Return a cell that holds a truth value."""
    text = "TRUE" if stored.strip() in ("1", "true") else "FALSE"
    return SuspectCell(
        text, reason="boolean", message=f"{text} is a truth value to the spreadsheet, not an id. {_AS_TEXT}"
    )


def error_cell(stored: str) -> SuspectCell:
    """Return a cell that holds the error of a formula."""
    return SuspectCell(
        stored,
        reason="error",
        message=f"{stored} is the error of a formula, not an id. Correct the formula, or enter the id as text.",
    )


def formula_cell(formula: str) -> SuspectCell:
    """Return a cell whose formula was never calculated."""
    return SuspectCell(
        "=" + formula,
        reason="formula",
        message="This cell holds a formula without a result. Open the workbook in a spreadsheet and save it again.",
    )


def iso_date_cell(stored: str) -> SuspectCell:
    """Return a cell that holds a date in ISO form."""
    day, _, _ = stored.strip().partition("T")
    try:
        return _date_cell(date.fromisoformat(day), stored)
    except ValueError:
        return _date_cell(None, stored)


def _decimal(stored: str) -> Decimal:
    if len(stored) > 400:
        raise NotANumber
    try:
        value = Decimal(stored.strip())
    except InvalidOperation:
        raise NotANumber from None
    if not value.is_finite() or "_" in stored or not -300 <= value.adjusted() <= 300:
        raise NotANumber
    return value


def _rounded_cell(value: Decimal, code: str) -> SuspectCell:
    shown = None
    if not number_formats.is_plain(code) and value.adjusted() < 30:
        shown = number_formats.shown(code, value)
    text = shown or number_formats.general(value)
    return SuspectCell(
        text,
        reason="rounded",
        message=f"{text} is a number that a spreadsheet has rounded; its last digits are lost. "
        "Take the id from the original list again.",
        candidates=(str(int(value)),) if value > 0 and value.adjusted() < 60 else (),
    )


def _fraction_cell(value: Decimal, shown: str | None) -> SuspectCell:
    text = shown or number_formats.general(value)
    # What a formula has calculated may miss a whole number by its last digit, which no spreadsheet shows.
    near = Decimal(format(float(value), ".15g"))
    whole = near == near.to_integral_value() and value.adjusted() >= 0
    return SuspectCell(
        text,
        reason="fraction",
        message=f"{text} is a number with a fraction, not an id. {_AS_TEXT}",
        candidates=(str(int(near)),) if whole else (),
    )


def _formatted_cell(plain: str, shown: str | None) -> SuspectCell:
    text = trim_id(shown or "") or plain
    if text == plain:
        message = f"The spreadsheet may show something else here than the number {plain} that it holds. {_AS_TEXT}"
    else:
        message = f"The spreadsheet shows {text} here but holds the number {plain}. {_AS_TEXT}"
    return SuspectCell(text, reason="number_format", message=message, candidates=tuple(dict.fromkeys((text, plain))))


def _date_cell(found: date | datetime | time | None, stored: str) -> SuspectCell:
    text = stored if found is None else found.isoformat(sep=" ") if isinstance(found, datetime) else found.isoformat()
    candidates: tuple[str, ...] = ()
    if isinstance(found, datetime):
        candidates = (found.date().isoformat(),)
    elif isinstance(found, date):
        candidates = (found.isoformat(),)
    return SuspectCell(
        text,
        reason="date",
        message=f"{text} is a date to the spreadsheet, not an id. Spreadsheets make dates of ids such as 3-5: "
        "format the column as text and enter the id again, or use the XLSX template.",
        candidates=candidates,
    )
