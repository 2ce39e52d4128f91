"""The load of groups: one line a member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from certremoval.loading.columns import Column, key, words
from certremoval.loading.kind import Check, Counts, Kind
from certremoval.loading.sql import groups as sql
from certremoval.loading.sql.statements import repeated

COLUMNS = (
    key("Group ID", "group_id"),
    words("Name", "name", longest=255, may_be_blank=False),
    key("User ID", "user_id"),
)

_GROUPS_NAMED = 20


class Groups(Kind):
    """Groups, known by Group ID. The members of each group that the file names become those that the file names.

    Other groups stay as they are. A group cannot be emptied by a file: an empty User ID never means nobody.
    """

    name = "groups"
    indexes = ("group_id",)
    written = ("user_groups", "group_memberships")

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        return COLUMNS

    def find(self, present: Sequence[str]) -> None:
        """Match groups, users and memberships."""
        sql.find()

    def checks(self, present: Sequence[str]) -> Iterator[Check]:
        """Yield: the same member twice, a group under two names, unknown users."""
        yield Check(
            "duplicate",
            "User ID",
            repeated(["group_line", "user_key"], table="load_found", value="s.user_id"),
            lambda value, line: f"Line {line:,} already puts {value} into this group. Keep one of the two lines.",
        )
        yield Check(
            "invalid",
            "Name",
            sql.other_names(),
            lambda value, line: (
                f"Line {line:,} calls this group otherwise than {value}. Write the same Name on all its lines."
            ),
        )
        yield Check(
            "unknown_user",
            "User ID",
            sql.unknown_users(),
            lambda value, _: f"{value} is nobody here. Correct the User ID, or load users with it first.",
        )

    def counts(self, present: Sequence[str]) -> Counts:
        """Count memberships."""
        return Counts(sql.count_created(), sql.count_updated(), sql.count_removed())

    def notes(self) -> Iterator[str]:
        """Name the groups that are new."""
        count = sql.count_new_groups()
        if count:
            named = ", ".join(sql.new_groups(_GROUPS_NAMED))
            more = f" and {count - _GROUPS_NAMED:,} more" if count > _GROUPS_NAMED else ""
            yield f"New {'group' if count == 1 else 'groups'}: {named}{more}."

    def apply(self, present: Sequence[str]) -> None:
        """Write groups and memberships."""
        sql.apply()
