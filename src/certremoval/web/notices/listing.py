"""Notices: what one is told of jobs, newest first; and marking them as seen, which no look at a page does."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from certremoval.removals.models import MailState
from certremoval.removals.notices import mark_seen, page_of_notices
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page, whole_number

PAGE_SIZE = 25


@require_safe
@signed_in_page
def notices_page(request: SignedInRequest) -> HttpResponse:
    """Show one page of the viewer's own notices, the new ones marked."""
    before = whole_number(request.GET.get("before")) or None
    page = page_of_notices(request.user, before=before, size=PAGE_SIZE)
    context = {
        "area": "notices",
        "page": page,
        "before": before,
        # What comes while somebody reads stays new: they mark what they were shown.
        "newest": page.told[0].notice.pk if page.told and before is None else None,
        "mail_failed": MailState.FAILED,
        "back": back_address(request),
    }
    return render(request, "web/notices/notices.html", context)


@require_POST
@signed_in_page
def seen(request: SignedInRequest) -> HttpResponse:
    """Mark one notice, or all up to the newest that was shown, as seen."""
    notice = whole_number(request.POST.get("notice")) or None
    up_to = whole_number(request.POST.get("up_to")) or None
    if notice is not None or up_to is not None:
        mark_seen(request.user, notice=notice, up_to=up_to)
    return redirect("notices")
