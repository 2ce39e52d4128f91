"""Taking one person off a certification, from its page: an operation like any other."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from certremoval.access.models import Permission
from certremoval.certifications.catalogue import find_certification
from certremoval.certifications.holding import NOT_FIRMLY, KeepOff
from certremoval.certifications.limits import ApprovalRequired, approvals_needed
from certremoval.certifications.models import Certification, Enrollment, Operation, RemovalRecord
from certremoval.certifications.visibility import may_manage_certification
from certremoval.database.clock import database_now
from certremoval.database.texts import refuse_unstorable
from certremoval.organization.models import User
from certremoval.policy.reasons import LONGEST_REASON, checked_reason, require_reason
from certremoval.problems import NotFound, NotPermitted, WrongState

__all__ = ["LONGEST_REASON", "find_removable", "remove_person"]

_LONGEST_TITLE = 100


def find_removable(actor: User, *, certification_key: int, user_key: int) -> Enrollment:
    """Return the enrollment of a person whom the actor may take off a certification, with both.

    Raises NotPermitted, NotFound (no certification that the actor sees, nobody of this key) and WrongState (the person
    is not on it).
    """
    certification = find_certification(actor, certification_key)
    if not may_manage_certification(actor, certification):
        raise NotPermitted(
            _("Taking a person off needs the permission %(permission)s, or that you own the certification.")
            % {"permission": Permission.CERTIFICATION_MANAGE.label}
        )
    person = User.objects.filter(pk=user_key).first()
    if person is None:
        raise NotFound(_("There is no such person. Look for them on the certification's page."))
    enrollments = Enrollment.objects.filter(certification=certification, user=person)
    enrollment = enrollments.select_related("user", "certification").first()
    if enrollment is None:
        raise _gone(person, certification)
    return enrollment


def remove_person(
    actor: User,
    *,
    certification_key: int,
    user_key: int,
    comment: str = "",
    reason: str = "",
    keep_off: KeepOff = NOT_FIRMLY,
) -> Operation:
    """Take one person off a certification, and record it with all values before; return the operation.

    ``keep_off`` says how long loads keep them off.

    Raises what :func:`find_removable` raises, WrongState too if the enrollment goes or changes meanwhile, and
    InvalidRequest (a text that cannot be kept, or no reason where one is required) and ApprovalRequired. Nothing is
    written then.
    """
    comment, reason = _checked_comment(comment), checked_reason(reason)
    require_reason(reason)
    with transaction.atomic():
        seen = find_removable(actor, certification_key=certification_key, user_key=user_key)
        _refuse_what_needs_approval(seen.certification)
        # The delete comes first and names what was seen by id and revision: it waits for whoever has the row, and finds
        # nothing if they changed it. Locking the row before would take the locks of row and table in the other order
        # than a load does, and both would wait.
        deleted, _by_model = Enrollment.objects.filter(pk=seen.pk, revision=seen.revision).delete()
        if deleted != 1:
            raise _changed_meanwhile(seen)
        now = database_now()
        operation = Operation.objects.create(
            kind=Operation.Kind.REMOVAL,
            title=_title(seen.user, seen.certification),
            comment=comment,
            reason=reason,
            actor=actor,
            actor_user_id=actor.user_id,
            actor_name=actor.full_name,
            created_at=now,
            held_until=keep_off.until,
            held_for_good=keep_off.for_good,
        )
        RemovalRecord.objects.create(
            operation_id=operation.pk,
            enrollment_id=seen.pk,
            revision=seen.revision,
            certification_key=seen.certification.pk,
            certification_id=seen.certification.certification_id,
            certification_title=seen.certification.title,
            user_key=seen.user.pk,
            user_id=seen.user.user_id,
            user_name=seen.user.full_name,
            removed_at=now,
            **{name: getattr(seen, name) for name in Enrollment.VALUES},
        )
    return operation


def _refuse_what_needs_approval(certification: Certification) -> None:
    """Raise ApprovalRequired where even one person taken off is above a limit: only a job can wait for approval."""
    if approvals_needed(1, lambda more_than: [] if more_than else [(certification.pk, certification.title, 1)]):
        raise ApprovalRequired(
            _("Taking anybody off %(title)s needs another administrator's approval. Make a job of it: a job can wait.")
            % {"title": certification.title}
        )


def _gone(person: User, certification: Certification) -> WrongState:
    return WrongState(
        _("%(person)s is not on %(certification)s any more. Nothing was done.")
        % {"person": str(person), "certification": certification.title}
    )


def _changed_meanwhile(seen: Enrollment) -> WrongState:
    if not Enrollment.objects.filter(pk=seen.pk).exists():
        return _gone(seen.user, seen.certification)
    return WrongState(
        _("%(person)s on %(certification)s was changed at this very moment. Nothing was done; look again.")
        % {"person": str(seen.user), "certification": seen.certification.title}
    )


def _title(person: User, certification: Certification) -> str:
    title = _("%(person)s from %(certification)s") % {
        "person": person.full_name,
        "certification": certification.title,
    }
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def _checked_comment(comment: str) -> str:
    """Return a comment without surrounding space; refuse what no database of ours holds."""
    comment = comment.strip()
    refuse_unstorable((comment,))
    return comment
