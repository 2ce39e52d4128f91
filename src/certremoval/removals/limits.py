"""Limits: above them nobody is removed before somebody has typed how many it would be.

The number is the answer that cannot be given by habit, nor by a script that was written for another file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from certremoval.certifications.models import Enrollment
from certremoval.problems import ActionRefused
from certremoval.removals.models import Job
from certremoval.removals.words import number, users

MOST_UNTYPED = 500
"""More people than this are not removed by one job without the number typed."""

SHARE_UNTYPED, LEAST_ON_IT = 20, 25
"""Nor is more than this share, in percent, of everyone on one certification that has at least so many."""

MOST_OF_ANY = SHARE_UNTYPED * LEAST_ON_IT // 100
"""So many are within the share of every certification that has enough people."""

MOST_TOLD = 20
LONGEST_NUMBER = 12


class ConfirmationRequired(ActionRefused):
    """A limit is passed, or the number that was typed is another than that of the people to be removed.

    ``counts`` are those of the plan that was not agreed to, where it is no job.
    """

    code = "confirmation_required"
    http_status = 409
    counts: Mapping[str, int] | None = None


def limits_passed(remove_count: int, taken: Callable[[], Iterable[tuple[int, str, int]]]) -> tuple[str, ...]:
    """Return, as sentences, which limits a removal passes; nothing if it needs no number typed.

    ``taken`` returns the certifications that more than MOST_OF_ANY people are taken off, as (key, title, people). It is
    asked only where the job as a whole is within its limit: then they are few, and of each no more is counted than
    decides.
    """
    if remove_count > MOST_UNTYPED:
        return (_("More than %(limit)s people at once.") % {"limit": number(MOST_UNTYPED)},)
    if remove_count <= MOST_OF_ANY:
        return ()
    titles = [title for key, title, planned in taken() if _is_large_share(key, planned)]
    told = [
        _("More than %(percent)s %% of everyone on %(title)s.") % {"percent": SHARE_UNTYPED, "title": title}
        for title in titles[:MOST_TOLD]
    ]
    if more := len(titles) - len(told):
        told.append(_("And as much of %(number)s more certifications.") % {"number": number(more)})
    return tuple(told)


def limits_passed_by(job: Job) -> tuple[str, ...]:
    """Return which limits a draft passes, as the certifications stand now. Putting people back passes none."""
    if job.restores:
        return ()
    ones = job.certifications.filter(planned__gt=MOST_OF_ANY).order_by("certification_id")
    return limits_passed(job.remove_count, lambda: ones.values_list("certification_key", "title", "planned"))


def number_typed(text: str) -> int | None:
    """Return the number that somebody typed, with or without separators as in 3,982; None if it is none."""
    typed = text.strip()
    if not re.fullmatch(r"[0-9]{1,3}(?:[\s,.'\u2019][0-9]{3})+|[0-9]+", typed) or len(typed) > LONGEST_NUMBER:
        return None
    return int(re.sub(r"[^0-9]", "", typed))


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
