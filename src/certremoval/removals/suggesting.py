"""Suggesting: for an id that names nothing, the one that was probably meant. It is told, and never applied."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator

from certremoval.certifications.models import Certification
from certremoval.reading import lookalike_key, rounded_range
from certremoval.removals.sql import summarise
from certremoval.removals.sql.suggest import Guess, rows_to_guess, suggest

CERTIFICATIONS_SUGGESTED = 100
"""For at most so many different wrong Certification IDs a near one is looked for."""
CERTIFICATIONS_COMPARED = 10_000
MOST_COMPARISONS = 200_000
"""Comparing texts is slow: with so many comparisons, about a second is spent."""


def suggest_ids(counted: Collection[str], *, by_user_id: bool) -> None:
    """Write suggestions into the plan being made. ``counted`` are the outcomes that any of its rows have.

    ``by_user_id``: the rows name users by User ID, which is no right answer in a column of e-mail addresses.
    """
    if by_user_id and ("unknown_user" in counted or "invalid" in counted):
        suggest(_guesses())
    if "invalid" in counted:
        _suggest_for_invalid_certifications()
    if "unknown_certification" in counted:
        _suggest_certifications()


def near_certification(text: str) -> str | None:
    """Return the one Certification ID that is much like ``text``; None if there is none or more than one."""
    return _near(text, _known_certifications())


def _guesses() -> Iterator[Guess]:
    for position, outcome, text, detail in rows_to_guess():
        if outcome == "invalid":
            found = json.loads(detail or "{}")
            for candidate in found.get("candidates", ()) if found["cell"] == "user" else ():
                # Only digits are what a cell stored; what it shows of them (1.23E+10) is no rounded number.
                rounded = rounded_range(candidate) if candidate.isdigit() else None
                yield (position, "range", *rounded) if rounded else (position, "id", candidate, "")
        elif rounded := rounded_range(text):
            yield (position, "range", *rounded)
        elif key := lookalike_key(text)[:255]:
            yield (position, "lookalike", key, "")


def _suggest_for_invalid_certifications() -> None:
    for detail in summarise.invalid_details(limit=CERTIFICATIONS_SUGGESTED):
        found = json.loads(detail)
        if found["cell"] == "certification" and (candidates := found.get("candidates")):
            fitting = Certification.objects.filter(certification_id__in=candidates)
            ids = list(fitting.values_list("certification_id", flat=True))
            if len(ids) == 1:
                summarise.suggest_for_invalid(detail, ids[0])


def _suggest_certifications() -> None:
    unknown, known = summarise.unknown_certifications(limit=CERTIFICATIONS_SUGGESTED), _known_certifications()
    for text in unknown[: max(1, MOST_COMPARISONS // max(1, len(known)))]:
        if suggestion := _near(text, known):
            summarise.suggest_certification(text, suggestion)


def _known_certifications() -> dict[str, str]:
    """Return Certification IDs with their look-alike keys."""
    ids = Certification.objects.order_by("id").values_list("certification_id", flat=True)
    return {known_id: lookalike_key(known_id) for known_id in ids[:CERTIFICATIONS_COMPARED]}


def _near(text: str, known: dict[str, str]) -> str | None:
    key = lookalike_key(text)
    alike = [known_id for known_id, known_key in known.items() if known_key == key]
    near = alike or difflib.get_close_matches(text[:100], known, n=2, cutoff=0.8)
    return near[0] if len(near) == 1 else None
