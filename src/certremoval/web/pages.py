"""What all pages share: who may see them, and how a refusal looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from certremoval.organization.models import User
from certremoval.problems import ActionRefused

Arguments = ParamSpec("Arguments")


class SignedInRequest(HttpRequest):
    """A request of somebody who signed in."""

    user: User


def signed_in_page(
    view: Callable[Concatenate[SignedInRequest, Arguments], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Make a page of a view: the anonymous are led to sign in, and a refusal is shown with its status and advice."""

    @wraps(view)
    def page(request: SignedInRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ActionRefused as refusal:
            return render(request, "web/refused.html", {"refusal": refusal}, status=refusal.http_status)

    return login_required(page)
