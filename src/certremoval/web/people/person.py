"""One person: what they are on, what was removed from them and by whom, and both as files."""

from __future__ import annotations

from itertools import chain

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.enrollments import EXPORT_COLUMNS, enrollments_of_person
from certremoval.certifications.history import HistoryPage, removal_history, removal_history_page
from certremoval.certifications.holding import held_person
from certremoval.certifications.models import Enrollment
from certremoval.certifications.register import RECORD_COLUMNS, operations_named, rows_of
from certremoval.certifications.visibility import manageable_certifications
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NotFound
from certremoval.removals.jobs import jobs_of_operations
from certremoval.removals.undoing import can_be_put_back
from certremoval.web.certifications.holding import held_rows
from certremoval.web.downloads import Format, table_download
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page
from certremoval.web.records.places import place_in_list

_MOST_HELD = 200
"""Certifications that one person is held back from, of which a page shows no more."""


def find_person(actor: User, key: int) -> User:
    """Return a person by key. Raises NotPermitted without *Certification - View*, NotFound if there is none.

    Owning certifications opens these and who is on them, but not all that a person is on: owners are refused here.
    """
    require(actor, Permission.CERTIFICATION_VIEW)
    person = User.objects.filter(pk=key).select_related("manager").first() if key < 2**63 else None
    if person is None:
        raise NotFound(_("There is no such person."))
    return person


@require_safe
@signed_in_page
def person_page(request: SignedInRequest, key: int) -> HttpResponse:
    """Show one person."""
    person = find_person(request.user, key)
    enrollments = list(
        Enrollment.objects.filter(user=person).select_related("certification").order_by("certification__title", "pk")
    )
    manageable = set(
        manageable_certifications(request.user)
        .filter(pk__in=[one.certification_id for one in enrollments])
        .values_list("pk", flat=True)
    )
    history, mistake = _history(request, person)
    context = {
        "area": "people",
        "person": person,
        "places": person.memberships.select_related("type", "unit").order_by("type__is_custom", "type__pk"),
        "groups": list(person.member_of.order_by("name")),
        "enrollments": [(one, one.certification.pk in manageable) for one in enrollments],
        "held": held_rows(request.user, held_person(request.user, person.pk, limit=_MOST_HELD).entries),
        "history": history,
        "mistake": mistake,
        "is_later_page": "after" in request.GET,
        "can_be_put_back": can_be_put_back(request.user, history.entries),
        "jobs": jobs_of_operations(request.user, operations_named(history.entries)),
        "back": back_address(request, otherwise=reverse("people")),
    }
    return render(request, "web/people/person.html", context, status=422 if mistake else 200)


@require_safe
@signed_in_page
def removals_file(request: SignedInRequest, key: int, format: Format) -> HttpResponseBase:
    """Hand out the removal history as CSV or XLSX."""
    person = find_person(request.user, key)
    rows = rows_of(removal_history(request.user, person.user_id))
    return table_download(chain([RECORD_COLUMNS], rows), name=f"removals of {person.user_id}", format=format)


@require_safe
@signed_in_page
def enrollments_file(request: SignedInRequest, key: int, format: Format) -> HttpResponseBase:
    """Hand out the enrollments as CSV or XLSX, which is a removal file and a load too."""
    person = find_person(request.user, key)
    rows = enrollments_of_person(person)
    return table_download(chain([EXPORT_COLUMNS], rows), name=f"enrollments of {person.user_id}", format=format)


def _history(request: SignedInRequest, person: User) -> tuple[HistoryPage, str]:
    """Return the page of the removal history that is asked for, and what is wrong with what is asked for."""
    try:
        return removal_history_page(request.user, person.pk, after=place_in_list(request.GET)), ""
    except InvalidRequest as refusal:
        return HistoryPage([], None), refusal.message
