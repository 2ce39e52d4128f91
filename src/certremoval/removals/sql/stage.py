"""Stage: the rows of a file, as they were read, in a TEMP table."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from certremoval.database.bulk import analyze, fill_table
from certremoval.database.dialect import spoken

COLUMNS = ("line", "certification_text", "user_text", "user_key", "fault", "detail")
"""``user_key`` is the e-mail address without letter case, where users are matched by that; ``fault`` is ``blank`` or
``invalid`` where reading alone can tell; ``detail`` then says more, as JSON. Where there is none, they are empty texts:
to hand over NULL takes Python's ``sqlite3`` six times as long."""

StagedRow = tuple[int, str, str, str, str, str]

_CREATE = {
    "sqlite": """
        CREATE TEMP TABLE staged_rows (
            line INTEGER PRIMARY KEY, certification_text TEXT NOT NULL, user_text TEXT NOT NULL,
            user_key TEXT NOT NULL, fault TEXT NOT NULL, detail TEXT NOT NULL
        )
    """,
    "postgresql": """
        CREATE TEMP TABLE staged_rows (
            line bigint NOT NULL, certification_text text NOT NULL, user_text text NOT NULL,
            user_key text NOT NULL, fault text NOT NULL, detail text NOT NULL
        ) ON COMMIT DROP
    """,
}


def stage_rows(rows: Iterable[StagedRow]) -> int:
    """Fill ``staged_rows`` anew and return how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_rows")
        cursor.execute(spoken(_CREATE))
    count = fill_table("staged_rows", COLUMNS, rows)
    analyze("staged_rows")
    return count
