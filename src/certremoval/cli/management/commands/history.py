from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.certifications.history import Act, RemovalEntry, removal_history
from certremoval.cli.arguments import add_actor, identifier
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import moment
from certremoval.cli.text import shown


class Command(BaseCommand):
    """What was removed from one person."""

    help = """
        What was removed from one person, the newest first: from which certification, when, by whom and why, and
        whether it was put back. Titles of jobs show only where the administrator may see the job.
    """
    example = "certremoval history 000123"
    exits = {0: "shown", 1: "refused: nobody has this User ID, or not allowed"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the person and the actor."""
        parser.add_argument("user_id", metavar="USER_ID", type=identifier)
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Show."""
        entries = removal_history(acting_administrator(options["actor"]), options["user_id"])
        if self.json_asked:
            self.answer({"user_id": options["user_id"], "removals": [entry.as_json() for entry in entries]})
            return 0
        lines = [line for entry in entries for line in _entry_lines(entry)]
        if lines:
            self.tell(*lines)
        else:
            self.note("No removals for this person.")
        return 0


def _entry_lines(entry: RemovalEntry) -> list[str]:
    status = shown(entry.before["status"])
    lines = [
        f"{shown(entry.certification_title)} ({shown(entry.certification_id)}), status before: {status}",
        f"  removed {_act(entry.removed)}",
    ]
    return [*lines, f"  put back {_act(entry.put_back)}"] if entry.put_back is not None else lines


def _act(act: Act) -> str:
    parts = [f"{moment(act.at)} by {shown(act.by.name)} ({shown(act.by.user_id)})"]
    if act.operation is not None and act.operation.title:
        parts.append(shown(act.operation.title))
    if act.reason:
        parts.append(f"reason: {shown(act.reason)}")
    return "; ".join(parts)
