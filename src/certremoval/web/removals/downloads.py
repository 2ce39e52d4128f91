"""A job's files: its result, the file as it was uploaded, and the lines that are to be put right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from certremoval.problems import NothingToDo, UnreadableFile, WrongState
from certremoval.removals.counts import refusing_count
from certremoval.removals.jobs import find_job
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.purged import require_details
from certremoval.removals.results import file_as_uploaded, kept_file, problems_file, result_file
from certremoval.web.downloads import CONTENT_TYPES, download
from certremoval.web.pages import SignedInRequest, signed_in_page


@require_safe
@signed_in_page
def results(request: SignedInRequest, job_id: int) -> HttpResponseBase:
    """Hand out the file with what became of each line. Of a draft nothing has become anything yet."""
    job = find_job(request.user, job_id)
    if job.state in DRAFT_STATES:
        raise WrongState(_("This is a draft: nothing has been done yet. Its page shows what would be."))
    name = f"{_stem(job)} - {pgettext('file name', 'result')}.csv"
    return download(_begun(result_file(job)), name=name, content_type=CONTENT_TYPES["csv"])


@require_safe
@signed_in_page
def file(request: SignedInRequest, job_id: int) -> HttpResponseBase:
    """Hand out the bytes that were uploaded, as nothing that a browser would open."""
    job = find_job(request.user, job_id)
    answer = download(file_as_uploaded(job), name=kept_file(job).name, content_type="application/octet-stream")
    answer.headers["Content-Length"] = str(kept_file(job).size)
    return answer


@require_safe
@signed_in_page
def problems(request: SignedInRequest, job_id: int) -> HttpResponseBase:
    """Hand out the lines that refuse the file, ready to be put right and sent again."""
    job = find_job(request.user, job_id)
    if job.state == JobState.CHECKING:
        raise WrongState(_("The file is still being checked. Its problems are known when that is done."))
    require_details(job)
    if not refusing_count(job):
        raise NothingToDo(_("No line of this file has a problem, so there is none to put right."))
    name = f"{_stem(job)} - {pgettext('file name', 'problems')}.csv"
    return download(_begun(problems_file(job)), name=name, content_type=CONTENT_TYPES["csv"])


def _stem(job: Job) -> str:
    """Return the name of the uploaded file without its ending, short enough to be added to; of an undo, its title."""
    if job.restores:
        return job.operation.title[:80]
    name = kept_file(job).name
    return (name.rpartition(".")[0] or name)[:80]


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Make the first pieces before the answer begins: what cannot be made is refused with a page, not broken off.

    The first piece is only the mark of the encoding. Raises WrongState for a file that cannot be read any more, as
    when the limits have been lowered since.
    """
    try:
        first = [piece for piece in (next(pieces, b""), next(pieces, b"")) if piece]
    except UnreadableFile as error:
        raise WrongState(
            _("The file cannot be read: %(reason)s") % {"reason": error.problems[0].message}, problems=error.problems
        ) from error
    return chain(first, pieces)
