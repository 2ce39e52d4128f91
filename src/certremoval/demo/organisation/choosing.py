"""Chooses people for past jobs and sample files while the enrollments stream by.

Nobody is chosen twice for one certification, and nobody of the story is offered at all, so what the demonstration
removes beforehand never touches it. What is kept is bounded by what is wanted, not by the people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from certremoval.demo.organisation.enrollments import Enrollment
from certremoval.demo.organisation.people import Person


class Chosen(NamedTuple):
    """One person on one certification."""

    certification_id: str
    user_id: str
    name: str
    email: str


def anybody(_: Person) -> bool:
    """Accept everyone."""
    return True


@dataclass(slots=True)
class Want:
    """People wanted from one certification: at most ``size`` (None: all there are).

    Their enrollment must not have changed after ``until`` (an ISO date). They are of a division or below it, and of a
    location, where these are given.
    """

    certification_id: str
    size: int | None
    until: str
    division: str = ""
    location: str = ""
    fits: Callable[[Person], bool] = anybody
    chosen: list[Chosen] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.size is None or len(self.chosen) < self.size

    def suits(self, person: Person, enrollment: Enrollment) -> bool:
        """Say whether this person on this certification is one of those wanted."""
        in_division = (
            not self.division or person.division == self.division or person.division.startswith(f"{self.division}-")
        )
        return (
            in_division
            and (not self.location or person.location == self.location)
            and enrollment.unchanged_since <= self.until
            and self.fits(person)
        )


class Chooser:
    """Gives each person that is offered to the first want that they suit.

    ``rate`` is the part of those who suit that is taken, so that the chosen are not simply the first.
    """

    def __init__(self, random: Random, rate: float) -> None:
        self._random = random
        self._rate = rate
        self._wants: dict[str, list[Want]] = {}

    def add(self, want: Want) -> Want:
        """Wait for people for this want too; earlier ones come first. Returns the want, which then fills."""
        self._wants.setdefault(want.certification_id, []).append(want)
        return want

    def offer(self, person: Person, enrollment: Enrollment) -> None:
        """Take the person for a want, if any wants them."""
        wants = self._wants.get(enrollment.certification_id)
        if not wants:
            return
        for want in wants:
            if want.suits(person, enrollment) and (want.size is None or self._random.random() < self._rate):
                want.chosen.append(Chosen(enrollment.certification_id, person.user_id, person.name, person.email))
                if not want.is_open:
                    wants.remove(want)
                return
