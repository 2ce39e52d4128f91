from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import job_sentence, job_title
from certremoval.removals.approving import decline
from certremoval.removals.representation import job_json


class Command(BaseCommand):
    """Turn a waiting job down."""

    help = """
        Turn a job down that waits for another administrator's approval: it is cancelled, nobody is removed, and its
        creator reads why. Nobody declines a job of their own; its creator cancels it.
    """
    example = 'certremoval decline 12 --reason "Not agreed with the site"'
    exits = {0: "declined", 1: "refused: no such job, not allowed, one's own, no reason, or it does not wait"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job, why, and the actor."""
        add_job(parser)
        parser.add_argument("--reason", metavar="R", required=True, help="why; its creator reads it")
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Decline."""
        job = decline(acting_administrator(options["actor"]), options["job"], reason=options["reason"])
        if self.json_asked:
            self.answer(job_json(job))
        else:
            self.tell(job_title(job), f"{job_sentence(job)}.")
        return 0
