"""Stage: the rows of a file, as they were read, in a TEMP table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from certremoval.database.bulk import analyze, fill_table
from certremoval.database.dialect import spoken

PLAIN_COLUMNS = ("line", "certification_text", "user_text")
COLUMNS = (*PLAIN_COLUMNS, "user_key", "fault", "detail")
"""``user_key`` is the e-mail address without letter case, where users are matched by that; ``fault`` is ``blank`` or
``invalid`` where reading alone can tell; ``detail`` then says more, as JSON. Where there is none, they are empty texts:
to hand over NULL takes Python's ``sqlite3`` six times as long."""

StagedBatch = tuple[Sequence[str], Iterable[Sequence[int | str]]]
"""The first of the columns, as many as any of the rows has more than an empty text in, and the rows. To hand over three
values takes three quarters of the time of six."""

_CREATE = {
    "sqlite": """
        CREATE TEMP TABLE staged_rows (
            line INTEGER PRIMARY KEY, certification_text TEXT NOT NULL, user_text TEXT NOT NULL,
            user_key TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT ''
        )
    """,
    "postgresql": """
        CREATE TEMP TABLE staged_rows (
            line bigint NOT NULL, certification_text text NOT NULL, user_text text NOT NULL,
            user_key text NOT NULL DEFAULT '', fault text NOT NULL DEFAULT '', detail text NOT NULL DEFAULT ''
        ) ON COMMIT DROP
    """,
}


class Staged(NamedTuple):
    """What was staged: ``rows`` counts them; ``anything_told``: any of them has more than its line and its two ids."""

    rows: int
    anything_told: bool


def stage_rows(batches: Iterable[StagedBatch]) -> Staged:
    """Fill ``staged_rows`` anew. The batches come without asking the database."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_rows")
        cursor.execute(spoken(_CREATE))
    count, anything_told = 0, False
    # The file comes in small pieces; those with the same columns are filled in as one.
    for columns, alike in groupby(batches, key=itemgetter(0)):
        lines = chain.from_iterable(rows for _columns, rows in alike)
        count += fill_table("staged_rows", columns, lines, without_asking=True)
        anything_told |= len(columns) > len(PLAIN_COLUMNS)
    analyze("staged_rows", columns=COLUMNS if anything_told else PLAIN_COLUMNS)
    return Staged(count, anything_told)
