"""What is kept of a job on its page: of a purged one, where its removals are found in the register."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from certremoval.organization.searching import LONGEST_SEARCH
from certremoval.removals.models import Job


def records_address(job: Job) -> str:
    """Return Removal Records with the filters that come closest to what a job removed; of an undo, to what it undid.

    Who removed, on which days, and from which certification if it was one. More than the job's may be found.
    """
    of = job.undo_of if job.restores and job.undo_of is not None else job
    asked = {}
    if job.certification_count == 1 and (only := job.certifications.first()) is not None:
        asked["certification"] = only.certification_id
    if of is job.undo_of or not job.restores:
        asked["administrator"] = of.operation.actor_user_id
        for name, moment in (("from", of.started_at), ("to", of.ended_at)):
            if moment is not None:
                asked[name] = timezone.localtime(moment).date().isoformat()
    kept = {name: text for name, text in asked.items() if len(text) <= LONGEST_SEARCH}
    return f"{reverse('removal-records')}?{urlencode(kept)}"
