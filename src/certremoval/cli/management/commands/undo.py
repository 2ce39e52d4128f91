from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.certifications.limits import ConfirmationRequired
from certremoval.certifications.models import Operation
from certremoval.cli.arguments import add_actor, add_job, add_number, identifier, job_number
from certremoval.cli.asking import agreed_to, can_ask, check_lines, not_agreed
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import UsageError
from certremoval.cli.progress import Progress
from certremoval.cli.reports import question_lines, undo_lines
from certremoval.cli.waiting import tell_queued
from certremoval.removals.checks import SAID
from certremoval.removals.planning import PlanSummary
from certremoval.removals.undoing import undo_job, undo_operation


class Command(BaseCommand):
    """Put people back."""

    help = """
        Put the people of a job that has ended back on their certifications, with all their values; all of them, or
        those named. Who is on it again since is left alone, and so is whose user or certification is gone. The undo is
        a job of its own, run by a worker, or at once by this command with --wait. Undoing an undo removes again whom it
        put back.

        Without --yes it asks before it puts anybody back. Nobody is mailed. Undoing an undo removes people: above a
        limit (500 people, or a fifth of everyone on one certification, unless the settings say otherwise) the number
        must be typed, as --confirm N.
    """
    example = """
certremoval undo 12
certremoval undo 12 --user-id 000123 --user-id 000456 --reason "On the list by mistake" --yes --wait
    """
    exits = {
        0: "the undo is queued; with --wait: it is processed",
        1: "there was nothing to undo, the number was missing or wrong, or the answer was no; with --wait: it failed"
        " or was cancelled",
    }

    def arguments(self, parser: CommandParser) -> None:
        """Add the job, and who of it."""
        add_job(parser, optional=True)
        parser.add_argument(
            "--operation",
            metavar="N",
            type=job_number,
            help="in place of a job: a removal that has none, as of a snapshot load, which tells its number",
        )
        parser.add_argument(
            "--user-id", metavar="U", action="append", type=identifier, help="only this person; may be repeated"
        )
        parser.add_argument("--title", metavar="T", default="", help='the Job Title (default: "Undo of" and its title)')
        parser.add_argument("--comment", metavar="C", default="", help="a comment that other administrators see")
        parser.add_argument("--reason", metavar="R", default="", help="the reason, kept with every restoration")
        add_actor(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")
        parser.add_argument("--wait", action="store_true", help="run the undo now, and end when it has ended")
        add_number(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Look, ask, put back, wait."""
        if (options["job"] is None) == (options["operation"] is None):
            raise UsageError("Name what is to be undone: the number of a job, or --operation N. Nothing was done.")
        if not options["yes"] and not can_ask():
            raise UsageError(
                "Nobody can be asked here, since standard input is no terminal. Add --yes to undo the job without a"
                " question. Nothing was done."
            )
        progress, actor = Progress(sys.stderr), acting_administrator(options["actor"])

        def agreed(summary: PlanSummary) -> bool:
            progress.end()
            if summary.kind == Operation.Kind.RESTORE:
                self.note(*undo_lines(summary))
            else:
                self.note(*question_lines(summary, checks=check_lines(actor, summary)))
            return agreed_to(self, summary, typed=options["confirm"])

        try:
            undo = undo_job if options["operation"] is None else undo_operation
            job = undo(
                actor,
                options["job"] if options["operation"] is None else options["operation"],
                users=options["user_id"],
                title=options["title"],
                comment=options["comment"],
                reason=options["reason"],
                typed=options["confirm"],
                said=SAID if options["yes"] else (),
                confirm=None if options["yes"] else agreed,
                progress=progress.stage,
            )
        except ConfirmationRequired as error:
            return not_agreed(self, error)
        finally:
            progress.end()
        return tell_queued(self, job, wait=options["wait"])
