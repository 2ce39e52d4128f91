"""When a job is to run, as a form has it."""

from __future__ import annotations

from datetime import datetime

from certremoval.problems import InvalidRequest
from certremoval.removals.scheduling import read_when
from certremoval.web.pages import SignedInRequest


def when_asked(request: SignedInRequest) -> tuple[datetime | None, str]:
    """Return the moment that the form's ``at`` names (None: now), and what is wrong with it."""
    typed = request.POST.get("at", "").strip()
    if not typed:
        return None, ""
    try:
        return read_when(typed, request.user), ""
    except InvalidRequest as refusal:
        return None, refusal.message
