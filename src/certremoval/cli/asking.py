"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys

from certremoval.cli.command import Command
from certremoval.cli.text import is_terminal


def can_ask() -> bool:
    """Tell whether somebody can answer."""
    return is_terminal(sys.stdin)


def confirmed(command: Command, question: str) -> bool:
    """Ask; anything but yes is no, the end of input too. The question goes to standard error."""
    command.stderr.write(f"{question} [y/N] ", ending="")
    command.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        command.note("")
    return answer.strip().casefold() in ("y", "yes")
