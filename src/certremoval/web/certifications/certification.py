"""One certification: its facts, and its Users section with filters, export and removal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of
from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.holding import MOST_COUNTED, held_count
from certremoval.certifications.models import Certification, Enrollment, RemovalRecord
from certremoval.certifications.people_on import FEW, PeoplePage, page_of, people_on
from certremoval.certifications.visibility import may_manage_certification
from certremoval.organization.models import OrganizationalUnit
from certremoval.organization.units import unit_label, units_to_offer
from certremoval.problems import InvalidRequest
from certremoval.web.certifications.filters import (
    UNITS_OFFERED,
    ShownPeople,
    address_query,
    read_people,
    status_words,
)
from certremoval.web.pages import SignedInRequest, signed_in_page

_OWNERS_NAMED = 10


@require_safe
@signed_in_page
def certification_page(request: SignedInRequest, key: int) -> HttpResponse:
    """Show a certification and who is on it, by last name.

    ``?name= &unit= &status= &inactive=1`` filter, ``&after= &before=`` (keys of users) turn pages; ``unit_name`` is a
    unit as it is typed.
    """
    certification = find_certification(request.user, key)
    asked = read_people(request.GET, certification)
    held = permissions_of(request.user)
    context = {
        "area": "certifications",
        "certification": certification,
        "may_remove_in_bulk": Permission.REMOVAL_MANAGE in held,
        "may_remove_one": may_manage_certification(request.user, certification),
        "may_set_limits": request.user.is_superuser,
        "opens_people": Permission.CERTIFICATION_VIEW in held,
        **_owners(certification),
        "held_count": held_count(RemovalRecord.objects.filter(certification_key=certification.pk)),
        "most_held": MOST_COUNTED,
        "form": asked.form,
        "unit_choices": [_choice(asked, unit) for unit in asked.units],
        "units_offered": units_to_offer(UNITS_OFFERED),
        "mistakes": [],
    }
    shown = _people(certification, asked, context)
    return render(request, "web/certifications/certification.html", context, status=200 if shown else 422)


def _people(certification: Certification, asked: ShownPeople, context: dict[str, Any]) -> bool:
    """Put the people into the context. Return False, with the mistakes, where it is not clear who is asked for."""
    context["mistakes"] = [
        str(error) for name in ("unit", "after", "before", "status") for error in asked.form.errors.get(name, [])
    ]
    if asked.people is None:
        return False
    people = people_on(certification, asked.people)
    try:
        page = page_of(people, after=asked.after, before=asked.before)
        if not page.enrollments and people.few != ():
            # All of that page are gone, as after the last of them was removed.
            asked = replace(asked, after=None, before=None)
            page = page_of(people)
    except InvalidRequest as refusal:
        context["mistakes"].append(refusal.message)
        return False
    context |= {
        "people": people,
        "page": page,
        "rows": [(one, status_words(one.status)) for one in page.enrollments],
        "most_counted": FEW,
        "nobody_at_all": not page.enrollments and not Enrollment.objects.filter(certification=certification).exists(),
        "filters": asked.hidden,
        "filters_query": address_query(asked.hidden),
        "place_query": address_query(asked.place),
        **_pages(asked, page),
    }
    return True


def _pages(asked: ShownPeople, page: PeoplePage) -> dict[str, str | None]:
    def beside(name: str, key: int | None) -> str | None:
        return None if key is None else address_query({**asked.hidden, name: str(key)})

    return {"previous": beside("before", page.before), "next": beside("after", page.after)}


def _owners(certification: Certification) -> dict[str, Any]:
    owners = list(certification.owners.order_by("last_name_key", "first_name_key", "pk")[: _OWNERS_NAMED + 1])
    others = certification.owners.count() - _OWNERS_NAMED if len(owners) > _OWNERS_NAMED else 0
    return {"owners": owners[:_OWNERS_NAMED], "other_owners": others}


def _choice(asked: ShownPeople, unit: OrganizationalUnit) -> tuple[str, str]:
    return address_query({**asked.typed, "unit": str(unit.pk)}), unit_label(unit)
