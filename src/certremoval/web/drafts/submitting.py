"""Confirm and submit: the last look, and then exactly the preview that was looked at becomes a job."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from certremoval.certifications.holding import NobodyKeptOff
from certremoval.certifications.limits import ConfirmationRequired, number_typed
from certremoval.policy.reasons import ReasonRequired
from certremoval.problems import WrongState
from certremoval.removals.checks import Answer, checks_of_draft
from certremoval.removals.jobs import find_job
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.permitting import require_to_submit
from certremoval.removals.previews import CertificationShare, changed_since_preview, holding, line_of_creator, shares
from certremoval.removals.scheduling import zone_of
from certremoval.removals.submitting import submit
from certremoval.removals.words import number, users
from certremoval.web.drafts.changing import save_texts, to_preview
from certremoval.web.drafts.preview import about
from certremoval.web.drafts.typed import Texts, texts_of, typed_texts
from certremoval.web.drafts.when import fits_field, when_asked
from certremoval.web.pages import SignedInRequest, signed_in_page, whole_number


@require_safe
@signed_in_page
def confirm_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask whether to remove these people. A draft that cannot be submitted leads to its preview, which says why."""
    job = find_job(request.user, job_id)
    require_to_submit(request.user, job)
    if job.state not in DRAFT_STATES or not can_be_submitted(job):
        return to_preview(job)
    return _asked(request, job, changed=changed_since_preview(job))


@require_POST
@signed_in_page
def submit_draft(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Queue the draft, if it still is what the confirm page showed. Sent twice, it makes one job.

    The form says the number of the plan and how many lines had changed since: another plan leads back to the preview,
    more changes to the confirm page, which says so once.
    """
    job, form = find_job(request.user, job_id), request.POST
    require_to_submit(request.user, job)
    if job.state not in DRAFT_STATES:
        return redirect("job", job_id=job.pk)
    if job.state != JobState.DRAFT or _whole(form, "plan") != job.plan_number or not can_be_submitted(job):
        return _changed_preview(request, job)
    when, when_mistake = when_asked(request)
    if when_mistake:
        return _asked(request, job, changed=_whole(form, "changed"), when_mistake=when_mistake, status=422)
    texts = texts_of(request, job)
    if any(name in form for name in ("title", "reason", "keep_off")):
        texts = _with_typed(texts, form)
        job = save_texts(request, job, texts)
    if texts.mistakes or not texts.title.strip():
        # Nobody is removed under a text, or with a hold, that is not the one that was typed.
        asked = "title" in form or not texts.title.strip()
        return _asked(request, job, changed=_whole(form, "changed"), title_asked=asked, status=422)
    changed = changed_since_preview(job)
    if changed > _whole(form, "changed"):
        return _asked(request, job, changed=changed, status=409)
    try:
        job = submit(
            request.user,
            job.pk,
            plan_number=_whole(form, "plan"),
            skip_problems="leave_out_problems" in form,
            scheduled_for=when,
            typed=number_typed(form.get("number", "")),
            said=form.getlist("said"),
        )
    except ReasonRequired as refusal:
        return _asked(request, job, changed=changed, reason_missing=refusal.message, status=422)
    except NobodyKeptOff as refusal:
        return _asked(request, job, changed=changed, when_mistake=refusal.message, status=422)
    except ConfirmationRequired:
        return _asked(request, job, changed=changed, answers_missing=True, status=409)
    except WrongState:
        job = find_job(request.user, job_id)
        if job.state in DRAFT_STATES:
            return _changed_preview(request, job)
        return redirect("job", job_id=job.pk)
    if job.state == JobState.AWAITING_APPROVAL:
        submitted = _("Submitted: %(users)s will be removed once another administrator has approved it.")
    elif when is not None:
        submitted = _("Submitted: it runs at the time shown here, and can be moved or cancelled until then.")
    elif job.restores:
        submitted = _("Submitted: %(users)s will be put back. This page shows how far it is.")
    else:
        submitted = _("Submitted: %(users)s will be removed. This page shows how far it is.")
    messages.success(request, submitted % {"users": users(job.remove_count)})
    return redirect("job", job_id=job.pk)


def can_be_submitted(job: Job) -> bool:
    """Whether a draft was checked and removes anybody."""
    return job.state == JobState.DRAFT and not job.error and not job.file_problems and job.remove_count > 0


def question(job: Job, taken: list[CertificationShare]) -> str:
    """Return "Remove 412 users from Forklift Operator Safety?", or who is put back on what."""
    words = users(job.remove_count)
    if job.restores:
        one = job.certifications.filter(planned__gt=0)[:2]
        if len(one) == 1:
            return _("Put %(users)s back on %(title)s?") % {"users": words, "title": one[0].title}
        return _("Put %(users)s back on %(number)s certifications?") % {
            "users": words,
            "number": number(certifications_taken(job)),
        }
    if len(taken) == 1:
        return _("Remove %(users)s from %(title)s?") % {"users": words, "title": taken[0].title}
    return _("Remove %(users)s from %(number)s certifications?") % {
        "users": words,
        "number": number(certifications_taken(job)),
    }


def certifications_taken(job: Job) -> int:
    """Return from how many certifications a job removes anybody."""
    return job.certifications.filter(planned__gt=0).count()


def _asked(
    request: SignedInRequest,
    job: Job,
    *,
    changed: int,
    title_asked: bool = False,
    reason_missing: str = "",
    answers_missing: bool = False,
    when_mistake: str = "",
    status: int = 200,
) -> HttpResponse:
    taken = [] if job.restores else shares(job)  # an undo tells no shares
    checks, typed = checks_of_draft(request.user, job), request.POST.get("number", "")
    number_asked = any(check.answer == Answer.NUMBER for check in checks)
    wrong_number = number_typed(typed) != job.remove_count and (number_asked or bool(typed.strip()))
    context: dict[str, Any] = about(request, job)
    context |= {
        "when": request.POST.get("at", ""),
        "when_mistake": when_mistake,
        "when_as_text": not fits_field(request.POST.get("at", "")),
        "zone": zone_of(request.user).key,
        "question": question(job, taken),
        "shares": taken,
        "certifications_taken": certifications_taken(job),
        "holding": holding(job),
        "others": job.row_count - job.remove_count,
        "own_line": line_of_creator(job) if job.restores else None,  # of a removal it is one of the checks
        "changed": changed,
        "checks": [check for check in checks if not check.passed],
        "number_asked": number_asked,
        "waits": any(check.answer == Answer.APPROVAL for check in checks),
        "typed": typed,
        "number_missing": answers_missing and wrong_number,
        "said": request.POST.getlist("said"),
        "answers_missing": answers_missing,
        "title_asked": title_asked or not job.operation.title.strip() or "title" in context["texts"].mistakes,
        "title_missing": title_asked and not context["texts"].title.strip(),
        "reason_asked": _reason_asked(context),
        "reason_missing": reason_missing,
        "button": (_("Put %(users)s back") if job.restores else _("Remove %(users)s"))
        % {"users": users(job.remove_count)},
    }
    template = "web/drafts/undo_confirm.html" if job.restores else "web/drafts/confirm.html"
    return render(request, template, context, status=status)


def _changed_preview(request: SignedInRequest, job: Job) -> HttpResponse:
    messages.warning(request, _("The preview has changed since you looked at it. Nothing was done; look at it again."))
    return to_preview(job)


def _reason_asked(context: dict[str, Any]) -> bool:
    """Whether the reason must be given, or corrected, before the removal can be submitted."""
    texts = context["texts"]
    return "reason" in texts.mistakes or (context.get("reason_required", False) and not texts.reason.strip())


def _with_typed(texts: Texts, form: QueryDict) -> Texts:
    """Return the texts with those of a form, if it has them, in place of theirs; the comment it does not ask for."""
    all_texts = QueryDict(mutable=True)
    for name in ("title", "reason", "keep_off", "keep_off_until"):
        all_texts[name] = form.get(name, getattr(texts, name) or "")
    all_texts["comment"] = texts.comment
    return typed_texts(all_texts)


def _whole(form: QueryDict, name: str) -> int:
    """Return a number that our own form sent; -1 for anything else."""
    return whole_number(form.get(name), otherwise=-1)
