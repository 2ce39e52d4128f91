"""A pasted list of people: which User IDs it holds."""

from __future__ import annotations

import re

from certremoval.organization.models import User
from certremoval.reading import trim_id
from certremoval.removals.rows import USER_COLUMN

_LINE_ENDS = re.compile("\r\n|\r|\n")
_PARTED = re.compile("[\t,;]")


def pasted_user_ids(text: str) -> list[str]:
    """Return the User ID of each line, trimmed; an empty line within the list gives an empty text.

    Ids are opaque text that may hold spaces, commas and semicolons, so one line is one id, and nothing in it parts
    two. A tab ends the id: in what is copied from a spreadsheet the cells beside it follow. Only a list that is one
    single line is parted at tabs, commas and semicolons, and only if nobody's User ID is that whole line. A heading
    *User ID* on the first line is no person. Lines end where lines of a file do: at LF, CRLF or CR.
    """
    lines = [trim_id(line) for line in _LINE_ENDS.split(text)]
    first = next((at for at, line in enumerate(lines) if line), len(lines))
    while lines and not lines[-1]:
        del lines[-1]
    ids = [trim_id(line.partition("\t")[0]) for line in lines[first:]]
    if len(ids) == 1:
        ids = _parted(lines[first])
    if ids and ids[0].casefold() == USER_COLUMN.casefold():
        del ids[0]
    return ids if any(ids) else []


def _parted(line: str) -> list[str]:
    pieces = [piece for piece in map(trim_id, _PARTED.split(line)) if piece]
    if len(pieces) < 2 or User.objects.filter(user_id=line).exists():
        return [line]
    return pieces
