from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.certifications.enrollments import EXPORT_COLUMNS, enrollment_export_rows
from certremoval.cli.arguments import identifier
from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.exporting import add_output, check_output, export
from certremoval.reading import csv_pieces


class Command(BaseCommand):
    """Everyone on a certification, as a file."""

    help = """
        Everyone on a certification, inactive people too, as a CSV file (UTF-8 with byte order mark). Delete the lines
        of those who shall stay, and the rest is a removal file; changed, it is a file for certremoval load enrollments.
    """
    example = "certremoval enrollments FORKLIFT-3Y --output forklift.csv"
    exits = {0: "written", 1: "there is no such certification"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the certification and the file."""
        parser.add_argument("certification", metavar="CERTIFICATION_ID", type=identifier)
        add_output(parser)

    def act(self, options: Mapping[str, Any]) -> int:
        """Write the file."""
        check_output(options)
        rows = enrollment_export_rows(options["certification"])

        def with_heading() -> Any:
            yield EXPORT_COLUMNS
            yield from rows

        return export(self, csv_pieces(with_heading()), options, {"certification_id": options["certification"]})
