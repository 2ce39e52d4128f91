"""When a job is to run, as a form has it."""

from __future__ import annotations

import re
from datetime import datetime

from certremoval.problems import InvalidRequest
from certremoval.removals.scheduling import read_when
from certremoval.web.pages import SignedInRequest

_OF_A_FIELD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def fits_field(typed: str) -> bool:
    """Whether a browser's field for a date and time shows this; anything else it would show empty, which means now."""
    return not typed or _OF_A_FIELD.fullmatch(typed) is not None


def when_asked(request: SignedInRequest) -> tuple[datetime | None, str]:
    """Return the moment that the form's ``at`` names (None: now), and what is wrong with it."""
    typed = request.POST.get("at", "").strip()
    if not typed:
        return None, ""
    try:
        return read_when(typed, request.user), ""
    except InvalidRequest as refusal:
        return None, refusal.message
