"""The reasons that are offered for a removal: adding, renaming, their order, and taking one off the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certremoval.organization.models import User
from certremoval.policy.reasons import (
    LONGEST_REASON,
    add_reason,
    all_reasons,
    bring_back_reason,
    move_reason,
    rename_reason,
    retire_reason,
)
from certremoval.policy.settings import current_policy, require_superuser
from certremoval.problems import InvalidRequest
from certremoval.web.pages import SignedInRequest, signed_in_page, whole_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def reasons_page(request: SignedInRequest) -> HttpResponse:
    """Show the reasons, and do one thing to one of them: the button that was pressed says which."""
    require_superuser(request.user)
    form = request.POST
    if request.method != "POST":
        return _page(request, status=200)
    try:
        messages.success(request, _do(request.user, form))
    except InvalidRequest as refusal:
        return _page(request, mistake=refusal.message, status=422)
    return redirect("settings-reasons")


def _do(actor: User, form: QueryDict) -> str:
    """Do what a button says, and return what is said of it. Without a button a reason is added."""
    key, text = whole_number(form.get("reason")), form.get("text", "")
    match form.get("do", ""):
        case "up" | "down" as direction:
            move_reason(actor, key, up=direction == "up")
            return _("The order is kept.")
        case "rename":
            rename_reason(actor, key, text)
            return _("The reason is renamed. Jobs keep the words that they have.")
        case "retire":
            retire_reason(actor, key)
            return _("The reason is offered no more. Jobs keep it.")
        case "offer":
            bring_back_reason(actor, key)
            return _("The reason is offered again.")
    return _("%(reason)s is offered from now on.") % {"reason": add_reason(actor, text).text}


def _page(request: SignedInRequest, *, status: int, mistake: str = "") -> HttpResponse:
    offered, retired = all_reasons(request.user)
    renaming = whole_number(request.POST.get("reason")) if mistake and request.POST.get("do") == "rename" else 0
    context = {
        "area": "settings",
        "offered": offered,
        "retired": retired,
        "mistake": mistake,
        "renaming": renaming,
        "typed": request.POST.get("text", "") if mistake else "",
        "longest_reason": LONGEST_REASON,
        "reason_required": current_policy().reason_required,
    }
    return render(request, "web/settings/reasons.html", context, status=status)
