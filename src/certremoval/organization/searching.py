"""Finding people: by the beginning of a name in either order, of a User ID, of an e-mail address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from certremoval.organization.lowering import ascii_lower
from certremoval.organization.models import User
from certremoval.organization.naming import fold_name

MOST_FOUND = 200
LONGEST_SEARCH = 255
_MOST_WORDS = 8
_LAST = "\U0010ffff"
"""Sorts after every letter that a name can have."""


@dataclass(frozen=True, slots=True)
class NameRange:
    """One way in which a text can be the beginning of a name: a key that begins so, where the other key is known.

    ``beginning`` is the key that runs from ``first`` up to, not including, ``end``; ``known`` the other one, which is
    ``exact`` (None: whatever it is).
    """

    beginning: str
    first: str
    end: str
    known: str
    exact: str | None

    def condition(self) -> Q:
        """Return it as a condition on users."""
        condition = Q((f"{self.beginning}__gte", self.first), (f"{self.beginning}__lt", self.end))
        return condition if self.exact is None else condition & Q((self.known, self.exact))


def name_ranges(text: str) -> Iterator[NameRange]:
    """Yield the ways in which a text can begin a person's name: "kowal", "anna kow", "Kowalska, A"."""
    words = fold_name(text.replace(",", " ")[:LONGEST_SEARCH]).split()
    if not words:
        return
    keys = ("last_name_key", "first_name_key")
    for beginning, known in (keys, keys[::-1]):
        whole = " ".join(words)
        yield NameRange(beginning, whole, whole + _LAST, known, None)
        for at in range(1, min(len(words), _MOST_WORDS)):
            exact, rest = " ".join(words[:at]), " ".join(words[at:])
            yield NameRange(beginning, rest, rest + _LAST, known, exact)


def search_people(text: str, *, limit: int = MOST_FOUND) -> list[User]:
    """Return people whose User ID, e-mail address or name begins so, at most ``limit``; an exact User ID comes first.

    Each way of being found walks an index of its own, and gives no more than ``limit``.
    """
    text = text.strip()[:LONGEST_SEARCH]
    if not text or "\0" in text:
        return []
    ways: list[QuerySet[User]] = [
        User.objects.filter(user_id=text),
        _beginning_with("user_id", text),
        _beginning_with("email_key", ascii_lower(text)),
        *(
            User.objects.filter(one.condition()).order_by("last_name_key", "first_name_key", "pk")
            if one.beginning == "last_name_key"
            else User.objects.filter(one.condition()).order_by("first_name_key", "last_name_key", "pk")
            for one in name_ranges(text)
        ),
    ]
    found: dict[int, None] = {}
    for way in ways:
        found.update(dict.fromkeys(way.values_list("pk", flat=True)[: limit - len(found)]))
        if len(found) >= limit:
            break
    exact = Case(When(user_id=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(User.objects.filter(pk__in=found).order_by(exact, "last_name_key", "first_name_key", "pk"))


def _beginning_with(field: str, text: str) -> QuerySet[User]:
    """Return people of whom a field begins with a text, by the index that each database has for that.

    PostgreSQL has one of patterns (Django makes it for every indexed text). SQLite compares by code point.
    """
    if connection.vendor == "postgresql":
        return User.objects.filter((f"{field}__startswith", text)).order_by(field)
    return User.objects.filter((f"{field}__gte", text), (f"{field}__lt", text + _LAST)).order_by(field)
