"""Which column holds what, and cells beyond the last heading."""

from __future__ import annotations

from collections.abc import Sequence

from certremoval.problems import Problem, UnreadableFile
from certremoval.reading.cell_text import trim_id
from certremoval.reading.refusals import listed
from certremoval.reading.table import Table


def find_columns(
    table_or_header: Table | Sequence[str], *, needed: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, int]:
    """Return the index of each needed column and of each optional one that is there, by the name asked for.

    Headings are compared without letter case and surrounding space. Raises UnreadableFile, code
    ``invalid_columns``, with every needed column that is missing and every asked one that is there twice.
    """
    if isinstance(table_or_header, Table):
        header: Sequence[str] = table_or_header.header
        line = table_or_header.header_line
    else:
        header, line = table_or_header, 1
    headings = [trim_id(heading).casefold() for heading in header]
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys((*needed, *optional)):
        heading = trim_id(name).casefold()
        count = headings.count(heading)
        if count == 1:
            found[name] = headings.index(heading)
        elif count:
            message = f"{_number(count)} columns are called {name}. Rename or delete all but one of them."
            problems.append(Problem("invalid_columns", message, line=line, column=name))
        elif name in needed:
            problems.append(Problem("invalid_columns", _missing(name, header), line=line, column=name))
    if problems:
        raise UnreadableFile(*problems)
    return found


def is_surplus_fault(cells: Sequence[str], width: int) -> bool:
    """Tell whether a row holds something beyond its last heading; empty cells there do not matter."""
    return len(cells) > width and any(trim_id(cell) for cell in cells[width:])


def _missing(name: str, header: Sequence[str]) -> str:
    named = [heading for heading in map(trim_id, header) if heading]
    found = f"We found {listed(named)}." if named else "We found no headings."
    return f"No column is called {name}. {found} Choose the column that holds the {name}."


def _number(count: int) -> str:
    return "Two" if count == 2 else f"{count:,}"
