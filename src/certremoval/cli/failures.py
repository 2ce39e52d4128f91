"""What went wrong, as a sentence with advice and an exit code. A user's mistake never ends in a traceback."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

from certremoval.access.actors import NoActor
from certremoval.problems import ActionRefused, Problem, UnreadableFile

REFUSED, USAGE, INTERRUPTED = 1, 2, 130


class UsageError(Exception):
    """What was typed cannot be done as it stands. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a command ends that did not do what was asked."""

    exit_code: int
    message: str
    problems: tuple[Problem, ...]


def failure_of(error: Exception) -> Failure | None:
    """Return how an error is told; None for one that is a fault of the program."""
    match error:
        case ActionRefused():
            return Failure(REFUSED, error.message, error.problems)
        case UnreadableFile():
            return Failure(REFUSED, error.problems[0].message, error.problems)
        case UsageError() | NoActor():
            return _failure(USAGE, "invalid_request", str(error))
        case DatabaseError() | InterfaceError():
            return _failure(REFUSED, "database_unavailable", database_sentence(error))
        case ImproperlyConfigured():
            return _failure(USAGE, "invalid_request", str(error))
        case OSError():
            return _failure(REFUSED, "file_unavailable", file_sentence(error))
    return None


def _failure(exit_code: int, code: str, message: str) -> Failure:
    return Failure(exit_code, message, (Problem(code, message),))


def file_sentence(error: OSError) -> str:
    """Return what is said where the system refuses a file."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}."


def database_sentence(error: Exception) -> str:
    """Return what is said where the database cannot serve: what is wrong and what to do."""
    text = str(error).strip()
    first = text.splitlines()[0] if text else type(error).__name__
    lower = text.lower()
    state = getattr(error.__cause__, "sqlstate", None) or ""
    # SQLSTATE 42P01: no such table, 42703: no such column. SQLite says so in words.
    if (isinstance(error, ProgrammingError) and state in {"42P01", "42703"}) or "no such" in lower:
        return "The database is not set up, or not up to date. Run: certremoval migrate"
    if state in {"40P01", "40001"}:
        return "Another program was writing to the same rows, and one of the two had to give way. Try again."
    if "is locked" in lower or state == "55P03":
        return "The database is busy: another program is writing to it and does not end. Try again in a minute."
    if "unable to open" in lower:
        return "The database file cannot be opened. Check the folder that CERTREMOVAL_DATA or DATABASE_URL names."
    if "readonly" in lower or "read-only" in lower:
        return "The database can be read but not written. Check the rights on its file and its folder."
    if "not a database" in lower or "malformed" in lower:
        return "The database file is damaged, or is none. Restore it from a backup, or name another in DATABASE_URL."
    if "disk is full" in lower or state == "53100":
        return "The disk is full. Free some space and try again."
    if isinstance(error, (OperationalError, InterfaceError)):
        return f"The database cannot be reached: {first.rstrip('.')}. Check that it runs and what DATABASE_URL says."
    return f"The database refused the work: {first.rstrip('.')}."
