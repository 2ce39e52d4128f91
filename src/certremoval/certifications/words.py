"""How numbers are written, wherever they are."""

from __future__ import annotations

from django.utils.translation import ngettext


def number(value: int) -> str:
    """Return a number as it is shown: with separators."""
    return f"{value:,}"


def users(count: int) -> str:
    """Return "412 users"."""
    return ngettext("%(number)s user", "%(number)s users", count) % {"number": number(count)}
