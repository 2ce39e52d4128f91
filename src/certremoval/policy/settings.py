"""Settings: what can be set, its default, and within which bounds; reading all of it, and changing some.

Nothing is cached: a change counts with the next question. Only what differs from its default is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.policy.models import EVERYWHERE, PolicyChange, Setting
from certremoval.problems import InvalidRequest, NotPermitted, Problem, WrongState


class AsForAll(Enum):
    """One certification has nothing of its own: what holds for all holds for it."""

    AS_FOR_ALL = "as for all"


AS_FOR_ALL: Final = AsForAll.AS_FOR_ALL

Value = int | bool | None
"""What a setting is; None, where it is allowed: no limit."""

NO_LIMIT: Final = "no limit"
"""How the record of changes tells that one certification has no limit: None is there that it has nothing of its own."""


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


_NO_LIMIT_WORDS = gettext_lazy("no limit")
_INSTALLATION_WORDS = gettext_lazy("what the installation allows")


@dataclass(frozen=True, slots=True)
class Kind:
    """What one setting is called, what it means, and which values it takes: from ``least`` to ``most``, or None.

    ``per_certification``: one certification may have its own value. ``none_words``: what None is called.
    """

    words: Promise
    meaning: Promise
    least: int = 0
    most: int = 1_000_000_000
    may_be_none: bool = False
    yes_or_no: bool = False
    per_certification: bool = False
    none_words: Promise = _NO_LIMIT_WORDS


KINDS: Mapping[str, Kind] = {
    "most_untyped": Kind(
        gettext_lazy("Typed number: people"),
        gettext_lazy("More people than this are not removed by one job before somebody has typed how many they are."),
        per_certification=True,
    ),
    "share_untyped": Kind(
        gettext_lazy("Typed number: percent of a certification"),
        gettext_lazy("The same for more than this share of everyone on one certification."),
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
        gettext_lazy("The same for more than this share of everyone on one certification."),
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
        none_words=gettext_lazy("for good"),
    ),
    "max_file_bytes": Kind(
        gettext_lazy("Largest file: bytes"),
        gettext_lazy("A larger file is refused. What the installation allows is the most, whatever is set."),
        least=1,
        may_be_none=True,
        none_words=_INSTALLATION_WORDS,
    ),
    "max_rows": Kind(
        gettext_lazy("Largest file: lines"),
        gettext_lazy("A longer file is refused. What the installation allows is the most, whatever is set."),
        least=1,
        may_be_none=True,
        none_words=_INSTALLATION_WORDS,
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


class ChangedMeanwhile(WrongState):
    """Somebody else changed settings since they were shown; nothing is done. ``problems`` name each as ``column``."""


def own_values(certification_key: int = EVERYWHERE) -> dict[str, Value | AsForAll]:
    """Return, by name, what is set for all certifications, or what one has of its own. One query."""
    return _own_values(certification_key, lock=False)


def certifications_with_own() -> dict[int, dict[str, Value]]:
    """Return, by certification key, what each certification has of its own, in the order of KINDS. One query."""
    own: dict[int, dict[str, Value]] = {}
    for key, name, value in Setting.objects.exclude(certification_key=EVERYWHERE).values_list(
        "certification_key", "name", "value"
    ):
        own.setdefault(key, {})[name] = value
    limits = [name for name, kind in KINDS.items() if kind.per_certification]
    return {key: {name: values[name] for name in limits if name in values} for key, values in own.items()}


def change_settings(
    actor: User,
    values: Mapping[str, object],
    *,
    certification: tuple[int, str] | None = None,
    shown: Mapping[str, object] | None = None,
) -> list[str]:
    """Set several settings, or none of them where anything is wrong; return the names of those that were otherwise.

    For all certifications, or for one, given as (key, Certification ID), which AS_FOR_ALL lets have what holds for all
    again. ``shown`` are the values that were looked at: ChangedMeanwhile is raised if one of them is another by now.
    Each change is recorded with who and when. Raises NotPermitted (superusers alone), and InvalidRequest with all that
    is wrong, each problem with its setting as ``column``.
    """
    require_superuser(actor)
    mistakes = [
        Problem("invalid_request", mistake, column=name)
        for name, value in values.items()
        if (mistake := _mistake(name, value, for_one=certification is not None))
    ]
    if mistakes:
        message = mistakes[0].message if len(mistakes) == 1 else _("Some of it cannot be set so; nothing was changed.")
        raise InvalidRequest(message, problems=mistakes)
    key, certification_id = certification or (EVERYWHERE, "")
    changed = []
    with transaction.atomic():
        before = _own_values(key, lock=True)
        if others := [name for name, value in (shown or {}).items() if name in before and before[name] != value]:
            raise _changed_meanwhile(others, before, key)
        for name, value in values.items():
            if before[name] == value:
                continue
            _store(key, name, value)
            recorded = (_recorded(one, for_one=certification is not None) for one in (before[name], value))
            record_change(actor, name, *recorded, key=key, certification_id=certification_id)
            changed.append(name)
    return changed


def change_setting(actor: User, name: str, value: Value, *, certification: tuple[int, str] | None = None) -> bool:
    """Do what :func:`change_settings` does with one setting; False if it was so before."""
    return bool(change_settings(actor, {name: value}, certification=certification))


def value_words(name: str, value: object) -> str:
    """Return a setting's value as it is said: "500", "no limit", "Yes", "as for all certifications"."""
    if value is AS_FOR_ALL:
        return _("as for all certifications")
    if value is None or value == NO_LIMIT:
        kind = KINDS.get(name)
        return str(kind.none_words) if kind is not None else str(_NO_LIMIT_WORDS)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _own_values(certification_key: int, *, lock: bool) -> dict[str, Value | AsForAll]:
    stored = Setting.objects.filter(certification_key=certification_key).order_by("pk")
    if lock:
        stored = stored.select_for_update()
    own = dict(stored.values_list("name", "value"))
    if certification_key == EVERYWHERE:
        return {name: own.get(name, getattr(DEFAULTS, name)) for name in KINDS}
    return {name: own.get(name, AS_FOR_ALL) for name, kind in KINDS.items() if kind.per_certification}


def _store(key: int, name: str, value: object) -> None:
    """Store one value; the default needs no row, nor does one certification that is as all are."""
    stored = Setting.objects.filter(name=name, certification_key=key)
    if value is AS_FOR_ALL or (key == EVERYWHERE and value == getattr(DEFAULTS, name)):
        stored.delete()
    elif not stored.update(value=value):
        try:
            with transaction.atomic():
                Setting.objects.create(name=name, certification_key=key, value=value)
        except IntegrityError:
            # Somebody set it for the first time at this very moment: there was no row to wait for.
            raise _changed_meanwhile([name], _own_values(key, lock=False), key) from None


def _changed_meanwhile(names: Iterable[str], now: Mapping[str, object], key: int) -> ChangedMeanwhile:
    problems = []
    for name in names:
        last = PolicyChange.objects.filter(name=name, certification_key=key).order_by("-pk").first()
        who = last.actor_name if last is not None else _("Somebody else")
        message = _("%(who)s has changed this meanwhile: %(value)s.")
        problems.append(
            Problem(ChangedMeanwhile.code, message % {"who": who, "value": value_words(name, now[name])}, column=name)
        )
    return ChangedMeanwhile(
        _("Settings were changed by somebody else since this page was opened. Nothing was saved; look again."),
        problems=problems,
    )


def _recorded(value: object, *, for_one: bool) -> object:
    """Return a value as the record of changes has it."""
    if value is AS_FOR_ALL:
        return None
    return NO_LIMIT if value is None and for_one else value


def _mistake(name: str, value: object, *, for_one: bool) -> str:
    """Return what is wrong with a value, and what would be right; nothing if it can be set."""
    kind = KINDS.get(name)
    if kind is None or (for_one and not kind.per_certification):
        return _("%(name)s is nothing that can be set here.") % {"name": name}
    if value is AS_FOR_ALL and for_one:
        return ""
    if kind.yes_or_no:
        return "" if isinstance(value, bool) else _("%(words)s: say yes or no.") % {"words": kind.words}
    if value is None:
        return "" if kind.may_be_none else _("%(words)s: a number is needed.") % {"words": kind.words}
    if isinstance(value, bool) or not isinstance(value, int) or not kind.least <= value <= kind.most:
        return _("%(words)s: write a whole number from %(least)s to %(most)s.") % {
            "words": kind.words,
            "least": f"{kind.least:,}",
            "most": f"{kind.most:,}",
        }
    return ""


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
