"""Who is held back from a certification: a list of them, and letting one of them on again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import permissions_of
from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.history import HistoryPage, RemovalEntry
from certremoval.certifications.holding import KeepOff, held_page, keep_offs, lift_hold, liftable
from certremoval.certifications.register import operations_named
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.removals.jobs import jobs_of_operations
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page
from certremoval.web.records.places import place_in_list

PEOPLE_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One row: the removal, how long it keeps off, its job if the viewer sees it, whether the viewer may lift it."""

    entry: RemovalEntry
    keep_off: KeepOff
    job: int | None
    may_lift: bool


def held_rows(viewer: User, entries: list[RemovalEntry]) -> list[HeldRow]:
    """Return what is shown of people who are held back."""
    if not entries:
        return []
    how_long, may_lift = keep_offs(entries), liftable(viewer, entries)
    jobs = jobs_of_operations(viewer, operations_named(entries))
    return [
        HeldRow(
            entry,
            how_long[entry.record_id],
            jobs.get(entry.operation_key),
            entry.record_id in may_lift,
        )
        for entry in entries
    ]


@require_safe
@signed_in_page
def held_back_page(request: SignedInRequest, key: int) -> HttpResponse:
    """Show who is held back from a certification, the newest first; ``?after=`` is the removal before the page."""
    certification = find_certification(request.user, key)
    mistake = ""
    try:
        page = held_page(request.user, certification, after=place_in_list(request.GET), limit=PEOPLE_ON_A_PAGE)
    except InvalidRequest as refusal:
        page, mistake = HistoryPage([], None), refusal.message
    context = {
        "area": "certifications",
        "certification": certification,
        "held": held_rows(request.user, page.entries),
        "next": page.next,
        "is_later_page": "after" in request.GET,
        "mistake": mistake,
        "opens_people": Permission.CERTIFICATION_VIEW in permissions_of(request.user),
    }
    return render(request, "web/certifications/held_back.html", context, status=422 if mistake else 200)


@require_POST
@signed_in_page
def lift(request: SignedInRequest, record_id: int) -> HttpResponse:
    """Let loads enroll one person again, and show the page that led here."""
    record = lift_hold(request.user, record_id)
    names = {"person": record.user_name, "certification": record.certification_title}
    messages.success(request, _("%(person)s is not held back from %(certification)s any more.") % names)
    return redirect(
        back_address(request, otherwise=reverse("certification-held-back", args=[record.certification_key]))
    )
