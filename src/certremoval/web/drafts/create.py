"""Create: a file or a pasted list becomes a draft, which its creator then looks at."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certremoval.access.models import Permission
from certremoval.access.rules import require
from certremoval.certifications.models import Certification
from certremoval.policy.file_limits import file_limits
from certremoval.problems import ActionRefused, InvalidRequest
from certremoval.reading import file_too_large, size_words
from certremoval.removals.drafts import check_now, draft_of_pasted, upload_draft
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.rows import CERTIFICATION_COLUMN, USER_COLUMN
from certremoval.removals.titles import LONGEST_REASON, LONGEST_TITLE
from certremoval.web.downloads import Format, table_download
from certremoval.web.drafts.finding import certification_meant, certification_of_key, certifications_offered
from certremoval.web.drafts.typed import Texts, keep_typed, typed_texts
from certremoval.web.pages import SignedInRequest, back_address, signed_in_page
from certremoval.web.reasons import reasons_shown
from certremoval.web.uploads import too_large_upload


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def new_job_page(request: SignedInRequest) -> HttpResponse:
    """Show the form and take it; ``?certification=KEY`` is the certification that one started from."""
    require(request.user, Permission.REMOVAL_MANAGE)
    key = request.GET.get("certification")
    given = certification_of_key(request.user, key) if key is not None else None
    if request.method != "POST":
        return _form(request, given)
    return _create(request, given)


@require_safe
@signed_in_page
def template_file(request: SignedInRequest, format: Format) -> HttpResponseBase:
    """Hand out a file with the two headings; in a workbook the cells below are text, so that zeros stay."""
    require(request.user, Permission.REMOVAL_MANAGE)
    heading = (CERTIFICATION_COLUMN, USER_COLUMN)
    return table_download([heading], name="certification-removal-template", format=format)


def file_limits_shown() -> dict[str, object]:
    """Return what the pages say of limits as they are set now: the size in words, and lines."""
    limits = file_limits()
    return {"largest_file": size_words(limits.max_file_bytes), "most_lines": limits.max_rows}


def _create(request: SignedInRequest, given: Certification | None) -> HttpResponse:
    texts, pasted, file = typed_texts(request.POST), request.POST.get("pasted", ""), request.FILES.get("file")

    def again(kept: Job | None = None, **mistakes: str) -> HttpResponse:
        return _form(request, given, texts=texts, mistakes=mistakes, kept=kept, status=422)

    if too_large := too_large_file(request):
        return again(file=too_large)
    if isinstance(file, UploadedFile) and file.file is not None:
        options = PlanOptions(certification=given.certification_id if given is not None else None)
        try:
            job = upload_draft(
                request.user,
                cast(BinaryIO, file.file),
                name=file.name or "",
                options=options,
                **texts.without_mistakes(),
            )
        except (FileRefused, InvalidRequest) as refusal:
            return again(file=told(refusal))
        if pasted.strip():
            # A browser cannot choose a file for somebody: it would be lost if it were not kept.
            keep_typed(request, job, texts)
            return again(kept=job, ways=_("Both a file and a pasted list were given. Go on with one of them."))
        return _checked(request, job, texts)
    if not pasted.strip():
        return again(ways=_("Nobody is named yet. Choose a file, or paste User IDs."))
    try:
        certification = given or certification_meant(request.user, request.POST.get("certification", ""))
    except InvalidRequest as refusal:
        return again(certification=refusal.message)
    try:
        job = draft_of_pasted(
            request.user, pasted, certification=certification.certification_id, **texts.without_mistakes()
        )
    except (FileRefused, InvalidRequest) as refusal:
        return again(pasted=told(refusal))
    return _checked(request, job, texts)


def too_large_file(request: SignedInRequest) -> str:
    """Return what is said of a file that was not taken for its size; nothing if none was."""
    size = too_large_upload(request)
    if size is None:
        return ""
    refusal = file_too_large(size, file_limits().max_file_bytes)
    return " ".join(problem.message for problem in refusal.problems)


def told(refusal: ActionRefused) -> str:
    """Return all that a refusal says, as one text."""
    return " ".join(problem.message for problem in refusal.problems)


def _checked(request: SignedInRequest, job: Job, texts: Texts) -> HttpResponse:
    keep_typed(request, job, texts)
    check_now(job)
    return redirect("job", job_id=job.pk)


def _form(
    request: SignedInRequest,
    given: Certification | None,
    *,
    texts: Texts | None = None,
    mistakes: dict[str, str] | None = None,
    kept: Job | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "area": "tools",
        "given": given,
        "certifications": [] if given is not None else certifications_offered(request.user),
        "texts": texts or Texts(),
        "pasted": request.POST.get("pasted", ""),
        "certification": request.POST.get("certification", ""),
        "mistakes": mistakes or {},
        "kept": kept,
        "back": back_address(request, otherwise=reverse("jobs")),
        "longest_title": LONGEST_TITLE,
        "longest_reason": LONGEST_REASON,
        **file_limits_shown(),
        **reasons_shown(),
    }
    return render(request, "web/drafts/create.html", context, status=status)
