from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.certifications.history import Act, NamedPerson, RemovalEntry, removal_history
from certremoval.cli.arguments import add_actor, identifier
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.reports import moment
from certremoval.cli.text import shown
from certremoval.removals.timeline import Timeline, TimelineEntry, timeline_of
from certremoval.removals.words import number


class Command(BaseCommand):
    """What was removed from one person."""

    help = """
        What was removed from one person, the newest first: from which certification, when, by whom and why, and
        whether it was put back. Titles of jobs show only where the administrator may see the job. With
        --certification the timeline of the person on that certification, the oldest first: assigned, named in files,
        removed, put back, left alone.
    """
    example = "certremoval history 000123\ncertremoval history 000123 --certification FORKLIFT-3Y"
    exits = {0: "shown", 1: "refused: nobody has this User ID, no such certification, or not allowed"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the person, the certification and the actor."""
        parser.add_argument("user_id", metavar="USER_ID", type=identifier)
        parser.add_argument(
            "--certification", metavar="ID", type=identifier, help="all that is known of the person on this one"
        )
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Show."""
        if options["certification"] is not None:
            return self._tell_timeline(
                timeline_of(acting_administrator(options["actor"]), options["user_id"], options["certification"])
            )
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

    def _tell_timeline(self, told: Timeline) -> int:
        if self.json_asked:
            self.answer(told.as_json())
            return 0
        person = f"{shown(told.person.full_name)} ({shown(told.person.user_id)})"
        self.tell(
            f"{person} on {shown(told.certification_title)} ({shown(told.certification_id)})",
            shown(told.now_words),
            *([""] if told.entries else []),
            *(_timeline_line(entry) for entry in told.entries),
        )
        more = ["Earlier removals: certremoval history without --certification."] if told.earlier else []
        self.note(*told.searched.sentences(), *more)
        return 0


def _entry_lines(entry: RemovalEntry) -> list[str]:
    status = shown(entry.before["status"])
    lines = [
        f"{shown(entry.certification_title)} ({shown(entry.certification_id)}), status before: {status}",
        f"  removed {_act(entry.removed)}",
    ]
    return [*lines, f"  put back {_act(entry.put_back)}"] if entry.put_back is not None else lines


def _timeline_line(entry: TimelineEntry) -> str:
    when = moment(entry.at) if entry.at is not None else f"{entry.day:%-d %b %Y}"
    parts = [f"{when}  {shown(entry.words)}"]
    if entry.state:
        parts[0] += f" ({entry.state})"
    if entry.kind == "planned":
        parts.append(f"job {entry.job}" if entry.line is None else f"line {number(entry.line)} of job {entry.job}")
    elif entry.job is not None:
        parts.append(f"job {entry.job}")
    if entry.before is not None:
        parts.append(f"status before: {shown(entry.before['status'])}")
    if entry.by is not None:
        parts.append(f"by {_named(entry.by)}")
    if entry.operation is not None and entry.operation.title:
        parts.append(shown(entry.operation.title))
    if entry.reason:
        parts.append(f"reason: {shown(entry.reason)}")
    return "; ".join(parts)


def _named(person: NamedPerson) -> str:
    """Return who did something; the system has no User ID."""
    return f"{shown(person.name)} ({shown(person.user_id)})" if person.user_id else shown(person.name)


def _act(act: Act) -> str:
    parts = [f"{moment(act.at)} by {_named(act.by)}"]
    if act.operation is not None and act.operation.title:
        parts.append(shown(act.operation.title))
    if act.reason:
        parts.append(f"reason: {shown(act.reason)}")
    return "; ".join(parts)
