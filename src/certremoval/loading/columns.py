"""The columns of a load and how their cells are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from certremoval.reading import SuspectCell, trim_id

Value = str | int | bool | None
"""What is staged: dates as ISO text, None for a blank reference or date, and for a cell that could not be used."""

_TRUE = frozenset({"yes", "true", "1"})
_FALSE = frozenset({"no", "false", "0"})
_iso_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
# A date and midnight, as spreadsheets and databases write a date that became a point in time.
_iso_midnight = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?Z?").fullmatch


class CellError(Exception):
    """A cell that cannot be used: code ``blank`` or ``invalid``, with the words and perhaps a suggestion."""

    def __init__(self, code: Literal["blank", "invalid"], message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it is staged as, and how a cell becomes a value.

    ``read`` raises CellError. A file without a ``needed`` column is refused; without another one, the values stay
    as they are.
    """

    heading: str
    field: str
    read: Callable[[str], Value]
    type: Literal["text", "boolean", "date"] = "text"
    needed: bool = True


def key(heading: str, field: str) -> Column:
    """Return a column of ids by which rows are known or referred to; a cell may not be blank."""

    def read(cell: str) -> Value:
        text = _within(_plain(cell, heading), heading, 255)
        if not text:
            raise CellError("blank", f"The {heading} is empty. Fill it in or delete the line.")
        return text

    return Column(heading, field, read)


def reference(heading: str, field: str, *, needed: bool) -> Column:
    """Return a column of ids that refer to something; blank refers to nothing."""

    def read(cell: str) -> Value:
        return _within(_plain(cell, heading), heading, 255) or None

    return Column(heading, field, read, needed=needed)


def words(heading: str, field: str, *, longest: int, needed: bool = True, may_be_blank: bool = True) -> Column:
    """Return a column of plain words; ``longest`` in characters."""

    def read(cell: str) -> Value:
        # What a workbook holds as 1.1 and shows as 1.1 is a version; as an id it would be a guess.
        as_shown = isinstance(cell, SuspectCell) and cell.reason == "fraction"
        text = _within(trim_id(cell) if as_shown else _plain(cell, heading), heading, longest)
        if not text and not may_be_blank:
            raise CellError("blank", f"The {heading} is empty. Fill it in or delete the line.")
        return text

    return Column(heading, field, read, needed=needed)


def yes_no(heading: str, field: str) -> Column:
    """Return a column of yes and no. A blank cell would be neither."""

    def read(cell: str) -> Value:
        text = trim_id(cell).lower()
        if isinstance(cell, SuspectCell) and cell.reason != "boolean":
            _plain(cell, heading)
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        if not text:
            raise CellError("blank", f"{heading} is empty. Write yes or no.")
        raise CellError("invalid", f"{heading} is {_short(text)}. Write yes or no (true, false, 1, 0 do as well).")

    return Column(heading, field, read, "boolean")


def day(heading: str, field: str) -> Column:
    """Return a column of ISO dates; a blank cell is no date."""

    def read(cell: str) -> Value:
        if isinstance(cell, SuspectCell) and cell.reason == "date" and cell.candidates:
            text = cell.candidates[0]
        else:
            text = _plain(cell, heading)
        if not text:
            return None
        try:
            if _iso_date(text):
                date.fromisoformat(text)
                return text
        except ValueError:
            raise CellError("invalid", f"{text} is no day of the calendar. Correct the {heading}.") from None
        midnight = _iso_midnight(text)
        raise CellError(
            "invalid",
            f"{_short(text)} is not a date that we can read for certain. Write the {heading} as year-month-day,"
            " for example 2026-05-03.",
            midnight[1] if midnight else None,
        )

    return Column(heading, field, read, "date")


def user_ids(heading: str, field: str) -> Column:
    """Return a column of User IDs parted by ``|``, staged as a JSON array without repetitions."""

    def read(cell: str) -> Value:
        ids = dict.fromkeys(filter(None, map(trim_id, _plain(cell, heading).split("|"))))
        for user_id in ids:
            _within(user_id, heading, 255)
        return json.dumps(list(ids), ensure_ascii=False)

    return Column(heading, field, read, needed=False)


def _plain(cell: str, heading: str) -> str:
    if isinstance(cell, SuspectCell):
        raise CellError("invalid", f"{heading}: {cell.message}", cell.candidates[0] if cell.candidates else None)
    return trim_id(cell)


def _within(text: str, heading: str, longest: int) -> str:
    if len(text) > longest:
        raise CellError(
            "invalid", f"The {heading} is longer than {longest} characters (it has {len(text):,}). Shorten it."
        )
    return text


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
