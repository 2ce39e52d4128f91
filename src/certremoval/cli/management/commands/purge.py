from __future__ import annotations

from certremoval.cli.later import LaterCommand


class Command(LaterCommand):
    """Delete old files."""

    name = "purge"
    help = """
        Delete uploaded files and drafts whose retention time has passed; removal records stay. This comes with the
        release Nothing irreversible; today the command says so and does nothing.
    """
    example = "certremoval purge"
