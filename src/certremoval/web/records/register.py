"""Removal Records: the register over all jobs, and what it shows as a file."""

from __future__ import annotations

from itertools import chain

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from certremoval.access.models import REMOVAL_PERMISSIONS
from certremoval.access.rules import require_any
from certremoval.access.scope import scope_words
from certremoval.certifications.history import HistoryPage
from certremoval.certifications.register import (
    RECORD_COLUMNS,
    operations_named,
    record_page,
    record_rows,
    require_sheet_of_records,
)
from certremoval.organization.units import units_to_offer
from certremoval.problems import InvalidRequest
from certremoval.removals.jobs import jobs_of_operations
from certremoval.removals.undoing import can_be_put_back
from certremoval.web.downloads import Format, table_download
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page
from certremoval.web.records.looking import UNITS_OFFERED, Asked, read_filter, statuses_to_choose
from certremoval.web.records.places import place_in_list


@require_safe
@signed_in_page
def records_page(request: SignedInRequest) -> HttpResponse:
    """Show removals, the newest first: ``?from= &to= &certification= &unit= &administrator= &status=`` filter.

    ``after`` is the record after which the page begins. For holders of any removal permission, and of those jobs that
    they see. 422 where what is asked for makes no sense: then nothing is listed, and all that was typed stays.
    """
    require_any(request.user, REMOVAL_PERMISSIONS)
    asked = read_filter(request.GET)
    page = _page(request, asked)
    status = asked.typed["status"] if "status" not in asked.mistakes else ""
    context = {
        "area": "records",
        "asked": asked,
        "statuses": statuses_to_choose(status, (str(entry.before["status"]) for entry in page.entries)),
        "units_offered": units_to_offer(UNITS_OFFERED),
        "zone": timezone.get_current_timezone_name(),
        "history": page,
        "is_later_page": "after" in request.GET,
        "can_be_put_back": can_be_put_back(request.user, page.entries),
        "jobs": jobs_of_operations(request.user, operations_named(page.entries)),
        "scope": scope_words(request.user, of_removals=True),
        "back": back_address(request),
    }
    return render(request, "web/records/records.html", context, status=422 if asked.mistakes else 200)


@require_safe
@signed_in_page
def records_file(request: SignedInRequest, format: Format) -> HttpResponseBase:
    """Hand out all that the filters show as CSV or XLSX, on whatever page."""
    require_any(request.user, REMOVAL_PERMISSIONS)
    asked = read_filter(request.GET)
    if asked.filter is None:
        raise InvalidRequest(next(iter(asked.mistakes.values())))
    if format == "xlsx":
        require_sheet_of_records(request.user, asked.filter)
    rows = chain([RECORD_COLUMNS], record_rows(request.user, asked.filter))
    return table_download(rows, name="removal records", format=format)


def _page(request: SignedInRequest, asked: Asked) -> HistoryPage:
    """Return the page that is asked for; an empty one, and what is wrong, where that cannot be told."""
    if asked.filter is not None:
        try:
            return record_page(request.user, asked.filter, after=place_in_list(request.GET))
        except InvalidRequest as refusal:
            asked.mistakes["after"] = refusal.message
    return HistoryPage([], None)
