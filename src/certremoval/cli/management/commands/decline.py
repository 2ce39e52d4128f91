from __future__ import annotations

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.later import LaterCommand


class Command(LaterCommand):
    """Turn a waiting job down."""

    name = "decline"
    help = """
        Turn a job down that waits for another administrator's approval. This comes with the release Nothing
        irreversible; today the command says so and does nothing.
    """
    example = 'certremoval decline 12 --reason "Not agreed with the site"'

    def arguments(self, parser: CommandParser) -> None:
        """Add what the command will take."""
        add_job(parser)
        parser.add_argument("--reason", metavar="R", required=True, help="why; its creator reads it")
        add_actor(parser)
