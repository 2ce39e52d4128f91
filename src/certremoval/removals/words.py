"""The one map from codes to words: pages, command line, API messages, result files and docs read it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

OUTCOME_WORDS: Mapping[str, Promise] = {
    "remove": gettext_lazy("Will be removed"),
    "removed": gettext_lazy("Removed"),
    "left_out": gettext_lazy("Left out"),
    "already_removed": gettext_lazy("Already removed"),
    "not_enrolled": gettext_lazy("Not on this certification"),
    "unknown_user": gettext_lazy("No such user"),
    "ambiguous_user": gettext_lazy("More than one user fits"),
    "unknown_certification": gettext_lazy("No such certification"),
    "certification_mismatch": gettext_lazy("Another certification than the one you started from"),
    "duplicate": gettext_lazy("Same as an earlier line"),
    "invalid": gettext_lazy("Not a usable id"),
    "blank": gettext_lazy("Empty cell"),
    "changed_since_preview": gettext_lazy("Changed since preview, left alone"),
    "gone_since_preview": gettext_lazy("Was already gone"),
    "not_reached": gettext_lazy("Not reached, still on it"),
    "restore": gettext_lazy("Will be put back"),
    "restored": gettext_lazy("Put back"),
    "enrolled_again": gettext_lazy("On it again, left alone"),
    "already_restored": gettext_lazy("Already put back"),
}
"""Every outcome code, in the order in which counts are told."""

REFUSING_OUTCOMES = (
    "blank",
    "invalid",
    "certification_mismatch",
    "unknown_certification",
    "ambiguous_user",
    "unknown_user",
    "not_enrolled",
)
"""A file with a row of one of these is refused, unless problems are skipped (Contract: codes)."""


def number(value: int) -> str:
    """Return a number as it is shown: with separators."""
    return f"{value:,}"


def users(count: int) -> str:
    """Return "412 users"."""
    return ngettext("%(number)s user", "%(number)s users", count) % {"number": number(count)}


def result_sentence(counts: Mapping[str, int]) -> str:
    """Return what a job came to, as in "403 removed, 27 left out"; what is not done yet is told as such."""
    removed, waiting = counts["removed"], counts["remove"]
    not_reached = counts["not_reached"]
    others = counts["rows"] - removed - waiting - not_reached
    parts = []
    if waiting:
        parts.append(_("%(number)s to be removed") % {"number": number(waiting)})
    if removed or not waiting:
        parts.append(_("%(number)s removed") % {"number": number(removed)})
    if others:
        parts.append(_("%(number)s left out") % {"number": number(others)})
    if not_reached:
        parts.append(_("%(number)s not reached, still on it") % {"number": number(not_reached)})
    return ", ".join(parts)


Kind = Literal["plain", "good", "warn", "bad"]


def result_kind(counts: Mapping[str, int]) -> Kind:
    """Return in which colour a result is told, beside its words: what waits has none, bad is that nobody was removed.

    Warned is of every line that removed nobody, even if the administrator chose so.
    """
    if counts["remove"]:
        return "plain"
    if not counts["removed"]:
        return "bad"
    return "good" if counts["removed"] == counts["rows"] else "warn"
