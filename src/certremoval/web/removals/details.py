"""One job: its result, its facts, its progress while it runs, its lines; cancelling it and letting it go on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certremoval.certifications.holding import NobodyKeptOff
from certremoval.certifications.visibility import sees_operation, viewable_certifications
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, Purged, WrongState
from certremoval.removals.actions import CANCELLABLE, cancel, find_own_job, may_control, resume
from certremoval.removals.approving import decision_on, may_decide
from certremoval.removals.counts import DONE, TO_DO, job_counts, job_result, refusing_count
from certremoval.removals.job_lines import LinesPage, lines_of_job
from certremoval.removals.jobs import find_job, jobs_of_operations
from certremoval.removals.lifting import held_by_job, is_final, lifted, may_lift_job
from certremoval.removals.models import DRAFT_STATES, ENDED_STATES, Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.permitting import undone_operation
from certremoval.removals.purged import purged_words, require_details
from certremoval.removals.representation import job_progress
from certremoval.removals.scheduling import can_be_moved, reschedule, zone_of
from certremoval.removals.undoing import left_to_undo, may_undo, undos_of
from certremoval.removals.words import OUTCOME_WORDS, Kind, outcome_words, result_kind, users
from certremoval.web.drafts.preview import preview_page
from certremoval.web.drafts.when import when_asked
from certremoval.web.pages import SignedInRequest, asks_for_part, signed_in_page, whole_number
from certremoval.web.removals.kept import records_address
from certremoval.web.removals.lifting import held_words, lift_words
from certremoval.web.removals.progress import Seen, time_left
from certremoval.web.removals.shares import Part, parts_of

LINES_ON_A_PAGE = 50
CERTIFICATIONS_SHOWN = 100
LIVE_STATES = (JobState.AWAITING_APPROVAL, JobState.QUEUED, JobState.IN_PROGRESS)


@require_safe
@signed_in_page
def job_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Show one job; a draft is shown as its preview. What keeps itself up to date is answered as a part alone."""
    job = find_job(request.user, job_id)
    if job.state in DRAFT_STATES:
        return preview_page(request, job)
    context = _as_it_is(request, job)
    if asks_for_part(request):
        page = render(request, "web/removals/job_now.html", context)
    else:
        shown, status = _lines(request, job, context["parts"])
        context |= {**_facts(request.user, job, [undo for undo, *_ in context["undos"]]), **shown}
        if job.purged_at is not None:
            context |= {"purged": purged_words(job), "records": records_address(job)}
        page = render(request, "web/removals/job.html", context, status=status)
    patch_vary_headers(page, ["HX-Request"])
    return page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def cancel_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask before a job is cancelled, and cancel it. A draft is discarded instead."""
    if request.method == "POST":
        job = cancel(request.user, job_id)
        if job is None:
            messages.info(request, _("The draft is discarded. Nothing was done."))
            return redirect("jobs")
        messages.info(request, _("The job is cancelled: %(result)s.") % {"result": job_result(job)})
        return redirect("job", job_id=job_id)
    job = find_own_job(request.user, job_id)
    if job.state in DRAFT_STATES:
        return redirect("draft-discard", job_id=job_id)
    require_details(job)
    if job.state not in CANCELLABLE:
        raise WrongState(
            _("The job is %(state)s; there is nothing left to cancel.") % {"state": job.get_state_display()}
        )
    counts = job_counts(job)
    to_do = TO_DO[job.kind]
    left, done = counts[to_do] + counts["not_reached"], counts[DONE[to_do]]
    context = {"area": "tools", "job": job, "removed": done, "left": left, "left_words": users(left)}
    return render(request, "web/removals/job_cancel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def resume_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Let a failed job go on; an address that was typed leads to the job, where the button is."""
    if request.method == "POST":
        job = resume(request.user, job_id)
        left = job_counts(job)[TO_DO[job.kind]]
        messages.info(request, _("The job goes on with %(users)s.") % {"users": users(left)})
    else:
        find_job(request.user, job_id)
    return redirect("job", job_id=job_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def reschedule_page(request: SignedInRequest, job_id: int) -> HttpResponse:
    """Ask when a job that has not begun is to run, and move it."""
    job = find_own_job(request.user, job_id)
    if not can_be_moved(job):
        raise WrongState(_("The job has begun, or has ended; it cannot be moved to another time."))
    when, mistake = when_asked(request) if request.method == "POST" else (job.scheduled_for, "")
    if request.method == "POST" and not mistake:
        try:
            reschedule(request.user, job_id, when)
        except NobodyKeptOff as refusal:
            mistake = refusal.message
        else:
            messages.success(request, _("The job is moved."))
            return redirect("job", job_id=job_id)
    zone = zone_of(request.user)
    shown = "" if when is None else f"{when.astimezone(zone):%Y-%m-%dT%H:%M}"
    context = {
        "area": "tools",
        "job": job,
        "when": request.POST.get("at", "") if mistake else shown,
        "when_mistake": mistake,
        "zone": zone.key,
    }
    return render(request, "web/removals/job_reschedule.html", context, status=422 if mistake else 200)


def _as_it_is(request: SignedInRequest, job: Job) -> dict[str, Any]:
    """Return what changes while a job runs, and who may act on it."""
    counts = job_counts(job)
    now = database_now()
    controls = may_control(request.user, job)
    seen, undos = Seen.of(request.GET), _undos(request.user, job)
    return {
        "area": "tools",
        "job": job,
        "now": now,
        "live": job.state in LIVE_STATES,
        "ended": job.state in ENDED_STATES,
        "is_part": asks_for_part(request),
        "state": state_words(job),
        "result": job_result(job),
        "kind": kind_of(job, counts),
        "counts": counts,
        "parts": parts_of(job, counts),
        "nothing_left_out": job.row_count == sum(counts[outcome] for pair in DONE.items() for outcome in pair),
        "percent": f"{job_progress(job):.1%}".rstrip("%"),
        "time_left": time_left(job, now, seen),
        "options": PlanOptions.from_json(job.options),
        "seen": seen or Seen(checkpoint=job.checkpoint, at=int(now.timestamp())),
        "may_cancel": controls and job.state in CANCELLABLE and job.purged_at is None,
        "may_move": controls and can_be_moved(job),
        "may_resume": controls and job.state == JobState.FAILED and not undos and job.purged_at is None,
        "resumes_with": users(counts["not_reached"]),
        "may_decide": may_decide(request.user, job),
        "decides_on": users(job.remove_count),
        "decision": decision_on(job),
        "may_undo": left_to_undo(job, [undo for undo, *_ in undos]) > 0 and may_undo(request.user, job),
        "done_outcome": DONE[TO_DO[job.kind]],
        "undoes_with": users(left_to_undo(job, [undo for undo, *_ in undos])),
        "undos": undos,
    }


def _undos(viewer: User, job: Job) -> list[tuple[Job, bool, str]]:
    """Return the jobs that undo a job, whether the viewer may look at each, and how far it is, which is told to all."""
    undos = undos_of(job)
    visible = set(jobs_of_operations(viewer, [undo.operation_id for undo in undos]).values())
    return [(undo, undo.pk in visible, f"{undo.get_state_display()}: {job_result(undo)}") for undo in undos]


def state_words(job: Job) -> str:
    """Return the status of a job, with what it waits for; the result is told beside it."""
    state = str(job.get_state_display())
    if job.state == JobState.AWAITING_APPROVAL:
        return _("%(state)s, waits for approval") % {"state": state}
    if job.state == JobState.QUEUED and job.scheduled_for is None:
        return _("%(state)s, begins when its turn comes") % {"state": state}
    return state


def kind_of(job: Job, counts: dict[str, int]) -> Kind:
    """Return in which colour the job's result is told: a failure is bad, whatever was done before."""
    return "bad" if job.state == JobState.FAILED else result_kind(counts, restores=job.restores)


def _facts(viewer: User, job: Job, undos: list[Job]) -> dict[str, Any]:
    """Return what does not change any more."""
    certifications = list(job.certifications.order_by("-planned", "certification_id")[:CERTIFICATIONS_SHOWN])
    keys = [one.certification_key for one in certifications]
    viewable = set(viewable_certifications(viewer).filter(pk__in=keys).values_list("pk", flat=True))
    undone = undone_operation(job)
    return {
        "undone": undone,
        "undone_is_seen": undone is not None and sees_operation(viewer, undone),
        "undone_job": jobs_of_operations(viewer, [undone.pk]).get(undone.pk) if undone is not None else None,
        "certifications": [(one, one.certification_key in viewable) for one in certifications],
        "certifications_more": max(job.certification_count - len(certifications), 0),
        "problem_lines": refusing_count(job),
        **_holds(viewer, job, undos),
    }


def _holds(viewer: User, job: Job, undos: list[Job]) -> dict[str, Any]:
    """Return how many people the job holds back, whether the viewer may lift that, and who has lifted it."""
    if job.restores or not is_final(job):
        return {}
    lifted_by = lifted(job)
    held = 0 if lifted_by is not None else held_by_job(job, undos)
    return {
        "held": held_words(held) if held else "",
        "lift_words": lift_words(held),
        "may_lift": held > 0 and may_lift_job(viewer, job),
        "lifted": lifted_by,
    }


def _lines(request: SignedInRequest, job: Job, parts: list[Part]) -> tuple[dict[str, Any], int]:
    """Return the lines that the address asks for, and the page's HTTP status."""
    outcomes = [outcome for outcome in request.GET.getlist("outcome") if outcome]
    search = request.GET.get("search", "")
    after = whole_number(request.GET.get("after"))
    shown: dict[str, Any] = {
        "outcomes": outcomes,
        "search": search,
        "after": after,
        "several_certifications": job.certification_count > 1,
        "chosen_words": ", ".join(
            outcome_words(outcome, restores=job.restores) for outcome in outcomes if outcome in OUTCOME_WORDS
        ),
        "chosen_count": sum(part.count for part in parts if part.outcome in outcomes) if outcomes else job.row_count,
    }
    try:
        page = lines_of_job(job, outcomes=outcomes, search=search, after=after, limit=LINES_ON_A_PAGE)
    except InvalidRequest as refusal:
        return {**shown, "page": LinesPage([], None), "mistake": refusal.message}, refusal.http_status
    except Purged as refusal:
        # The page tells what is kept; it is a refusal only where lines were asked for.
        asked_for = bool(outcomes or search or after)
        return {**shown, "page": LinesPage([], None)}, refusal.http_status if asked_for else 200
    return {**shown, "page": page}, 200
