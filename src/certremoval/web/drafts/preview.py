"""Preview: what a draft would do, before anything happens; whom to leave out; what is wrong with its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from certremoval.certifications.models import HOLDING_STATUSES
from certremoval.certifications.visibility import sees_operation
from certremoval.organization.models import OUType
from certremoval.problems import InvalidRequest
from certremoval.removals.checks import checks_of_draft
from certremoval.removals.counts import TO_DO, refusing_count
from certremoval.removals.job_lines import LinesPage, lines_of_job
from certremoval.removals.jobs import jobs_of_operations
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.permitting import undone_operation
from certremoval.removals.previews import choices_words, holding, left_out_by_choice, line_of_creator, shares
from certremoval.removals.shapes import known_people
from certremoval.removals.titles import LONGEST_REASON, LONGEST_TITLE, title_used
from certremoval.removals.words import OUTCOME_WORDS, REFUSING_OUTCOMES, number
from certremoval.web.drafts.asking import questions_about
from certremoval.web.drafts.finding import certifications_offered
from certremoval.web.drafts.typed import texts_of
from certremoval.web.pages import SignedInRequest, asks_for_part, whole_number
from certremoval.web.reasons import reasons_shown

PEOPLE_ON_A_PAGE = 25
LINES_ON_A_PAGE = 25
OTHER_OUTCOMES = ("left_out", "already_removed", "duplicate")
LEFT_ALONE = ("enrolled_again", "already_restored", "unknown_user", "unknown_certification")
CERTIFICATIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of whom to leave out: its words, and how a form names it."""

    words: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many of those to be removed have a status; ``holds``: with it one holds the certification today."""

    status: str
    count: int
    holds: bool


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many lines of the file have an outcome, and the colour of its picture."""

    words: str
    count: int
    kind: str


_KINDS = {"remove": "good", "restore": "good", **dict.fromkeys(REFUSING_OUTCOMES, "bad")}


def preview_page(
    request: SignedInRequest,
    job: Job,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    mistakes: dict[str, str] | None = None,
) -> HttpResponse:
    """Show a draft: its progress while the file is being checked, then what it would do.

    ``typed`` and ``mistakes`` are of a form of this page that is shown again.
    """
    if job.state == JobState.CHECKING or asks_for_part(request):
        return _checking(request, job)
    if job.restores:
        return _preview_of_undo(request, job, status)
    context = {**about(request, job), "typed": typed or {}, "mistakes": mistakes or {}}
    context["mistaken"] = list(context["mistakes"].values())
    read = bool(job.row_count) and not job.file_problems
    known = known_people(job) if read else 0
    if read:
        lines, search_mistake = _lines(request, job)
        checks = checks_of_draft(request.user, job) if job.remove_count else ()
        context |= lines | _breakdown(job) | {"known": known, "checks": checks}
        if search_mistake:
            context["search_mistake"], status = search_mistake, 422
    else:
        context["choices"] = choices_of(job)
        context["file_problems"] = [_problem_words(problem) for problem in job.file_problems]
    everything = "read" in request.GET
    if everything or job.file_problems or (read and not known):
        questions = questions_about(job, everything=everything)
        context["questions"] = questions
        if questions.shape.lacks_certification:
            context["certifications"] = certifications_offered(request.user)
    return render(request, "web/drafts/preview.html", context, status=status)


def _preview_of_undo(request: SignedInRequest, job: Job, status: int) -> HttpResponse:
    """Show who would come back, who would not and why, and what is to be known of them."""
    context = about(request, job)
    lines, search_mistake = _lines(request, job)
    undone = undone_operation(job)
    context |= lines | {
        "search_mistake": search_mistake,
        "undone": undone,
        "undone_job": None if undone is None else jobs_of_operations(request.user, [undone.pk]).get(undone.pk),
        "undone_is_seen": undone is not None and sees_operation(request.user, undone),
        "certifications": list(job.certifications.order_by("-planned", "certification_id")[:CERTIFICATIONS_SHOWN]),
        "certifications_taken": job.certifications.filter(planned__gt=0).count(),
        "statuses": _statuses(job),
        "holding": holding(job),
        "own_line": line_of_creator(job),
        "choice_problems": [str(problem["message"]) for problem in job.file_problems],
    }
    return render(request, "web/drafts/undo.html", context, status=422 if search_mistake else status)


def _statuses(job: Job) -> list[StatusCount]:
    return [
        StatusCount(status, count, status in HOLDING_STATUSES)
        for status, count in sorted(job.statuses.items(), key=lambda one: (-one[1], one[0]))
    ]


def _problem_words(problem: dict[str, Any]) -> str:
    """Return what a problem of the whole file says, without the advice that is for the command line."""
    message = re.sub(r" \(--[a-z-]+[^()]*\)", "", str(problem["message"]))
    if "line" not in problem or message.startswith("Line"):
        return message
    return _("Line %(line)s: %(message)s") % {"line": number(problem["line"]), "message": message}


def about(request: SignedInRequest, job: Job) -> dict[str, Any]:
    """Return what every page of a draft shows of it."""
    texts = texts_of(request, job)
    titled = bool(texts.title.strip()) and "title" not in texts.mistakes
    return {
        "area": "tools",
        "job": job,
        "job_url": reverse("job", kwargs={"job_id": job.pk}),
        "texts": texts,
        "used": title_used(request.user, texts.title, but=job.pk) if titled else None,
        "longest_title": LONGEST_TITLE,
        "longest_reason": LONGEST_REASON,
        "refusing": refusing_count(job),
        **({} if job.restores else reasons_shown()),
    }


def _checking(request: SignedInRequest, job: Job) -> HttpResponse:
    """Show that the file is being checked; a part asked for after that says that it is done."""
    if asks_for_part(request):
        checking = job.state == JobState.CHECKING
        page = render(request, "web/drafts/_checking.html", {"job": job, "checking": checking})
    else:
        page = render(request, "web/drafts/checking.html", {**about(request, job), "checking": True})
    patch_vary_headers(page, ["HX-Request"])
    return page


def _lines(request: SignedInRequest, job: Job) -> tuple[dict[str, Any], str]:
    """Return the lines that are shown, and what is wrong with the search, if anything."""
    search, mistake = request.GET.get("search", ""), ""
    after, problems_after, others_after = (
        whole_number(request.GET.get(name)) for name in ("after", "problems_after", "others_after")
    )
    empty = LinesPage([], None)
    people = problems = others = empty
    if job.remove_count:
        try:
            people = lines_of_job(job, outcomes=[TO_DO[job.kind]], search=search, after=after, limit=PEOPLE_ON_A_PAGE)
        except InvalidRequest as refusal:
            mistake = refusal.message
    if refusing_count(job):
        problems = lines_of_job(job, outcomes=REFUSING_OUTCOMES, after=problems_after, limit=LINES_ON_A_PAGE)
    other_outcomes = LEFT_ALONE if job.restores else OTHER_OUTCOMES
    others_count = sum(job.planned.get(outcome, 0) for outcome in other_outcomes)
    if others_count:
        others = lines_of_job(job, outcomes=other_outcomes, after=others_after, limit=LINES_ON_A_PAGE)
    lines = {
        "people": people,
        "search": search,
        "after": after,
        "problems": problems,
        "problems_after": problems_after,
        "others": others,
        "others_after": others_after,
        "others_count": others_count,
        "outcomes": [
            OutcomeCount(
                str(words), job.planned[outcome], "plain" if outcome in other_outcomes else _KINDS.get(outcome, "plain")
            )
            for outcome, words in OUTCOME_WORDS.items()
            if job.planned.get(outcome)
        ],
    }
    return lines, mistake


def _breakdown(job: Job) -> dict[str, Any]:
    return {
        "shares": shares(job),
        "certifications_taken": job.certifications.filter(planned__gt=0).count(),
        "statuses": _statuses(job),
        "holding": holding(job),
        "choices": choices_of(job),
        "left_out_count": job.planned.get("left_out", 0),
        "left_out_by_choice": left_out_by_choice(job) if job.planned.get("left_out") else [],
        "unit_types": list(OUType.objects.order_by("is_custom", "name").values_list("name", flat=True)),
        "own_line": line_of_creator(job),
    }


def choices_of(job: Job) -> list[Choice]:
    """Return whom the draft leaves out, choice by choice, each as a form takes it back."""
    options = PlanOptions.from_json(job.options)
    fields = [
        *(("take_back_status", status) for status in options.leave_out_statuses),
        *(("take_back_unit", unit_value(*unit)) for unit in options.leave_out_units),
        *(("take_back_user", user_id) for user_id in options.leave_out_users),
    ]
    return [Choice(words, *field) for words, field in zip(choices_words(job), fields, strict=True)]


def unit_value(type_name: str, unit_id: str) -> str:
    """Return how a form names a unit that is left out."""
    return f"{type_name}={unit_id}"
