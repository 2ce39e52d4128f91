"""The Tools page: the tools that the viewer may use."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import holds
from certremoval.removals.approving import waiting_for
from certremoval.web.pages import SignedInRequest, signed_in_page

MOST_WAITING = 20


@require_safe
@signed_in_page
def tools_page(request: SignedInRequest) -> HttpResponse:
    """Show the tools: the areas that the viewer may open, each with a line on what it is for."""
    may_remove = holds(request.user, Permission.REMOVAL_MANAGE)
    waiting = waiting_for(request.user)
    shown = list(waiting[: MOST_WAITING + 1])
    context = {
        "area": "tools",
        "may_remove": may_remove,
        "waiting": shown[:MOST_WAITING],
        "waiting_count": waiting.count() if len(shown) > MOST_WAITING else len(shown),
    }
    return render(request, "web/tools.html", context)
