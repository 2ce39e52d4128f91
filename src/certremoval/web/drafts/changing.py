"""Changing a draft: whom to leave out, how its file is read, what it is called, another file, or away with it."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from certremoval.organization.models import OrganizationalUnit
from certremoval.problems import InvalidRequest, WrongState
from certremoval.removals.choices import resolve_left_out
from certremoval.removals.drafts import check_now, discard, replace_file, revise_draft, title_draft
from certremoval.removals.jobs import find_job
from certremoval.removals.making import FileRefused
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.permitting import require_to_submit
from certremoval.web.drafts.asking import reading_answered
from certremoval.web.drafts.create import file_limits_shown, told, too_large_file
from certremoval.web.drafts.preview import about, preview_page, unit_value
from certremoval.web.drafts.typed import Texts, keep_typed, typed_texts
from certremoval.web.pages import SignedInRequest, signed_in_page

PLACES = frozenset({"leave-out", "people", "own-line"})


def draft_of(request: SignedInRequest, job_id: int) -> Job:
    """Return one's own draft. Raises NotFound, NotPermitted, WrongState (it is none any more)."""
    job = find_job(request.user, job_id)
    require_to_submit(request.user, job)
    if job.state not in DRAFT_STATES:
        raise WrongState(_("This job was submitted already and cannot be changed."))
    return job


def to_preview(job: Job, place: str = "") -> HttpResponseRedirect:
    """Lead to the preview, at one place of it."""
    return redirect(reverse("job", kwargs={"job_id": job.pk}) + (f"#{place}" if place in PLACES else ""))


@require_POST
@signed_in_page
def change(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Leave people out, take that back, read the file otherwise, or check it again: the draft is planned anew."""
    job, form = draft_of(request, job_id), request.POST
    if job.state == JobState.CHECKING:
        messages.info(request, _("The file is being checked. Change the choices when that is done."))
        return to_preview(job)
    if job.restores:
        raise WrongState(_("An undo is not changed. Discard it, and choose anew whom it concerns."))
    before = PlanOptions.from_json(job.options)
    part = "reading" if "reading" in form else "leaving_out"
    try:
        if "reading" in form:
            options = reading_answered(request.user, before, form)
        else:
            options = _choices_changed(before, form)
            resolve_left_out(options)  # refused here, and not on a draft that then shows nothing
            if options == before and "again" not in form:
                raise InvalidRequest(_("Nothing is ticked or named. Choose whom to leave out."))
    except InvalidRequest as refusal:
        typed = {name: form.get(name, "") for name in form}
        return preview_page(request, job, status=422, typed=typed, mistakes={part: told(refusal)})
    check_now(revise_draft(request.user, job.pk, options=options))
    return to_preview(job, form.get("place", ""))


@require_POST
@signed_in_page
def change_title(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Set title, comment, reason and how long people are kept off.

    What has a mistake is kept as it was typed, and not stored.
    """
    job, form = draft_of(request, job_id), request.POST.copy()
    if job.restores:
        form.pop("keep_off", None)  # it keeps nobody off
    texts = typed_texts(form)
    save_texts(request, job, texts)
    if not texts.mistakes:
        messages.success(
            request,
            _("Title, comment and reason are kept.")
            if texts.keep_off is None
            else _("Title, comment, reason and how long these people are kept off are stored."),
        )
    return to_preview(job)


def save_texts(request: SignedInRequest, job: Job, texts: Texts) -> Job:
    """Store the texts without a mistake, and remember those with one for the draft's pages."""
    keep_typed(request, job, texts)
    return title_draft(request.user, job.pk, **texts.without_mistakes(job))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def replace_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Take another file for the draft; title, comment, reason and whom to leave out stay."""
    job = draft_of(request, job_id)
    if job.restores or job.undo_of_id is not None:
        raise WrongState(_("An undo takes no other file. Discard this draft, and create a removal job."))
    mistake = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if too_large := too_large_file(request):
            mistake = too_large
        elif not isinstance(file, UploadedFile) or file.file is None:
            mistake = _("No file is chosen. Choose one to take the place of the present one.")
        else:
            try:
                check_now(replace_file(request.user, job.pk, cast(BinaryIO, file.file), name=file.name or ""))
                return to_preview(job)
            except FileRefused as refusal:
                mistake = told(refusal)
    context = {**about(request, job), **file_limits_shown(), "mistakes": {"file": mistake} if mistake else {}}
    return render(request, "web/drafts/replace.html", context, status=422 if mistake else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def discard_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask whether the draft is to be discarded; do it when the answer is sent."""
    job = draft_of(request, job_id)
    if request.method != "POST":
        return render(request, "web/drafts/discard.html", about(request, job))
    keep_typed(request, job, Texts())
    discard(request.user, job.pk)
    messages.success(request, _("The draft is discarded. Nothing was done."))
    return redirect("jobs")


def _choices_changed(options: PlanOptions, form: QueryDict) -> PlanOptions:
    """Return the options with what a form adds to the choices and takes back. Raises InvalidRequest."""
    statuses = (*options.leave_out_statuses, *form.getlist("leave_out_status"))
    units = (*options.leave_out_units, *_units_named(form))
    users = (*options.leave_out_users, *_users_named(form))
    back_statuses, back_units, back_users = (
        set(form.getlist(f"take_back_{kind}")) for kind in ("status", "unit", "user")
    )
    return replace(
        options,
        leave_out_statuses=tuple(dict.fromkeys(one for one in statuses if one not in back_statuses)),
        leave_out_units=tuple(dict.fromkeys(one for one in units if unit_value(*one) not in back_units)),
        leave_out_users=tuple(dict.fromkeys(one for one in users if one not in back_users)),
    )


def _users_named(form: QueryDict) -> list[str]:
    """Return User IDs: those of buttons beside a name, and those typed, one a line."""
    typed = (line.strip() for line in form.get("leave_out_users", "").splitlines())
    return [*form.getlist("leave_out_user"), *(line for line in typed if line)]


def _units_named(form: QueryDict) -> list[tuple[str, str]]:
    """Return units as (type, ID): those ticked, by their keys, and one that is typed. Raises InvalidRequest."""
    keys = form.getlist("leave_out_unit")
    if not all(key.isascii() and key.isdecimal() and len(key) <= 18 for key in keys):
        raise InvalidRequest(_("A unit that was ticked is not there any more. Look at the list again."))
    ticked = OrganizationalUnit.objects.filter(pk__in=[int(key) for key in keys]).select_related("type")
    units = [(unit.type.name, unit.unit_id) for unit in ticked] if keys else []
    unit_id, type_name = form.get("other_unit", "").strip(), form.get("other_unit_type", "").strip()
    if unit_id:
        units.append((type_name, unit_id))
    return units
