"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys

from certremoval.certifications.limits import ConfirmationRequired, number_typed, require_number
from certremoval.certifications.models import Operation
from certremoval.cli.command import Command, refusal
from certremoval.cli.failures import REFUSED
from certremoval.cli.text import is_terminal, shown
from certremoval.organization.models import User
from certremoval.removals.checks import Answer, checks_of_plan
from certremoval.removals.planning import PlanSummary
from certremoval.removals.submitting import NotConfirmed
from certremoval.removals.words import number, users


def can_ask() -> bool:
    """Tell whether somebody can answer."""
    return is_terminal(sys.stdin)


def check_lines(actor: User, summary: PlanSummary) -> list[str]:
    """Return the checks of a plan that must be answered, as lines of the question."""
    checks = [check for check in checks_of_plan(actor, summary) if not check.passed]
    lines = [f"  {shown(check.words)}" for check in checks]
    if any(check.answer == Answer.APPROVAL for check in checks):
        lines.append("  So another administrator must approve it before it runs.")
    return lines


def agreed_to(command: Command, summary: PlanSummary, *, typed: int | None) -> bool:
    """Ask whether a plan is to be run; above a limit for the number of people, unless it was ``typed`` before.

    Raises ConfirmationRequired if that number is missing or wrong.
    """
    who = users(summary.remove_count)
    if summary.limits and typed is None:
        answer = _answer(command, f"Type {number(summary.remove_count)} to remove {who}: ")
        require_number(summary.remove_count, number_typed(answer), limits=summary.limits)
        return True
    return confirmed(command, f"Put {who} back?" if summary.kind == Operation.Kind.RESTORE else f"Remove {who}?")


def not_agreed(command: Command, error: ConfirmationRequired) -> int:
    """Tell that nothing was done, and why if nobody just said no; return the exit code."""
    command.note("Nothing was done." if isinstance(error, NotConfirmed) else shown(error.message))
    if command.json_asked:
        command.answer(refusal(error.problems, error.counts))
    return REFUSED


def number_agreed_to(
    command: Command, count: int, *, limits: tuple[str, ...], typed: int | None, holds_ended: int = 0
) -> bool:
    """Ask whether so many people are to be taken off; above a limit for their number, unless it was ``typed`` before.

    And whether as many as ``holds_ended`` are to be held back no more. Raises ConfirmationRequired if the number is
    missing or wrong.
    """
    if limits and typed is None:
        also = f", and to hold {users(holds_ended)} back no more" if holds_ended else ""
        answer = _answer(command, f"Type {number(count)} to take off {users(count)}{also}: ")
        require_number(count, number_typed(answer), limits=limits)
        return True
    if not count:
        return confirmed(command, f"Hold {users(holds_ended)} back no more?")
    also = f", and hold {users(holds_ended)} back no more" if holds_ended else ""
    return confirmed(command, f"Take {users(count)} off{also}?")


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
