"""What can be wrong, as values: problems of a file, and actions that are refused.

Rules raise these where they find them; the doors (pages, command line, API) only show them.
This module imports nothing of the project, so that every layer may use it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file or a request.

    ``line`` is the line that an editor or a spreadsheet shows (the header is line 1); ``column`` the
    heading by the name that was asked for; ``value`` the cell as it was read; ``suggestion`` a value that would be
    right, never applied by us. ``message`` says what is wrong, where, and what to do.
    """

    code: str
    message: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the problem as the contract writes it: keys without a value are left out."""
        answer: dict[str, object] = {"code": self.code, "message": self.message}
        for key in ("line", "column", "value", "suggestion"):
            value = getattr(self, key)
            if value is not None:
                answer[key] = value
        return answer

    @property
    def place(self) -> tuple[int, str]:
        """Sort key: problems of the whole file first, then by line and column."""
        return (self.line or 0, self.column or "")


class UnreadableFile(Exception):
    """The file as a whole cannot be used; ``problems`` say why. Nothing of it was taken.

    The codes are the file codes of the contract: ``file_too_large``, ``too_many_rows``,
    ``file_format``, ``file_empty``, ``invalid_columns``.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class ActionRefused(Exception):
    """An action that a rule refuses. Subclasses carry the contract's code and HTTP status."""

    code: ClassVar[str]
    http_status: ClassVar[int]

    def __init__(self, message: str, *, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong; at least one problem, which then is the refusal itself."""
        return self._problems or (Problem(self.code, self.message),)


class NotFound(ActionRefused):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"
    http_status = 404


class NotPermitted(ActionRefused):
    """The actor may know of the thing but not do this with it."""

    code = "not_permitted"
    http_status = 403


class WrongState(ActionRefused):
    """The thing is not in a state that allows the action."""

    code = "wrong_state"
    http_status = 409


class NothingToDo(ActionRefused):
    """The action would change nothing."""

    code = "nothing_to_do"
    http_status = 409


class Purged(ActionRefused):
    """The thing was there, and its retention time has passed."""

    code = "purged"
    http_status = 410


class InvalidRequest(ActionRefused):
    """What was asked makes no sense as it stands."""

    code = "invalid_request"
    http_status = 422
