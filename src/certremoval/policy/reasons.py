"""Reasons: what administrators are offered when they say why people are removed, and whether they must say it.

Any other words may be written instead: the list spares typing and keeps one word for one thing. Jobs and records keep
the words as they were given, so that a reason renamed or offered no more changes nothing of the past.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from certremoval.database.texts import refuse_unstorable
from certremoval.organization.models import User
from certremoval.policy.models import EVERYWHERE, Reason
from certremoval.policy.settings import current_policy, record_change, require_superuser
from certremoval.problems import InvalidRequest, NotFound, WrongState

LONGEST_REASON = 255
"""Characters."""

MOST_OFFERED = 100
"""More reasons than this are no help to whoever chooses one."""

REASON = "reason"
"""What a change of the reasons is called in the record of changes."""

_REASONS_TOLD = 5


def offered_reasons() -> list[str]:
    """Return the reasons that are offered for a removal, in their order. One query."""
    return list(_offered().values_list("text", flat=True))


def checked_reason(reason: str) -> str:
    """Return a reason without surrounding space; it may be empty.

    Raises InvalidRequest if it is too long, or holds what no database of ours can (NUL, half of a surrogate pair).
    """
    reason = reason.strip()
    refuse_unstorable((reason,))
    if len(reason) > LONGEST_REASON:
        raise InvalidRequest(
            _("The reason has %(length)s characters; at most %(limit)s are kept. Shorten it.")
            % {"length": f"{len(reason):,}", "limit": LONGEST_REASON}
        )
    return reason


class ReasonRequired(InvalidRequest):
    """Nobody is removed without a reason, and there is none. Nothing was done."""


def require_reason(reason: str) -> None:
    """Raise ReasonRequired, with advice, if a removal needs a reason and this is none. No query where there is one."""
    if reason.strip() or not current_policy().reason_required:
        return
    if offered := offered_reasons():
        raise ReasonRequired(
            _("The reason is missing. Choose one that is offered (%(reasons)s), or say in your own words why.")
            % {"reasons": "; ".join([*offered[:_REASONS_TOLD], *(["…"] if len(offered) > _REASONS_TOLD else [])])}
        )
    raise ReasonRequired(_("The reason is missing. Say in a few words why these people are removed."))


def all_reasons(actor: User) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons offered, in their order, and those offered no more, by name. Raises NotPermitted."""
    require_superuser(actor)
    return list(_offered()), list(Reason.objects.filter(is_active=False).order_by("text"))


def add_reason(actor: User, text: str) -> Reason:
    """Offer a reason, as the last one. Raises NotPermitted, InvalidRequest (empty, too long, there already)."""
    require_superuser(actor)
    text = _checked_text(text)
    with transaction.atomic():
        reasons = _locked()
        _refuse_used(text, reasons)
        _refuse_too_many(reasons)
        made, is_new = Reason.objects.get_or_create(text=text, defaults={"position": _behind(reasons)})
        if not is_new:  # made at this very moment
            _refuse_used(text, [made])
        _record(actor, None, {"offered": text})
    return made


def rename_reason(actor: User, key: int, text: str) -> None:
    """Have a reason offered in other words. Raises NotPermitted, NotFound, InvalidRequest (see :func:`add_reason`)."""
    require_superuser(actor)
    text = _checked_text(text)
    with transaction.atomic():
        reasons = _locked()
        reason = _found(reasons, key)
        before = reason.text
        if before == text:
            return
        _refuse_used(text, [one for one in reasons if one.pk != key])
        reason.text = text
        reason.save(update_fields=["text"])
        _record(actor, {"renamed": before}, {"renamed": text})


def move_reason(actor: User, key: int, *, up: bool) -> None:
    """Offer a reason one place earlier, or later; the first and the last stay. Raises NotPermitted, NotFound."""
    require_superuser(actor)
    with transaction.atomic():
        offered = [one for one in _locked() if one.is_active]
        reason = _found(offered, key)
        at = offered.index(reason)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(offered):
            return
        before = [one.text for one in offered]
        offered[at], offered[to] = offered[to], offered[at]
        for position, one in enumerate(offered, 1):
            one.position = position
        Reason.objects.bulk_update(offered, ["position"])
        _record(actor, {"order": before}, {"order": [one.text for one in offered]})


def retire_reason(actor: User, key: int) -> None:
    """Offer a reason no more. Jobs keep it. Raises NotPermitted, NotFound, WrongState (it is not offered)."""
    _offer(actor, key, offered=False)


def bring_back_reason(actor: User, key: int) -> None:
    """Offer a reason again, as the last one. Raises NotPermitted, NotFound, WrongState, InvalidRequest (too many)."""
    _offer(actor, key, offered=True)


def _offer(actor: User, key: int, *, offered: bool) -> None:
    require_superuser(actor)
    with transaction.atomic():
        reasons = _locked()
        reason = _found(reasons, key)
        if reason.is_active == offered:
            raise WrongState(_("This was done already. Look at the list again."))
        if offered:
            _refuse_too_many(reasons)
            reason.position = _behind(reasons)
        reason.is_active = offered
        reason.save(update_fields=["is_active", "position"])
        _record(actor, *(({}, {"offered": reason.text}) if offered else ({"offered": reason.text}, None)))


def _offered() -> QuerySet[Reason]:
    return Reason.objects.filter(is_active=True).order_by("position", "pk")


def _locked() -> list[Reason]:
    """Return all reasons in their order; nobody else changes them until the transaction ends."""
    return list(Reason.objects.select_for_update().order_by("position", "pk"))


def _found(reasons: list[Reason], key: int) -> Reason:
    for reason in reasons:
        if reason.pk == key:
            return reason
    raise NotFound(_("There is no such reason, or it is not offered any more. Look at the list again."))


def _behind(reasons: list[Reason]) -> int:
    return max((one.position for one in reasons), default=0) + 1


def _checked_text(text: str) -> str:
    text = checked_reason(text)
    if not text:
        raise InvalidRequest(_("The reason is empty. Write in a few words why people are removed."))
    return text


def _refuse_used(text: str, reasons: list[Reason]) -> None:
    same = next((one for one in reasons if one.text.casefold() == text.casefold()), None)
    if same is None:
        return
    if same.is_active:
        raise InvalidRequest(_("%(text)s is offered already.") % {"text": same.text})
    raise InvalidRequest(_("%(text)s was offered before. Offer it again in the list below.") % {"text": same.text})


def _refuse_too_many(reasons: list[Reason]) -> None:
    if sum(one.is_active for one in reasons) >= MOST_OFFERED:
        raise InvalidRequest(
            _("%(limit)s reasons are offered already, and no more can be. Take one off the list first.")
            % {"limit": MOST_OFFERED}
        )


def _record(actor: User, before: object, after: object) -> None:
    record_change(actor, REASON, before, after, key=EVERYWHERE, certification_id="")
