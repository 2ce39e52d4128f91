"""Pages for what no page of ours answers: addresses that lead nowhere, requests that make no sense, faults."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from certremoval.web.pages import back_address

RETRY_AFTER = 5
"""Seconds after which it is worth trying again when the database was away."""


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
    """Say that it is our fault, or that the database is away (503); asks nothing of the database."""
    # Django calls this while it handles the exception.
    if not isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return render(request, "web/fault.html", status=500)
    answer = render(request, "web/away.html", status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def _page(request: HttpRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    context = {"heading": heading, "words": words, "back": back_address(request)}
    return render(request, "web/failure.html", context, status=status)
