"""What a job is called and why: its title, comment and reason, checked before anything is stored."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from certremoval.organization.models import User
from certremoval.policy.reasons import LONGEST_REASON, checked_reason
from certremoval.problems import InvalidRequest
from certremoval.removals.jobs import visible_jobs
from certremoval.removals.models import DRAFT_STATES, Job

LONGEST_TITLE = 100
"""Characters, as in the reference."""

__all__ = ["LONGEST_REASON", "LONGEST_TITLE", "checked_reason", "checked_title", "title_used"]


def checked_title(title: str) -> str:
    """Return a job's title without surrounding space. Raises InvalidRequest if it is missing or too long."""
    title = title.strip()
    if not title:
        raise InvalidRequest(_("The Job Title is missing. Say in a few words what this removal is for."))
    if len(title) > LONGEST_TITLE:
        raise InvalidRequest(
            _("The Job Title has %(length)s characters; at most %(limit)s are kept. Shorten it.")
            % {"length": f"{len(title):,}", "limit": LONGEST_TITLE}
        )
    return title


def title_used(actor: User, title: str, *, but: int = 0) -> Job | None:
    """Return the latest job of this title that the actor sees, drafts and the job ``but`` left out.

    Titles are compared without letter case. A title may be used again: it is said, not refused.
    """
    named = visible_jobs(actor).alias(lowered=Lower("operation__title")).filter(lowered=Lower(Value(title.strip())))
    submitted = named.exclude(pk=but).exclude(state__in=DRAFT_STATES).select_related("operation")
    return submitted.order_by("-operation__created_at", "-pk").first()
