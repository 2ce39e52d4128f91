from __future__ import annotations

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.later import LaterCommand


class Command(LaterCommand):
    """Let a waiting job run."""

    name = "approve"
    help = """
        Let a job run that waits for another administrator's approval. This comes with the release Nothing
        irreversible; today the command says so and does nothing.
    """
    example = "certremoval approve 12"

    def arguments(self, parser: CommandParser) -> None:
        """Add what the command will take."""
        add_job(parser)
        add_actor(parser)
