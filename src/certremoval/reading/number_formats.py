"""What a spreadsheet shows for a number under a number format.

The format language is that of ECMA-376 part 1, 18.8.30 and 18.8.31. What ids and amounts are formatted with is
rendered; formats that nobody gives an id (fractions, conditions) answer None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    # Dates of East Asian languages.
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy/m/d"),
    # Amounts in the local currency, which a file does not name.
    **dict.fromkeys((5, 6, 7, 8, 41, 42, 43, 44), "#,##0.00"),
}  # fmt: skip

_PLAIN = {"", "general", "@", "0"}

_token = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general)|(?P<ampm>am/pm|a/p)|(?P<exponent>e[+-])|(?P<placeholder>[0#?])|(?P<char>.)",
    re.IGNORECASE | re.DOTALL,
).finditer


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format: ``tokens`` are ("0" | "#" | "?" | "." | "," | "%" | "E", "") or ("text", what)."""

    tokens: tuple[tuple[str, str], ...]
    is_date: bool
    is_general: bool
    is_supported: bool


def is_plain(code: str) -> bool:
    """Tell whether a format shows every whole number by its digits."""
    return code.strip().lower() in _PLAIN


def is_date(code: str) -> bool:
    """Tell whether a format shows numbers as dates or times."""
    return _sections(code)[0].is_date


def shown(code: str, value: Decimal) -> str | None:
    """Return what a spreadsheet shows for a value, or None where we cannot tell."""
    sections = _sections(code)
    if value < 0 and len(sections) > 1:
        section, sign, value = sections[1], "", -value
    elif value < 0:
        section, sign, value = sections[0], "-", -value
    elif value == 0 and len(sections) > 2:
        section, sign = sections[2], ""
    else:
        section, sign = sections[0], ""
    if not section.is_supported or section.is_date:
        return None
    if section.is_general:
        return sign + "".join(general(value) if kind == "general" else what for kind, what in section.tokens)
    try:
        text = _render(section.tokens, value)
    except InvalidOperation:
        # More digits than a spreadsheet has.
        return None
    return None if text is None else sign + text


def general(value: Decimal) -> str:
    """Return what the format General shows in a cell that is wide enough."""
    if value == value.to_integral_value() and abs(value) < 10**11:
        return str(int(value))
    if value == 0 or -4 <= value.adjusted() < 11:
        return format(float(value), ".10g")
    mantissa, _, exponent = format(float(value), ".5E").partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent[0]}{exponent[1:].zfill(2)}"


def as_date(serial: Decimal, *, since_1904: bool) -> date | datetime | time | None:
    """Return the date that a number stands for, with the time of day if there is one; None outside the calendar."""
    if not 0 <= serial < 2_958_466:
        return None
    seconds = round((serial % 1) * 86_400)
    days = int(serial)
    if days == 0 and not since_1904:
        return (datetime.min + timedelta(seconds=min(seconds, 86_399))).time()
    if days == 60 and not since_1904:
        return None
    # Spreadsheets hold 1900 for a leap year: number 60 is its 29 February, and before it all are a day further.
    base = date(1904, 1, 1) if since_1904 else date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    try:
        day = datetime.combine(base, time()) + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return None
    return day if day.time() != time() else day.date()


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Section, ...]:
    sections: list[_Section] = []
    tokens: list[tuple[str, str]] = []
    is_date = is_general = False
    is_supported = True

    def close() -> None:
        nonlocal tokens, is_date, is_general, is_supported
        general_only = is_general and not any(kind in "0#?." for kind, _ in tokens if kind != "text")
        sections.append(_Section(tuple(tokens), is_date, general_only, is_supported))
        tokens, is_date, is_general, is_supported = [], False, False, True

    for token in _token(code):
        kind = token.lastgroup
        text = token[kind] if kind else ""
        if kind in ("quoted", "escaped"):
            tokens.append(("text", text))
        elif kind == "space":
            tokens.append(("text", " "))
        elif kind == "bracket":
            if text.startswith("$"):
                tokens.append(("text", text[1:].partition("-")[0]))
            elif text.strip("hHmMsS") == "" and text:
                is_date = True
            elif text[:1] in ("<", ">", "=") or text.lower().startswith(("dbnum", "natnum")):
                is_supported = False
        elif kind == "general":
            is_general = True
            tokens.append(("general", ""))
        elif kind == "ampm":
            is_date = True
        elif kind == "exponent":
            tokens.append(("E", text[1]))
        elif kind == "placeholder":
            tokens.append((text, ""))
        elif kind == "char":
            if text == ";":
                close()
            elif text in ".,%":
                tokens.append((text, ""))
            elif text in "yYmMdDhHsSgGeEbB":
                is_date = True
            elif text in "/@":
                is_supported = False
            else:
                tokens.append(("text", text))
    close()
    return tuple(sections)


def _render(tokens: tuple[tuple[str, str], ...], value: Decimal) -> str | None:
    kinds = [kind for kind, _ in tokens]
    if "E" in kinds:
        return _render_exponent(tokens, value)
    if "0" not in kinds and "#" not in kinds and "?" not in kinds:
        return "".join(what if kind == "text" else "%" for kind, what in tokens if kind in ("text", "%"))
    value = value.scaleb(2 * kinds.count("%"))
    point = kinds.index(".") if "." in kinds else len(tokens)
    whole, fraction = list(tokens[:point]), list(tokens[point + 1 :])
    grouped, scale = _commas(whole)
    scale += sum(kind == "," for kind, _ in fraction)
    value = value.scaleb(-3 * scale)
    decimals = [kind for kind, _ in fraction if kind in "0#?"]
    rounded = abs(value).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    digits, _, after = format(rounded, "f").partition(".")
    text = _whole_digits(whole, digits.lstrip("0"), grouped=grouped)
    if point < len(tokens):
        text += "." + _fraction_digits(fraction, after)
    return text


def _commas(whole: list[tuple[str, str]]) -> tuple[bool, int]:
    """Return whether thousands are parted, and how often the number is divided by a thousand (commas at the end)."""
    last = max((at for at, (kind, _) in enumerate(whole) if kind in "0#?"), default=-1)
    commas = [at for at, (kind, _) in enumerate(whole) if kind == ","]
    return any(at < last for at in commas), sum(at > last for at in commas)


def _whole_digits(whole: list[tuple[str, str]], digits: str, *, grouped: bool) -> str:
    """Fill placeholders from the right; the leftmost takes all digits that are left."""
    places = [at for at, (kind, _) in enumerate(whole) if kind in "0#?"]
    answer: list[str] = []
    count = 0
    for at in range(len(whole) - 1, -1, -1):
        kind, what = whole[at]
        if kind == "text":
            answer.append(what)
        elif kind == "%":
            answer.append("%")
        elif kind in "0#?":
            left = len(digits) if at == places[0] else 1
            for _ in range(max(left, 1)):
                digit = digits[-1:] or {"0": "0", "?": " "}.get(kind, "")
                digits = digits[:-1]
                if digit and grouped and count and count % 3 == 0 and digit != " ":
                    answer.append(",")
                if digit:
                    answer.append(digit)
                    count += 1
    return "".join(reversed(answer)) if places else digits + "".join(reversed(answer))


def _fraction_digits(fraction: list[tuple[str, str]], digits: str) -> str:
    needed = max((place for place, kind in enumerate(_places(fraction), 1) if kind in "0?"), default=0)
    digits = digits.rstrip("0").ljust(needed, "0")
    answer = ""
    for kind, what in fraction:
        if kind in "0#?":
            answer += digits[:1]
            digits = digits[1:]
        elif kind in ("text", "%"):
            answer += what or "%"
    return answer


def _places(tokens: list[tuple[str, str]]) -> list[str]:
    return [kind for kind, _ in tokens if kind in "0#?"]


def _render_exponent(tokens: tuple[tuple[str, str], ...], value: Decimal) -> str | None:
    """Render ``0.00E+00``; formats with several places before the point shift by thousands: not ours."""
    kinds = [kind for kind, _ in tokens]
    at = kinds.index("E")
    point = kinds.index(".") if "." in kinds[:at] else at
    if len(_places(list(tokens[:point]))) != 1 or any(kind in ("text", "%", ",") for kind in kinds):
        return None
    decimals = len(_places(list(tokens[point:at])))
    mantissa, _, exponent = format(value, f".{decimals}E").partition("E")
    sign = exponent[0] if exponent[0] == "-" or tokens[at][1] == "+" else ""
    return f"{mantissa}E{sign}{exponent[1:].zfill(len(_places(list(tokens[at + 1 :]))))}"
