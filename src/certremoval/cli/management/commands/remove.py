from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.certifications.holding import KeepOff
from certremoval.certifications.limits import ConfirmationRequired
from certremoval.cli.arguments import (
    add_actor,
    add_keep_off,
    add_number,
    add_plan,
    keep_off_of,
    moment_of,
    plan_options,
)
from certremoval.cli.asking import agreed_to, can_ask, check_lines, not_agreed
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.command import refusal
from certremoval.cli.failures import REFUSED, UsageError
from certremoval.cli.files import open_source
from certremoval.cli.progress import Progress
from certremoval.cli.reports import (
    advice_for,
    problem_lines,
    question_lines,
)
from certremoval.cli.waiting import tell_queued
from certremoval.organization.models import User
from certremoval.removals.checks import SAID
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job
from certremoval.removals.planning import PlanSummary
from certremoval.removals.scheduling import zone_of
from certremoval.removals.submitting import remove_file


class Command(BaseCommand):
    """Remove the people of a file."""

    help = """
        Remove the people of a file from their certifications. The file is checked whole before anything happens: if a
        line has a problem, nobody is removed, unless --skip-problems leaves those lines out. The job is then run by a
        worker, or at once by this command with --wait. Loads of enrollments do not enroll these people again, unless
        they re-add or no longer name them; with --keep-off-until or --keep-off-for-good not even then.

        Without --yes it asks before it removes anybody, and says if you are one of them, or if the same people were
        sent before; --yes answers that. Above a limit (500 people, or a fifth of everyone on one certification, unless
        the settings say otherwise) the number must be typed: at the terminal, or as --confirm N. Above a second limit
        the job waits until another administrator approves it. Items on transcripts stay, and removed people are not
        mailed.
    """
    example = """
certremoval remove leavers.csv --title "Warehouse South closes" --reason "Site closure"
certremoval remove leavers.csv --title "Warehouse South closes" --skip-problems --yes --wait
    """
    exits = {
        0: "the job is queued, or waits for approval; with --wait: it is processed",
        1: "the file was refused and no job made, the number was missing or wrong, or the answer was no; with --wait:"
        " the job failed or was cancelled",
    }

    def arguments(self, parser: CommandParser) -> None:
        """Add all options of a removal."""
        parser.add_argument("--title", metavar="T", required=True, help="the Job Title, at most 100 characters")
        add_plan(parser)
        parser.add_argument("--comment", metavar="C", default="", help="a comment that other administrators see")
        parser.add_argument(
            "--reason",
            metavar="R",
            default="",
            help="the reason, kept with every removal; the settings may require one",
        )
        add_actor(parser)
        parser.add_argument(
            "--skip-problems", action="store_true", help="leave out the lines with a problem and remove the others"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")
        parser.add_argument("--wait", action="store_true", help="run the job now, and end when it has ended")
        parser.add_argument(
            "--at",
            metavar="WHEN",
            help="run the job then and not now, as 2026-11-30T06:00, in the administrator's own time zone",
        )
        add_keep_off(parser)
        add_number(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Check, ask, remove, wait."""
        if options["at"] is not None and options["wait"]:
            raise UsageError("--wait runs the job now and --at later. Use one of them. Nothing was done.")
        if not options["yes"] and not can_ask():
            raise UsageError(
                "Nobody can be asked here, since standard input is no terminal. Add --yes to remove people without a"
                " question. Nothing was done."
            )
        keep_off = keep_off_of(options)
        actor = acting_administrator(options["actor"])
        when = None if options["at"] is None else moment_of(options["at"], actor)
        with open_source(options["file"]) as (source, name):
            job = self._submit(actor, source, name, when, keep_off, options)
        if job is None:
            return REFUSED
        return tell_queued(self, job, wait=options["wait"])

    def _submit(
        self,
        actor: User,
        source: BinaryIO,
        name: str,
        when: datetime | None,
        keep_off: KeepOff,
        options: Mapping[str, Any],
    ) -> Job | None:
        """Make the job; None if the file was refused or the answer was no, which is told."""
        progress = Progress(sys.stderr)

        def agreed(summary: PlanSummary) -> bool:
            progress.end()
            checks = check_lines(actor, summary)
            self.note(*question_lines(summary, checks=checks, keep_off=keep_off, when=when, zone=zone_of(actor)))
            return agreed_to(self, summary, typed=options["confirm"])

        try:
            return remove_file(
                actor,
                source,
                name=name,
                title=options["title"],
                comment=options["comment"],
                reason=options["reason"],
                options=plan_options(options),
                skip_problems=options["skip_problems"],
                scheduled_for=when,
                keep_off=keep_off,
                typed=options["confirm"],
                said=SAID if options["yes"] else (),
                confirm=None if options["yes"] else agreed,
                progress=progress.stage,
            )
        except ConfirmationRequired as error:
            not_agreed(self, error)
            return None
        except FileRefused as error:
            progress.end()
            self._refused(error.summary)
            return None
        finally:
            progress.end()

    def _refused(self, summary: PlanSummary) -> None:
        if self.json_asked:
            self.note(advice_for(summary))
            self.answer(refusal(summary.problems, summary.counts))
        else:
            self.note(*problem_lines(summary.problems, summary.problem_count), "", advice_for(summary))
