"""What an administrator says: how a file is read and who is left out; which removals are undone, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from django.utils.translation import gettext as _

from certremoval.database.texts import refuse_unstorable
from certremoval.problems import InvalidRequest

Match = Literal["user_id", "email", "username"]

MATCHES: tuple[Match, ...] = ("user_id", "email", "username")


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How a removal file is read and which of its rows are left out; kept with the job.

    ``certification`` is the Certification ID that the administrator started from; ``user_column`` the heading of the
    column that names the users (``User ID`` if None), matched by ``match``. ``leave_out_units`` are pairs of OU type
    and unit ID; a unit stands for all below it too. Making one raises InvalidRequest where it makes no sense.
    """

    certification: str | None = None
    user_column: str | None = None
    match: Match = "user_id"
    sheet: str | None = None
    encoding: str | None = None
    leave_out_statuses: tuple[str, ...] = ()
    leave_out_units: tuple[tuple[str, str], ...] = ()
    leave_out_users: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.match not in MATCHES:
            raise InvalidRequest(
                _("%(match)s is no way to match users. Choose among %(ways)s.")
                % {"match": self.match, "ways": ", ".join(MATCHES)}
            )
        alone = (self.certification, self.user_column, self.sheet, self.encoding)
        refuse_unstorable(text for text in alone if text is not None)
        refuse_unstorable((*self.leave_out_statuses, *self.leave_out_users))
        refuse_unstorable(text for unit in self.leave_out_units for text in unit)

    @property
    def reading(self) -> tuple[str | None, ...]:
        """How the file is read, without whom to leave out."""
        return (self.certification, self.user_column, self.match, self.sheet, self.encoding)

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> PlanOptions:
        """Read what :meth:`as_json` wrote; keys that are missing mean their default."""
        known: dict[str, Any] = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        for name in ("leave_out_statuses", "leave_out_users"):
            known[name] = tuple(known.get(name, ()))
        known["leave_out_units"] = tuple((kind, unit) for kind, unit in known.get("leave_out_units", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """Which removals are put back: those of one operation, of some people or of all; kept with the job.

    ``users`` are User IDs as they were at the removal, None for everybody; ``record`` names one removal alone.
    """

    operation: int
    users: tuple[str, ...] | None = None
    record: int | None = None

    def __post_init__(self) -> None:
        refuse_unstorable(self.users or ())

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RestoreOptions:
        """Read what :meth:`as_json` wrote."""
        users = values["users"]
        return cls(values["operation"], None if users is None else tuple(users), values["record"])
