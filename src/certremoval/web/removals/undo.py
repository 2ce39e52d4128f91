"""Undo: a draft that puts people back, made from a job, from lines of it that are ticked, or from one removal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from certremoval.removals.drafts import check_now
from certremoval.removals.jobs import find_job
from certremoval.removals.undoing import draft_put_back, draft_undo, draft_undo_operation, users_ticked
from certremoval.web.pages import SignedInRequest, signed_in_page, whole_number


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def undo_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Make a draft that undoes a job, for the people ticked or for all; an address that was typed leads to the job."""
    if request.method != "POST":
        find_job(request.user, job_id)
        return redirect("job", job_id=job_id)
    chosen = None
    if "ticked" in request.POST:
        keys = {whole_number(key) for key in request.POST.getlist("user")}
        chosen = users_ticked(find_job(request.user, job_id), keys)
    draft = check_now(draft_undo(request.user, job_id, users=chosen))
    return redirect("job", job_id=draft.pk)


@require_http_methods(["POST"])
@signed_in_page
def undo_operation_page(request: SignedInRequest, operation_id: int) -> HttpResponse:
    """Make a draft that undoes a removal that has no job, as of a full file that was loaded."""
    draft = check_now(draft_undo_operation(request.user, operation_id))
    return redirect("job", job_id=draft.pk)


@require_http_methods(["POST"])
@signed_in_page
def put_back(request: SignedInRequest, record_id: int) -> HttpResponse:
    """Make a draft that puts one person back on one certification."""
    draft = check_now(draft_put_back(request.user, record_id))
    return redirect("job", job_id=draft.pk)
