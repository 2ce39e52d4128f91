"""Limits of one certification: what holds for all, a number of its own, or none."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.models import Certification
from certremoval.policy.settings import (
    KINDS,
    ChangedMeanwhile,
    change_settings,
    own_values,
    require_superuser,
)
from certremoval.problems import ActionRefused, InvalidRequest
from certremoval.web.pages import SignedInRequest, signed_in_page
from certremoval.web.settings.everybody import ShownGroup, approval_note, mistakes_of, tell_changed
from certremoval.web.settings.fields import GROUPS, fields_of, shown_values, typed_values

_NAMES = tuple(name for name, kind in KINDS.items() if kind.per_certification)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def limits_page(request: SignedInRequest, key: int) -> HttpResponse:
    """Show what a certification has of its own, and take a changed form: the whole of it, or nothing."""
    require_superuser(request.user)
    certification = find_certification(request.user, key)
    if request.method != "POST":
        return _page(request, certification, status=200)
    form = request.POST
    try:
        changed = change_settings(
            request.user,
            typed_values(_NAMES, form),
            certification=(certification.pk, certification.certification_id),
            shown=shown_values(_NAMES, form),
        )
    except (InvalidRequest, ChangedMeanwhile) as refusal:
        return _page(request, certification, refusal=refusal, status=refusal.http_status)
    tell_changed(request, changed)
    return redirect("settings-certification", key=key)


def _page(
    request: SignedInRequest, certification: Certification, *, status: int, refusal: ActionRefused | None = None
) -> HttpResponse:
    now, for_all = own_values(certification.pk), own_values()
    mistakes = {} if refusal is None else mistakes_of(refusal)
    told = isinstance(refusal, ChangedMeanwhile)
    groups = []
    for group in GROUPS:
        if names := tuple(name for name in group.names if name in _NAMES):
            fields = fields_of(names, now, for_all, form=request.POST, mistakes=mistakes, shown_again=told)
            groups.append(ShownGroup(group, fields, [approval_note()] if group.id == "approval" else []))
    context = {
        "area": "settings",
        "certification": certification,
        "groups": groups,
        "refusal": refusal,
        "back": reverse("certification", args=[certification.pk]),
    }
    return render(request, "web/settings/certification.html", context, status=status)
