"""What is said of a draft before it is submitted: how much it takes, whom it leaves out, what changed since."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from certremoval.certifications.models import HOLDING_STATUSES, Enrollment
from certremoval.organization.models import OrganizationalUnit, User
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.sql import preview

MOST_SHARES = 20


@dataclass(frozen=True, slots=True)
class CertificationShare:
    """How many of everyone on a certification a job takes off it; ``enrolled`` is counted now."""

    certification_key: int
    certification_id: str
    title: str
    planned: int
    enrolled: int


def changed_since_preview(job: Job) -> int:
    """Return how many of those to be removed have left or changed since the plan was made; of an undo, came back.

    It is what the job would leave alone if it ran now; who was enrolled since is in no preview. Of a draft.
    """
    if job.restores:
        return job.remove_count - preview.steps_still_off(job=job.pk, plan=job.plan_number)
    return job.remove_count - preview.unchanged_steps(job=job.pk, plan=job.plan_number)


def shares(job: Job) -> list[CertificationShare]:
    """Return the certifications that people are taken off, the most first; at most 20."""
    ones = list(job.certifications.filter(planned__gt=0).order_by("-planned", "certification_id")[:MOST_SHARES])
    on_them = Enrollment.objects.filter(certification__in=[one.certification_key for one in ones])
    enrolled = dict(on_them.order_by().values_list("certification").annotate(Count("pk")))
    return [
        CertificationShare(
            one.certification_key,
            one.certification_id,
            one.title,
            planned=one.planned,
            enrolled=enrolled.get(one.certification_key, 0),
        )
        for one in ones
    ]


def holding(job: Job) -> int:
    """Return how many of those to be removed hold the certification, by their status when the plan was made."""
    return sum(count for status, count in job.statuses.items() if status in HOLDING_STATUSES)


def line_of_creator(job: Job) -> int | None:
    """Return the line on which the job would remove its own creator; None if it would not."""
    actor = job.operation.actor_id
    if not job.removes_creator or actor is None:
        return None
    return preview.line_of_user(job=job.pk, plan=job.plan_number, user=actor)


def line_of(job: Job, user: User) -> int | None:
    """Return the line on which a submitted job would remove somebody; None if it would not."""
    return preview.line_of_user(job=job.pk, plan=job.plan_number, user=user.pk)


def left_out_by_choice(job: Job) -> list[tuple[str, int]]:
    """Return by which choices rows are left out, in words, and how many by each, the most first.

    A row counts for one choice: by name, else by status, else by unit. A choice that leaves nobody out is not told.
    """
    counted: dict[str, int] = {}
    for detail, status, rows in preview.left_out_rows(job=job.pk, plan=job.plan_number):
        choice = json.loads(detail or "{}")
        match choice.get("choice"):
            case "status":
                words = _status_words(str(status))
            case "unit":
                words = str(choice.get("unit"))
            case _:
                words = _("Single people")
        counted[words] = counted.get(words, 0) + rows
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def choices_words(job: Job) -> list[str]:
    """Return every choice of whom to leave out in words, as it was chosen: statuses, units, then people."""
    options = PlanOptions.from_json(job.options)
    words = [_status_words(status) for status in options.leave_out_statuses]
    units = _unit_names(options.leave_out_units)
    for type_name, unit_id in options.leave_out_units:
        name = units.get((type_name.casefold(), unit_id), unit_id)
        words.append(_("%(type)s %(unit)s and below") % {"type": type_name, "unit": name})
    people = {user.user_id: user for user in User.objects.filter(user_id__in=options.leave_out_users)}
    for user_id in options.leave_out_users:
        user = people.get(user_id)
        words.append(user_id if user is None or user.full_name == user_id else f"{user.full_name} ({user_id})")
    return words


def _status_words(status: str) -> str:
    return _("Status %(status)s") % {"status": status}


def _unit_names(units: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    ids = {unit_id for _type, unit_id in units}
    found = OrganizationalUnit.objects.filter(unit_id__in=ids).values_list("type__name", "unit_id", "name")
    return {(type_name.casefold(), unit_id): name for type_name, unit_id, name in found}
