"""What all pages share: who may see them, how a refusal looks, and where Back leads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from certremoval.organization.models import User
from certremoval.problems import ActionRefused

Arguments = ParamSpec("Arguments")


class SignedInRequest(HttpRequest):
    """A request of somebody who signed in."""

    user: User


def signed_in_page(
    view: Callable[Concatenate[SignedInRequest, Arguments], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Make a page of a view: the anonymous are led to sign in, and a refusal is shown with its status and advice."""

    @wraps(view)
    def page(request: SignedInRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ActionRefused as refusal:
            return refused(request, refusal)

    signed_in: Callable[..., HttpResponseBase] = login_required(page)

    @wraps(view)
    def page_or_part(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if asks_for_part(request) and not request.user.is_authenticated:
            # Not the page for signing in, in the place of a list: what was shown stays until its reader goes on.
            return HttpResponse(status=401)
        return signed_in(request, *args, **kwargs)

    return page_or_part


def refused(request: HttpRequest, refusal: ActionRefused) -> HttpResponse:
    """Show a refusal as a page, with its status and advice."""
    context = {"refusal": refusal, "back": back_address(request)}
    return render(request, "web/refused.html", context, status=refusal.http_status)


def back_address(request: HttpRequest, *, otherwise: str | None = None) -> str:
    """Return the page of this site that led here; ``otherwise`` (Tools, if None) where none did.

    A page that shows itself again (after a search, after a form with a mistake) is no page to go back to.
    """
    otherwise = otherwise or reverse("tools")
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return otherwise
    ours = came_from.netloc == request.get_host() and came_from.scheme == request.scheme
    if not ours or came_from.path in (request.path, reverse("sign-in")) or not came_from.path.startswith("/"):
        return otherwise
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def asks_for_part(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of a page that keeps itself up to date."""
    return request.headers.get("HX-Request") == "true"


def whole_number(text: str | None, *, otherwise: int = 0) -> int:
    """Return a number of an address; ``otherwise`` where it is none, or one that no list reaches."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 18:
        return otherwise
    return int(text)
