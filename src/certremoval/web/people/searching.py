"""People: found by name, User ID or e-mail address."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.models import Enrollment
from certremoval.database.texts import refuse_unstorable, too_long_to_search
from certremoval.organization.searching import LONGEST_SEARCH, MOST_FOUND, search_people
from certremoval.problems import InvalidRequest
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page


@require_safe
@signed_in_page
def people_page(request: SignedInRequest) -> HttpResponse:
    """Show the box, and who is found. For holders of *Certification - View*."""
    require(request.user, Permission.CERTIFICATION_VIEW)
    search, mistake = request.GET.get("search", ""), ""
    try:
        refuse_unstorable((search,))
    except InvalidRequest as refusal:
        mistake = refusal.message
    if len(search) > LONGEST_SEARCH:
        mistake = too_long_to_search(search, LONGEST_SEARCH)
    people = [] if mistake else search_people(search)
    on_how_many = dict(
        Enrollment.objects.filter(user__in=[person.pk for person in people])
        .order_by()
        .values_list("user")
        .annotate(Count("pk"))
    )
    context = {
        "area": "people",
        "search": search,
        "mistake": mistake,
        "rows": [(person, on_how_many.get(person.pk, 0)) for person in people],
        "is_cut": len(people) == MOST_FOUND,
        "most": MOST_FOUND,
        "back": back_address(request),
    }
    return render(request, "web/people/people.html", context, status=422 if mistake else 200)
