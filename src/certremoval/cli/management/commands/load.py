from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.certifications.limits import ApprovalRequired, ConfirmationRequired
from certremoval.cli.arguments import add_number
from certremoval.cli.asking import can_ask, number_agreed_to
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.command import refusal
from certremoval.cli.failures import REFUSED, UsageError
from certremoval.cli.files import open_source
from certremoval.cli.load_reports import accepted_lines, ended_lines, gone_lines
from certremoval.cli.reports import lines_of, problem_lines
from certremoval.cli.text import shown
from certremoval.loading.agreeing import NotAgreed
from certremoval.loading.enrollments import Enrollments
from certremoval.loading.loads import KINDS, load
from certremoval.loading.report import LoadReport


class Command(BaseCommand):
    """Load people, units, groups, certifications, enrollments."""

    help = """
        Load a file, whole or not at all: lines are created or updated by their id, equal ones are not touched, nobody
        is deleted. A column that is not there leaves values; a blank cell clears them. In an empty database load in
        this order: organizational_units, users, groups, certifications, enrollments.

        Enrollments: whoever was removed and not put back stays removed, load after load; they are counted and listed.
        With --readd they are enrolled again. A full file is loaded with --snapshot: whoever is on a certification and
        not named in the file is taken off, by one operation that can be undone, and whoever is held back and not named
        is held back no more. Before anybody is taken off, or held back no more, it asks, unless --yes is given; above a
        limit the number of people taken off must be typed, as --confirm N.
    """
    example = """
certremoval load users people.csv --dry-run
certremoval load enrollments enrollments.xlsx
certremoval load enrollments all-enrollments.csv --snapshot --yes
    """
    exits = {
        0: "loaded; with --dry-run: it would be",
        1: "refused, the number was missing or wrong, or the answer was no; nothing was changed",
    }

    def arguments(self, parser: CommandParser) -> None:
        """Add kind and file."""
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--dry-run", action="store_true", help="count and check, but write nothing")
        parser.add_argument("--encoding", metavar="E", help="of a CSV file that is not UTF-8, as windows-1252")
        parser.add_argument(
            "--snapshot",
            action="store_true",
            help="enrollments: the file is a full one; take off whoever it does not name",
        )
        parser.add_argument(
            "--readd", action="store_true", help="enrollments: enroll those again who were removed and are held back"
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="do not ask before a snapshot takes people off, or holds them back no more",
        )
        add_number(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Load."""
        _check_usage(options)

        def agreed(report: LoadReport) -> bool:
            if not can_ask():
                raise UsageError(
                    f"People would be {'taken off' if report.removed else 'held back no more'}, and nobody can be asked"
                    " here, since standard input is no terminal. Look with --dry-run, and add --yes. Nothing was done."
                )
            self.note(*gone_lines(report), *ended_lines(report))
            ended = report.holds.ended if report.holds is not None else 0
            return number_agreed_to(
                self, report.removed or 0, limits=report.limits, typed=options["confirm"], holds_ended=ended
            )

        try:
            with open_source(options["file"]) as (source, name):
                report = load(
                    options["kind"],
                    source,
                    name=name,
                    dry_run=options["dry_run"],
                    encoding=options["encoding"],
                    snapshot=options["snapshot"],
                    readd=options["readd"],
                    typed=options["confirm"],
                    confirm=None if options["yes"] else agreed,
                )
        except (ConfirmationRequired, ApprovalRequired) as error:
            self.note("Nothing was done." if isinstance(error, NotAgreed) else shown(error.message))
            if self.json_asked:
                self.answer(refusal(error.problems, error.counts))
            return REFUSED
        if self.json_asked:
            self.answer(report.as_json())
        elif report.accepted:
            self.tell(*accepted_lines(report))
        else:
            self.note(
                f"{shown(report.file_name)}: {lines_of(report.rows)}",
                *problem_lines(report.problems, report.problem_count),
                "",
                "Nothing was changed. Correct the file and load it again.",
            )
        return 0 if report.accepted else REFUSED


def _check_usage(options: Mapping[str, Any]) -> None:
    for name in ("snapshot", "readd"):
        if options[name] and options["kind"] != Enrollments.name:
            raise UsageError(f"--{name} is for enrollments, not for {options['kind']}. Nothing was done.")
    if options["confirm"] is not None and not options["snapshot"]:
        raise UsageError("--confirm tells how many people a --snapshot takes off. Add --snapshot. Nothing was done.")
