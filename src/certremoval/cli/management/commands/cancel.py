from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import job_sentence, job_title
from certremoval.removals.actions import cancel
from certremoval.removals.representation import job_json


class Command(BaseCommand):
    """Stop a job."""

    help = """
        Stop a job before its next rows. Who is removed already stays removed; who is not reached stays on. A draft is
        deleted.
    """
    example = "certremoval cancel 12"
    exits = {0: "cancelled", 1: "refused: no such job, not allowed, or ended already"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job and the actor."""
        add_job(parser)
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Cancel."""
        job = cancel(acting_administrator(options["actor"]), options["job"])
        if job is None:
            if self.json_asked:
                self.answer({"id": options["job"], "status": "discarded"})
            else:
                self.tell(f"Draft {options['job']} is deleted.")
        elif self.json_asked:
            self.answer(job_json(job))
        else:
            self.tell(job_title(job), f"{job_sentence(job)}.")
        return 0
