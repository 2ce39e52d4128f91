"""Resolve: whom and what each staged row names, and whether an earlier line names the same.

Lines say the same if they name the same certification and the same person, or the same text where no such thing is
known. Lines with a fault say nothing.
"""

from __future__ import annotations

from django.db import connection

from certremoval.database.bulk import analyze
from certremoval.database.dialect import ASKED_ONCE, dialect, spoken
from certremoval.removals.options import Match

# What reading told beyond the two ids of a row is carried along only where it told anything of any row.
_TOLD = """
    NULLIF(s.user_key, '') AS user_name_key, NULLIF(s.fault, '') AS fault, NULLIF(s.detail, '') AS detail
"""
_NOTHING_TOLD = "CAST(NULL AS text) AS user_name_key, CAST(NULL AS text) AS fault, CAST(NULL AS text) AS detail"

# How a row's text names a user. By e-mail or username at most two are looked at, so that an address shared by half
# the company costs no more than another; -1 says that more than one fits. A line with a fault names nobody.
_BY_OTHER_NAME = """
    (SELECT CASE COUNT(*) WHEN 1 THEN MIN(two.id) WHEN 2 THEN -1 END
     FROM (SELECT u.id FROM users u WHERE u.{column} = {text} {{without_fault}} LIMIT 2) two)
"""
_USERS_BY = {
    "user_id": ("u.id", "LEFT JOIN users u ON u.user_id = s.user_text {without_fault}"),
    "email": (_BY_OTHER_NAME.format(column="email_key", text="s.user_key"), ""),
    "username": (_BY_OTHER_NAME.format(column="username", text="s.user_text"), ""),
}
_RESOLVED = """
    SELECT s.line, s.certification_text, s.user_text, c.id AS certification_key,
           {user_key} AS user_key, {first_line} AS first_line, {told}
    FROM staged_rows s
    LEFT JOIN certifications c ON c.certification_id = s.certification_text
    {users}
    {repeats}
"""

# `first_line`: of a line that repeats others, the earliest that says the same.
#
# On SQLite the rows are sorted by what they say. A line then lies right behind the one that it repeats, and looking at
# neighbours takes a twentieth of the time of a window function. They also lie in the order of the enrollments' unique
# index: the next step walks along it, which takes a tenth of the time of jumping about in it. While no user's key needs
# more than 32 bits, both keys are sorted as one number, which SQLite compares more quickly than two.
_CREATE_RESOLVED_ON_SQLITE = """
    CREATE TEMP TABLE resolved_rows (
        line bigint NOT NULL, certification_text text NOT NULL, user_text text NOT NULL, certification_key bigint,
        user_key bigint, first_line bigint, user_name_key text, fault text, detail text
    )
"""
_CERTIFICATION_SAID = "CASE WHEN {of}certification_key IS NULL THEN {of}certification_text END"
_USER_SAID = """
    CASE WHEN {of}user_key IS NULL OR {of}user_key = -1 THEN COALESCE({of}user_name_key, {of}user_text) END
"""
_RESOLVE_ON_SQLITE = f"""
    INSERT INTO resolved_rows (line, certification_text, user_text, certification_key, user_key {{told}})
    SELECT line, certification_text, user_text, certification_key, user_key {{told}} FROM ({{resolved}})
    ORDER BY {{in_one_number}} certification_key, user_key,
             {_CERTIFICATION_SAID.format(of="")}, {_USER_SAID.format(of="")}, {{fault}} line
"""
_IN_ONE_NUMBER = "COALESCE(certification_key, 0) * 4294967296 + COALESCE(user_key, 0),"
_KEYS_FIT = "SELECT COALESCE(MAX(id), 0) < 4294967296 FROM users"
_FIND_REPEATS_ON_SQLITE = f"""
    WITH repeats AS (
        SELECT after.rowid AS place
        FROM resolved_rows before CROSS JOIN resolved_rows after ON after.rowid = before.rowid + 1
        WHERE after.user_key IS before.user_key AND after.certification_key IS before.certification_key
          AND after.fault IS NULL AND before.fault IS NULL
          AND {_CERTIFICATION_SAID.format(of="after.")} IS {_CERTIFICATION_SAID.format(of="before.")}
          AND {_USER_SAID.format(of="after.")} IS {_USER_SAID.format(of="before.")}
    ),
    runs AS (SELECT place, place - ROW_NUMBER() OVER (ORDER BY place) AS before_run FROM repeats),
    firsts AS (SELECT place, MIN(place) OVER (PARTITION BY before_run) - 1 AS first_place FROM runs)
    UPDATE resolved_rows SET first_line = (SELECT f.line FROM resolved_rows f WHERE f.rowid = firsts.first_place)
    FROM firsts WHERE resolved_rows.rowid = firsts.place
"""

# On PostgreSQL the texts are grouped: to hash them takes a third of the time of sorting rows, and leaves them where
# they are. Equal texts name the same person, and nobody is named by two: User IDs are compared as they are, usernames
# too, e-mail addresses by the key that a person has one of.
_SAID = {"user_id": "s.user_text", "email": "s.user_key", "username": "s.user_text"}
_REPEATS_ON_POSTGRESQL = """
    CREATE TEMP TABLE repeated_lines ON COMMIT DROP AS
    SELECT s.certification_text, {said} AS user_said, MIN(s.line) AS first_line
    FROM staged_rows s WHERE true {without_fault} GROUP BY 1, 2 HAVING COUNT(*) > 1
"""
_JOIN_REPEATS = """
    LEFT JOIN repeated_lines x
    ON x.certification_text = s.certification_text AND x.user_said = {said}
       AND x.first_line < s.line {without_fault}
"""
_FIRST_LINE = {"sqlite": ("CAST(NULL AS bigint)", ""), "postgresql": ("x.first_line", _JOIN_REPEATS)}
"""On SQLite it is written down afterwards."""


def resolved_rows(match: Match, *, anything_told: bool) -> str:
    """Return what stands for the resolved rows in FROM: a table on SQLite, in the order of work, else a subquery.

    ``anything_told`` is what staging tells of the rows. Columns: ``line``, ``certification_text``, ``user_text``,
    ``certification_key``, ``user_key`` (-1: more than one fits), ``first_line``, ``fault``, ``detail``.
    """
    words = {"said": _SAID[match], "without_fault": "AND s.fault = ''" if anything_told else ""}
    user_key, users = _USERS_BY[match]
    first_line, repeats = _FIRST_LINE[dialect()]
    rows = _RESOLVED.format(
        user_key=user_key.format(**words),
        users=users.format(**words),
        first_line=first_line,
        repeats=repeats.format(**words),
        told=_TOLD if anything_told else _NOTHING_TOLD,
    )
    if match != "user_id":
        rows = f"{rows} {spoken(ASKED_ONCE)}"
    if dialect() == "sqlite":
        return _table_on_sqlite(rows, anything_told)
    return _subquery_on_postgresql(rows, _REPEATS_ON_POSTGRESQL.format(**words))


def _table_on_sqlite(rows: str, anything_told: bool) -> str:
    told, fault = (", user_name_key, fault, detail", "fault,") if anything_told else ("", "")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS resolved_rows")
        cursor.execute(_CREATE_RESOLVED_ON_SQLITE)
        cursor.execute(_KEYS_FIT)
        in_one_number = _IN_ONE_NUMBER if cursor.fetchone()[0] else ""
        cursor.execute(_RESOLVE_ON_SQLITE.format(resolved=rows, told=told, fault=fault, in_one_number=in_one_number))
        cursor.execute(_FIND_REPEATS_ON_SQLITE)
        cursor.execute("DROP TABLE staged_rows")
    return "resolved_rows"


def _subquery_on_postgresql(rows: str, repeats: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS repeated_lines")
        cursor.execute(repeats)
    analyze("repeated_lines")
    return f"({rows})"
