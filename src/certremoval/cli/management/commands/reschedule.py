from __future__ import annotations

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.later import LaterCommand


class Command(LaterCommand):
    """Move a job to another time."""

    name = "reschedule"
    help = """
        Move a job that is not yet due to another time. This comes with the release Nothing irreversible; today
        the command says so and does nothing.
    """
    example = "certremoval reschedule 12 --at 2026-06-01T06:00+02:00"

    def arguments(self, parser: CommandParser) -> None:
        """Add what the command will take."""
        add_job(parser)
        parser.add_argument("--at", metavar="WHEN", required=True, help="date and time")
        add_actor(parser)
