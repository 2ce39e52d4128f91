"""What is typed about a job: its title, comment and reason. Nothing of it is lost, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from certremoval.problems import InvalidRequest
from certremoval.removals.models import Job
from certremoval.removals.texts import refuse_unstorable
from certremoval.removals.titles import checked_reason, checked_title
from certremoval.web.pages import SignedInRequest

_KEPT = "typed_on_drafts"
_DRAFTS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Texts:
    """Title, comment and reason as they were typed, and what is wrong with each, by its name."""

    title: str = ""
    comment: str = ""
    reason: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)

    def without_mistakes(self, job: Job | None = None) -> dict[str, str]:
        """Return what can be stored; in place of a text with a mistake, the one that the job has."""
        before = job.operation if job is not None else None
        return {
            name: getattr(self, name) if name not in self.mistakes else getattr(before, name, "")
            for name in ("title", "comment", "reason")
        }


def typed_texts(form: QueryDict) -> Texts:
    """Read the three texts of a form. A missing title is no mistake: it can be given until the job is submitted."""
    title, comment, reason = (form.get(name, "") for name in ("title", "comment", "reason"))
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
    return Texts(title, comment, reason, mistakes)


def keep_typed(request: SignedInRequest, job: Job, texts: Texts) -> None:
    """Remember texts with mistakes for the draft's pages, until they are corrected; forget those without."""
    kept = {key: value for key, value in request.session.get(_KEPT, {}).items() if key != str(job.pk)}
    if texts.mistakes:
        kept[str(job.pk)] = {name: getattr(texts, name) for name in texts.mistakes}
    if kept or _KEPT in request.session:
        request.session[_KEPT] = dict(list(kept.items())[-_DRAFTS_KEPT:])


def texts_of(request: SignedInRequest, job: Job) -> Texts:
    """Return a draft's texts as they are shown: those stored, and in their place those typed with a mistake."""
    operation = job.operation
    form = QueryDict(mutable=True)
    form.update({"title": operation.title, "comment": operation.comment, "reason": operation.reason})
    for name, text in request.session.get(_KEPT, {}).get(str(job.pk), {}).items():
        form[name] = text
    return typed_texts(form)
