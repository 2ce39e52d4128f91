from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import REFUSED
from certremoval.removals.verifying import PROMISES, verify


class Command(BaseCommand):
    """Check the promises about what was removed."""

    help = """
        Check that the database keeps its promises: that nobody was removed twice, that no row is lost, that all counts
        agree with the records. Reads only. While jobs run, check again before you believe a broken promise.
    """
    example = "certremoval verify"
    exits = {0: "all promises hold", 1: "at least one is broken"}

    def act(self, options: Mapping[str, Any]) -> int:
        """Check."""
        problems = verify()
        if self.json_asked:
            answer = {"holds": not problems, "checked": list(PROMISES), "problems": [p.as_json() for p in problems]}
            self.answer(answer)
        elif problems:
            self.tell(*(problem.message for problem in problems), "", f"{len(problems):,} broken.")
        else:
            self.tell(*(f"  holds: {promise}" for promise in PROMISES), "", f"All {len(PROMISES)} promises hold.")
        return REFUSED if problems else 0
