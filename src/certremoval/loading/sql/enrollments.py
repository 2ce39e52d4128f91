"""Enrollments: found by certification and user, written where a value differs."""

from __future__ import annotations

from collections.abc import Sequence

from certremoval.certifications.models import Enrollment
from certremoval.loading.sql.statements import any_differs, execute, make_table, number


def find(present: Sequence[str]) -> None:
    """Match certification, user and enrollment of each row."""
    values = _values(present)
    make_table(
        "load_found",
        ["line", "certification_key bigint", "user_key bigint", "key bigint", "differs boolean NOT NULL"],
        select=f"""
            SELECT s.line, c.id, u.id, e.id, e.id IS NOT NULL AND ({any_differs("e", "s", values)})
            FROM load_rows s
            LEFT JOIN certifications c ON c.certification_id = s.certification_id
            LEFT JOIN users u ON u.user_id = s.user_id
            LEFT JOIN enrollments e ON e.certification_id = c.id AND e.user_id = u.id
        """,
    )


def _values(present: Sequence[str]) -> list[str]:
    return [field for field in Enrollment.VALUES if field in present]


def unknown(field: str, found: str) -> str:
    """Return the query of rows whose id in ``field`` is nobody's; ``found`` is the key that is missing."""
    return f"""
        SELECT s.line, s.{field} AS value, NULL AS detail
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.{found} IS NULL AND s.{field} IS NOT NULL
    """


def count_created() -> int:
    """Count the people who come onto a certification: those not on it, but those held back."""
    return number("SELECT count(*) FROM load_found WHERE key IS NULL") - number("SELECT count(*) FROM load_held")


def count_updated() -> int:
    """Count the enrollments of which a value changes."""
    return number("SELECT count(*) FROM load_found WHERE differs")


def apply(present: Sequence[str]) -> None:
    """Write changed enrollments, then new ones but those held back. Equal ones keep their revision: not touched."""
    values = _values(present)
    execute(f"""
        UPDATE enrollments SET {", ".join(f"{field} = s.{field}" for field in values)}
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.differs AND enrollments.id = f.key
    """)
    staged = [f"s.{field}" if field in present else "''" for field in Enrollment.VALUES]
    execute(f"""
        INSERT INTO enrollments (certification_id, user_id, revision, {", ".join(Enrollment.VALUES)})
        SELECT f.certification_key, f.user_key, 1, {", ".join(staged)}
        FROM load_found f JOIN load_rows s ON s.line = f.line
        WHERE f.key IS NULL AND NOT EXISTS (SELECT 1 FROM load_held h WHERE h.line = f.line)
        ORDER BY f.certification_key, f.user_key
    """)
