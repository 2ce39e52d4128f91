"""Pages for what no page of ours answers: addresses that lead nowhere, requests that make no sense, faults."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from certremoval.web.pages import back_address


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong with a request that could not be read."""
    if isinstance(exception, RequestDataTooBig):
        words = _("More text was sent than a form takes. Send a long list as a file.")
    else:
        words = _("The request could not be read. Go back and try it again.")
    return _page(request, _("Not possible"), words, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that something is not permitted."""
    return _page(request, _("Not permitted"), _("This is not for you. Ask whoever manages roles."), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that an address leads nowhere."""
    return _page(request, _("Not found"), _("There is no such page. Look for it from the Tools page."), status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault; asks nothing of the database, which may be what is away."""
    return render(request, "web/fault.html", status=500)


def _page(request: HttpRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    context = {"heading": heading, "words": words, "back": back_address(request)}
    return render(request, "web/failure.html", context, status=status)
