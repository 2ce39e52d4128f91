"""The Tools page: the tools that the viewer may use."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import permissions_of
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def tools_page(request: SignedInRequest) -> HttpResponse:
    """Show the tools. Each removal permission alone opens the list of jobs."""
    opens_removals = not permissions_of(request.user).isdisjoint(REMOVAL_PERMISSIONS)
    return render(request, "web/tools.html", {"opens_removals": opens_removals})
