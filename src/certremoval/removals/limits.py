"""Limits: above them nobody is removed before somebody has typed how many it would be.

The number is the answer that cannot be given by habit, nor by a script that was written for another file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from certremoval.certifications.models import Enrollment
from certremoval.problems import ActionRefused
from certremoval.removals.models import Job
from certremoval.removals.words import number, users

MOST_UNTYPED = 500
"""More people than this are not removed by one job without the number typed."""

SHARE_UNTYPED, LEAST_ON_IT = 20, 25
"""Nor is more than this share, in percent, of everyone on one certification that has at least so many."""


LONGEST_NUMBER = 12


class ConfirmationRequired(ActionRefused):
    """A limit is passed, or the number that was typed is another than that of the people to be removed."""

    code = "confirmation_required"
    http_status = 409


def limits_passed(remove_count: int, certifications: Iterable[tuple[int, str, int]]) -> tuple[str, ...]:
    """Return, as sentences, which limits a removal passes; nothing if it needs no number typed.

    ``certifications`` are (key, title, people to be taken off), each once. They are looked at only where the job as a
    whole is within its limit: then they are few, and of each no more entries are counted than decide.
    """
    if remove_count > MOST_UNTYPED:
        return (_("More than %(limit)s people at once.") % {"limit": number(MOST_UNTYPED)},)
    return tuple(
        _("More than %(percent)s %% of everyone on %(title)s.") % {"percent": SHARE_UNTYPED, "title": title}
        for key, title, planned in certifications
        if _is_large_share(key, planned)
    )


def limits_passed_by(job: Job) -> tuple[str, ...]:
    """Return which limits a draft passes, as the certifications stand now. Putting people back passes none."""
    if job.restores:
        return ()
    ones = job.certifications.filter(planned__gt=0).order_by("certification_id")
    return limits_passed(job.remove_count, ones.values_list("certification_key", "title", "planned"))


def number_typed(text: str) -> int | None:
    """Return the number that somebody typed, with or without separators as in 3,982; None if it is none."""
    digits = re.sub(r"[\s,.'\u2019]", "", text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else None


def require_number(remove_count: int, typed: int | None, *, limits: tuple[str, ...], restores: bool = False) -> None:
    """Raise ConfirmationRequired if a limit is passed and the number was not typed, or another than is true.

    The right number is always allowed; a wrong one never, for whoever typed it looked at something else.
    """
    if typed is not None and typed != remove_count:
        message = (
            _("The number typed is %(typed)s, but %(users)s would be put back. Look again; nothing was done.")
            if restores
            else _("The number typed is %(typed)s, but %(users)s would be removed. Look again; nothing was done.")
        )
        raise ConfirmationRequired(message % {"typed": number(typed), "users": users(remove_count)})
    if limits and typed is None:
        message = _("%(users)s would be removed. %(limits)s Type the number %(number)s to go on; nothing was done.")
        raise ConfirmationRequired(
            message % {"users": users(remove_count), "limits": " ".join(limits), "number": number(remove_count)}
        )


def _is_large_share(certification_key: int, planned: int) -> bool:
    """Whether so many are more than the share of everyone on a certification that is large enough to tell."""
    # As many as leave `planned` within the share decide, and so many are on it or not: no more are counted.
    enough = max(LEAST_ON_IT, -(-planned * 100 // SHARE_UNTYPED))
    on_it = Enrollment.objects.filter(certification_id=certification_key).order_by()[:enough].count()
    return on_it >= LEAST_ON_IT and planned * 100 > SHARE_UNTYPED * on_it
