"""The load of enrollments: who is on which certification, since when and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from certremoval.certifications.limits import approvals_needed, limits_passed
from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.loading.columns import Column, day, key, words
from certremoval.loading.kind import Check, Counts, Kind
from certremoval.loading.report import PEOPLE_SHOWN, GonePerson, HeldPerson, HoldCounts
from certremoval.loading.sql import enrollments as sql
from certremoval.loading.sql import holds
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


LONGEST_TITLE = 100


class Enrollments(Kind):
    """Users on certifications, known by the pair. Statuses other than ours are kept as they are.

    Enrollments that the file does not name stay, unless it is a ``snapshot``: a full file, which ends what it no longer
    holds, by an operation like any other. Whoever was removed and is held back
    (:mod:`certremoval.certifications.holding`) is passed over, unless they are to be enrolled again (``readd``); a
    snapshot ends the holds of those whom it does not name. Firm holds are ended by neither.
    """

    name = "enrollments"
    written = ("enrollments",)
    recorded = ("removal_records", "hold_ends")
    locked = ("enrollments",)

    def __init__(self, *, file_name: str = "", snapshot: bool = False, readd: bool = False) -> None:
        self._file_name = file_name
        self._snapshot = snapshot
        self._readd = readd

    def columns(self) -> Sequence[Column]:
        """Return the columns; further ones of an export (Name, User Status) mean nothing here."""
        return COLUMNS

    def find(self, present: Sequence[str]) -> None:
        """Match certifications, users and enrollments; find who is held back, and who is not named any more."""
        sql.find(present)
        holds.find_held(database_now().date())
        holds.start_ends()
        if self._snapshot:
            holds.add_those_not_named()
            holds.find_gone()
        if self._readd:
            holds.add_those_readded()

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
        """Count enrollments, and who is held back."""
        held = HoldCounts(
            held_back=holds.count_held(),
            readded=holds.count_ends("readd"),
            ended=holds.count_ends("snapshot"),
            people=tuple(_held_person(*values) for values in holds.held_lines(PEOPLE_SHOWN)),
        )
        removed = holds.count_gone() if self._snapshot else None
        return Counts(sql.count_created(), sql.count_updated(), removed, held)

    def gone(self) -> tuple[GonePerson, ...]:
        """Return the first of those whom a snapshot takes off."""
        return tuple(GonePerson(*values) for values in holds.gone_people(PEOPLE_SHOWN)) if self._snapshot else ()

    def limits(self, *, approval: bool = False) -> tuple[str, ...]:
        """Return which limits a snapshot passes by those whom it takes off."""
        if not self._snapshot:
            return ()
        passed = approvals_needed if approval else limits_passed
        return passed(holds.count_gone(), holds.gone_by_certification)

    def apply(self, present: Sequence[str]) -> None:
        """Take off who is not named any more, write enrollments, end holds."""
        if self._snapshot and holds.count_gone():
            self.operation = self._new_operation()
            holds.remove_gone(self.operation)
        sql.apply(present)
        holds.write_ends(self.operation)

    def _new_operation(self) -> int:
        title = f"Snapshot load of {self._file_name}"
        return Operation.objects.create(
            kind=Operation.Kind.REMOVAL,
            reason="No longer in a full file",  # which may be required, and is known
            title=title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…",
            actor=None,
            actor_user_id="",
            actor_name=holds.SYSTEM,
            created_at=database_now(),
        ).pk


def _held_person(*values: Any) -> HeldPerson:
    line, user_id, name, certification_id, title, removed_at, operation, operation_title, until, for_good = values
    # SQLite's times have no zone; they are of UTC.
    removed_at = removed_at.astimezone(UTC) if removed_at.tzinfo else removed_at.replace(tzinfo=UTC)
    return HeldPerson(
        line, user_id, name, certification_id, title, removed_at, operation, operation_title, until, bool(for_good)
    )
