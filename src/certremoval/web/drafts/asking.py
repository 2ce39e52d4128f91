"""Asking: how a file is to be read, where that is not plain."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certremoval.organization.models import User
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.rows import USER_COLUMN, user_column
from certremoval.removals.shapes import ColumnMatch, FileShape, file_shape
from certremoval.web.drafts.finding import certification_meant

MATCH_WORDS = {
    "user_id": gettext_lazy("User ID"),
    "email": gettext_lazy("e-mail address"),
    "username": gettext_lazy("username"),
}
_WAYS_OFFERED = 5
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read the people of a file: a column, and what its cells are matched with."""

    value: str
    words: str
    matched: int
    sampled: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked about a file, with the answers that fit best chosen."""

    shape: FileShape
    ways: list[Way]
    matches: list[tuple[str, str]]
    column: str
    match: str
    encoding: str

    everything: bool

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        return self.shape.asks_anything or (self.everything and bool(self.shape.headings))

    @property
    def asks_column(self) -> bool:
        """Whether it is asked which column names the people, and how."""
        return bool({"column", "match"} & self.shape.asks) or (self.everything and bool(self.shape.headings))

    @property
    def asks_sheet(self) -> bool:
        """Whether it is asked which sheet of a workbook is read."""
        return "sheet" in self.shape.asks or (self.everything and len(self.shape.sheets) > 1)


def questions_about(job: Job, *, everything: bool = False) -> Questions:
    """Return what to ask about a draft's file: what is not plain, or ``everything`` where somebody wants it."""
    shape, options = file_shape(job), PlanOptions.from_json(job.options)
    now = _value(user_column(options), options.match)
    found = shape.matches[:_WAYS_OFFERED]
    values = [_value(one.heading, one.match) for one in found]
    chosen = now if now in values else next(iter(values), "")
    return Questions(
        shape=shape,
        ways=[
            Way(value, _words(one), one.matched, one.sampled, value == chosen)
            for value, one in zip(values, found, strict=True)
        ],
        matches=[(code, str(words)) for code, words in MATCH_WORDS.items()],
        column=user_column(options),
        match=options.match,
        encoding=_encoding_words(shape.encoding or options.encoding or ""),
        everything=everything,
    )


def reading_answered(actor: User, options: PlanOptions, form: QueryDict) -> PlanOptions:
    """Return the options with the answers of a form. Raises InvalidRequest where an answer makes no sense."""
    way = form.get("way", _OTHER)
    match, _colon, heading = way.partition(":")
    if way == _OTHER or not heading:
        match, heading = form.get("match") or options.match, form.get("column") or user_column(options)
    certification = options.certification
    named = form.get("certification", "")
    if named.strip():
        certification = certification_meant(actor, named).certification_id
    return replace(
        options,
        certification=certification,
        user_column=None if heading.casefold() == USER_COLUMN.casefold() else heading,
        match=match,  # type: ignore[arg-type]  # what is no way to match is refused in making it
        sheet=form.get("sheet") or options.sheet,
        encoding=form.get("encoding") or options.encoding,
    )


def _value(heading: str, match: str) -> str:
    return f"{match}:{heading}"


def _words(one: ColumnMatch) -> str:
    texts = {
        "user_id": _("%(heading)s: %(matched)s of %(sampled)s match a User ID"),
        "email": _("%(heading)s: %(matched)s of %(sampled)s match an e-mail address"),
        "username": _("%(heading)s: %(matched)s of %(sampled)s match a username"),
    }
    values = {"heading": one.heading, "matched": f"{one.matched:,}", "sampled": f"{one.sampled:,}"}
    return texts[one.match] % values


def _encoding_words(encoding: str) -> str:
    """Return what people call an encoding."""
    return encoding.upper() if encoding.lower().startswith("utf") else encoding.capitalize()
