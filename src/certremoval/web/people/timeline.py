"""One person on one certification: everything that is known of it, the oldest first."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from certremoval.removals.timeline import timeline
from certremoval.web.navigation import areas_of
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page


@require_safe
@signed_in_page
def timeline_page(request: SignedInRequest, key: int, certification_key: int) -> HttpResponse:
    """Show the timeline. For whoever sees the certification: an owner, who may not open people, too."""
    told = timeline(request.user, key, certification_key)
    opens_people = areas_of(request.user).people
    if opens_people:
        parent, parent_url = told.person.full_name, reverse("person", args=[key])
    else:
        parent, parent_url = told.certification_title, reverse("certification", args=[certification_key])
    context = {
        "area": "people" if opens_people else "certifications",
        "told": told,
        "opens_people": opens_people,
        "parent": parent,
        "parent_url": parent_url,
        "back": back_address(request, otherwise=parent_url),
    }
    return render(request, "web/people/timeline.html", context)
