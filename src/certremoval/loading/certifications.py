"""The load of certifications, with their owners if the file names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certremoval.loading.columns import Column, key, user_ids, words, yes_no
from certremoval.loading.kind import Check, Counts, Kind, same_as_line
from certremoval.loading.sql import certifications as sql
from certremoval.loading.sql.statements import repeated

COLUMNS = (
    key("Certification ID", "certification_id"),
    words("Title", "title", longest=500, may_be_blank=False),
    words("Version", "version", longest=100),
    yes_no("Active", "is_active"),
    user_ids("Owners", "owners"),
)


class Certifications(Kind):
    """Certifications, known by Certification ID. The owners named replace those stored."""

    name = "certifications"
    indexes = ("certification_id",)
    written = ("certifications", "certification_owners")

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        return COLUMNS

    def find(self, present: Sequence[str]) -> None:
        """Match certifications and owners."""
        sql.find(present)

    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield: the same certification twice, unknown owners."""
        yield Check(
            "duplicate",
            "Certification ID",
            repeated(["certification_id"], value="s.certification_id"),
            same_as_line("Certification ID"),
        )
        if "owners" in present:
            yield Check(
                "unknown_user",
                "Owners",
                sql.unknown_owners(),
                lambda value, _: (
                    f"{value} is nobody here. Owners are User IDs parted by |."
                    " Correct the User ID, or load users with it first."
                ),
            )

    def counts(self, present: Sequence[str]) -> Counts:
        """Count certifications."""
        return Counts(sql.count_created(), sql.count_updated(present))

    def apply(self, present: Sequence[str]) -> None:
        """Write certifications and owners."""
        sql.apply(present)
