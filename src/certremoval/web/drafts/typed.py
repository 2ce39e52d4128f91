"""What is typed about a job: its title, comment and reason, and how long its people are kept off.

Nothing of it is lost, whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from certremoval.certifications.holding import NOT_FIRMLY, KeepOff, checked_keep_off, read_day
from certremoval.database.texts import refuse_unstorable
from certremoval.problems import InvalidRequest
from certremoval.removals.models import Job
from certremoval.removals.titles import checked_reason, checked_title
from certremoval.web.pages import SignedInRequest

_KEPT = "typed_on_drafts"
_DRAFTS_KEPT = 10

UNTIL, FOR_GOOD = "until", "for_good"


@dataclass(frozen=True, slots=True)
class Texts:
    """Title, comment and reason as they were typed, and what is wrong with each, by its name.

    ``keep_off`` is empty, ``until`` or ``for_good``, or None where a form did not ask; ``keep_off_until`` the day as it
    was typed.
    """

    title: str = ""
    comment: str = ""
    reason: str = ""
    keep_off: str | None = None
    keep_off_until: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

    def without_mistakes(self, job: Job | None = None) -> dict[str, Any]:
        """Return what can be stored; in place of a text with a mistake, the one that the job has.

        Of an existing job how long its people are kept off stays as it is where a form did not ask, or got a mistake.
        """
        before = job.operation if job is not None else None
        kept: dict[str, Any] = {
            name: getattr(self, name) if name not in self.mistakes else getattr(before, name, "")
            for name in ("title", "comment", "reason")
        }
        if self.keep_off is None or "keep_off_until" in self.mistakes:
            return {**kept, "keep_off": NOT_FIRMLY if before is None else None}
        until = read_day(self.keep_off_until) if self.keep_off == UNTIL else None
        return {**kept, "keep_off": KeepOff(until, self.keep_off == FOR_GOOD)}


def typed_texts(form: QueryDict) -> Texts:
    """Read the texts of a form. A missing title is no mistake: it can be given until the job is submitted."""
    title, comment, reason = (form.get(name, "") for name in ("title", "comment", "reason"))
    keep_off, until = form.get("keep_off"), form.get("keep_off_until", "").strip()
    checks: dict[str, tuple[str, Callable[[str], object]]] = {
        "title": (title, lambda text: checked_title(text) if text.strip() else ""),
        "comment": (comment, str),
        "reason": (reason, checked_reason),
    }
    mistakes = {}
    for name, (text, check) in checks.items():
        try:
            refuse_unstorable((text,))
            check(text)
        except InvalidRequest as refusal:
            mistakes[name] = refusal.message
    if keep_off == UNTIL:
        try:
            checked_keep_off(read_day(until))
        except InvalidRequest as refusal:
            mistakes["keep_off_until"] = refusal.message
    return Texts(title, comment, reason, keep_off, until, mistakes)


def keep_typed(request: SignedInRequest, job: Job, texts: Texts) -> None:
    """Remember texts with mistakes for the draft's pages, until they are corrected; forget those without."""
    kept = {key: value for key, value in request.session.get(_KEPT, {}).items() if key != str(job.pk)}
    if texts.mistakes:
        kept[str(job.pk)] = {name: getattr(texts, name) for name in texts.mistakes}
        if "keep_off_until" in texts.mistakes:
            kept[str(job.pk)]["keep_off"] = texts.keep_off
    if kept or _KEPT in request.session:
        request.session[_KEPT] = dict(list(kept.items())[-_DRAFTS_KEPT:])


def texts_of(request: SignedInRequest, job: Job) -> Texts:
    """Return a draft's texts as they are shown: those stored, and in their place those typed with a mistake."""
    operation = job.operation
    form = QueryDict(mutable=True)
    form.update({"title": operation.title, "comment": operation.comment, "reason": operation.reason, "keep_off": ""})
    if operation.held_until is not None:
        form["keep_off"], form["keep_off_until"] = UNTIL, operation.held_until.isoformat()
    elif operation.held_for_good:
        form["keep_off"] = FOR_GOOD
    for name, text in request.session.get(_KEPT, {}).get(str(job.pk), {}).items():
        form[name] = text
    return typed_texts(form)
