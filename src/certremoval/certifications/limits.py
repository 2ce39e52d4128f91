"""Limits: above the first, nobody is removed before somebody has typed how many; above the second, before approval.

The number is the answer that cannot be given by habit, nor by a script that was written for another file. The limits
are settings (:mod:`certremoval.policy.settings`), and one certification may have its own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certremoval.access.holders import several_hold
from certremoval.access.models import Permission
from certremoval.certifications.models import Enrollment
from certremoval.certifications.words import number, users
from certremoval.policy.settings import Policy, all_policies
from certremoval.problems import ActionRefused

MOST_TOLD = 20
LONGEST_NUMBER = 12

Taken = Callable[[int], Iterable[tuple[int, str, int]]]
"""Given a number, returns the certifications that more people than it are taken off, as (key, title, people)."""


class ConfirmationRequired(ActionRefused):
    """A limit is passed, or the number that was typed is another than that of the people to be removed.

    Or something else that must be answered was not. ``counts`` are those of the plan that was not agreed to, where it
    is no job.
    """

    code = "confirmation_required"
    http_status = 409
    counts: Mapping[str, int] | None = None


class ApprovalRequired(ActionRefused):
    """More people would be removed than nobody but another administrator may agree to, by a way that cannot wait.

    Nothing was changed. ``counts`` are those of what was not done, where there are any.
    """

    code = "approval_required"
    http_status = 409
    counts: Mapping[str, int] | None = None


def limits_passed(remove_count: int, taken: Taken, *, approval: bool = False) -> tuple[str, ...]:
    """Return, as sentences, which limits a removal passes; nothing if it passes none.

    The limits are those above which the number is typed, or with ``approval`` those above which another administrator
    approves. ``taken`` is asked only where the job as a whole is within its limit, and of each certification no more
    people are counted than decides.
    """
    policy, own = all_policies()
    most, _share = _most_and_share(policy, approval)
    if most is not None and remove_count > most:
        return (_more_than(most),)
    within = min(_passes_nothing(one, approval) for one in (policy, *own.values()))
    if remove_count <= within:
        return ()
    passed = (
        sentence
        for key, title, people in taken(within)
        if (sentence := _passed(own.get(key, policy), approval, key=key, title=title, people=people))
    )
    # No more than are told are asked for: each is a count.
    told = list(islice(passed, MOST_TOLD + 1))
    if len(told) > MOST_TOLD:
        told[MOST_TOLD:] = [_("And as much of more certifications.")]
    return tuple(told)


def approvals_needed(remove_count: int, taken: Taken) -> tuple[str, ...]:
    """Return why another administrator must approve a removal; nothing as long as not even two people could.

    Asked in this order: few removals are above the limit, and who holds what takes queries of its own.
    """
    passed = limits_passed(remove_count, taken, approval=True)
    return passed if passed and several_hold(Permission.REMOVAL_APPROVE) else ()


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


def _most_and_share(policy: Policy, approval: bool) -> tuple[int | None, int | None]:
    if approval:
        return policy.most_unapproved, policy.share_unapproved
    return policy.most_untyped, policy.share_untyped


def _more_than(most: int) -> str:
    return ngettext("More than %(number)s person at once.", "More than %(number)s people at once.", most) % {
        "number": number(most)
    }


def _passes_nothing(policy: Policy, approval: bool) -> int:
    """Return how many people can be taken off any certification with these limits without passing one of them."""
    most, share = _most_and_share(policy, approval)
    return min(
        sys.maxsize if most is None else most,
        sys.maxsize if share is None else share * policy.least_on_it // 100,
    )


def _passed(policy: Policy, approval: bool, *, key: int, title: str, people: int) -> str:
    """Return which limit the people taken off one certification pass; empty if none."""
    most, share = _most_and_share(policy, approval)
    if most is not None and people > most:
        return _("%(title)s: %(limit)s") % {"title": title, "limit": _more_than(most)}
    if share is not None and _is_large_share(key, people, share=share, least_on_it=policy.least_on_it):
        return _("More than %(percent)s %% of everyone on %(title)s.") % {"percent": share, "title": title}
    return ""


def _is_large_share(certification_key: int, people: int, *, share: int, least_on_it: int) -> bool:
    """Whether so many are more than the share of everyone on a certification that is large enough to tell."""
    # As many as leave `people` within the share decide, and so many are on it or not: no more are counted.
    on_it = Enrollment.objects.filter(certification_id=certification_key).order_by()
    enough = least_on_it if share == 0 else max(least_on_it, -(-people * 100 // share))
    counted = on_it[:enough].count()
    return counted >= least_on_it and people * 100 > share * counted
