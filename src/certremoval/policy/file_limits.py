"""How large a file may be: the smaller of what the installation allows and what superusers set."""

from __future__ import annotations

from django.conf import settings

from certremoval.policy.settings import current_policy
from certremoval.reading import Limits


def file_limits() -> Limits:
    """Return the limits of files that are taken now. One query."""
    environment, policy = settings.ENVIRONMENT, current_policy()
    return Limits(
        max_file_bytes=_smaller(environment.max_file_bytes, policy.max_file_bytes),
        max_rows=_smaller(environment.max_rows, policy.max_rows),
        max_cell_chars=environment.max_cell_chars,
    )


def _smaller(allowed: int, wanted: int | None) -> int:
    return allowed if wanted is None else min(allowed, wanted)
