"""The one map from codes to words: pages, command line, API messages, result files and docs read it here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.certifications.words import number as number
from certremoval.certifications.words import users as users

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


def outcome_words(outcome: str, *, restores: bool = False) -> str:
    """Return what an outcome is called; what a restore has not reached is still off the certification, not on it."""
    return _("Not reached, still off it") if restores and outcome == "not_reached" else str(OUTCOME_WORDS[outcome])


def result_sentence(counts: Mapping[str, int], *, restores: bool = False) -> str:
    """Return what a job came to, as in "403 removed, 27 left out"; what is not done yet is told as such.

    ``restores``: of a job that puts people back, "403 put back, 9 left alone".
    """
    if restores:
        done, to_do, others_words = _("%(number)s put back"), _("%(number)s to be put back"), _("%(number)s left alone")
        not_reached_words = _("%(number)s not reached, still off it")
    else:
        done, to_do, others_words = _("%(number)s removed"), _("%(number)s to be removed"), _("%(number)s left out")
        not_reached_words = _("%(number)s not reached, still on it")
    done_count, waiting, not_reached = _done_and_waiting(counts, restores)
    others = counts["rows"] - done_count - waiting - not_reached
    parts = []
    if waiting:
        parts.append(to_do % {"number": number(waiting)})
    if done_count or not waiting:
        parts.append(done % {"number": number(done_count)})
    if others:
        parts.append(others_words % {"number": number(others)})
    if not_reached:
        parts.append(not_reached_words % {"number": number(not_reached)})
    return ", ".join(parts)


def _done_and_waiting(counts: Mapping[str, int], restores: bool) -> tuple[int, int, int]:
    done, to_do = ("restored", "restore") if restores else ("removed", "remove")
    return counts[done], counts[to_do], counts["not_reached"]


Kind = Literal["plain", "good", "warn", "bad"]


def result_kind(counts: Mapping[str, int], *, restores: bool = False) -> Kind:
    """Return in which colour a result is told, beside its words: what waits has none, bad is that nothing was done.

    Warned is of every line that removed nobody (or put nobody back), even if the administrator chose so.
    """
    done, waiting, _not_reached = _done_and_waiting(counts, restores)
    if waiting:
        return "plain"
    if not done:
        return "bad"
    return "good" if done == counts["rows"] else "warn"
