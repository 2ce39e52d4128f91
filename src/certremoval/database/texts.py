"""Texts that come from outside and go into the database."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from certremoval.problems import InvalidRequest


def refuse_unstorable(texts: Iterable[str]) -> None:
    """Raise InvalidRequest for a text that no database of ours can hold, instead of failing on it later.

    PostgreSQL holds no NUL. Half of a surrogate pair comes of JSON, and of arguments that are not UTF-8.
    """
    for text in texts:
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise InvalidRequest(
                _("%(text)s holds a character that is none (NUL, or half of one). Delete it.")
                % {"text": ascii(text)[:60]}
            )


def too_long_to_search(text: str, limit: int) -> str:
    """Return what is said of a search text above the limit of characters."""
    return _("The search has %(length)s characters; at most %(limit)s are looked for.") % {
        "length": f"{len(text):,}",
        "limit": limit,
    }
