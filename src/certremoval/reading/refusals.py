"""Shorthand for refusing a file as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from certremoval.problems import Problem, UnreadableFile

SAVE_AS_CSV = "Save it as .xlsx or as CSV UTF-8."
DAMAGED_WORKBOOK = (
    "This workbook is damaged or was not transferred completely. Open it, save it again as .xlsx, and send that."
)


def file_format(
    message: str,
    *,
    line: int | None = None,
    column: str | None = None,
    value: str | None = None,
    suggestion: str | None = None,
) -> UnreadableFile:
    """Return the refusal of a file that is not in a form we can read."""
    return UnreadableFile(Problem("file_format", message, line=line, column=column, value=value, suggestion=suggestion))


def damaged_workbook(detail: str = "", *, line: int | None = None) -> UnreadableFile:
    """Return the refusal of a workbook whose parts do not hold together."""
    return file_format(f"{DAMAGED_WORKBOOK} ({detail}.)" if detail else DAMAGED_WORKBOOK, line=line)


def cell_too_long(line: int, limit: int) -> UnreadableFile:
    """Return the refusal of a file with a cell above the cap."""
    return file_format(
        f"A cell on line {line:,} is longer than {limit:,} characters. Shorten it, or delete its column.", line=line
    )


def too_many_columns(line: int, limit: int) -> UnreadableFile:
    """Return the refusal of a file with a row wider than the cap."""
    return file_format(
        f"Line {line:,} has more than {limit:,} cells. Delete the columns that are not needed.", line=line
    )


def listed(names: Sequence[str], *, most: int = 10) -> str:
    """Return names as a sentence part: ``a, b, c``, and how many more there are."""
    text = ", ".join(names[:most])
    return f"{text} and {len(names) - most:,} more" if len(names) > most else text
