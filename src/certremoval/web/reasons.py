"""Reasons on forms: those that are offered, and whether one must be given."""

from __future__ import annotations

from certremoval.policy.reasons import offered_reasons
from certremoval.policy.settings import current_policy


def reasons_shown() -> dict[str, object]:
    """Return what a form that asks for a reason shows. Two queries."""
    return {"reasons_offered": offered_reasons(), "reason_required": current_policy().reason_required}
