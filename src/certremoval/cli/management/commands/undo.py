from __future__ import annotations

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_actor, add_job, identifier
from certremoval.cli.later import LaterCommand


class Command(LaterCommand):
    """Put people back."""

    name = "undo"
    help = """
        Put the people of a job back on their certifications, with all their values; all of them, or those
        named. This comes with the release Nothing irreversible; today the command says so and does nothing.
    """
    example = "certremoval undo 12 --user-id 000123"

    def arguments(self, parser: CommandParser) -> None:
        """Add what the command will take."""
        add_job(parser)
        parser.add_argument(
            "--user-id", metavar="U", action="append", type=identifier, help="only this person; may be repeated"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--confirm", metavar="N", help="the number of people, where it is above the limit")
        parser.add_argument("--wait", action="store_true", help="run it now, and end when it has ended")
        add_actor(parser)
