from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_plan, plan_options
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import REFUSED
from certremoval.cli.files import open_source
from certremoval.cli.progress import Progress
from certremoval.cli.reports import advice_for, preview_lines
from certremoval.removals.planning import preview
from certremoval.removals.representation import preview_json


class Command(BaseCommand):
    """Tell what a file would do."""

    help = """
        Tell what a removal file would do: how many people it would remove, which of them hold the certification today,
        every line that has a problem. Nothing is written.
    """
    example = "certremoval preview leavers.csv --certification FORKLIFT-3Y --leave-out-unit Division=D-10"
    exits = {0: "the file would be accepted", 1: "the file would be refused, or failed"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the file and its options."""
        add_plan(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Plan the file and tell of it."""
        progress = Progress(sys.stderr)
        with open_source(options["file"]) as (source, name):
            try:
                summary = preview(source, name=name, options=plan_options(options), progress=progress.stage)
            finally:
                progress.end()
        if self.json_asked:
            self.answer(preview_json(summary))
        else:
            end = "Nothing was changed; this was a preview." if summary.accepted else advice_for(summary)
            self.tell(*preview_lines(summary), "", end)
        return 0 if summary.accepted else REFUSED
