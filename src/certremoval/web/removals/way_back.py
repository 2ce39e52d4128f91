"""Where Back leads from the list of jobs: to the page before it, however often it was searched meanwhile."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from certremoval.problems import NotFound
from certremoval.removals.jobs import find_job
from certremoval.removals.models import DRAFT_STATES
from certremoval.web.pages import SignedInRequest, back_address

COOKIE = "came_from"
LONGEST_ADDRESS = 1_000
"""Characters. Browsers drop a cookie that is longer than 4 kB."""


def remembered_way_back(request: SignedInRequest) -> str:
    """Return the last page of this site that was not the list itself; Tools where there was none."""
    tools = reverse("tools")
    address = back_address(request, otherwise=request.path)
    if address != request.path and _is_still_there(request, address):
        return address
    # A search of the list, or a page that is gone, led here: what led to the list before still counts.
    known = request.COOKIES.get(COOKIE, "")
    itself = urlsplit(known).path == request.path
    return known if known and not itself and url_has_allowed_host_and_scheme(known, allowed_hosts=None) else tools


def remember_way_back(request: SignedInRequest, answer: HttpResponse, address: str) -> None:
    """Let the browser keep where Back leads. A cookie, since a page that is only read must not wait to write."""
    if len(address) <= LONGEST_ADDRESS and address != request.COOKIES.get(COOKIE):
        answer.set_cookie(COOKIE, address, path=request.path, httponly=True, samesite="Lax", secure=request.is_secure())


def _is_still_there(request: SignedInRequest, address: str) -> bool:
    """Whether a page under the list can be opened again: a draft that was discarded or submitted cannot, and its forms
    are no place to go back to."""
    path = urlsplit(address).path
    if not path.startswith(reverse("jobs")):
        return True
    try:
        page = resolve(path)
    except Resolver404:
        return False
    if page.url_name != "job":
        return page.url_name == "new-job"
    try:
        return find_job(request.user, page.kwargs["job_id"]).state not in DRAFT_STATES
    except NotFound:
        return False
