from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, day, identifier, states
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import UsageError
from certremoval.cli.reports import jobs_table
from certremoval.cli.text import width_of
from certremoval.problems import InvalidRequest
from certremoval.removals.job_filter import JobFilter
from certremoval.removals.jobs import JobPage, list_jobs
from certremoval.removals.representation import job_json


class Command(BaseCommand):
    """List removal jobs."""

    help = """
        List the removal jobs that the administrator may see, the newest first. Dates are those of the job's creation,
        inclusive, in the time zone of --timezone. Drafts are listed only with --status draft.
    """
    example = """
certremoval jobs --from 2026-05-01 --to 2026-05-31 --timezone Europe/Warsaw
certremoval jobs --status failed --status "In Progress" --mine --json
    """

    def arguments(self, parser: CommandParser) -> None:
        """Add the filters."""
        parser.add_argument("--search", metavar="S", default="", help="words of the Job Title")
        parser.add_argument("--on", metavar="D", type=day, help="created on this date, as 2026-05-12")
        parser.add_argument("--from", dest="start", metavar="D", type=day, help="created on this date or later")
        parser.add_argument("--to", dest="end", metavar="D", type=day, help="created on this date or earlier")
        parser.add_argument(
            "--status",
            metavar="S",
            action="append",
            type=states,
            default=[],
            help="a status as shown (Queued, In Progress, Processed, Failed, Cancelled, Draft) or a code (queued,"
            " awaiting_approval, in_progress, processed, failed, cancelled, draft); may be repeated",
        )
        parser.add_argument("--mine", action="store_true", help="only jobs that the administrator created")
        parser.add_argument("--certification", metavar="ID", type=identifier, help="only jobs with this certification")
        parser.add_argument("--timezone", metavar="Z", default="UTC", help="as Europe/Warsaw (default: %(default)s)")
        parser.add_argument("--cursor", metavar="C", help='go on with the list: what "next" of the last answer says')
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """List."""
        page = self._page(options)
        if self.json_asked:
            self.answer({"jobs": [job_json(job) for job in page.jobs], "next": page.next})
            return 0
        if page.jobs:
            self.tell(*jobs_table(page.jobs, width_of(sys.stdout), ZoneInfo(options["timezone"])))
        else:
            self.note("No job matches.")
        if page.next:
            self.note(f"There are more. Narrow the list, or go on: --cursor {page.next}")
        return 0

    def _page(self, options: Mapping[str, Any]) -> JobPage:
        try:
            wanted = JobFilter(
                search=options["search"],
                on=options["on"],
                from_=options["start"],
                to=options["end"],
                statuses=tuple(state for group in options["status"] for state in group),
                mine=options["mine"],
                certification=options["certification"],
                time_zone=options["timezone"],
            )
            return list_jobs(acting_administrator(options["actor"]), wanted, cursor=options["cursor"])
        except InvalidRequest as error:
            # All of it was typed on the command line, so it is a mistake of usage.
            raise UsageError(error.message) from error
