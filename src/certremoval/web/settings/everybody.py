"""Settings: what holds for all certifications and everybody, and which certifications have limits of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from certremoval.access.holders import several_hold
from certremoval.access.models import Permission
from certremoval.certifications.models import Certification
from certremoval.policy.reasons import offered_reasons
from certremoval.policy.settings import (
    DEFAULTS,
    KINDS,
    ChangedMeanwhile,
    certifications_with_own,
    change_settings,
    own_values,
    require_superuser,
    value_words,
)
from certremoval.problems import ActionRefused, InvalidRequest
from certremoval.reading import size_words
from certremoval.removals.words import number
from certremoval.web.pages import SignedInRequest, signed_in_page
from certremoval.web.settings.fields import GROUPS, Field, Group, fields_of, shown_values, typed_values

CERTIFICATIONS_SHOWN = 100
_APPROVAL = frozenset({"most_unapproved", "share_unapproved"})
_NAMES = tuple(KINDS)
_DEFAULTS = {name: getattr(DEFAULTS, name) for name in KINDS}


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Settings under a heading, with what is to be known of them."""

    group: Group
    fields: list[Field]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """One certification with limits of its own, and what they are."""

    certification: Certification
    limits: list[tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def settings_page(request: SignedInRequest) -> HttpResponse:
    """Show all settings, and take a changed form: the whole of it, or nothing where anything is wrong with it."""
    require_superuser(request.user)
    if request.method != "POST":
        return _page(request, {}, status=200)
    form = request.POST
    try:
        changed = change_settings(request.user, typed_values(_NAMES, form), shown=shown_values(_NAMES, form))
    except (InvalidRequest, ChangedMeanwhile) as refusal:
        return _page(request, mistakes_of(refusal), refusal=refusal, status=refusal.http_status)
    tell_changed(request, changed)
    return redirect("settings")


def mistakes_of(refusal: ActionRefused) -> dict[str, str]:
    """Return what is wrong, by setting."""
    return {problem.column: problem.message for problem in refusal.problems if problem.column is not None}


def tell_changed(request: SignedInRequest, changed: list[str]) -> None:
    """Say what was saved, and what has to be known of it."""
    if not changed:
        messages.info(request, _("Nothing was changed: everything is set so already."))
        return
    words = "; ".join(str(KINDS[name].words) for name in changed)
    messages.success(request, _("Saved, and it counts from now on. Changed: %(settings)s.") % {"settings": words})
    if not _APPROVAL.isdisjoint(changed) and not several_hold(Permission.REMOVAL_APPROVE):
        messages.warning(request, approval_note())


def _page(
    request: SignedInRequest, mistakes: Mapping[str, str], *, status: int, refusal: ActionRefused | None = None
) -> HttpResponse:
    now = own_values()
    own, own_count = _own_limits()
    told = isinstance(refusal, ChangedMeanwhile)
    context: dict[str, Any] = {
        "area": "settings",
        "groups": [
            ShownGroup(
                group,
                fields_of(group.names, now, _DEFAULTS, form=request.POST, mistakes=mistakes, shown_again=told),
                _notes(request, group.id, now),
            )
            for group in GROUPS
        ],
        "refusal": refusal,
        "own": own,
        "own_others": own_count - len(own),
    }
    return render(request, "web/settings/settings.html", context, status=status)


def _notes(request: SignedInRequest, group: str, now: Mapping[str, object]) -> list[str]:
    match group:
        case "approval":
            return [approval_note()]
        case "reasons":
            offered = len(offered_reasons())
            return [
                ngettext("%(number)s reason is offered.", "%(number)s reasons are offered.", offered)
                % {"number": number(offered)}
                if offered
                else _("No reasons are offered yet: each is written in one's own words.")
            ]
        case "retention":
            return [_("A lower number deletes within the hour what is older, and what is deleted does not come back.")]
        case "file-limits":
            return [_installation_note()]
    return []


def approval_note() -> str:
    """Return from when on approval is asked for, and whether that is so."""
    permission = Permission.REMOVAL_APPROVE
    words = (
        _(
            "Approval takes effect once two people hold %(permission)s, since nobody approves their own job."
            " Two or more hold it now, superusers included."
        )
        if several_hold(permission)
        else _(
            "Approval takes effect once two people hold %(permission)s, since nobody approves their own job."
            " Fewer hold it now, superusers included: nothing waits for approval yet."
        )
    )
    return words % {"permission": permission.label}


def _installation_note() -> str:
    environment = settings.ENVIRONMENT
    return _("This installation takes files of at most %(size)s (%(bytes)s bytes) and %(lines)s lines.") % {
        "size": size_words(environment.max_file_bytes),
        "bytes": number(environment.max_file_bytes),
        "lines": number(environment.max_rows),
    }


def _own_limits() -> tuple[list[OwnLimits], int]:
    """Return the first certifications, by title, that have limits of their own; and how many there are."""
    own = certifications_with_own()
    certifications = Certification.objects.filter(pk__in=list(own)).order_by("title", "certification_id")
    shown = [
        OwnLimits(one, [(str(KINDS[name].words), value_words(name, value)) for name, value in own[one.pk].items()])
        for one in certifications[:CERTIFICATIONS_SHOWN]
    ]
    return shown, certifications.count()
