"""The Certification Removal Tool: the list of jobs, what is looked for in it, and one's drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from certremoval.access.models import REMOVAL_PERMISSIONS, Permission
from certremoval.access.rules import permissions_of, require_any
from certremoval.access.scope import scope_words
from certremoval.removals.counts import brief_counts, job_result
from certremoval.removals.jobs import NumberedJobPage, drafts_of, page_of_jobs
from certremoval.removals.models import ENDED_STATES, Job, JobState
from certremoval.removals.representation import is_accepted
from certremoval.removals.words import Kind, result_kind
from certremoval.web.pages import SignedInRequest, asks_for_part, signed_in_page
from certremoval.web.removals.looking import SORT_WORDS, STATUSES, Typed
from certremoval.web.removals.way_back import remember_way_back, remembered_way_back

PAGE_SIZE = 25

COLUMNS: tuple[tuple[str, Promise, str], ...] = (
    ("title", _("Job Title"), "title"),
    ("created_by", _("Created By"), "created_by"),
    ("created", _("Created Date"), "-created"),
    ("processed", _("Process Date"), "-processed"),
    ("status", _("Status"), "status"),
)
"""Columns that sort the list: the sort, the heading, and which way a first click sorts."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that sorts: where its link leads, and how the list is sorted by it now (``aria-sort``)."""

    name: Promise
    address: str
    sorted: Literal["", "ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Row:
    """One job of the table. ``kind`` says how its result is marked; ``percent`` how far a running job is."""

    job: Job
    result: str
    kind: Kind
    percent: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft: what is to be done with it is known by its state."""

    job: Job
    state: Literal["checking", "ready", "problems"]


@require_safe
@signed_in_page
def jobs_page(request: SignedInRequest) -> HttpResponse:
    """Show the jobs that somebody may see and looks for; refused without any removal permission.

    Asked for a part, it answers with the lists alone: so rows that are on their way keep themselves up to date, and
    what is being typed above them stays. 422 where what is looked for makes no sense.
    """
    require_any(request.user, REMOVAL_PERMISSIONS)
    typed = Typed.of(request.GET)
    filter = typed.filter()
    number = typed.page_number()
    page = None
    if filter is not None:
        page = page_of_jobs(request.user, filter, sort=typed.order, number=number, size=PAGE_SIZE)
    drafts = [_draft(job) for job in drafts_of(request.user)]
    context = {
        "typed": typed,
        "page": page,
        "drafts": drafts,
        "asked_for_too_many": page is not None and number > page.pages,
        "poll": "" if typed.mistakes else _poll(page, drafts),
        "scope": scope_words(request.user),
        **(_table(typed, page) if page is not None else {}),
    }
    part = asks_for_part(request)
    if not part:
        context |= _head(request, typed)
    template = "web/removals/_jobs.html" if part else "web/removals/jobs.html"
    answer = render(request, template, context, status=422 if typed.mistakes else 200)
    # Both have one address: a browser that goes back must not find the part where the page was.
    patch_vary_headers(answer, ["HX-Request"])
    if part:
        patch_cache_control(answer, no_store=True)
    else:
        remember_way_back(request, answer, context["back"])
    return answer


def _head(request: SignedInRequest, typed: Typed) -> dict[str, Any]:
    """Return what stands around the lists."""
    return {
        "area": "tools",
        "may_create": Permission.REMOVAL_MANAGE in permissions_of(request.user),
        "back": remembered_way_back(request),
        "zone": timezone.get_current_timezone_name(),
        "statuses": [(word, states[0].label, word in typed.statuses) for word, states in STATUSES.items()],
        "sorts": [(sort, words, sort == typed.order) for sort, words in SORT_WORDS.items()],
        "swapped": typed.address(from_=typed.to, to=typed.from_, page="") if typed.swap else "",
    }


def _table(typed: Typed, page: NumberedJobPage) -> dict[str, Any]:
    """Return the table and the way through its pages."""
    return {
        "rows": [_row(job) for job in page.jobs],
        "headings": list(_headings(typed)),
        "last": page.first + len(page.jobs) - 1,
        "pages": {
            "first": typed.address(page="") if page.number > 1 else "",
            "previous": typed.address(page=str(page.number - 1)) if page.number > 1 else "",
            "next": typed.address(page=str(page.number + 1)) if page.number < page.pages else "",
            "last": typed.address(page=str(page.pages)) if page.number < page.pages else "",
        },
    }


def _headings(typed: Typed) -> Iterator[Heading]:
    for column, name, first_click in COLUMNS:
        if typed.order.removeprefix("-") != column:
            yield Heading(name, typed.address(sort=first_click, page=""), "")
        elif typed.order.startswith("-"):
            yield Heading(name, typed.address(sort=column, page=""), "descending")
        else:
            yield Heading(name, typed.address(sort=f"-{column}", page=""), "ascending")


def _row(job: Job) -> Row:
    """Mark a result: red if nobody was removed, amber if anything was left out, and only once the job has ended."""
    counts = brief_counts(job)
    kind = result_kind(counts, restores=job.restores) if job.state in ENDED_STATES else "plain"
    percent = None
    if job.state == JobState.IN_PROGRESS:
        percent = 100 * job.checkpoint // job.remove_count if job.remove_count else 0
    return Row(job, job_result(job), kind, percent)


def _draft(job: Job) -> Draft:
    if job.state == JobState.CHECKING:
        return Draft(job, "checking")
    return Draft(job, "ready" if is_accepted(job) else "problems")


def _poll(page: NumberedJobPage | None, drafts: list[Draft]) -> str:
    """Return how often the lists ask for themselves; not at all where nothing is on its way.

    What waits for an hour, for an approval or for advice is not on its way.
    """
    jobs = page.jobs if page is not None else []
    if any(job.state == JobState.IN_PROGRESS for job in jobs) or any(one.state == "checking" for one in drafts):
        return "every 2s"
    now = timezone.now()
    if any(job.state == JobState.QUEUED and (job.scheduled_for or now) <= now for job in jobs):
        return "every 5s"
    return ""
