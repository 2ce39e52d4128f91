from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job, moment_of
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import job_sentence, job_title, next_step
from certremoval.removals.representation import job_json
from certremoval.removals.scheduling import reschedule


class Command(BaseCommand):
    """Move a job to another time."""

    help = """
        Move a job that has not begun to another time. The time is one of the administrator's own zone, or has an
        offset. To stop the job instead: certremoval cancel.
    """
    example = "certremoval reschedule 12 --at 2026-06-01T06:00+02:00"
    exits = {0: "moved", 1: "refused: no such job, not allowed, or it has begun"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job, the time, the actor."""
        add_job(parser)
        parser.add_argument("--at", metavar="WHEN", required=True, help="date and time, as 2026-11-30T06:00")
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Move it."""
        actor = acting_administrator(options["actor"])
        job = reschedule(actor, options["job"], moment_of(options["at"], actor))
        if self.json_asked:
            self.answer(job_json(job))
        else:
            self.tell(job_title(job), f"{job_sentence(job)}.", *filter(None, [next_step(job)]))
        return 0
