"""Makes the people: named ones from the cast, the others one by one from seeded chance.

A person is a row of ``users.csv``. Nothing here grows with the number of people, so a million stream through.
"""

from __future__ import annotations

import itertools
import unicodedata
from array import array
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from certremoval.demo.organisation import cast, units
from certremoval.demo.organisation.names import EVERYWHERE, NamePool

INACTIVE_SHARE = 0.06
CONTRACTOR_SHARE = 0.09
# People whose name comes from elsewhere than where they work.
FROM_ELSEWHERE_SHARE = 0.08
SECOND_NAME_SHARE = 0.15
DOUBLE_FAMILY_NAME_SHARE = 0.06
TEAM_SIZE = 14

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans("łøđıð", "lodid", " '.") | str.maketrans({"ß": "ss", "æ": "ae", "þ": "th"})


class Person(NamedTuple):
    """One line of ``users.csv``; the fields are its columns, in order."""

    user_id: str
    first_name: str
    last_name: str
    email: str
    active: str
    username: str
    manager_id: str
    division: str
    position: str
    location: str
    cost_center: str
    grade: str
    legal_entity: str
    collective_agreement: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


COLUMNS = ("User ID", "First Name", "Last Name", "Email", "Active", "Username", "Manager ID", *units.UNIT_TYPES)


def is_contractor(user_id: str) -> bool:
    """Contractors are known by 17-digit badges."""
    return len(user_id) == 17


def mail_form(name: str) -> str:
    """Return the name as it stands in a mail address: small ASCII letters and hyphens.

    Raises ValueError for a name in letters that have no such form, such as 王.
    """
    apart = unicodedata.normalize("NFKD", name.lower())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)
    if not plain.isascii():
        raise ValueError(f"{name!r} has no form for a mail address; give the member a mail of its own.")
    return plain


class _Pool:
    """A name pool with its mail forms worked out and, per location, how often each pair of names was given."""

    def __init__(self, pool: NamePool) -> None:
        self.first, self.women = pool.first_names, pool.women
        self.family, self.family_of_women = pool.family_names, pool.family_names_of_women
        self.first_mail = tuple(map(mail_form, self.first))
        self.family_mail = tuple(map(mail_form, self.family))
        self.family_of_women_mail = tuple(map(mail_form, self.family_of_women))
        # A counter for each pair keeps addresses unique in memory that does not grow with the people.
        self.given = array("L", bytes(array("L").itemsize * len(self.first) * len(self.family)))


class Names:
    """Gives out names that are plausible at a location, with the mail name that nobody else there has."""

    def __init__(self) -> None:
        self._local = {site.unit_id: _Pool(site.pool) for site in units.SITES}
        self._elsewhere = {site.unit_id: _Pool(EVERYWHERE) for site in units.SITES}

    def draw(self, random: Random, location: str) -> tuple[str, str, str]:
        """Return first name, last name and the mail name (the part before the @) of one new person."""
        chance = random.random
        pool = (self._elsewhere if chance() < FROM_ELSEWHERE_SHARE else self._local)[location]
        first = int(chance() * len(pool.first))
        family = int(chance() * len(pool.family))
        is_woman = first < pool.women
        family_names = pool.family_of_women if is_woman else pool.family
        first_name, last_name = pool.first[first], family_names[family]
        rare = chance()
        if rare < SECOND_NAME_SHARE:
            low, high = (0, pool.women) if is_woman else (pool.women, len(pool.first))
            second = pool.first[low + int(chance() * (high - low))]
            if second != first_name:
                first_name = f"{first_name} {second}"
        elif rare < SECOND_NAME_SHARE + DOUBLE_FAMILY_NAME_SHARE:
            other = family_names[int(chance() * len(family_names))]
            if other != last_name and "-" not in last_name and "-" not in other:
                last_name = f"{last_name}-{other}"
        family_mail = (pool.family_of_women_mail if is_woman else pool.family_mail)[family]
        pair = first * len(pool.family) + family
        pool.given[pair] += 1
        number = pool.given[pair]
        return first_name, last_name, f"{pool.first_mail[first]}.{family_mail}{number if number > 1 else ''}"


def employee_ids() -> Iterator[str]:
    """The oldest style: six digits with zeros in front; good for 800,000 people."""
    return (f"{1000 + number + number // 5:06}" for number in itertools.count())


def krakow_ids() -> Iterator[str]:
    """The style of the HR system that came with Krakow."""
    return (f"K-{20000 + number + number // 3}" for number in itertools.count())


def badge_ids() -> Iterator[str]:
    """Contractors' badges: 17 digits, two more than a spreadsheet keeps."""
    # Multiplying by a number that shares no factor with the modulus scatters without ever repeating.
    modulus = 9_999_999_999_999_937
    return (
        str(70_000_000_000_000_000 + (number * 618_033_988_749_894_848 + 31_415_926_535_897) % modulus)
        for number in itertools.count(1)
    )


_SITES = {site.unit_id: site for site in units.SITES}


def make_person(
    *, user_id: str, names: tuple[str, str], email: str, username: str, active: bool, manager_id: str, division: str,
    position: str, location: str,
) -> Person:  # fmt: skip
    """Return the person with the units that follow from division, position and location."""
    site = _SITES[location]
    contractor = is_contractor(user_id)
    return Person(
        user_id,
        names[0],
        names[1],
        email,
        "yes" if active else "no",
        "" if contractor else username,
        manager_id,
        division,
        position,
        location,
        units.COST_CENTER_OF_DIVISION[division],
        # Contractors have no grade and are under nobody's agreement.
        "" if contractor else units.GRADE_OF_POSITION[position],
        site.legal_entity,
        site.agreement if position in units.POSITIONS_UNDER_AGREEMENT and not contractor else "",
    )


def member_person(member: cast.Member) -> Person:
    """Return the person that a member of the cast is."""
    return make_person(
        user_id=member.user_id,
        names=(member.first_name, member.last_name),
        email=f"{member.mail}@halden.example",
        username=member.mail,
        active=member.active,
        manager_id=cast.USER_IDS.get(member.manager, ""),
        division=member.division,
        position=member.position,
        location=member.location,
    )


@dataclass(slots=True)
class _Team:
    """A division at one location while it fills: how many are there, and who leads those who come next."""

    workplace: units.Workplace
    site: units.Site
    people: int = 0
    leader: str = ""


def _head_of(division: str) -> str:
    """Return the key of the leader above a division: Warehouse North has its own manager."""
    if division == units.WAREHOUSE_NORTH:
        return "north"
    top = division.partition("-")[0]
    return {
        "LOG": "head-logistics",
        "FOOD": "head-food",
        "CARE": "head-care",
        "RET": "head-retail",
        "SITE": "head-sites",
        "CORP": "head-corporate",
    }[top]


def other_people(count: int, *, seed: int, names: Names, reserved: frozenset[str]) -> Iterator[tuple[Person, bool]]:
    """Make ``count`` people who play no named part; for each, say too whether they work the night shift.

    ``reserved`` are User IDs that must not be given. The same seed gives the same people in the same order, and
    fewer people are the beginning of more.
    """
    random = Random(f"{seed}:people")
    chance = random.random
    teams: list[_Team] = []
    edges: list[float] = []
    for workplace in units.WORKPLACES:
        sites = [site for site in units.SITES if not workplace.sites or site.unit_id in workplace.sites]
        for site in sites:
            teams.append(_Team(workplace, site))
            edges.append((edges[-1] if edges else 0.0) + workplace.share * site.share / sum(s.share for s in sites))
    whole = edges[-1]
    employees, polish, badges = employee_ids(), krakow_ids(), badge_ids()
    for _ in range(count):
        team = teams[min(bisect(edges, chance() * whole), len(teams) - 1)]
        place, site = team.workplace, team.site
        # Everyone is led by somebody made earlier: so no circle can arise, and whoever leads is no contractor.
        leads = team.people % TEAM_SIZE == 0
        team.people += 1
        contractor = chance() < CONTRACTOR_SHARE and not leads
        ids = badges if contractor else polish if site.unit_id == "KRK" else employees
        user_id = next(ids)
        while user_id in reserved:
            user_id = next(ids)
        manager_id = cast.USER_IDS[_head_of(place.division)] if leads else team.leader
        if leads:
            team.leader = user_id
        first_name, last_name, mail = names.draw(random, site.unit_id)
        active = chance() >= INACTIVE_SHARE or leads
        position = "TEAM-LEAD" if leads else place.positions[int(chance() * len(place.positions))]
        person = make_person(
            user_id=user_id,
            names=(first_name, last_name),
            email=f"{mail}@{site.mail_domain}",
            username=f"{mail}-{site.unit_id.lower()}",
            active=active,
            manager_id=manager_id,
            division=place.division,
            position=position,
            location=site.unit_id,
        )
        yield person, chance() < place.night
