"""What must be agreed to before a snapshot takes people off: the same as of a removal job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certremoval.certifications.limits import ApprovalRequired, ConfirmationRequired, require_number
from certremoval.certifications.words import users
from certremoval.loading.report import LoadReport


class NotAgreed(ConfirmationRequired):
    """The administrator saw whom a load would take off and said no. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How somebody agrees: the number that they typed, and whom to ask; see :func:`certremoval.loading.loads.load`."""

    typed: int | None
    confirm: Callable[[LoadReport], bool] | None

    def asked_for(self, report: LoadReport) -> int | None:
        """Ask whether the people of a snapshot are to be taken off; return the number that was agreed to.

        None if nobody is asked. Raises NotAgreed, and ConfirmationRequired for a number that was typed and is not true.
        """
        if not report.snapshot or self.confirm is None:
            return None
        removed = report.removed or 0
        _refuse_what_needs_approval(report)
        try:
            require_number(removed, self.typed, limits=())
            if removed and not self.confirm(report):
                raise NotAgreed("The answer was no; nothing was changed.")
        except ConfirmationRequired as error:
            error.counts = report.counts
            raise
        return removed

    def require(self, report: LoadReport, agreed: int | None) -> None:
        """Raise ConfirmationRequired unless what a snapshot would do is agreed to, just before it is done."""
        if not report.snapshot:
            return
        _refuse_what_needs_approval(report)
        try:
            require_number(report.removed or 0, self.typed if agreed is None else agreed, limits=report.limits)
        except ConfirmationRequired as error:
            error.counts = report.counts
            raise


def _refuse_what_needs_approval(report: LoadReport) -> None:
    """Raise ApprovalRequired above the limits of approval: a load cannot wait until somebody approves it."""
    if report.limits_of_approval:
        raise ApprovalRequired(
            f"{users(report.removed or 0)} would be taken off. {' '.join(report.limits_of_approval)} That needs another"
            " administrator's approval, for which a load cannot wait. Remove them by a job, which can, or have the"
            " limit raised in the settings; nothing was done."
        )
