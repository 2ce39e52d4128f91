"""Planned: the TEMP table ``planned_rows``, which every plan is made in before it is kept.

The rows to be worked on come first, as positions 1 to n, along an index of the enrollments: by certification and user
on SQLite (the unique index), by enrollment id on PostgreSQL (the order in which rows are locked). The others follow by
outcome and line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from certremoval.database.bulk import analyze
from certremoval.database.dialect import dialect

_NAMES_WITHOUT_LINE = """
    outcome, certification_text, user_text, certification_key, user_key,
    enrollment_id, revision, status, related_line, record_id, suggestion, detail
"""
NAMES = f"line, {_NAMES_WITHOUT_LINE}"
"""The columns of ``planned_rows`` but its position, in order."""

_COLUMNS = """
    outcome text NOT NULL, certification_text text NOT NULL, user_text text NOT NULL,
    certification_key bigint, user_key bigint, enrollment_id bigint, revision bigint, status text,
    related_line bigint, record_id bigint, suggestion text, detail text
"""

# PostgreSQL sorts and numbers in one statement. What has no enrollment to be worked on comes last, as NULL does.
_CREATE_ON_POSTGRESQL = f"""
    CREATE TEMP TABLE planned_rows (position bigint NOT NULL, line bigint NOT NULL, {_COLUMNS}) ON COMMIT DROP
"""
_NUMBER_ON_POSTGRESQL = f"""
    INSERT INTO planned_rows (position, {NAMES})
    SELECT ROW_NUMBER() OVER (
               ORDER BY CASE WHEN outcome = '{{work}}' THEN enrollment_id END, CASE outcome {{rank}} END, line
           ), {NAMES}
    FROM ({{classified}}) c
"""

# SQLite numbers rows by their key as they are inserted, four times as quickly as by a window function. They come in the
# order of work: speed depends on it, and that one person is found in a large plan (sql/person). Where all are to be
# worked on, they are the plan as they are; else the others are moved behind. In either table the key is the position;
# where it is the line, too, that is the key's name, so that rows are found by line without an index. A stretch of
# positions is then found by `rowid` alone.
_CREATE_ON_SQLITE = f"CREATE TEMP TABLE {{table}} ({{key}}, {_COLUMNS})"
_POSITION = "position INTEGER PRIMARY KEY, line bigint NOT NULL"
_LINE_IS_POSITION = "line INTEGER PRIMARY KEY, position bigint AS (line) VIRTUAL"
_CLASSIFY_ON_SQLITE = "INSERT INTO classified_rows ({names}) {classified}"
_OTHERS = "SELECT EXISTS (SELECT 1 FROM classified_rows WHERE outcome <> '{work}')"
_NUMBER_WORK = f"""
    INSERT INTO planned_rows ({NAMES}) SELECT {NAMES} FROM classified_rows WHERE outcome = '{{work}}' ORDER BY rowid
"""
_NUMBER_OTHERS = f"""
    INSERT INTO planned_rows ({NAMES})
    SELECT {NAMES} FROM classified_rows WHERE outcome <> '{{work}}' ORDER BY CASE outcome {{rank}} END, line
"""


def fill_planned_rows(
    classified: str,
    parameters: Mapping[str, Any],
    *,
    work: str,
    outcomes: Sequence[str],
    lines_are_positions: bool = False,
    afterwards_on_sqlite: str = "",
) -> None:
    """Make ``planned_rows`` anew of what ``classified`` selects (``NAMES``, on SQLite in the order of work).

    ``outcomes`` are all that there can be, in the order of positions; ``work`` is the one that is to be worked on.
    ``lines_are_positions``: on SQLite rows are selected without a line, which is their place in the order of work.
    ``afterwards_on_sqlite`` has the last word on the others, in ``classified_rows``.
    """
    words = {
        "classified": classified,
        "work": work,
        "rank": " ".join(f"WHEN '{outcome}' THEN {place}" for place, outcome in enumerate(outcomes)),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS planned_rows")
        if dialect() == "postgresql":
            cursor.execute(_CREATE_ON_POSTGRESQL)
            cursor.execute(_NUMBER_ON_POSTGRESQL.format(**words), parameters)
            cursor.execute("CREATE INDEX ON planned_rows (line)")
        else:
            names, key = (_NAMES_WITHOUT_LINE, _LINE_IS_POSITION) if lines_are_positions else (NAMES, _POSITION)
            cursor.execute("DROP TABLE IF EXISTS classified_rows")
            cursor.execute(_CREATE_ON_SQLITE.format(table="classified_rows", key=key))
            cursor.execute(_CLASSIFY_ON_SQLITE.format(names=names, classified=classified), parameters)
            _number_on_sqlite(cursor, words, lines_are_positions=lines_are_positions, afterwards=afterwards_on_sqlite)
    analyze("planned_rows", columns=("position", "line", "outcome", "certification_key", "user_key"))


def _number_on_sqlite(
    cursor: CursorWrapper, words: Mapping[str, str], *, lines_are_positions: bool, afterwards: str
) -> None:
    """Make ``classified_rows`` the plan: as they are, or with the others behind those that are to be worked on."""
    cursor.execute(_OTHERS.format(**words))
    (others,) = cursor.fetchone()
    if others:
        if afterwards:
            cursor.execute(afterwards)
        cursor.execute(_CREATE_ON_SQLITE.format(table="planned_rows", key=_POSITION))
        cursor.execute(_NUMBER_WORK.format(**words))
        cursor.execute(_NUMBER_OTHERS.format(**words))
        cursor.execute("DROP TABLE classified_rows")
    else:
        cursor.execute("ALTER TABLE temp.classified_rows RENAME TO planned_rows")
    if others or not lines_are_positions:
        cursor.execute("CREATE INDEX temp.planned_rows_by_line ON planned_rows (line)")
