"""Checks before a job runs: one list, the same on the pages and on the command line. Each is passed or to be answered.

What is to be answered is answered by the number typed, by saying so (a tick; ``--yes``), or by another administrator.
Putting people back passes no check: it takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certremoval.access.holders import others_may_act_on_work_of
from certremoval.access.models import Permission
from certremoval.certifications.limits import (
    ConfirmationRequired,
    Taken,
    approvals_needed,
    limits_passed,
    require_number,
)
from certremoval.certifications.models import Operation
from certremoval.certifications.visibility import sees_operation
from certremoval.organization.models import User
from certremoval.removals.models import DRAFT_STATES, Job, JobState
from certremoval.removals.planning import PlanSummary
from certremoval.removals.previews import line_of_creator
from certremoval.removals.sql.summarise import OF_PEOPLE
from certremoval.removals.words import number


class Answer(StrEnum):
    """How a check is answered; one that is passed needs none."""

    NONE = "none"
    NUMBER = "number"
    APPROVAL = "approval"
    SAYING_SO = "saying_so"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code, what was found, and how that is answered.

    ``job`` is the earlier job of the same people, where there is one that the viewer may see.
    """

    code: str
    words: str
    answer: Answer = Answer.NONE
    job: int | None = None

    @property
    def passed(self) -> bool:
        """Whether there is nothing to answer."""
        return self.answer == Answer.NONE


@dataclass(frozen=True, slots=True)
class _Found:
    """What the checks look at, of a draft or of a plan that is no job yet."""

    removes: bool
    limits: tuple[str, ...]
    approvals: tuple[str, ...]
    own: bool
    own_line: int | None
    people_key: str
    planned: dict[str, int]
    but: int | None


SAID = ("self", "same_people")
"""Codes of the checks that are answered by saying so."""


def checks_of_draft(actor: User, job: Job) -> tuple[Check, ...]:
    """Return the checks of a draft, as things stand now."""
    own_line = line_of_creator(job)
    return _checks(
        actor,
        _Found(
            removes=not job.restores,
            limits=limits_passed_by(job),
            approvals=approvals_needed_by(job),
            own=own_line is not None,
            own_line=own_line,
            people_key=job.people_key,
            planned=job.planned,
            but=job.pk,
        ),
    )


def checks_of_plan(actor: User, summary: PlanSummary) -> tuple[Check, ...]:
    """Return the checks of a plan that is no job yet."""
    return _checks(
        actor,
        _Found(
            removes=summary.kind == Operation.Kind.REMOVAL,
            limits=summary.limits,
            approvals=summary.approvals,
            own=summary.includes_actor,
            own_line=None,
            people_key=summary.people_key,
            planned=summary.planned,
            but=None,
        ),
    )


def limits_passed_by(job: Job) -> tuple[str, ...]:
    """Return above which limits a draft is, so that its number is typed. Putting people back passes none."""
    return () if job.restores else limits_passed(job.remove_count, _taken(job))


def approvals_needed_by(job: Job) -> tuple[str, ...]:
    """Return why a draft needs another administrator's approval; nothing if it needs none."""
    return () if job.restores else approvals_needed(job.remove_count, _taken(job))


def require_answers(
    checks: Collection[Check], *, remove_count: int, typed: int | None, said: Collection[str], restores: bool = False
) -> None:
    """Raise ConfirmationRequired unless everything is answered that must be before a job is submitted.

    ``typed`` is the number of people that somebody typed, ``said`` the codes of :data:`SAID` that somebody answered.
    """
    limits = tuple(check.words for check in checks if check.answer == Answer.NUMBER)
    require_number(remove_count, typed, limits=limits, restores=restores)
    unanswered = [check.words for check in checks if check.answer == Answer.SAYING_SO and check.code not in said]
    if unanswered:
        raise ConfirmationRequired(
            _("%(checks)s Say that it is meant so (--yes, or the tick); nothing was done.")
            % {"checks": " ".join(unanswered)}
        )


def sent_before(people_key: str, *, but: int | None = None) -> Job | None:
    """Return the job submitted last that names the same people on the same certifications; None if there is none.

    A job that was cancelled or declined before it removed anybody was never run, and counts for nothing.
    """
    if not people_key:
        return None
    same = Job.objects.filter(people_key=people_key).exclude(state__in=DRAFT_STATES)
    run = same.exclude(Q(state=JobState.CANCELLED) & Q(checkpoint=0))
    if but is not None:
        run = run.exclude(pk=but)
    return run.select_related("operation").order_by("-submitted_at", "-pk").first()


def _checks(actor: User, found: _Found) -> tuple[Check, ...]:
    if not found.removes:
        return ()
    return (_number(found), _approval(actor, found), _self(found), _same_people(actor, found))


def _number(found: _Found) -> Check:
    if found.limits:
        return Check("number", " ".join(found.limits), Answer.NUMBER)
    return Check("number", _("It is within the limits up to which no number is typed."))


def _approval(actor: User, found: _Found) -> Check:
    if not found.approvals:
        return Check("approval", _("It needs nobody's approval."))
    words = " ".join(found.approvals)
    if not others_may_act_on_work_of(actor, Permission.REMOVAL_APPROVE):
        words += " " + _("Nobody but you could approve it now: ask whoever manages roles.")
    return Check("approval", words, Answer.APPROVAL)


def _self(found: _Found) -> Check:
    if not found.own:
        return Check("self", _("You are not one of them."))
    if found.own_line is None:
        return Check("self", _("You are one of them."), Answer.SAYING_SO)
    return Check(
        "self", _("You are one of them, on line %(line)s.") % {"line": number(found.own_line)}, Answer.SAYING_SO
    )


def _same_people(actor: User, found: _Found) -> Check:
    job = sent_before(found.people_key, but=found.but)
    if job is None:
        return Check("same_people", _("Nobody has sent this list before."))
    own, has_run = job.operation.actor_id == actor.pk, job.checkpoint > 0
    seen = own or sees_operation(actor, job.operation)
    if not has_run:
        # What a hidden job has done is no secret; that it is to come is.
        words = (
            _("You sent this list on %(day)s, and it has not run yet.")
            if own
            else _("%(name)s sent this list on %(day)s, and it has not run yet.")
            if seen
            else _("This list was sent on %(day)s, and it has not run yet.")
        )
    elif own:
        words = _("You ran this list on %(day)s: %(off)s of %(all)s are already off.")
    else:
        words = _("%(name)s ran this list on %(day)s: %(off)s of %(all)s are already off.")
    sent_at = job.submitted_at or job.operation.created_at
    off = sum(found.planned.get(outcome, 0) for outcome in ("already_removed", "not_enrolled"))
    values = {
        "name": job.operation.actor_name,
        "day": date_format(timezone.localtime(sent_at), "j F Y"),
        "off": number(off),
        "all": number(sum(found.planned.get(outcome, 0) for outcome in OF_PEOPLE)),
    }
    return Check("same_people", words % values, Answer.SAYING_SO, job=job.pk if seen else None)


def _taken(job: Job) -> Taken:
    ones = job.certifications.order_by("certification_id")
    return lambda more_than: ones.filter(planned__gt=more_than).values_list("certification_key", "title", "planned")
