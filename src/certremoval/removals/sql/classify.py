"""Classify: every staged row gets its planned outcome and its position, by one set-based join.

The order of the outcomes, first that fits, is the contract's. On SQLite the rows come out in the order in which they
were sorted to find duplicates, by certification and user, which is the order of work.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from certremoval.database.bulk import analyze, fill_table
from certremoval.database.dialect import ASKED_ONCE, dialect, spoken
from certremoval.removals.options import Match
from certremoval.removals.sql.planned import fill_planned_rows

PLANNED_OUTCOMES = (
    "remove",
    "left_out",
    "already_removed",
    "not_enrolled",
    "unknown_user",
    "ambiguous_user",
    "unknown_certification",
    "certification_mismatch",
    "duplicate",
    "invalid",
    "blank",
)
"""Every outcome that a plan of removal knows, in the order of positions."""

_CREATE_CHOICES = {
    "sqlite": """
        CREATE TEMP TABLE left_out_choices (kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, value))
    """,
    "postgresql": """
        CREATE TEMP TABLE left_out_choices (kind text NOT NULL, value text NOT NULL, PRIMARY KEY (kind, value))
        ON COMMIT DROP
    """,
}
_CREATE_UNITS = {
    "sqlite": "CREATE TEMP TABLE left_out_units (unit_id INTEGER PRIMARY KEY, choice TEXT NOT NULL)",
    "postgresql": """
        CREATE TEMP TABLE left_out_units (unit_id bigint PRIMARY KEY, choice text NOT NULL) ON COMMIT DROP
    """,
}

# First it is found whom and what a row names, and whether an earlier line names the same. On SQLite the answers lie in
# the order of the enrollments' unique index: the next step then walks along that index, which took a tenth of the time
# of jumping about in it.
_RESOLVED_COLUMNS = """
    line bigint NOT NULL, certification_text text NOT NULL, user_text text NOT NULL, user_name_key text,
    fault text, detail text, certification_key bigint, user_key bigint, first_line bigint
"""
_CREATE_RESOLVED = {
    "sqlite": f"CREATE TEMP TABLE resolved_rows ({_RESOLVED_COLUMNS})",
    "postgresql": f"CREATE TEMP TABLE resolved_rows ({_RESOLVED_COLUMNS}) ON COMMIT DROP",
}

# How a row's text names a user. By e-mail or username at most two are looked at, so that an address shared by half
# the company costs no more than another; -1 says that more than one fits.
_BY_OTHER_NAME = """
    (SELECT CASE COUNT(*) WHEN 1 THEN MIN(two.id) WHEN 2 THEN -1 END
     FROM (SELECT u.id FROM users u WHERE u.{column} = {text} LIMIT 2) two)
"""
_RESOLVED = """
    SELECT s.line, s.certification_text, s.user_text, NULLIF(s.user_key, '') AS user_name_key,
           NULLIF(s.fault, '') AS fault, NULLIF(s.detail, '') AS detail,
           c.id AS certification_key, CASE WHEN s.fault = '' THEN {user_key} END AS user_key
    FROM staged_rows s
    LEFT JOIN certifications c ON c.certification_id = s.certification_text
    {users}
"""
_RESOLVED_BY = {
    "user_id": _RESOLVED.format(user_key="u.id", users="LEFT JOIN users u ON u.user_id = s.user_text"),
    "email": _RESOLVED.format(user_key=_BY_OTHER_NAME.format(column="email_key", text="s.user_key"), users=""),
    "username": _RESOLVED.format(user_key=_BY_OTHER_NAME.format(column="username", text="s.user_text"), users=""),
}

# Lines say the same if they name the same certification and the same person, or the same text where no such thing is
# known. Lines with a fault say nothing.
_CERTIFICATION_SAID = "CASE WHEN {of}certification_key IS NULL THEN {of}certification_text END"
_USER_SAID = """
    CASE WHEN {of}user_key IS NULL OR {of}user_key = -1 THEN COALESCE({of}user_name_key, {of}user_text) END
"""

# `first_line`: the earliest line that says the same; on SQLite only of lines that repeat one. There, a line lies right
# behind the one that it repeats, and looking at neighbours takes a twentieth of the time of a window function. The
# numbers come first in either order: they are compared quickly, and nearly always differ.
_RESOLVE = {
    "sqlite": f"""
        INSERT INTO resolved_rows (
            line, certification_text, user_text, user_name_key, fault, detail, certification_key, user_key
        )
        SELECT * FROM ({{resolved}})
        ORDER BY certification_key, user_key, fault, {_CERTIFICATION_SAID.format(of="")}, {_USER_SAID.format(of="")},
                 line
    """,
    "postgresql": f"""
        INSERT INTO resolved_rows (
            line, certification_text, user_text, user_name_key, fault, detail, certification_key, user_key, first_line
        )
        SELECT r.*, MIN(line) OVER (
            PARTITION BY certification_key, user_key, fault, {_CERTIFICATION_SAID.format(of="")},
                         {_USER_SAID.format(of="")}
        )
        FROM ({{resolved}}) r
    """,
}
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

# `last_record`: the pair's last removal record, if it was not put back; only asked for pairs that are not enrolled
# (`+ 0` keeps PostgreSQL from walking all records backwards in search of the highest id). It ends with ASKED_ONCE.
_FOUND = """
    SELECT r.line, r.certification_text, r.user_text, r.detail, r.certification_key, r.first_line,
           CASE WHEN r.user_key > 0 THEN r.user_key END AS user_key,
           e.id AS enrollment_id, e.revision, e.status,
           CASE
               WHEN r.fault IS NOT NULL THEN r.fault
               WHEN r.first_line < r.line THEN 'duplicate'
               WHEN {mismatch} THEN 'certification_mismatch'
               WHEN r.certification_key IS NULL THEN 'unknown_certification'
               WHEN r.user_key = -1 THEN 'ambiguous_user'
               WHEN r.user_key IS NULL THEN 'unknown_user'
               WHEN e.id IS NOT NULL THEN 'remove'
               ELSE 'not_enrolled'
           END AS found,
           CASE WHEN e.id IS NULL AND r.user_key > 0 AND r.certification_key IS NOT NULL THEN (
               SELECT latest.id
               FROM (
                   SELECT MAX(record.id + 0) AS id FROM removal_records record
                   WHERE record.user_key = r.user_key AND record.certification_key = r.certification_key
               ) latest
               WHERE NOT EXISTS (SELECT 1 FROM restorations x WHERE x.record_id = latest.id)
           ) END AS last_record,
           {left_out} AS left_out
    FROM resolved_rows r
    LEFT JOIN enrollments e ON e.certification_id = r.certification_key AND e.user_id = r.user_key
    {once}
"""
_ORDER_OF_WORK = {"sqlite": "ORDER BY r.rowid", "postgresql": ""}

_LEFT_OUT = """CASE WHEN e.id IS NOT NULL THEN COALESCE(
        (SELECT '{{"choice": "user"}}' FROM left_out_choices o WHERE o.kind = 'user' AND o.value = {user_key_text}),
        (SELECT '{{"choice": "status"}}' FROM left_out_choices o WHERE o.kind = 'status' AND o.value = e.status),
        (SELECT MIN(o.choice) FROM unit_memberships m JOIN left_out_units o ON o.unit_id = m.unit_id
         WHERE m.user_id = r.user_key)
    ) END"""
_USER_KEY_TEXT = {"sqlite": "CAST(r.user_key AS TEXT)", "postgresql": "r.user_key::text"}

_CLASSIFIED = """
    SELECT line,
           CASE found WHEN 'remove' THEN CASE WHEN left_out IS NOT NULL THEN 'left_out' ELSE 'remove' END
                      WHEN 'not_enrolled' THEN
                          CASE WHEN last_record IS NOT NULL THEN 'already_removed' ELSE 'not_enrolled' END
                      ELSE found END AS outcome,
           certification_text, user_text, certification_key, user_key,
           CASE found WHEN 'remove' THEN enrollment_id END AS enrollment_id,
           CASE found WHEN 'remove' THEN revision END AS revision,
           CASE found WHEN 'remove' THEN status END AS status,
           CASE found WHEN 'duplicate' THEN first_line END AS related_line,
           CASE found WHEN 'not_enrolled' THEN last_record END AS record_id,
           CAST(NULL AS text) AS suggestion,
           CASE WHEN found = 'remove' AND left_out IS NOT NULL THEN left_out ELSE detail END AS detail
    FROM ({found}) f
"""


def _classified(*, certification_given: bool, anyone_left_out: bool) -> str:
    found = _FOUND.format(
        mismatch="r.certification_text <> %(given)s" if certification_given else "1 = 0",
        left_out=_LEFT_OUT.format(user_key_text=spoken(_USER_KEY_TEXT)) if anyone_left_out else "NULL",
        once=f"{spoken(_ORDER_OF_WORK)} {spoken(ASKED_ONCE)}",
    )
    return _CLASSIFIED.format(found=found)


def classify_rows(
    *,
    match: Match,
    certification: str | None,
    left_out_users: Sequence[int],
    left_out_statuses: Sequence[str],
    left_out_units: Sequence[tuple[int, str]],
) -> None:
    """Fill ``planned_rows`` from ``staged_rows``.

    ``left_out_users`` are users' keys; ``left_out_units`` pairs of a unit's key and the JSON that tells by which
    choice it is left out.
    """
    choices = [("user", str(key)) for key in set(left_out_users)]
    choices += [("status", status) for status in set(left_out_statuses)]
    with connection.cursor() as cursor:
        for table in ("left_out_choices", "left_out_units", "resolved_rows"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(spoken(_CREATE_CHOICES))
        cursor.execute(spoken(_CREATE_UNITS))
        cursor.execute(spoken(_CREATE_RESOLVED))
    fill_table("left_out_choices", ("kind", "value"), choices)
    fill_table("left_out_units", ("unit_id", "choice"), dict(left_out_units).items())
    with connection.cursor() as cursor:
        once = "" if match == "user_id" else spoken(ASKED_ONCE)
        cursor.execute(spoken(_RESOLVE).format(resolved=f"{_RESOLVED_BY[match]} {once}"))
        if dialect() == "sqlite":
            cursor.execute(_FIND_REPEATS_ON_SQLITE)
        cursor.execute("DROP TABLE staged_rows")
    analyze("resolved_rows")
    classified = _classified(
        certification_given=certification is not None,
        anyone_left_out=bool(choices or left_out_units),
    )
    fill_planned_rows(classified, {"given": certification}, work="remove", outcomes=PLANNED_OUTCOMES)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE resolved_rows")
