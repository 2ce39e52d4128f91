from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import job_sentence, job_title, next_step
from certremoval.removals.actions import resume
from certremoval.removals.representation import job_json


class Command(BaseCommand):
    """Let a failed job go on."""

    help = """
        Let a failed job go on where it stopped. Nobody is removed twice. A worker runs it.
    """
    example = "certremoval resume 12"
    exits = {0: "queued again", 1: "refused: no such job, not allowed, or it did not fail"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job and the actor."""
        add_job(parser)
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Resume."""
        job = resume(acting_administrator(options["actor"]), options["job"])
        if self.json_asked:
            self.answer(job_json(job))
        else:
            self.tell(job_title(job), f"{job_sentence(job)}.", *filter(None, [next_step(job)]))
        return 0
