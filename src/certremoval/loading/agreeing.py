"""What must be agreed to before a snapshot takes people off: the same as of a removal job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from certremoval.certifications.limits import ApprovalRequired, ConfirmationRequired, require_number
from certremoval.certifications.words import users
from certremoval.loading.report import LoadReport


class NotAgreed(ConfirmationRequired):
    """The administrator saw whom a load would take off and said no. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to: to take off so many people, by typing their number, or by a yes alone."""

    removed: int
    was_typed: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """How somebody agrees: the number that they typed, and whom to ask; see :func:`certremoval.loading.loads.load`."""

    typed: int | None
    confirm: Callable[[LoadReport], bool] | None

    def require_true_number(self, report: LoadReport) -> None:
        """Raise ConfirmationRequired for a number that was typed and is not true: of a dry run, too."""
        if report.snapshot:
            with _with_counts(report):
                require_number(report.removed or 0, self.typed, limits=())

    def asked_for(self, report: LoadReport) -> Agreed | None:
        """Ask whether people are to be taken off by a snapshot, or held back no more; return what was agreed to.

        None if nobody is asked. Raises NotAgreed, and ConfirmationRequired for a number that was typed and is not true.
        """
        if not report.snapshot or self.confirm is None:
            return None
        removed = report.removed or 0
        ended = report.holds.ended if report.holds is not None else 0
        with _with_counts(report):
            _refuse_what_needs_approval(report)
            require_number(removed, self.typed, limits=())
            if (removed or ended) and not self.confirm(report):
                raise NotAgreed("The answer was no; nothing was changed.")
        return Agreed(removed, was_typed=self.typed is not None or bool(report.limits))

    def require(self, report: LoadReport, agreed: Agreed | None) -> None:
        """Raise ConfirmationRequired unless what a snapshot would do is agreed to, just before it is done.

        A yes is no answer to a limit that was not passed when it was given.
        """
        if not report.snapshot:
            return
        removed = report.removed or 0
        with _with_counts(report):
            _refuse_what_needs_approval(report)
            require_number(removed, self.typed if agreed is None else agreed.removed, limits=report.limits)
            if agreed is not None and not agreed.was_typed:
                require_number(removed, None, limits=report.limits)


@contextmanager
def _with_counts(report: LoadReport) -> Iterator[None]:
    """Tell the counts of the report with a refusal."""
    try:
        yield
    except (ConfirmationRequired, ApprovalRequired) as error:
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
