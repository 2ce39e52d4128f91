"""Which id may have been meant by one that is unknown. Never applied: a person takes it or leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from certremoval.certifications.models import Certification
from certremoval.organization.models import OrganizationalUnit, OUType, User
from certremoval.problems import Problem
from certremoval.reading import lookalike_key

_AT_ONCE = 500
"""Keys asked for in one query."""


def with_suggestions(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Yield the problems; those of an unknown id with the one stored id that looks alike, if there is just one."""
    alike: dict[tuple[str, str | None], dict[str, str | None]] = {}
    for problem in problems:
        alike.setdefault(_sort(problem), {})
    for code, column in alike:
        wanted = {
            lookalike_key(problem.value) for problem in problems if problem.value and _sort(problem) == (code, column)
        }
        alike[code, column] = _only_ones(_ids(code, column, wanted), wanted)
    for problem in problems:
        meant = alike[_sort(problem)].get(lookalike_key(problem.value)) if problem.value else None
        if meant is None or problem.suggestion:
            yield problem
        else:
            yield replace(problem, suggestion=meant, message=f"{problem.message} Did you mean {meant}?")


def _sort(problem: Problem) -> tuple[str, str | None]:
    # Units are looked for in the type that the column is headed by.
    return problem.code, problem.column if problem.code == "unknown_unit" else None


def _ids(code: str, column: str | None, wanted: set[str]) -> Iterable[str]:
    """Return stored ids that may look like one of the wanted."""
    match code:
        case "unknown_user":
            return _user_ids(sorted(wanted))
        case "unknown_certification":
            return Certification.objects.values_list("certification_id", flat=True).iterator()
        case "unknown_unit":
            of_type = OUType.objects.filter(name=column)
            return OrganizationalUnit.objects.filter(type__in=of_type).values_list("unit_id", flat=True).iterator()
    return ()


def _user_ids(wanted: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(wanted), _AT_ONCE):
        keys = [key[:255] for key in wanted[start : start + _AT_ONCE]]
        # Of many who look alike none can be suggested.
        yield from User.objects.filter(lookalike_key__in=keys).values_list("user_id", flat=True).iterator()


def _only_ones(ids: Iterable[str], wanted: set[str]) -> dict[str, str | None]:
    """Return the id of each wanted key; None where several ids have it."""
    found: dict[str, str | None] = {}
    for text in ids:
        key = lookalike_key(text)
        if key in wanted:
            found[key] = None if key in found else text
    return found
