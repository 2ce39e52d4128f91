"""Makes the enrollments: who is on which certification, with a status and dates that fit each other."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from certremoval.demo.organisation import certifications as data
from certremoval.demo.organisation.people import Person

COLUMNS = (
    "Certification ID",
    "User ID",
    "Status",
    "Version",
    "Assigned Date",
    "Due Date",
    "Certified Date",
    "Expiration Date",
    "Period",
    "Identifier",
)


class Enrollment(NamedTuple):
    """One line of ``enrollments.csv``; the fields are its columns, in order. Dates are ISO text or empty."""

    certification_id: str
    user_id: str
    status: str
    version: str
    assigned: str
    due: str
    certified: str
    expires: str
    period: str
    identifier: str

    @property
    def unchanged_since(self) -> str:
        """The ISO date of the last thing that happened to it: whoever looked later saw the same values."""
        expired = self.expires if self.status in data.EXPIRED_STATUSES else ""
        return max(self.assigned, self.certified, expired)


CERTIFICATIONS = {certification.certification_id: certification for certification in data.CERTIFICATIONS}
_STATUSES = tuple(data.STATUS_SHARES)
_STATUS_EDGES = tuple(accumulate(data.STATUS_SHARES.values()))
# The oldest and the latest day that any date can be, in days from today.
_EARLIEST, _LATEST = -7000, 4000


def audience(division: str, location: str) -> tuple[tuple[str, float], ...]:
    """Return which certifications concern people of a division at a location, and how likely each is."""
    fitting = [prefix for prefix in data.AUDIENCE if division == prefix or division.startswith(f"{prefix}-")]
    shares = data.AUDIENCE[max(fitting, key=len)]
    # The British have a Manual Handling of their own: same title, another id.
    swap = {data.MANUAL_HANDLING: data.MANUAL_HANDLING_UK} if location == "LDS" else {}
    return tuple((swap.get(certification_id, certification_id), share) for certification_id, share in shares.items())


class Enrolling:
    """Puts people on certifications; the same seed and day give the same enrollments in the same order."""

    def __init__(self, *, today: date, random: Random, first_identifier: int) -> None:
        self._random = random
        self._serial = first_identifier
        # Formatting dates one by one took a third of the time.
        self._iso = [(today + timedelta(days)).isoformat() for days in range(_EARLIEST, _LATEST)]
        self._audiences: dict[tuple[str, str], tuple[tuple[str, float], ...]] = {}

    def enroll(self, user_id: str, certification_id: str, status: str | None = None) -> Enrollment:
        """Put one person on one certification, with the status given or one by the shares of all statuses."""
        chance = self._random.random
        certification = CERTIFICATIONS[certification_id]
        if status is None:
            status = _STATUSES[min(bisect(_STATUS_EDGES, chance() * _STATUS_EDGES[-1]), len(_STATUSES) - 1)]
        valid, closed = certification.valid_days, certification.closed_days
        certified: int | None = None
        expires: int | None = None
        period = 1
        if status == data.CERTIFIED:
            # Renewal opens in the last month, so whoever is simply certified has more than that left.
            certified = -closed - 1 - int(chance() * (valid - closed - 32))
        elif status in data.RENEWAL_STATUSES:
            certified = 1 + int(chance() * 60) - valid
            period = 2 + int(chance() * 3)
        elif status in data.EXPIRED_STATUSES:
            certified = -valid - 1 - int(chance() * 500)
        elif status == data.REVOKED:
            certified = -closed - 5 - int(chance() * (valid - closed - 10))
        if certified is None:
            assigned = -closed - 5 - int(chance() * 330)
            due = assigned + 90
        else:
            assigned = certified - 10 - int(chance() * 100)
            due = assigned + 120
            expires = certified + valid
            if status == data.RENEWAL_PAST_DUE:
                due = -1 - int(chance() * 30)
            elif period > 1:
                due = expires
        identifier = ""
        if certified is not None:
            self._serial += 1
            identifier = f"HG{self._serial:08}"
        iso = self._iso
        return Enrollment(
            certification_id,
            user_id,
            status,
            # Some are still on the version before.
            str(certification.version - (certification.version > 1 and chance() < 0.3)),
            iso[assigned - _EARLIEST],
            iso[due - _EARLIEST],
            "" if certified is None else iso[certified - _EARLIEST],
            "" if expires is None else iso[expires - _EARLIEST],
            str(period),
            identifier,
        )

    def usual(self, person: Person, *, without: str = "", fire_warden: bool = False) -> Iterator[Enrollment]:
        """Put a person on what concerns people like them, but not on ``without``."""
        place = (person.division, person.location)
        concerned = self._audiences.get(place)
        if concerned is None:
            concerned = self._audiences[place] = audience(*place)
        chance = self._random.random
        for certification_id, share in concerned:
            if chance() < share and certification_id != without:
                yield self.enroll(person.user_id, certification_id)
        if fire_warden and chance() < data.FIRE_WARDEN_SHARE:
            yield self.enroll(person.user_id, data.FIRE_WARDEN)
