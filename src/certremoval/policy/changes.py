"""The record of changes: what superusers set, who and when, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from certremoval.organization.models import User
from certremoval.policy.models import EVERYWHERE, PolicyChange
from certremoval.policy.reasons import REASON
from certremoval.policy.settings import AS_FOR_ALL, KINDS, require_superuser, value_words

CHANGES_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words. ``certification_key`` is None, and the ID empty, of what holds for all certifications."""

    at: datetime
    actor_name: str
    actor_user_id: str
    what: str
    certification_key: int | None
    certification_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Some changes, the newest first; ``next`` is the one before which the following page begins, None at the end."""

    changes: list[Change]
    next: int | None


def changes_page(actor: User, *, before: int | None = None, limit: int = CHANGES_ON_A_PAGE) -> ChangesPage:
    """Return a page of the changes of settings and reasons: those before one of them, or the newest.

    Raises NotPermitted: superusers alone.
    """
    require_superuser(actor)
    changes = PolicyChange.objects.order_by("-pk")
    if before is not None:
        changes = changes.filter(pk__lt=before)
    found = list(changes[: limit + 1])
    shown = found[:limit]
    return ChangesPage([_change(one) for one in shown], shown[-1].pk if len(found) > limit else None)


def _change(change: PolicyChange) -> Change:
    what, before, after = _reason_words(change) if change.name == REASON else _setting_words(change)
    for_all = change.certification_key == EVERYWHERE
    return Change(
        at=change.changed_at,
        actor_name=change.actor_name,
        actor_user_id=change.actor_user_id,
        what=what,
        certification_key=None if for_all else change.certification_key,
        certification_id=change.certification_id,
        before=before,
        after=after,
    )


def _setting_words(change: PolicyChange) -> tuple[str, str, str]:
    kind = KINDS.get(change.name)
    of_one = change.certification_key != EVERYWHERE
    before, after = (
        value_words(change.name, AS_FOR_ALL if of_one and value is None else value)
        for value in (change.before, change.after)
    )
    return str(kind.words) if kind is not None else change.name, before, after


def _reason_words(change: PolicyChange) -> tuple[str, str, str]:
    before, after = change.before or {}, change.after or {}
    if "order" in after:
        return _("Order of the reasons"), "; ".join(before["order"]), "; ".join(after["order"])
    if "renamed" in after:
        return _("A reason, renamed"), before["renamed"], after["renamed"]
    if "offered" in after:
        what = _("A reason, offered") if change.before is None else _("A reason, offered again")
        return what, "", after["offered"]
    return _("A reason, offered no more"), before.get("offered", ""), ""
