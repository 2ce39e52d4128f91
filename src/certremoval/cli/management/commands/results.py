from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.access.actors import acting_administrator
from certremoval.cli.arguments import add_actor, add_job
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.exporting import add_output, check_output, export
from certremoval.removals.jobs import find_job
from certremoval.removals.results import result_file


class Command(BaseCommand):
    """What became of each line."""

    help = """
        The result file of a job: the file as it was uploaded, with two columns more, Outcome and Detail. It can be
        corrected and sent again; lines that are done are recognised. CSV, UTF-8 with byte order mark.
    """
    example = """
certremoval results 12 --output result.csv
certremoval results 12 | grep not_enrolled
    """
    exits = {0: "written", 1: "there is no such job, or its file is no longer kept"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the job, the file, the actor."""
        add_job(parser)
        add_output(parser)
        add_actor(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Write the file."""
        check_output(options)
        job = find_job(acting_administrator(options["actor"]), options["job"])
        return export(self, result_file(job), options, {"id": job.id})
