"""The load of enrollments: who is on which certification, since when and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certremoval.loading.columns import Column, day, key, words
from certremoval.loading.kind import Check, Counts, Kind
from certremoval.loading.sql import enrollments as sql
from certremoval.loading.sql.statements import repeated

COLUMNS = (
    key("Certification ID", "certification_id"),
    key("User ID", "user_id"),
    words("Status", "status", longest=100, may_be_blank=False),
    words("Version", "version", longest=100),
    day("Assigned Date", "assigned_date"),
    day("Due Date", "due_date"),
    day("Certified Date", "certified_date"),
    day("Expiration Date", "expiration_date"),
    words("Period", "period", longest=100, needed=False),
    words("Identifier", "identifier", longest=255, needed=False),
)


class Enrollments(Kind):
    """Users on certifications, known by the pair. Statuses other than ours are kept as they are.

    Enrollments that the file does not name stay.
    """

    name = "enrollments"
    written = ("enrollments",)
    locked = ("enrollments",)

    def columns(self) -> Sequence[Column]:
        """Return the columns; further ones of an export (Name, User Status) mean nothing here."""
        return COLUMNS

    def find(self, present: Sequence[str]) -> None:
        """Match certifications, users and enrollments."""
        sql.find(present)

    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield: the same pair twice, unknown certifications, unknown users."""
        yield Check(
            "duplicate",
            "User ID",
            repeated(["certification_key", "user_key"], table="load_found", value="s.user_id"),
            lambda value, line: (
                f"Line {line:,} already puts {value} on this certification, and one can be on it once."
                " Keep one of the two lines."
            ),
        )
        yield Check(
            "unknown_certification",
            "Certification ID",
            sql.unknown("certification_id", "certification_key"),
            lambda value, _: f"{value} is not a certification. Correct the ID, or load certifications with it first.",
        )
        yield Check(
            "unknown_user",
            "User ID",
            sql.unknown("user_id", "user_key"),
            lambda value, _: f"{value} is nobody here. Correct the User ID, or load users with it first.",
        )

    def counts(self, present: Sequence[str]) -> Counts:
        """Count enrollments."""
        return Counts(sql.count_created(), sql.count_updated())

    def apply(self, present: Sequence[str]) -> None:
        """Write enrollments."""
        sql.apply(present)
