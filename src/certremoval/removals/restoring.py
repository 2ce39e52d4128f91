"""Planning an undo: the removals of an operation, each with whether and how it comes back, before anything happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from certremoval.certifications.models import Operation
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, Problem
from certremoval.removals.lines import planned_lines_to_do
from certremoval.removals.options import RestoreOptions
from certremoval.removals.planning import (
    MOST_CERTIFICATIONS_TOLD,
    PEOPLE_SHOWN,
    CertificationCount,
    PlanSummary,
    planned_rows_made,
)
from certremoval.removals.sql import recall, summarise

MOST_UNKNOWN_TOLD = 1_000


@contextmanager
def planned_restore(options: RestoreOptions, *, actor: User | None) -> Iterator[PlanSummary]:
    """Plan an undo; inside the block the TEMP table ``planned_rows`` is there to be kept.

    See :func:`~certremoval.removals.planning.planned_rows_made` for its transaction. Raises InvalidRequest with a
    problem for each chosen person whom the operation did not remove.
    """
    with planned_rows_made(lambda: _plan(options, actor)) as summary:
        yield summary


def _plan(options: RestoreOptions, actor: User | None) -> PlanSummary:
    planned_at = database_now()
    recall.recall_rows(operation=options.operation, users=options.users, record=options.record, today=planned_at.date())
    if options.users is not None and (unknown := recall.chosen_without_a_row()):
        problems = [
            Problem("invalid_request", _("%(id)s was not removed by this job.") % {"id": user_id}, value=user_id)
            for user_id in unknown[:MOST_UNKNOWN_TOLD]
        ]
        raise InvalidRequest(_("The choice names people whom the job did not remove."), problems=problems)
    summarise.count_rows(people=False)
    counted = summarise.outcomes()
    certification_count, certifications = summarise.certifications(limit=MOST_CERTIFICATIONS_TOLD)
    return PlanSummary(
        file=None,
        options=options,
        kind=Operation.Kind.RESTORE,
        row_count=sum(counted.values()),
        planned=counted,
        certifications=tuple(CertificationCount(*counts) for counts in certifications),
        certification_count=certification_count,
        statuses=summarise.statuses(),
        people=tuple(planned_lines_to_do(limit=PEOPLE_SHOWN)),
        includes_actor=actor is not None and summarise.concerns_user(actor.pk),
        warnings=recall.warnings(),
        planned_at=planned_at,
    )
