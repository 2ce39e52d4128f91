"""The record of changes of the settings, page by page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.certifications.models import Certification
from certremoval.policy import changes
from certremoval.web.pages import SignedInRequest, signed_in_page, whole_number


@require_safe
@signed_in_page
def changes_page(request: SignedInRequest) -> HttpResponse:
    """Show who changed what and when, the newest first; ``?before=`` turns to earlier ones."""
    before = whole_number(request.GET.get("before")) or None
    page = changes.changes_page(request.user, before=before)
    keys = {one.certification_key for one in page.changes if one.certification_key is not None}
    there = Certification.objects.in_bulk(keys) if keys else {}
    context = {
        "area": "settings",
        "rows": [
            (one, there.get(one.certification_key) if one.certification_key is not None else None)
            for one in page.changes
        ],
        "next": page.next,
        "is_later_page": before is not None,
    }
    return render(request, "web/settings/changes.html", context)
