"""A job's lines in parts: the picture and the table of the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certremoval.removals.models import Job
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, Kind, outcome_words

_KINDS: dict[str, Kind] = {"removed": "good", "restored": "good", "remove": "plain", "restore": "plain"}
THINNEST = 0.4
"""Percent of the picture: of a million lines a single one is still seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one outcome: how many, in words, and where in the picture, in percent of its width."""

    outcome: str
    words: str
    count: int
    kind: Kind
    x: str
    width: str


def parts_of(job: Job, counts: Mapping[str, int]) -> list[Part]:
    """Return the outcomes that any line of the job has, in the order in which counts are told."""
    present = sorted(((outcome, counts[outcome]) for outcome in OUTCOME_WORDS if counts[outcome]), key=_done_first)
    widths = [max(100 * count / job.row_count, THINNEST) for _outcome, count in present]
    scale = 100 / sum(widths) if widths else 0
    parts, x = [], 0.0
    for (outcome, count), width in zip(present, widths, strict=True):
        parts.append(
            Part(
                outcome=outcome,
                words=outcome_words(outcome, restores=job.restores),
                count=count,
                kind=kind_of_outcome(outcome) if not job.restores else _KINDS.get(outcome, "warn"),
                x=f"{x:.2f}",
                width=f"{width * scale:.2f}",
            )
        )
        x += width * scale
    return parts


def kind_of_outcome(outcome: str) -> Kind:
    """Return the colour of an outcome: good is done, bad refuses a file, plain is still to come, the rest is warned."""
    return _KINDS.get(outcome, "bad" if outcome in REFUSING_OUTCOMES else "warn")


def _done_first(part: tuple[str, int]) -> bool:
    """Sort what is done before what is still to be done: the picture fills from its start."""
    return part[0] not in ("removed", "restored")
