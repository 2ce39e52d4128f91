"""Ids that were damaged on their way: what two spellings have in common, and what a rounded number was.

Nothing here repairs an id. The answers serve suggestions, which a person takes or leaves.
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from certremoval.reading.cell_text import trim_id

_APOSTROPHES = (
    "\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u00b4\u0060\u055a\u05f3\ua78c"
)
_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u2039\u203a\u05f4"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u02d7\ufe58\ufe63\u058a\u2796"
# Small letters of Cyrillic and Greek that look like Latin ones, after letter case is folded. Those that
# look alike as capitals only are folded too, since ids are mostly capitals.
_FOREIGN = "авекмнорстухіјѕԁһԛԝүαβεζηικμνορτυχϲϳ"
_LATIN = "abekmhopctyxijsdhqwyabezhikmnoptyxcj"

_folded = str.maketrans(
    {
        **dict.fromkeys(_APOSTROPHES, "'"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **dict(zip(_FOREIGN, _LATIN, strict=True)),
    }
)
_ascii_folded = {**dict.fromkeys(range(33)), 127: None, ord("`"): "'"}
_grouped_number = re.compile(r"[0-9]{1,3}(?:([,.'])[0-9]{3})(?:\1[0-9]{3})*").fullmatch
_whole_number = re.compile(r"([0-9]+)[.,]0+").fullmatch
_in_exponent = re.compile(r"([0-9])(?:[.,]([0-9]{1,30}))?[eE]\+([0-9]{1,2})").fullmatch

_EXACT_DIGITS = 15
_MOST_DIGITS = 60


def lookalike_key(text: str) -> str:
    """Return what remains of an id when all is folded away that spreadsheets and copying damage.

    Folded are letter case, forms of a letter (composed, full-width), Cyrillic and Greek letters that look
    Latin, kinds of dashes and quotation marks, space and characters without width, quotation marks around
    the id, leading zeros, ``.0`` after a number and separators of its thousands. Two ids with the same key
    look alike; "" if nothing is left.
    """
    if text.isascii() and text.isalnum():
        return text.lower().lstrip("0") or "0"
    return _strip_number(_plain_characters(text))


def _plain_characters(text: str) -> str:
    if text.isascii():
        return text.lower().translate(_ascii_folded)
    # What one pass takes away can let letters compose that it stood between.
    for _ in range(4):
        before = text
        text = unicodedata.normalize("NFKC", text.translate(_folded)).casefold().translate(_folded)
        text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") and not char.isspace())
        text = unicodedata.normalize("NFC", text)
        if text == before:
            break
    return text


def _strip_number(text: str) -> str:
    while True:
        before = text
        text = text.strip("'\"")
        if whole := _whole_number(text):
            text = whole[1]
        elif grouped := _grouped_number(text):
            text = text.replace(grouped[1], "")
        text = text.lstrip("'\"0") or ("0" if "0" in text else "")
        if text == before:
            return text


def rounded_range(text: str) -> tuple[str, str] | None:
    """Return the lowest and the highest number that a spreadsheet would have shown like this.

    Takes ``1.23457E+16`` (or with a comma), and digits that a spreadsheet or a program has rounded since it
    keeps 15 to 17 of them. Both answers have the same number of digits. None for anything else, an id that
    merely looks like it (``1E5``) included.
    """
    text = trim_id(text)
    if found := _in_exponent(text):
        decimals = found[2] or ""
        exponent = int(found[3])
        if found[1] == "0" or exponent < len(decimals) or exponent >= _MOST_DIGITS:
            return None
        unit = 10 ** (exponent - len(decimals))
        value = int(found[1] + decimals) * unit
        return _same_length(value - unit // 2, value + max(unit // 2, 1) - 1, exponent + 1)
    if not (text.isascii() and text.isdigit() and _EXACT_DIGITS < len(text) <= _MOST_DIGITS and text[0] != "0"):
        return None
    value = int(text)
    unit = 10 ** (len(text) - _EXACT_DIGITS)
    if value % unit == 0:
        # Some spreadsheets round to 15 digits, some cut after them.
        return _same_length(value - unit // 2, value + unit - 1, len(text))
    # What a program has kept in a double is either one exactly, or written with as many digits as tell it apart.
    if int(float(value)) == value or Decimal(repr(float(value))) == value:
        half = int(math.ulp(float(value))) // 2
        return _same_length(value - half, value + half, len(text))
    return None


def _same_length(low: int, high: int, digits: int) -> tuple[str, str]:
    return str(max(low, 10 ** (digits - 1))), str(high)
