"""Options that several commands have, and what their values must look like."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.management.base import CommandParser

from certremoval.certifications.holding import KeepOff, checked_keep_off, read_day
from certremoval.certifications.limits import number_typed
from certremoval.cli.failures import UsageError
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.reading import trim_id
from certremoval.removals.models import JobState
from certremoval.removals.options import MATCHES, PlanOptions
from certremoval.removals.scheduling import read_when

LARGEST_NUMBER = 2**63 - 1
"""The largest number that a database has for anything."""


def job_number(text: str) -> int:
    """Read a job's number."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no job number. certremoval jobs lists them")
    if len(text.lstrip("0")) > len(str(LARGEST_NUMBER)) or int(text) > LARGEST_NUMBER:
        raise argparse.ArgumentTypeError(
            f"{text[:60]} is larger than the number of any job. certremoval jobs lists them"
        )
    return int(text)


def day(text: str) -> date:
    """Read a date, written as in 2026-05-12 and in no other way."""
    try:
        return read_day(text)
    except InvalidRequest:
        raise argparse.ArgumentTypeError(f"{text} is no date. Write it as in 2026-05-12") from None


def identifier(text: str) -> str:
    """Read an id: surrounding space goes, as it does in files."""
    if not (trimmed := trim_id(text)):
        raise argparse.ArgumentTypeError("an id is missing; an empty one never means all")
    return trimmed


def not_empty(text: str) -> str:
    """Read a text that may not be empty: an empty variable of a script must not mean the default."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the value is empty")
    return text


def unit(text: str) -> tuple[str, str]:
    """Read TYPE=ID."""
    kind, equals, unit_id = text.partition("=")
    if not (equals and trim_id(kind) and trim_id(unit_id)):
        raise argparse.ArgumentTypeError(f"{text} names no unit. Write TYPE=ID, as in Division=D-10")
    return trim_id(kind), trim_id(unit_id)


def moment_of(text: str, actor: User) -> datetime:
    """Read when a job is to run. Raises UsageError: nothing was done."""
    try:
        return read_when(text, actor)
    except InvalidRequest as error:
        raise UsageError(f"{error.message} Nothing was done.") from None


def states(text: str) -> tuple[JobState, ...]:
    """Read a status: the code of one, or a word of the screen in any case, which may stand for several."""
    if text in JobState.values:
        return (JobState(text),)
    wanted = text.strip().casefold()
    found = tuple(state for state in JobState if wanted in (str(state.label).casefold(), state.value))
    if not found:
        words = ", ".join(dict.fromkeys(str(state.label) for state in JobState))
        raise argparse.ArgumentTypeError(f"{text} is no status. Choose among {words}, awaiting_approval")
    return found


def add_actor(parser: CommandParser) -> None:
    """Add ``--as``."""
    parser.add_argument(
        "--as",
        dest="actor",
        metavar="USER_ID",
        type=identifier,
        help="the administrator who acts; left out, the one active superuser",
    )


def add_job(parser: CommandParser, *, optional: bool = False) -> None:
    """Add the number of a job."""
    parser.add_argument(
        "job",
        metavar="ID",
        type=job_number,
        nargs="?" if optional else None,
        help="the number of the job, as certremoval jobs shows",
    )


def add_keep_off(parser: CommandParser) -> None:
    """Add how long loads of enrollments keep the people of a job off."""
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument(
        "--keep-off-until",
        metavar="DATE",
        type=day,
        help="no load enrolls these people again before this day, whatever it says, as 2026-12-31",
    )
    how_long.add_argument(
        "--keep-off-for-good",
        action="store_true",
        help="no load ever enrolls these people again, whatever it says, until the job is undone or somebody lifts it",
    )


def keep_off_of(options: Mapping[str, Any]) -> KeepOff:
    """Return what :func:`add_keep_off` has read. Raises UsageError for a day that is not to come."""
    try:
        return checked_keep_off(options["keep_off_until"], for_good=options["keep_off_for_good"])
    except InvalidRequest as error:
        raise UsageError(f"{error.message} Nothing was done.") from None


def add_plan(parser: CommandParser) -> None:
    """Add the file and all that says how it is read and who is left out."""
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX with the columns Certification ID and User ID")
    parser.add_argument(
        "--certification",
        metavar="ID",
        type=identifier,
        help="the certification of all lines that name none; its column may then be missing",
    )
    parser.add_argument(
        "--user-column", metavar="C", type=not_empty, help="the column that names the users, if not User ID"
    )
    parser.add_argument(
        "--match", choices=MATCHES, default="user_id", help="what stands in that column (default: %(default)s)"
    )
    parser.add_argument(
        "--sheet", metavar="S", type=not_empty, help="the sheet of a workbook, if not the first visible one"
    )
    parser.add_argument(
        "--encoding", metavar="E", type=not_empty, help="of a CSV file that is not UTF-8, as windows-1252"
    )
    repeated = "; may be repeated"
    parser.add_argument(
        "--leave-out-status", metavar="S", action="append", default=[], help=f"leave out who has this status{repeated}"
    )
    parser.add_argument(
        "--leave-out-unit",
        metavar="TYPE=ID",
        action="append",
        type=unit,
        default=[],
        help=f"leave out who is in this organizational unit or below it{repeated}",
    )
    parser.add_argument(
        "--leave-out-user",
        metavar="USER_ID",
        action="append",
        type=identifier,
        default=[],
        help=f"leave out this person{repeated}",
    )


def plan_options(options: Mapping[str, Any]) -> PlanOptions:
    """Return what :func:`add_plan` has read."""
    return PlanOptions(
        certification=options["certification"],
        user_column=options["user_column"],
        match=options["match"],
        sheet=options["sheet"],
        encoding=options["encoding"],
        leave_out_statuses=tuple(options["leave_out_status"]),
        leave_out_units=tuple(options["leave_out_unit"]),
        leave_out_users=tuple(options["leave_out_user"]),
    )


def add_number(parser: CommandParser) -> None:
    """Add the number that must be typed above a limit."""
    parser.add_argument(
        "--confirm",
        metavar="N",
        type=whole_number,
        help="how many people it is, as the preview says; needed above a limit, and refused if it is not true",
    )


def whole_number(text: str) -> int:
    """Return a number of people, typed with or without separators."""
    typed = number_typed(text)
    if typed is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of people")
    return typed
