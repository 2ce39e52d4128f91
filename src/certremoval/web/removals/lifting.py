"""Letting loads enroll again all whom a job removed: a page (or dialog) that asks, and the act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certremoval.certifications.holding import MOST_COUNTED
from certremoval.removals.lifting import find_job_to_lift, held_by_job, lift_job
from certremoval.removals.words import number, users
from certremoval.web.pages import SignedInRequest, signed_in_page


def held_words(count: int) -> str:
    """Return how many are held back, as far as they are counted."""
    return _("More than %(number)s users") % {"number": number(MOST_COUNTED)} if count > MOST_COUNTED else users(count)


def lift_words(count: int) -> str:
    """Return what the button says that lets loads enroll so many people again."""
    if count > MOST_COUNTED:
        return _("Let loads enroll more than %(number)s users again") % {"number": number(MOST_COUNTED)}
    return _("Let loads enroll %(users)s again") % {"users": users(count)}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def lift_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask whether loads may enroll the people of a job again, and let them."""
    if request.method == "POST":
        lift_job(request.user, job_id)
        messages.success(request, _("Nobody is held back by this job any more. The next load may enroll them again."))
        return redirect("job", job_id=job_id)
    job = find_job_to_lift(request.user, job_id)
    count = held_by_job(job)
    context = {"area": "tools", "job": job, "held": held_words(count), "lift_words": lift_words(count)}
    return render(request, "web/removals/job_lift.html", context)
