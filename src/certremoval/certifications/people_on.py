"""Who is on a certification, under filters: found, counted as far as that is quick, and a page of them by name.

A certification may have a million people on it. Whoever matches is looked for in two ways, each of them bounded:

- *few*, at most :data:`FEW`: all of them are found, from the side that gives the fewest (the members of a unit, the
  people of a name, else the enrollments in the order of their index), counted, and sorted here.
- *many*: they are so frequent that a walk along the index of names meets a page of them soon. Nobody counts them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull
from django.utils.translation import gettext as _

from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.models import Certification, Enrollment, EnrollmentStatus
from certremoval.organization.models import OrganizationalUnit, UnitMembership, User
from certremoval.organization.searching import NameRange, name_ranges
from certremoval.organization.units import UnitsAndBelow
from certremoval.problems import InvalidRequest

FEW = 10_000
"""Up to so many people who match are found and counted exactly; of more, it is said that there are more."""

MOST_LOOKED_UP = 100_000
"""Up to so many members of a unit are looked up on a certification one by one. Of more, everyone on it is asked for
their unit: they are a tenth of a million, so that enough of them are met soon."""

PAGE_PEOPLE = 50

SortKey = tuple[str, str, int]
"""Where a person stands in the list: folded last and first name, and the key, by code point on both databases."""

_BY_NAME = ("last_name_key", "first_name_key", "pk")


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which of the people on a certification are shown: by default the active ones, in every status.

    ``name`` is the beginning of a last name, or of both names in either order; ``unit`` the key of a unit, which
    stands for those below it too.
    """

    name: str = ""
    unit: int | None = None
    status: str = ""
    include_inactive: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves out more than inactive users."""
        return bool(self.name or self.unit is not None or self.status)


@dataclass(frozen=True, slots=True)
class PeopleOn:
    """Who is on a certification under a filter. ``few`` is all of them, sorted, or None if they are more than FEW."""

    certification: Certification
    shown: PeopleFilter
    few: tuple[SortKey, ...] | None

    @property
    def count(self) -> int | None:
        """How many they are; None for more than FEW."""
        return None if self.few is None else len(self.few)


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of them by name, each with its user. ``before`` and ``after`` lead to the pages beside it, if there are any:
    give them to :func:`page_of`."""

    enrollments: tuple[Enrollment, ...]
    before: int | None
    after: int | None


def find_people(actor: User, certification_key: int, shown: PeopleFilter) -> PeopleOn:
    """Find who is on a certification under a filter. Raises NotPermitted, NotFound."""
    return people_on(find_certification(actor, certification_key), shown)


def people_on(certification: Certification, shown: PeopleFilter) -> PeopleOn:
    """Find who is on a certification under a filter; whoever calls has asked whether the viewer may see it."""
    if shown.name and not _names(shown):
        return PeopleOn(certification, shown, ())  # a name of commas and spaces alone is nobody's
    enrollments = matching(certification, shown)
    candidates = _candidates(shown)
    if candidates is not None:
        enrollments = enrollments.filter(user__in=candidates)
    elif shown.unit is not None and not _more_than(MOST_LOOKED_UP, _membership(shown.unit)):
        enrollments = enrollments.filter(user__in=_membership(shown.unit).values("user"))
    found = enrollments.order_by("user").values_list("user__last_name_key", "user__first_name_key", "user")
    few: list[SortKey] = list(found[: FEW + 1])  # type: ignore[arg-type]  # the stubs take a key for a text
    return PeopleOn(certification, shown, tuple(sorted(few)) if len(few) <= FEW else None)


def matching(certification: Certification, shown: PeopleFilter) -> QuerySet[Enrollment]:
    """Return the enrollments that match, to be read in the order of their users, as their index gives them.

    What concerns the person is asked by sub-selects, so that no plan begins anywhere else than at that index.
    """
    enrollments = Enrollment.objects.filter(certification=certification)
    if shown.status:
        enrollments = enrollments.filter(status=shown.status)
    if not shown.include_inactive:
        enrollments = enrollments.filter(user__is_active=True)
    if shown.unit is not None:
        enrollments = enrollments.filter(_sits_in(shown.unit, "user"))
    if shown.name:
        enrollments = enrollments.filter(Exists(User.objects.filter(_any_of(_names(shown)), pk=OuterRef("user"))))
    return enrollments


def page_of(
    people: PeopleOn, *, after: int | None = None, before: int | None = None, size: int = PAGE_PEOPLE
) -> PeoplePage:
    """Return the people after (or before) one of them by name, or the first; ``after`` and ``before`` are their keys.

    Raises InvalidRequest for the key of nobody.
    """
    backwards = after is None and before is not None
    key = before if backwards else after
    edge = None if key is None else _edge(key)
    if people.few is None:
        keys, more = _walk(people, edge, backwards, size)
    else:
        keys, more = _slice(people.few, edge, backwards, size)
    enrollments = Enrollment.objects.filter(certification=people.certification, user__in=keys).select_related("user")
    by_user = {one.user_id: one for one in enrollments}
    shown = tuple(by_user[one] for one in keys if one in by_user)
    ahead, behind = (edge is not None, more) if backwards else (more, edge is not None)
    return PeoplePage(
        enrollments=shown,
        before=keys[0] if keys and behind else None,
        after=keys[-1] if keys and ahead else None,
    )


def statuses_on(certification: Certification) -> list[str]:
    """Return the statuses to choose from: those that we know, then others, as the first FEW enrollments show them."""
    enrollments = Enrollment.objects.filter(certification=certification).order_by("user")
    found = set(enrollments.values_list("status", flat=True)[:FEW])
    known = [status.value for status in EnrollmentStatus]
    return [*known, *sorted(found.difference(known))]


def _candidates(shown: PeopleFilter) -> set[int] | None:
    """Return the keys of the few people who can match, by unit or name; None if neither leaves few."""
    narrow: list[set[int]] = []
    if shown.unit is not None:
        members = _membership(shown.unit)
        if not _more_than(FEW, members):
            narrow.append(set(members.values_list("user__pk", flat=True)))
    if shown.name:
        ways = [User.objects.filter(one.condition()) for one in _names(shown)]
        if not any(_more_than(FEW, way) for way in ways):
            narrow.append({key for way in ways for key in way.values_list("pk", flat=True)})
    narrow = [keys for keys in narrow if len(keys) <= FEW]
    return set.intersection(*narrow) if narrow else None


def _more_than(number: int, rows: QuerySet[Any]) -> bool:
    """Whether there are more rows than a number; counting ends there."""
    return rows[number : number + 1].exists()


def _membership(unit: int) -> QuerySet[UnitMembership]:
    return UnitMembership.objects.filter(unit__in=UnitsAndBelow(OrganizationalUnit.objects.filter(pk=unit)))


def _sits_in(unit: int, path: str) -> Q:
    """Return the condition that somebody sits in a unit or below it, for a query whose field ``path`` is their key.

    With the type it is one row of the unique index, and not a look at each of the units. And not EXISTS: PostgreSQL
    makes a join of it, of everyone with all members, before it gives the first.
    """
    type = OrganizationalUnit.objects.filter(pk=unit).values("type")
    seat = _membership(unit).filter(user=OuterRef(path), type=Subquery(type)).values("pk")[:1]
    return Q(IsNull(Subquery(seat), False))


def _names(shown: PeopleFilter) -> list[NameRange]:
    """Return the ways in which the filter's name can begin a person's: by last name, or by both, but not by first name
    alone, which is no range of the index of last names."""
    return [one for one in name_ranges(shown.name) if one.beginning == "last_name_key" or one.exact is not None]


def _any_of(ranges: Iterable[NameRange]) -> Q:
    condition = Q()
    for one in ranges:
        condition |= one.condition()
    return condition


def _edge(key: int) -> SortKey:
    edge: SortKey | None = User.objects.filter(pk=key).values_list(*_BY_NAME).first()
    if edge is None:
        raise InvalidRequest(_("The place in the list is not known any more. Start again from the first page."))
    return edge


def _slice(sorted_keys: Sequence[SortKey], edge: SortKey | None, backwards: bool, size: int) -> tuple[list[int], bool]:
    """Return the keys of the page beside the edge, and whether there are more beyond it."""
    if backwards and edge is not None:
        end = bisect_left(sorted_keys, edge)
        start = max(0, end - size)
        return [key for *_name, key in sorted_keys[start:end]], start > 0
    start = 0 if edge is None else bisect_right(sorted_keys, edge)
    return [key for *_name, key in sorted_keys[start : start + size]], start + size < len(sorted_keys)


def _walk(people: PeopleOn, edge: SortKey | None, backwards: bool, size: int) -> tuple[list[int], bool]:
    """Do the same along the index of names, where those who match are frequent."""
    shown = people.shown
    enrolled = Enrollment.objects.filter(certification=people.certification, user=OuterRef("pk"))
    users = User.objects.filter(Exists(enrolled.filter(status=shown.status) if shown.status else enrolled))
    if not shown.include_inactive:
        users = users.filter(is_active=True)
    if shown.unit is not None:
        users = users.filter(_sits_in(shown.unit, "pk"))
    if shown.name:
        ranges = _names(shown)
        # The part of the index in which all ranges lie.
        low = min(one.first if one.beginning == "last_name_key" else one.exact or "" for one in ranges)
        high = max(one.end if one.beginning == "last_name_key" else one.exact or "" for one in ranges)
        users = users.filter(_any_of(ranges), last_name_key__gte=low, last_name_key__lte=high)
    if edge is not None:
        users = users.filter(_beyond(edge, "lt" if backwards else "gt"))
    order = [f"-{field}" for field in _BY_NAME] if backwards else list(_BY_NAME)
    keys = list(users.order_by(*order).values_list("pk", flat=True)[: size + 1])
    more = len(keys) > size
    keys = keys[:size]
    return keys[::-1] if backwards else keys, more


def _beyond(edge: SortKey, than: str) -> Q:
    """Return the condition of standing after (``gt``) or before (``lt``) an edge.

    The first part says nothing that the second does not; it is the range of the index at which the walk begins.
    """
    last, first, key = edge
    same_last = Q(last_name_key=last)
    return Q((f"last_name_key__{than}e", last)) & (
        Q((f"last_name_key__{than}", last))
        | (same_last & Q((f"first_name_key__{than}", first)))
        | (same_last & Q(first_name_key=first) & Q((f"pk__{than}", key)))
    )
