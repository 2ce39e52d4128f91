"""``certremoval demo``: the demonstration organisation, ready to be tried."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from certremoval.demo import telling
from certremoval.demo.build import build, refuse_foreign_database
from certremoval.demo.organisation import DEFAULT_USERS, MAXIMUM_USERS, MINIMUM_USERS
from certremoval.demo.passwords import set_passwords
from certremoval.problems import WrongState

_INTERRUPTED = "Interrupted. Run it again: it goes on where it stopped."


class Command(BaseCommand):
    """Migrates, builds what is not there yet, gives new passwords and tells all that one needs to try it."""

    help = (
        "Make the demonstration: an invented organisation with administrators, certifications and the removal jobs of"
        " 18 months. Prints sign-ins and files to try. Run again, it keeps what is there, gives new passwords and"
        " writes the files anew. A database that holds people of your own is refused."
    )
    requires_system_checks = ()  # they load all pages, and are a matter for tests
    suppressed_base_arguments = {
        *("--version", "--verbosity", "--settings", "--pythonpath"),
        *("--traceback", "--no-color", "--force-color", "--skip-checks"),
    }

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--users``, and the exit codes to the help."""
        parser.epilog = "Exit codes: 0 done, 1 refused or failed, 2 not usable as typed, 130 interrupted."
        parser.add_argument(
            "--users",
            metavar="N",
            type=_number_of_users,
            help=f"how many people, {MINIMUM_USERS:,} to {MAXIMUM_USERS:,}; {DEFAULT_USERS:,} if left out",
        )

    def handle(self, *args: Any, users: int | None, **options: Any) -> None:
        """Run; a refusal or a failure is told in a sentence and ends with exit code 1."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # for letters that the terminal lacks
        self.stderr.style_func = None
        try:
            self._make(users)
        except WrongState as error:
            self._end(error.message, 1)
        except BrokenPipeError:
            raise  # whoever reads has seen enough; the runner ends quietly
        except OSError as error:
            self._end(f"{error.filename or 'The file system'}: {error.strerror or error}.", 1)
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0].rstrip(".")
            self._end(f"The database cannot be used: {reason}. Check what DATABASE_URL and CERTREMOVAL_DATA say.", 1)
        except KeyboardInterrupt:
            self._end(_INTERRUPTED, 130)

    def _make(self, users: int | None) -> None:
        refuse_foreign_database(users)
        call_command("migrate", verbosity=0, interactive=False)
        built = build(settings.ENVIRONMENT.data / "files", users=users, tell=self._tell)
        organisation = built.organisation
        self._tell("Giving new passwords")
        passwords = set_passwords(organisation.administrators)
        width = min(shutil.get_terminal_size((120, 24)).columns, 160)
        state = "was there, and is as it was" if built.was_there else "is there"
        self._print(f"Halden Group, an invented organisation, {state}", telling.figures())
        sign_ins = telling.sign_ins(organisation.administrators, passwords, width=width)
        self._print("Sign-ins, until certremoval demo is run again", sign_ins)
        self._print("Files to try", telling.files_to_try(organisation, width=width))
        self._print("Next", telling.next_commands(_settings_needed()))

    def _tell(self, words: str) -> None:
        self.stderr.write(f"{words} ...")
        self.stderr.flush()

    def _print(self, heading: str, text: str) -> None:
        self.stdout.write(f"\n{heading}\n\n{text}")

    def _end(self, message: str, code: int) -> None:
        self.stderr.write(message)
        sys.exit(code)


def _number_of_users(text: str) -> int:
    try:
        number = int(text.replace(",", ""))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None
    if not MINIMUM_USERS <= number <= MAXIMUM_USERS:
        raise argparse.ArgumentTypeError(f"the demonstration takes {MINIMUM_USERS:,} to {MAXIMUM_USERS:,} users")
    return number


def _settings_needed() -> str:
    """Say which settings further commands need, as far as they may be shown: an address can hold a password."""
    needed = []
    if "CERTREMOVAL_DATA" in os.environ:
        needed.append(f"CERTREMOVAL_DATA={shlex.quote(str(settings.ENVIRONMENT.data))}")
    if settings.ENVIRONMENT.database_url:
        needed.append("the same DATABASE_URL")
    return f"With {' and '.join(needed)}:" if needed else ""
