"""Commands that a later release brings: they say so and do nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from certremoval.cli.arguments import LATER
from certremoval.cli.command import Command
from certremoval.cli.failures import UsageError


class LaterCommand(Command):
    """A command that is known and not there yet."""

    name: ClassVar[str]
    exits = {}

    def act(self, options: Mapping[str, Any]) -> int:
        """Say so."""
        raise UsageError(f"certremoval {self.name} {LATER}. Nothing was done.")
