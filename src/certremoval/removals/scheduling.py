"""When a job runs: a date and time in its creator's zone, read without a doubt, or refused with advice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from certremoval.certifications.holding import keep_off_of, require_kept_off
from certremoval.database.clock import database_now
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, WrongState
from certremoval.removals.actions import find_own_job
from certremoval.removals.models import Job, JobState

LONGEST_WAIT = timedelta(days=366)


def zone_of(user: User) -> ZoneInfo:
    """Return the zone in which somebody writes times: their own, UTC if they have chosen none."""
    try:
        return ZoneInfo(user.time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def read_when(text: str, user: User) -> datetime:
    """Return the moment that somebody means who writes ``2026-11-30 06:00``; with an offset it needs no zone.

    Raises InvalidRequest for what is no date and time, for a time that has passed or lies more than a year ahead, and
    for one that a change of the clocks leaves out or brings twice.
    """
    zone = zone_of(user)
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        written = None
    if written is None or len(text.strip()) < len("2026-11-30 06:00"):
        raise InvalidRequest(
            _("%(text)s is no date and time. Write it as in 2026-11-30 06:00.") % {"text": text.strip()[:60]}
        )
    if written.tzinfo is None:
        written = _in_zone(written, zone)
    try:
        when = written.astimezone(UTC)
    except OverflowError:
        raise InvalidRequest(_("%(text)s is too far away.") % {"text": text.strip()[:60]}) from None
    now = database_now()
    if when <= now:
        raise InvalidRequest(
            _("%(time)s has passed. Choose a later time, or none to run now.") % {"time": _shown(when, zone)}
        )
    if when > now + LONGEST_WAIT:
        raise InvalidRequest(_("%(time)s is more than a year away.") % {"time": _shown(when, zone)})
    return when


def _in_zone(written: datetime, zone: ZoneInfo) -> datetime:
    """Return a time of the clocks of a zone. Raises InvalidRequest where they show it never, or twice, on that day."""
    first, second = written.replace(tzinfo=zone, fold=0), written.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    words = {"time": f"{written:%Y-%m-%d %H:%M}", "zone": zone.key}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != written:
        # The offset before a gap shows the first time after it, and the other way round.
        after = first.astimezone(UTC).astimezone(zone)
        raise InvalidRequest(
            _(
                "%(time)s is on no clock in %(zone)s: they are put forward then."
                " Choose a time before, or from %(after)s on."
            )
            % {**words, "after": f"{after:%H:%M}"}
        )
    offsets = [f"{written:%Y-%m-%dT%H:%M}{one:%z}" for one in (first, second)]
    raise InvalidRequest(
        _("%(time)s comes twice in %(zone)s: the clocks are put back then. Write %(first)s or %(second)s.")
        % {**words, "first": _with_colon(offsets[0]), "second": _with_colon(offsets[1])}
    )


def _with_colon(text: str) -> str:
    """Return an ISO time with its offset as in +02:00."""
    return f"{text[:-2]}:{text[-2:]}"


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


MOVABLE = (JobState.QUEUED, JobState.AWAITING_APPROVAL)
"""In these states a job can be moved to another time, unless it has begun once."""


def can_be_moved(job: Job) -> bool:
    """Whether a job has not begun, so that it can be moved to another time."""
    return job.state in MOVABLE and job.started_at is None


def reschedule(actor: User, job_id: int, when: datetime | None) -> Job:
    """Let a job that nobody has begun run at another time; None is now.

    Raises NotFound, NotPermitted, WrongState (it has begun, or has ended), NobodyKeptOff (its people are to be kept off
    until a day that would have come by then).
    """
    job = find_own_job(actor, job_id)
    if can_be_moved(job):
        require_kept_off(keep_off_of(job.operation), when)
    moved = Job.objects.filter(pk=job.pk, state__in=MOVABLE, started_at=None).update(scheduled_for=when)
    job.refresh_from_db()
    if not moved:
        raise WrongState(
            _("The job is %(state)s; only a job that has not begun can be moved to another time.")
            % {"state": job.get_state_display()}
        )
    return job
