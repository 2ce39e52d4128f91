"""Commands whose answer is a file: to standard output, or written whole to the file that ``--output`` names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.cli.command import Command
from certremoval.cli.failures import UsageError
from certremoval.cli.files import copy_to, write_whole


def add_output(parser: CommandParser) -> None:
    """Add ``--output``."""
    parser.add_argument("--output", metavar="F", help="write to this file; left out, to standard output")


def check_output(options: Mapping[str, Any]) -> None:
    """Raise UsageError where file and JSON would both go to standard output."""
    if options["json"] and not options["output"]:
        raise UsageError("With --json the file needs a place of its own: name it with --output.")


def export(command: Command, pieces: Iterable[bytes], options: Mapping[str, Any], facts: Mapping[str, Any]) -> int:
    """Send the pieces where they belong; return the exit code."""
    output = options["output"]
    if output is None:
        copy_to(sys.stdout.buffer, pieces)
        return 0
    size = write_whole(output, pieces)
    if command.json_asked:
        command.answer({**facts, "output": os.path.abspath(output), "size": size})
    else:
        command.note(f"{output} is written ({size:,} bytes).")
    return 0
