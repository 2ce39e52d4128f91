"""Certifications: found by Certification ID, written with their owners."""

from __future__ import annotations

from collections.abc import Sequence

from certremoval.database.dialect import spoken
from certremoval.loading.sql.statements import any_differs, execute, index, make_table, new_key, number

OWN_FIELDS = ("title", "version", "is_active")


def find(present: Sequence[str]) -> None:
    """Match certifications and owners."""
    make_table(
        "load_found",
        ["line", "key bigint NOT NULL", "is_new boolean NOT NULL", "differs boolean NOT NULL"],
        select=f"""
            SELECT s.line, COALESCE(c.id, {new_key("certifications", "s")}), c.id IS NULL,
                c.id IS NOT NULL AND ({any_differs("c", "s", OWN_FIELDS)})
            FROM load_rows s LEFT JOIN certifications c ON c.certification_id = s.certification_id
        """,
    )
    make_table(
        "load_owners",
        ["certification_key bigint NOT NULL", "user_key bigint", "row_line integer NOT NULL", "user_id text NOT NULL"],
        select=spoken({"sqlite": _OWNERS_SQLITE, "postgresql": _OWNERS_POSTGRESQL}) if "owners" in present else None,
    )
    index("load_owners", "certification_key, user_key")


_OWNERS_SQLITE = """
    SELECT f.key, u.id, f.line, named.value
    FROM load_found f
    CROSS JOIN load_rows s
    CROSS JOIN json_each(s.owners) named
    LEFT JOIN users u ON u.user_id = named.value
    WHERE s.line = f.line
"""
_OWNERS_POSTGRESQL = """
    SELECT f.key, u.id, f.line, named.value
    FROM load_found f
    JOIN load_rows s ON s.line = f.line
    CROSS JOIN LATERAL jsonb_array_elements_text(s.owners::jsonb) AS named (value)
    LEFT JOIN users u ON u.user_id = named.value
"""

_ADDED = """
    SELECT o.certification_key, o.user_key
    FROM load_owners o
    LEFT JOIN certification_owners stored
        ON stored.certification_id = o.certification_key AND stored.user_id = o.user_key
    WHERE stored.id IS NULL
"""
_REMOVED = """
    SELECT stored.certification_id AS certification_key, stored.id
    FROM load_found f
    JOIN certification_owners stored ON stored.certification_id = f.key
    WHERE NOT EXISTS (
        SELECT 1 FROM load_owners o
        WHERE o.certification_key = stored.certification_id AND o.user_key = stored.user_id
    )
"""


def unknown_owners() -> str:
    """Return the query of owners who are nobody."""
    return "SELECT row_line AS line, user_id AS value, NULL AS detail FROM load_owners WHERE user_key IS NULL"


def count_created() -> int:
    """Count the certifications that are not there yet."""
    return number("SELECT count(*) FROM load_found WHERE is_new")


def count_updated(present: Sequence[str]) -> int:
    """Count the certifications of which something changes, the owners included."""
    touched = ["SELECT key FROM load_found WHERE differs"]
    if "owners" in present:
        touched += [
            f"SELECT f.key FROM ({side}) moved JOIN load_found f ON f.key = moved.certification_key WHERE NOT f.is_new"
            for side in (_ADDED, _REMOVED)
        ]
    return number(f"SELECT count(*) FROM ({' UNION '.join(touched)}) touched")


def apply(present: Sequence[str]) -> None:
    """Write new and changed certifications, and their owners if the file names them."""
    execute("""
        INSERT INTO certifications (id, certification_id, title, version, is_active)
        SELECT f.key, s.certification_id, s.title, s.version, s.is_active
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.is_new
    """)
    execute(f"""
        UPDATE certifications SET {", ".join(f"{field} = s.{field}" for field in OWN_FIELDS)}
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.differs AND certifications.id = f.key
    """)
    if "owners" in present:
        execute(f"DELETE FROM certification_owners WHERE id IN (SELECT id FROM ({_REMOVED}) gone)")
        execute(f"INSERT INTO certification_owners (certification_id, user_id) {_ADDED}")
