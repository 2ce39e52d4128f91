"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys

from certremoval.certifications.models import Operation
from certremoval.cli.command import Command
from certremoval.cli.text import is_terminal
from certremoval.removals.limits import number_typed
from certremoval.removals.planning import PlanSummary
from certremoval.removals.words import number, users


def can_ask() -> bool:
    """Tell whether somebody can answer."""
    return is_terminal(sys.stdin)


def agreed_to(command: Command, summary: PlanSummary, *, typed: int | None) -> bool:
    """Ask whether a plan is to be run; above a limit for the number of people, unless it was ``typed`` before."""
    if summary.limits and typed is None:
        answer = _answer(command, f"Type {number(summary.remove_count)} to remove {users(summary.remove_count)}: ")
        return number_typed(answer) == summary.remove_count
    who = users(summary.remove_count)
    return confirmed(command, f"Put {who} back?" if summary.kind == Operation.Kind.RESTORE else f"Remove {who}?")


def confirmed(command: Command, question: str) -> bool:
    """Ask; anything but yes is no, the end of input too."""
    return _answer(command, f"{question} [y/N] ").strip().casefold() in ("y", "yes")


def _answer(command: Command, question: str) -> str:
    """Ask on standard error and return the line that is answered, empty at the end of input."""
    command.stderr.write(question, ending="")
    command.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        command.note("")
    return answer
