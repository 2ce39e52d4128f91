"""What the engine promises, in plain Python and in memory: the state machine compares the database with it."""

from __future__ import annotations

from dataclasses import dataclass, field

Pair = tuple[str, str]
"""Certification ID and User ID."""

REFUSING = {"blank", "unknown_certification", "unknown_user", "not_enrolled"}
ENDED = {"processed", "failed", "cancelled"}
MAX_ATTEMPTS = 5


@dataclass
class Enrolled:
    """Somebody on a certification. ``number`` tells this enrollment from a later one of the same person."""

    number: int
    status: str
    revision: int = 1


@dataclass
class Record:
    """One removal: of which enrollment in which state, by which job (None: of one person), put back or not."""

    number: int
    revision: int
    pair: Pair
    status: str
    job: ModelJob | None
    by: ModelJob | None = None
    """The restore that put it back."""
    lets_on: bool = False
    """Loads may put the person on again: its hold was ended, or it never held."""


@dataclass(frozen=True)
class Choices:
    """Whom to leave out."""

    statuses: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


@dataclass(eq=False)
class ModelJob:
    """A job: what its file says (or which removals it undoes), what is planned, how far it is."""

    rows: list[Pair]
    choices: Choices
    state: str = "draft"
    plan_number: int = 1
    skips: bool = False
    planned: dict[int, str] = field(default_factory=dict)
    steps: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By line, the enrollment's number and revision when it was planned."""
    done: dict[int, str] = field(default_factory=dict)
    """By line, what became of a step."""
    token: str | None = None
    is_free: bool = False
    """Whoever has the token has let go of it, or fallen silent: another may take it."""
    attempts: int = 0
    undoes: list[Record] | None = None
    """The removals that a restore puts back, by line from 1 on; None of a removal."""
    undone: bool = False

    @property
    def to_do(self) -> str:
        """What is planned for a row that it is to work on."""
        return "remove" if self.undoes is None else "restore"

    @property
    def refuses(self) -> bool:
        """Whether a line of the file refuses it."""
        return self.undoes is None and bool(REFUSING & set(self.planned.values()))

    def outcomes(self) -> dict[int, str]:
        """The outcome of each line as it is now."""
        waiting = "not_reached" if self.state in ENDED else self.to_do
        return {
            line: self.done.get(line, waiting) if outcome == self.to_do else outcome
            for line, outcome in self.planned.items()
        }


class Model:
    """The organisation and its jobs."""

    def __init__(self, units: dict[str, str], certifications: tuple[str, ...]) -> None:
        self.units = units
        """The unit of each user."""
        self.certifications = certifications
        self.enrolled: dict[Pair, Enrolled] = {}
        self.records: list[Record] = []
        """In the order in which they were written."""
        self.jobs: dict[int, ModelJob] = {}
        self._numbers = 0

    def enrol(self, pair: Pair, status: str) -> int:
        """Put somebody on a certification; return the enrollment's number."""
        self._numbers += 1
        self.enrolled[pair] = Enrolled(self._numbers, status)
        return self._numbers

    def change(self, pair: Pair, status: str) -> None:
        """Give an enrollment a status. The revision rises only if it is another one."""
        one = self.enrolled[pair]
        if one.status != status:
            one.status, one.revision = status, one.revision + 1

    def remove(self, pair: Pair, job: ModelJob | None = None) -> None:
        """Take somebody off, with a record."""
        one = self.enrolled.pop(pair)
        self.records.append(Record(one.number, one.revision, pair, one.status, job))

    def held(self, pair: Pair) -> Record | None:
        """Return the removal that keeps loads from putting somebody on a certification; None if none does."""
        last = next((record for record in reversed(self.records) if record.pair == pair), None)
        if pair in self.enrolled or last is None or last.by is not None or last.lets_on:
            return None
        return last

    def restorable(self, record: Record) -> str:
        """Return whether a removal can be put back now."""
        if record.by is not None:
            return "already_restored"
        return "enrolled_again" if record.pair in self.enrolled else "restore"

    def plan_undo(self, job: ModelJob) -> None:
        """Class every removal that the job is to put back, as things are now."""
        for line, record in enumerate(job.undoes or (), 1):
            job.planned[line] = self.restorable(record)
            if job.planned[line] == "restore":
                job.steps[line] = (record.number, record.revision)

    def plan(self, job: ModelJob) -> None:
        """Class every row of the job's file, as things are now."""
        job.planned, job.steps, first = {}, {}, set()
        for line, pair in enumerate(job.rows, 2):
            certification, user = pair
            if not certification and not user:
                continue
            outcome = self._outcome(pair, job.choices, repeated=pair in first)
            job.planned[line] = outcome
            if certification and user:
                first.add(pair)
            if outcome == "remove":
                job.steps[line] = (self.enrolled[pair].number, self.enrolled[pair].revision)

    def _outcome(self, pair: Pair, choices: Choices, *, repeated: bool) -> str:
        certification, user = pair
        if not certification or not user:
            return "blank"
        if repeated:
            return "duplicate"
        if certification not in self.certifications:
            return "unknown_certification"
        if user not in self.units:
            return "unknown_user"
        if pair in self.enrolled:
            out = (
                user in choices.users
                or self.enrolled[pair].status in choices.statuses
                or self.units[user] in choices.units
            )
            return "left_out" if out else "remove"
        last = next((record for record in reversed(self.records) if record.pair == pair), None)
        return "not_enrolled" if last is None or last.by is not None else "already_removed"

    def process(self, job: ModelJob, line: int) -> None:
        """Carry out one step: only what is still as it was planned is removed, or put back."""
        if job.undoes is not None:
            record = job.undoes[line - 1]
            job.done[line] = self.restorable(record)
            if job.done[line] == "restore":
                job.done[line], record.by = "restored", job
                self.enrolled[record.pair] = Enrolled(record.number, record.status, record.revision + 1)
            return
        pair = job.rows[line - 2]
        now = self.enrolled.get(pair)
        if now is None:
            job.done[line] = "gone_since_preview"
        elif (now.number, now.revision) == job.steps[line]:
            self.remove(pair, job)
            job.done[line] = "removed"
        else:
            job.done[line] = "changed_since_preview"
