"""Where a page of removals begins."""

from __future__ import annotations

from django.http import QueryDict

from certremoval.web.pages import whole_number


def place_in_list(query: QueryDict) -> int | None:
    """Return the key of the record after which the page begins: None for the first page.

    What is no key is one that no record has, so that the rule says what it says of those.
    """
    text = query.get("after", "")
    return whole_number(text, otherwise=-1) if text else None
