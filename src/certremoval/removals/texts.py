"""Texts that come from outside and go into the database."""

from __future__ import annotations

from collections.abc import Iterable

from certremoval.problems import InvalidRequest


def refuse_unstorable(texts: Iterable[str]) -> None:
    """Raise InvalidRequest for a text that no database of ours can hold, instead of failing on it later.

    PostgreSQL holds no NUL. Half of a surrogate pair comes of JSON, and of arguments that are not UTF-8.
    """
    for text in texts:
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise InvalidRequest(f"{text!a} holds a character that is none (NUL, or half of one). Delete it.")
