"""The story "Warehouse South closes": the people of HR's file, and what the tool makes of each line.

The story has its own chance, so it is the same at any size of the organisation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from certremoval.demo.organisation import cast, units
from certremoval.demo.organisation import certifications as data
from certremoval.demo.organisation.enrollments import Enrolling, Enrollment
from certremoval.demo.organisation.people import Names, Person, is_contractor, make_person, member_person

TITLE = "Warehouse South closes"
COMMENT = "HR's list of Monday. Nine of them moved to Warehouse North and still drive: left out by name."
REASON = "Site closure"
FILE_NAME = "warehouse-south-closes.csv"
LEFT_OUT_FILE_NAME = "warehouse-south-left-out.txt"
HEADER = ("Certification ID", "User ID", "Name")

GOOD = 412
HOLDERS = 61
MOVED_NORTH = 9
DUPLICATES = 5
# What HR's spreadsheet made of these ids is what is left when the zeros in front go.
LOST_ZEROS = ("000871", "004711", "000093", "012850")
# Two figures changed places; nobody ever had it; a badge of which a spreadsheet kept 15 figures.
UNKNOWN = (("K-48231", "Jon Ball"), ("006130", "Agency driver"), ("70213055418820300", "R. Tanis"))
EMPTY_NAME = "Agency temp, dock 4"
NOT_ENROLLED = 3
REMOVED_LAST_WEEK = 2

# How the certification stands for the 412: 61 hold it, 351 do not.
_STATUSES = {
    data.CERTIFIED: 46,
    data.RENEWAL_IN_PROGRESS: 7,
    data.RENEWAL_PAST_DUE: 4,
    data.RENEWAL_PENDING_COMPLETION: 3,
    data.RENEWAL_DENIED: 1,
    data.EXPIRED: 160,
    data.IN_PROGRESS: 118,
    data.REVOKED: 38,
    data.PENDING_APPROVAL: 10,
    data.PENDING_PREREQUISITES: 8,
    data.DENIED: 6,
    data.PENDING_COMPLETION: 6,
    data.EXPIRED_PENDING_COMPLETION: 5,
}


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of HR's file: its number as an editor shows it, its cells, and its outcome (a code of the contract).

    The outcome is that before anybody is left out by choice; ``left_out`` marks the nine who then are.
    """

    line: int
    user_id: str
    name: str
    outcome: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """The job to run, line by line, and the numbers it must come to.

    ``removed_last_week`` must be taken off the certification (by the past job ``last-week``) before the file is used.
    Leaving out ``left_out_user_ids``, or equally the unit ``left_out_unit`` (OU type, OU id), leaves out the same nine.
    The file ``left_out_file_name`` names them too, one a line.
    """

    title: str
    comment: str
    reason: str
    certification_id: str
    file_name: str
    left_out_file_name: str
    administrator: str
    lines: tuple[StoryLine, ...]
    holders: tuple[str, ...]
    left_out_user_ids: tuple[str, ...]
    left_out_unit: tuple[str, str]
    lost_zeros: tuple[str, ...]
    removed_last_week: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Lines by outcome before anybody is left out by choice."""
        return dict(Counter(line.outcome for line in self.lines))

    @property
    def to_remove(self) -> int:
        """How many people the job removes once the nine are left out."""
        return self.counts["remove"] - len(self.left_out_user_ids)

    @property
    def to_leave_out(self) -> int:
        """How many lines the job leaves out, by choice or for their problem."""
        return len(self.lines) - self.to_remove


@dataclass(frozen=True, slots=True)
class Cast:
    """All named people and all people of the story, with their enrollments, night shift and the story itself."""

    people: tuple[Person, ...]
    enrollments: tuple[Enrollment, ...]
    groups: tuple[tuple[str, str], ...]
    story: Story

    @property
    def reserved(self) -> frozenset[str]:
        """User IDs that nobody else may get: those that are taken, and those that must stay unknown."""
        return frozenset({person.user_id for person in self.people} | {user_id for user_id, _ in UNKNOWN})


class _StoryPeople:
    """Makes people of Warehouse South: most from Rotterdam, some sent from Krakow, some contractors."""

    def __init__(self, random: Random, names: Names) -> None:
        self._random = random
        self._names = names
        taken = {*cast.USER_IDS.values(), *LOST_ZEROS, *(user_id for user_id, _ in UNKNOWN)}
        employees = [user_id for number in range(1000, 6000) if (user_id := f"{number:06}") not in taken]
        polish = [user_id for number in range(20000, 60000) if (user_id := f"K-{number}") not in taken]
        badges = [f"70{number:012}{end:03}" for number in random.sample(range(10**12), 200) for end in (117, 348)]
        # Badges come in pairs that differ in the last three figures alone: a spreadsheet makes one id of both.
        self._ids = {
            "employee": iter(random.sample(employees, 600)),
            "polish": iter(random.sample(polish, 300)),
            "contractor": iter(badges),
        }

    def person(
        self, *, user_id: str = "", active: bool | None = None, division: str | None = None, kind: str = ""
    ) -> Person:
        chance = self._random.random
        draw = chance()
        kind = kind or ("employee" if draw < 0.62 else "polish" if draw < 0.8 else "contractor")
        place = division or (units.SOUTH_DOCKS if chance() < 0.45 else units.WAREHOUSE_SOUTH)
        home = "KRK" if kind == "polish" else "RTM"
        first_name, last_name, mail = self._names.draw(self._random, home)
        domain = next(site.mail_domain for site in units.SITES if site.unit_id == home)
        positions = ("FORK-OP", "DOCKER") if place == units.SOUTH_DOCKS else ("FORK-OP", "FORK-OP", "WH-ASSOC")
        return make_person(
            user_id=user_id or next(self._ids[kind]),
            names=(first_name, last_name),
            email=f"{mail}@{domain}",
            username=f"{mail}-{home.lower()}",
            active=chance() >= 0.06 if active is None else active,
            manager_id=cast.USER_IDS["north" if place == units.WAREHOUSE_NORTH else "south"],
            division=place,
            position=positions[int(chance() * len(positions))],
            location="RTM",
        )


def make_cast(*, today: date, seed: int, names: Names) -> Cast:
    """Return the named people and the story; the same day and seed give the same."""
    random = Random(f"{seed}:story")
    enrolling = Enrolling(today=today, random=Random(f"{seed}:story enrollments"), first_identifier=0)
    maker = _StoryPeople(random, names)

    named = {member.key: member_person(member) for member in cast.MEMBERS}
    moved = [
        maker.person(division=units.WAREHOUSE_NORTH, active=True, kind="employee" if number < 6 else "polish")
        for number in range(MOVED_NORTH)
    ]
    named_good = [named[member.key] for member in cast.STORY_PEOPLE]
    staying = [*named_good, *(maker.person() for _ in range(GOOD - MOVED_NORTH - len(named_good)))]
    lost_zeros = [maker.person(user_id=user_id, active=True, kind="employee") for user_id in LOST_ZEROS]
    not_enrolled = [named["jon-bell"], *(maker.person(active=True) for _ in range(NOT_ENROLLED - 1))]
    removed_last_week = [maker.person(active=True, kind="employee") for _ in range(REMOVED_LAST_WEEK)]
    good = [*moved, *staying]

    statuses = _statuses_of(staying, random)
    statuses.update(dict.fromkeys((person.user_id for person in moved), data.CERTIFIED))
    statuses.update(dict.fromkeys((person.user_id for person in lost_zeros), data.EXPIRED))
    enrollments = [enrolling.enroll(user_id, data.FORKLIFT, status) for user_id, status in statuses.items()]
    # Whoever was removed last week must have looked the same then.
    before_last_week = (today - timedelta(30)).isoformat()
    for person in removed_last_week:
        enrollment = enrolling.enroll(person.user_id, data.FORKLIFT, data.REVOKED)
        while enrollment.unchanged_since > before_last_week:
            enrollment = enrolling.enroll(person.user_id, data.FORKLIFT, data.REVOKED)
        enrollments.append(enrollment)

    of_the_story = [*good, *lost_zeros, *not_enrolled, *removed_last_week]
    for person in of_the_story:
        enrollments.extend(enrolling.usual(person, without=data.FORKLIFT))
    in_the_story = {person.user_id for person in of_the_story}
    others = [member for member in cast.MEMBERS if member.user_id not in in_the_story]
    for member in others:
        if member.certifications is None:
            enrollments.extend(enrolling.usual(named[member.key]))
        else:
            enrollments.extend(enrolling.enroll(member.user_id, one) for one in member.certifications)

    story = Story(
        title=TITLE,
        comment=COMMENT,
        reason=REASON,
        certification_id=data.FORKLIFT,
        file_name=FILE_NAME,
        left_out_file_name=LEFT_OUT_FILE_NAME,
        administrator=cast.STORY_ADMINISTRATOR.user_id,
        lines=_lines(random, moved, staying, lost_zeros, not_enrolled, removed_last_week),
        holders=tuple(p.user_id for p in good if statuses[p.user_id] in data.HOLDING_STATUSES),
        left_out_user_ids=tuple(person.user_id for person in moved),
        left_out_unit=(units.DIVISION, units.WAREHOUSE_NORTH),
        lost_zeros=LOST_ZEROS,
        removed_last_week=tuple(person.user_id for person in removed_last_week),
    )
    people = (*(named[member.key] for member in others), *of_the_story)
    night = {person.user_id for person in of_the_story if random.random() < 0.2}
    groups = [
        *((group_id, member.user_id) for member in cast.MEMBERS for group_id in member.groups),
        *((units.NIGHT_SHIFT, person.user_id) for person in people if person.user_id in night),
        *((units.CONTRACTORS_Q3, person.user_id) for person in people if is_contractor(person.user_id)),
    ]
    return Cast(people, tuple(enrollments), tuple(groups), story)


def _statuses_of(staying: list[Person], random: Random) -> dict[str, str]:
    """Deal out the statuses of those who did not move; the administrator's has expired, so she loses nothing."""
    left = dict(_STATUSES)
    left[data.CERTIFIED] -= MOVED_NORTH
    left[data.EXPIRED] -= 1
    cards = [status for status, number in left.items() for _ in range(number)]
    random.shuffle(cards)
    administrator = cast.STORY_ADMINISTRATOR.user_id
    dealt = zip((person.user_id for person in staying if person.user_id != administrator), cards, strict=True)
    return {**dict(dealt), administrator: data.EXPIRED}


def _lines(
    random: Random,
    moved: list[Person],
    staying: list[Person],
    lost_zeros: list[Person],
    not_enrolled: list[Person],
    removed_last_week: list[Person],
) -> tuple[StoryLine, ...]:
    """Write HR's list: by family name, as a person would sort it, with the doubles further down."""

    def key(person: Person) -> str:
        return f"{person.last_name} {person.first_name}"

    # (sorted by, User ID as written, name, outcome, left out)
    entries: list[tuple[str, str, str, str, bool]] = [
        *((key(p), p.user_id, p.name, "remove", True) for p in moved),
        *((key(p), p.user_id, p.name, "remove", False) for p in staying),
        *((key(p), p.user_id.lstrip("0"), p.name, "unknown_user", False) for p in lost_zeros),
        *((name, user_id, name, "unknown_user", False) for user_id, name in UNKNOWN),
        *((key(p), p.user_id, p.name, "not_enrolled", False) for p in not_enrolled),
        *((key(p), p.user_id, p.name, "already_removed", False) for p in removed_last_week),
        (EMPTY_NAME, "", EMPTY_NAME, "blank", False),
    ]
    entries.sort(key=lambda entry: entry[:2])
    for number, person in enumerate(random.sample(staying, DUPLICATES)):
        first = next(place for place, entry in enumerate(entries) if entry[1] == person.user_id)
        place = first + 1 + int(random.random() * (len(entries) - first))
        # One of them was pasted with a no-break space behind it, which is not seen and does not count.
        written = f"{person.user_id}\u00a0" if number == 0 else person.user_id
        entries.insert(place, (key(person), written, person.name, "duplicate", False))
    return tuple(StoryLine(line, *entry[1:]) for line, entry in enumerate(entries, start=2))
