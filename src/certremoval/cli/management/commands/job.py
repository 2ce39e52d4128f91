from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import job_lines
from certremoval.removals.jobs import find_job
from certremoval.removals.representation import job_json


class Command(BaseCommand):
    """Show one job."""

    help = """
        Show one job: who made it and when, how far it is, what it came to, its lines by outcome.
    """
    example = "certremoval job 12"
    exits = {0: "shown", 1: "there is no such job, or none that the administrator may see"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job and the actor."""
        add_job(parser)
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Show."""
        actor = acting_administrator(options["actor"])
        job = find_job(actor, options["job"])
        if self.json_asked:
            self.answer(job_json(job))
        else:
            self.tell(*job_lines(job, actor))
        return 0
