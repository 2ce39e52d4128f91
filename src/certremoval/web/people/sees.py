"""Whose jobs a person sees, and why: for superusers, who give permissions and are asked about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certremoval.access.explaining import Reason, reasons_to_see
from certremoval.access.rules import visible_creators
from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from certremoval.problems import NotFound, NotPermitted
from certremoval.reading import trim_id
from certremoval.removals.models import DRAFT_STATES, Job
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page, whole_number

MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason, and the administrators whose jobs are seen by it; ``others`` more of them are not named."""

    reason: Reason
    creators: list[User]
    others: int


@require_safe
@signed_in_page
def sees_page(request: SignedInRequest, key: int) -> HttpResponse:
    """Show the reasons, and answer one question: does this person see that job, or what that administrator does?"""
    if not request.user.is_superuser:
        raise NotPermitted(_("Whose jobs somebody sees is told to superusers. Ask one of them."))
    person = User.objects.filter(pk=key).first() if key < 2**63 else None
    if person is None:
        raise NotFound(_("There is no such person."))
    reasons = reasons_to_see(person)
    asked = trim_id(request.GET.get("about", ""))[:255]
    context = {
        "area": "people",
        "person": person,
        "sees_all": visible_creators(person).everyone,
        "reasons": [_shown(reason, person) for reason in reasons],
        "about": asked,
        "answer": _answer(person, reasons, asked) if asked and "\0" not in asked else None,
        "back": back_address(request, otherwise=reverse("person", args=[key])),
    }
    return render(request, "web/people/sees.html", context)


def _shown(reason: Reason, person: User) -> ShownReason:
    """Name those who created jobs or took people off: of a division of thousands they are few."""
    if reason.everybody:
        return ShownReason(reason, [], 0)
    actors = Operation.objects.order_by().values("actor").distinct()
    creators = User.objects.filter(reason.creators.condition("pk", among=actors), pk__in=actors).exclude(pk=person.pk)
    named = list(creators.order_by("last_name_key", "first_name_key", "pk")[:MOST_NAMED])
    return ShownReason(reason, named, max(0, creators.count() - len(named)) if len(named) == MOST_NAMED else 0)


def _answer(person: User, reasons: list[Reason], asked: str) -> dict[str, object]:
    """Answer for a job's number (#12) or a User ID."""
    if asked.startswith("#"):
        job = Job.objects.select_related("operation").filter(pk=whole_number(asked[1:].strip())).first()
        if job is None:
            return {"words": _("There is no job %(number)s.") % {"number": asked}}
        creator, named = job.operation.actor_id, job.operation.actor_name
        if job.state in DRAFT_STATES:
            words = _("%(number)s is a draft of %(name)s, whom alone it is shown to until it is submitted.")
            return {"words": words % {"number": asked, "name": named}}
    else:
        user = User.objects.filter(user_id=asked).first()
        if user is None:
            return {"words": _("%(user_id)s is nobody here.") % {"user_id": asked}}
        creator, named = user.pk, user.full_name
    seen = visible_creators(person).includes(creator)
    why = []
    if person.is_superuser and seen:
        why.append(_("superusers see all jobs"))
    elif creator == person.pk and seen:
        why.append(_("one's own jobs are always seen"))
    else:
        for reason in reasons:
            if reason.creators.includes(creator):
                place = reason.place or _("everybody")
                why.append(
                    _("%(permission)s by the role %(role)s, for %(place)s")
                    % {"permission": reason.permission, "role": reason.role, "place": place}
                )
    words = _("Yes: jobs of %(name)s are seen.") if seen else _("No: jobs of %(name)s are not seen.")
    return {"words": words % {"name": named}, "seen": seen, "why": why}
