"""Bulk Remove: the users ticked, or all that the filters show, become a draft whose preview is looked at next."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.enrollments import people_rows
from certremoval.certifications.models import Certification
from certremoval.certifications.people_on import people_on
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.removals.drafts import check_now, draft_of_people
from certremoval.web.certifications.filters import MOST_KEY, ShownPeople, address_query, read_people
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_POST
@signed_in_page
def bulk_remove(request: SignedInRequest, key: int) -> HttpResponse:
    """Make a draft of the users ticked (``whom=ticked``, ``user`` their keys) or of all shown (``whom=shown``).

    Nobody is removed by it: it leads to the preview.
    """
    certification = find_certification(request.user, key)
    require(request.user, Permission.REMOVAL_MANAGE)
    asked = read_people(request.POST, certification)
    if request.POST.get("whom") == "shown":
        rows = _shown(certification, asked)
        name = _("%(certification)s users shown.csv") % {"certification": certification.certification_id}
    else:
        keys = _keys(request.POST.getlist("user"))
        if not keys:
            messages.error(request, _("Nobody is ticked. Tick the users to be removed, or choose all that are shown."))
            return redirect(f"{reverse('certification', args=[key])}{address_query(asked.place)}")
        rows = _ticked(certification, keys)
        name = _("%(certification)s users ticked.csv") % {"certification": certification.certification_id}
    job = draft_of_people(request.user, rows, name=name, certification=certification.certification_id)
    return redirect("job", job_id=check_now(job).pk)


def _shown(certification: Certification, asked: ShownPeople) -> Iterable[tuple[str, str]]:
    if asked.people is None:
        raise InvalidRequest(_("The filters are not clear. Set them on the certification's page, and choose there."))
    return people_rows(people_on(certification, asked.people))


def _ticked(certification: Certification, keys: list[int]) -> Iterable[tuple[str, str]]:
    """Return the users of these keys. Whoever is not on the certification any more is told so by the preview."""
    users = User.objects.filter(pk__in=keys).order_by("last_name_key", "first_name_key", "pk")
    return [(certification.certification_id, user_id) for user_id in users.values_list("user_id", flat=True)]


def _keys(ticked: list[str]) -> list[int]:
    keys = [int(key) for key in ticked if key.isascii() and key.isdecimal() and len(key) < 20]
    if len(keys) != len(ticked) or any(key > MOST_KEY for key in keys):
        raise InvalidRequest(_("The ticks are damaged. Open the certification's page again, and tick there."))
    return keys
