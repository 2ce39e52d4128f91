from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.cli.arguments import add_later, refuse_later
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import REFUSED
from certremoval.cli.files import open_source
from certremoval.cli.reports import lines_of, problem_lines
from certremoval.cli.text import shown
from certremoval.loading.loads import KINDS, load
from certremoval.loading.report import LoadReport
from certremoval.removals.words import number


class Command(BaseCommand):
    """Load people, units, groups, certifications, enrollments."""

    help = """
        Load a file, whole or not at all: lines are created or updated by their id, equal ones are not touched, nobody
        is deleted. A column that is not there leaves values; a blank cell clears them. In an empty database load in
        this order: organizational_units, users, groups, certifications, enrollments.
    """
    example = """
certremoval load users people.csv --dry-run
certremoval load enrollments enrollments.xlsx
    """
    exits = {0: "loaded; with --dry-run: it would be", 1: "refused, nothing was changed"}

    def arguments(self, parser: CommandParser) -> None:
        """Add kind and file."""
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", help="CSV or XLSX")
        parser.add_argument("--dry-run", action="store_true", help="count and check, but write nothing")
        parser.add_argument("--encoding", metavar="E", help="of a CSV file that is not UTF-8, as windows-1252")
        parser.add_argument(
            "--yes", action="store_true", help="answer yes to what a load may ask (in this release it asks nothing)"
        )
        add_later(parser, "--snapshot", "--readd")
        add_later(parser, "--confirm", metavar="N")

    def act(self, options: Mapping[str, Any]) -> int:
        """Load."""
        refuse_later(options, "--snapshot", "--readd", "--confirm")
        with open_source(options["file"]) as (source, name):
            report = load(options["kind"], source, name=name, dry_run=options["dry_run"], encoding=options["encoding"])
        if self.json_asked:
            self.answer(report.as_json())
        elif report.accepted:
            self.tell(*_accepted_lines(report))
        else:
            self.note(
                f"{shown(report.file_name)}: {lines_of(report.rows)}",
                *problem_lines(report.problems, report.problem_count),
                "",
                "Nothing was changed. Correct the file and load it again.",
            )
        return 0 if report.accepted else REFUSED


def _accepted_lines(report: LoadReport) -> list[str]:
    counts = [
        f"{number(report.created)} {'to be created' if report.dry_run else 'created'}",
        f"{number(report.updated)} {'to be updated' if report.dry_run else 'updated'}",
        f"{number(report.unchanged)} unchanged",
    ]
    if report.removed is not None:
        counts.append(f"{number(report.removed)} {'to be taken out' if report.dry_run else 'taken out'}")
    lines = [f"{shown(report.file_name)}: {lines_of(report.rows)}: {', '.join(counts)}."]
    if report.ignored_columns:
        lines.append(f"Columns that were not used: {', '.join(map(shown, report.ignored_columns))}.")
    lines += [shown(note) for note in report.notes]
    return [*lines, "Nothing was changed; this was a dry run."] if report.dry_run else lines
