"""Settings: what can be set, its default, and within which bounds; reading all of it, and changing one.

Nothing is cached: a change counts with the next question. Only what differs from its default is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.policy.models import EVERYWHERE, PolicyChange, Setting
from certremoval.problems import InvalidRequest, NotPermitted


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings as they stand. None, where it is allowed, means that there is no such limit.

    Of one certification, ``most_untyped`` and ``most_unapproved`` count the people taken off that certification.
    """

    most_untyped: int = 500
    share_untyped: int = 20
    most_unapproved: int | None = 5_000
    share_unapproved: int | None = None
    least_on_it: int = 25
    changes_share: int = 10
    changes_least: int = 25
    reason_required: bool = False
    details_kept_days: int | None = 730
    max_file_bytes: int | None = None
    max_rows: int | None = None


DEFAULTS = Policy()


@dataclass(frozen=True, slots=True)
class Kind:
    """What one setting is called, what it means, and which values it takes: from ``least`` to ``most``, or None.

    ``per_certification``: one certification may have its own value.
    """

    words: Promise
    meaning: Promise
    least: int = 0
    most: int = 1_000_000_000
    may_be_none: bool = False
    yes_or_no: bool = False
    per_certification: bool = False


KINDS: Mapping[str, Kind] = {
    "most_untyped": Kind(
        gettext_lazy("Typed number: people"),
        gettext_lazy("More people than this are not removed by one job before somebody has typed how many they are."),
        per_certification=True,
    ),
    "share_untyped": Kind(
        gettext_lazy("Typed number: percent of a certification"),
        gettext_lazy("Nor is more than this share of everyone on one certification."),
        most=100,
        per_certification=True,
    ),
    "most_unapproved": Kind(
        gettext_lazy("Approval: people"),
        gettext_lazy("More people than this are not removed by one job before another administrator has approved it."),
        may_be_none=True,
        per_certification=True,
    ),
    "share_unapproved": Kind(
        gettext_lazy("Approval: percent of a certification"),
        gettext_lazy("Nor is more than this share of everyone on one certification."),
        most=100,
        may_be_none=True,
        per_certification=True,
    ),
    "least_on_it": Kind(
        gettext_lazy("Shares count from: people on a certification"),
        gettext_lazy("On a certification with fewer people no share is a limit."),
        least=1,
    ),
    "changes_share": Kind(
        gettext_lazy("Changes since the preview: percent"),
        gettext_lazy("A job stops when more of its lines than this have changed since its preview."),
        most=100,
    ),
    "changes_least": Kind(
        gettext_lazy("Changes since the preview: lines"),
        gettext_lazy("So many lines may always have changed."),
    ),
    "reason_required": Kind(
        gettext_lazy("A reason is required"), gettext_lazy("Nobody is removed without one."), yes_or_no=True
    ),
    "details_kept_days": Kind(
        gettext_lazy("Files and lines are kept: days"),
        gettext_lazy("Counted from the end of a job. What was removed, by whom and why is kept for good."),
        least=1,
        most=36_500,
        may_be_none=True,
    ),
    "max_file_bytes": Kind(
        gettext_lazy("Largest file: bytes"),
        gettext_lazy("At most what the installation allows, which is also what holds if nothing is set."),
        least=1,
        may_be_none=True,
    ),
    "max_rows": Kind(
        gettext_lazy("Largest file: lines"),
        gettext_lazy("At most what the installation allows, which is also what holds if nothing is set."),
        least=1,
        may_be_none=True,
    ),
}
"""Every setting, in the order in which they are shown."""


def current_policy() -> Policy:
    """Return all settings, as they stand now, of all certifications together. One query."""
    return _policy(Setting.objects.filter(certification_key=EVERYWHERE).values_list("name", "value"))


def all_policies() -> tuple[Policy, dict[int, Policy]]:
    """Return the settings of all certifications together, and by key those of each that has its own. One query."""
    by_key: dict[int, list[tuple[str, Any]]] = {}
    for key, name, value in Setting.objects.values_list("certification_key", "name", "value"):
        by_key.setdefault(key, []).append((name, value))
    everywhere = _policy(by_key.pop(EVERYWHERE, []))
    return everywhere, {key: _policy(own, over=everywhere) for key, own in by_key.items()}


def policies_of_certifications() -> dict[int, Policy]:
    """Return, by certification key, the settings of those certifications that have any of their own. One query."""
    return all_policies()[1]


def change_setting(
    actor: User, name: str, value: int | bool | None, *, certification: tuple[int, str] | None = None
) -> bool:
    """Set one setting, for all certifications or for one, given as (key, Certification ID); False if it was so before.

    The change is recorded with who and when. Raises NotPermitted (superusers alone), InvalidRequest.
    """
    _check(actor, name, value, for_one=certification is not None)
    key, certification_id = certification or (EVERYWHERE, "")
    with transaction.atomic():
        stored = Setting.objects.select_for_update().filter(name=name, certification_key=key).first()
        # One certification that has nothing of its own has no value before, not even the one that holds for all.
        unset = None if certification else getattr(DEFAULTS, name)
        before = unset if stored is None else stored.value
        if before == value and (stored is not None or certification is None):
            return False
        Setting.objects.update_or_create(name=name, certification_key=key, defaults={"value": value})
        record_change(actor, name, before, value, key=key, certification_id=certification_id)
    return True


def reset_setting(actor: User, name: str, *, certification: tuple[int, str]) -> bool:
    """Let one certification have what holds for all again; False if it was so before. Raises NotPermitted."""
    require_superuser(actor)
    key, certification_id = certification
    with transaction.atomic():
        stored = Setting.objects.select_for_update().filter(name=name, certification_key=key).first()
        if stored is None:
            return False
        stored.delete()
        record_change(actor, name, stored.value, None, key=key, certification_id=certification_id)
    return True


def _check(actor: User, name: str, value: int | bool | None, *, for_one: bool) -> None:
    require_superuser(actor)
    kind = KINDS.get(name)
    if kind is None or (for_one and not kind.per_certification):
        raise InvalidRequest(_("%(name)s is nothing that can be set here.") % {"name": name})
    if kind.yes_or_no:
        if not isinstance(value, bool):
            raise InvalidRequest(_("%(words)s: say yes or no.") % {"words": kind.words})
    elif value is None:
        if not kind.may_be_none:
            raise InvalidRequest(_("%(words)s: a number is needed.") % {"words": kind.words})
    elif isinstance(value, bool) or not kind.least <= value <= kind.most:
        raise InvalidRequest(
            _("%(words)s: write a whole number from %(least)s to %(most)s.")
            % {"words": kind.words, "least": f"{kind.least:,}", "most": f"{kind.most:,}"}
        )


def require_superuser(actor: User) -> None:
    """Raise NotPermitted, with advice, unless the actor may change what holds for everybody."""
    if not (actor.is_active and actor.is_superuser):
        raise NotPermitted(_("The settings are for superusers. Ask one of them."))


def record_change(actor: User, name: str, before: Any, after: Any, *, key: int, certification_id: str) -> None:
    """Record what somebody changed, within the transaction that changes it."""
    PolicyChange.objects.create(
        name=name,
        certification_key=key,
        certification_id=certification_id,
        before=before,
        after=after,
        actor=actor,
        actor_user_id=actor.user_id,
        actor_name=actor.full_name,
        changed_at=database_now(),
    )


def _policy(stored: Iterable[tuple[str, Any]], *, over: Policy = DEFAULTS) -> Policy:
    known = {field.name for field in fields(Policy)}
    return replace(over, **{name: value for name, value in stored if name in known})
