"""The ``certremoval`` command: Django's command runner with our settings and our own words around it."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand

import certremoval
from certremoval.cli.streams import close_quietly, open_missing_streams

PROGRAM = "certremoval"

OVERVIEW = {
    "Run it": {
        "serve": "Web server and workers in one; Ctrl-C stops them",
        "worker": "A worker alone, for further machines",
        "demo": "Make the demonstration organisation",
    },
    "Remove people from certifications": {
        "preview": "Tell what a file would do; write nothing",
        "remove": "Remove the people of a file",
        "jobs": "List removal jobs",
        "job": "Show one job",
        "results": "What became of each line of a job's file",
        "cancel": "Stop a job",
        "resume": "Let a failed job go on",
        "undo": "Put the people of a job back",
        "approve": "Let a waiting job run",
        "decline": "Turn a waiting job down",
        "reschedule": "Move a job to another time",
    },
    "People and certifications": {
        "load": "Load people, units, groups, certifications, enrollments",
        "enrollments": "Everyone on a certification, as a file",
        "history": "What was removed from one person",
    },
    "Look after the database": {
        "migrate": "Make the tables, or bring them up to date",
        "createsuperuser": "Make an administrator who may do everything",
        "verify": "Check the promises about what was removed",
        "purge": "Delete files, lines and drafts whose time has passed",
    },
}
"""Every command of ours, and the two of Django's that everybody needs."""


class CommandLine(ManagementUtility):
    """Django's runner, telling of our commands first and ending with our exit codes."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__([PROGRAM, *arguments])
        self.prog_name = PROGRAM

    def execute(self) -> None:
        """Run one command."""
        if self.argv[1:] in (["--version"], ["version"]):
            sys.stdout.write(f"{PROGRAM} {certremoval.__version__}\n")
        else:
            super().execute()

    def main_help_text(self, commands_only: bool = False) -> str:
        """Return what ``certremoval --help`` prints."""
        if commands_only:
            return super().main_help_text(commands_only=True)
        lines = ["Usage: certremoval COMMAND [options]; certremoval COMMAND --help tells all of one command."]
        for heading, commands in OVERVIEW.items():
            lines += ["", heading]
            lines += [f"  {name:<16} {text}" for name, text in commands.items()]
        lines += [
            "",
            "The commands of Django work too, such as shell and dbshell: certremoval help --commands",
            "Exit codes: 0 done or accepted, 1 refused or failed, 2 usage, 130 interrupted.",
        ]
        return "\n".join(lines)

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Return the command of this name; end with exit code 2 if there is none."""
        commands = get_commands()
        if subcommand not in commands:
            near = difflib.get_close_matches(subcommand, commands, n=1)
            question = f" Did you mean {near[0]}?" if near else ""
            sys.stderr.write(f"There is no command {subcommand}.{question} certremoval --help lists all commands.\n")
            sys.exit(2)
        return super().fetch_command(subcommand)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command of the command line. Raises SystemExit with the exit code if it is not 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certremoval.config.settings")
    open_missing_streams()
    try:
        CommandLine(sys.argv[1:] if arguments is None else arguments).execute()
    except ImproperlyConfigured as error:
        advice = " Install it: pip install 'certremoval[postgres]'." if "psycopg" in str(error) else ""
        sys.stderr.write(f"certremoval cannot start: {str(error).splitlines()[0].rstrip('.')}.{advice}\n")
        sys.exit(2)
    except BrokenPipeError:
        pass  # the reader of our output has seen enough, as `head` does
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        close_quietly()
