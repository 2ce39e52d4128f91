"""How names are compared: without letter case and marks, so that Sahin finds Şahin."""

from __future__ import annotations

import unicodedata

LONGEST_KEY = 255

# Letters that Unicode does not take apart into a letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})


def fold_name(name: str) -> str:
    """Return what a name is sorted and searched by: small letters without marks, single spaces."""
    if name.isascii():
        return " ".join(name.lower().split())[:LONGEST_KEY]
    # Twice: what is taken apart may be a capital (mathematical letters), and what is small may be taken apart.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold()).casefold()
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(plain.split())[:LONGEST_KEY]
