"""Suggest: for ids that name nobody, the one person on that certification whose id the text may have been.

A suggestion is found only among the people who are on the certification that the line names, only where exactly one
fits, and it is never applied: the administrator corrects the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from certremoval.database.bulk import BATCH_ROWS, analyze, fill_table
from certremoval.database.dialect import Dialect, dialect, spoken

_CREATE = {
    "sqlite": """
        CREATE TEMP TABLE guesses (position INTEGER NOT NULL, kind TEXT NOT NULL, low TEXT NOT NULL, high TEXT NOT NULL)
    """,
    "postgresql": """
        CREATE TEMP TABLE guesses (position bigint NOT NULL, kind text NOT NULL, low text NOT NULL, high text NOT NULL)
        ON COMMIT DROP
    """,
}

Guess = tuple[int, str, str, str]
"""Position, kind, and what is looked for: ``id`` is a User ID as it stands, ``lookalike`` a folded key, ``range`` the
lowest and the highest id of the same length that a spreadsheet would have shown so."""

MOST_FITTING = 50
"""More people than this whose ids the text may have been: then no one id is likely, and looking stays cheap."""

_FITTING: dict[str, str | Mapping[Dialect, str]] = {
    "id": "SELECT u.id, u.user_id FROM users u WHERE u.user_id = g.low",
    "lookalike": f"SELECT u.id, u.user_id FROM users u WHERE u.lookalike_key = g.low LIMIT {MOST_FITTING + 1}",
    # The comparison by bytes has an index on PostgreSQL whatever the database's collation is.
    "range": {
        "sqlite": f"""
            SELECT u.id, u.user_id FROM users u
            WHERE u.lookalike_key >= g.low AND u.lookalike_key <= g.high AND LENGTH(u.lookalike_key) = LENGTH(g.low)
            LIMIT {MOST_FITTING + 1}
        """,
        "postgresql": f"""
            SELECT u.id, u.user_id FROM users u
            WHERE u.lookalike_key ~>=~ g.low AND u.lookalike_key ~<=~ g.high
                  AND LENGTH(u.lookalike_key) = LENGTH(g.low)
            LIMIT {MOST_FITTING + 1}
        """,
    },
}

_SUGGEST = """
    UPDATE planned_rows SET suggestion = found.user_id
    FROM (
        SELECT one.position, MIN(one.user_id) AS user_id
        FROM (
            SELECT g.position, (
                SELECT CASE WHEN COUNT(*) <= {most} AND COUNT(e.id) = 1
                       THEN MIN(CASE WHEN e.id IS NOT NULL THEN fitting.user_id END) END
                FROM ({fitting}) fitting
                LEFT JOIN enrollments e ON e.certification_id = p.certification_key AND e.user_id = fitting.id
            ) AS user_id
            FROM guesses g JOIN planned_rows p ON p.position = g.position
            WHERE g.kind = '{kind}'
        ) one
        WHERE one.user_id IS NOT NULL
        GROUP BY one.position
        HAVING COUNT(DISTINCT one.user_id) = 1
    ) found
    WHERE planned_rows.position = found.position AND planned_rows.suggestion IS NULL
"""


_TO_GUESS = "outcome IN ('unknown_user', 'invalid') AND certification_key IS NOT NULL"


def rows_to_guess() -> Iterator[tuple[int, str, str, str | None]]:
    """Yield (position, outcome, text of the user, detail) of each planned row whose user is not known, in batches."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT position, outcome, user_text, detail FROM planned_rows
                WHERE position > %(last)s AND {_TO_GUESS}
                ORDER BY position LIMIT %(size)s
                """,
                {"last": last, "size": BATCH_ROWS},
            )
            batch: list[Any] = cursor.fetchall()
        if not batch:
            return
        yield from batch
        last = batch[-1][0]


def suggest(guesses: Iterable[Guess]) -> None:
    """Write a suggestion into each planned row for which one person on the certification fits."""
    with connection.cursor() as cursor:
        if dialect() == "postgresql":
            # On SQLite the position is the table's key.
            cursor.execute("CREATE UNIQUE INDEX ON planned_rows (position)")
        cursor.execute("DROP TABLE IF EXISTS guesses")
        cursor.execute(spoken(_CREATE))
    if not fill_table("guesses", ("position", "kind", "low", "high"), guesses):
        return
    with connection.cursor() as cursor:
        analyze("guesses")
        for kind, fitting in _FITTING.items():
            cursor.execute(_SUGGEST.format(fitting=spoken(fitting), kind=kind, most=MOST_FITTING))
        cursor.execute("DROP TABLE guesses")
