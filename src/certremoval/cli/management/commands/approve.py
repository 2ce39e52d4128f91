from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.waiting import tell_queued
from certremoval.removals.approving import approve
from certremoval.removals.previews import line_of


class Command(BaseCommand):
    """Let a waiting job run."""

    help = """
        Let a job run that waits for another administrator's approval: exactly what its creator saw and submitted, now
        or at the time that they chose. Look at it first: certremoval job ID. Nobody approves a job of their own.
    """
    example = "certremoval approve 12"
    exits = {
        0: "approved; with --wait: it is processed",
        1: "refused: no such job, not allowed, one's own, or it does not wait; with --wait: it failed or was cancelled",
    }

    def arguments(self, parser: CommandParser) -> None:
        """Add the job, the actor and whether to wait."""
        add_job(parser)
        add_actor(parser)
        parser.add_argument(
            "--wait",
            action="store_true",
            help="run the job now, and end when it has ended; one that is to run later is told at once",
        )

    def act(self, options: Mapping[str, Any]) -> int:
        """Approve, and wait."""
        actor = acting_administrator(options["actor"])
        job = approve(actor, options["job"])
        if line_of(job, actor) is not None:
            self.note("You are one of them.")
        return tell_queued(self, job, wait=options["wait"])
