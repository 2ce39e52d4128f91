"""What the demonstration tells at its end, in words and tables: what is there, sign-ins, files to try, what next."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.db.models import Count

from certremoval.certifications.models import Certification, Enrollment, RemovalRecord
from certremoval.demo.organisation import Administrator, Organisation, Sample, Story
from certremoval.organization.models import Group, OrganizationalUnit, OUType, User
from certremoval.removals.models import Job, JobState

_NARROWEST = 40


def figures() -> str:
    """Say what the database holds now."""
    people = User.objects.count()
    inactive = User.objects.filter(is_active=False).count()
    by_state = dict(Job.objects.order_by().values_list("state").annotate(Count("id")))
    jobs = ", ".join(f"{by_state[state]} {_STATE_WORDS[state]}" for state in _STATE_WORDS if by_state.get(state))
    rows = (
        ("Users", f"{people:,}, of them {inactive:,} inactive"),
        ("Units", f"{OrganizationalUnit.objects.count():,} of {OUType.objects.count():,} types"),
        ("Groups", f"{Group.objects.count():,}"),
        ("Certifications", f"{Certification.objects.count():,}, with {Enrollment.objects.count():,} enrollments"),
        ("Removal jobs", f"{sum(by_state.values()):,}: {jobs}"),
        ("Removal records", f"{RemovalRecord.objects.count():,}"),
    )
    return _table(None, rows, width=0)


_STATE_WORDS = {
    JobState.PROCESSED: "processed",
    JobState.CANCELLED: "cancelled",
    JobState.FAILED: "failed",
    JobState.IN_PROGRESS: "in progress",
    JobState.QUEUED: "queued",
    JobState.AWAITING_APPROVAL: "waiting for approval",
    JobState.DRAFT: "drafts",
    JobState.CHECKING: "drafts being checked",
}


def sign_ins(administrators: Iterable[Administrator], passwords: Mapping[str, str], *, width: int) -> str:
    """Return the table of who can sign in, and what that is good for; those without a password are left out."""
    rows = [
        (one.name, one.user_id, passwords[one.user_id], one.shows) for one in administrators if one.user_id in passwords
    ]
    return _table(("Who", "User ID", "Password", "What they show"), rows, width=width)


def files_to_try(organisation: Organisation, *, width: int) -> str:
    """Return each sample file: what it shows, and the command that tries it."""
    parts = []
    for sample in organisation.samples:
        number = f"{sample.lines} lines, {_people(sample.removes)} to remove"
        parts.append(f"{_shown_path(sample.path)}  ({number})")
        parts += _indented(sample.shows, width=width)
        parts.append(f"    {_preview_command(sample)}")
        if sample.path.name == organisation.story.file_name:
            parts.append(f"    {_story_command(organisation.story, sample.path)}")
    return "\n".join(parts)


def next_commands(environment: str) -> str:
    """Return what to do next; ``environment`` says which settings the commands need, if any."""
    lines = [environment] if environment else []
    rows = (
        ("certremoval serve", "open it in a browser; sign in with a User ID and password from above"),
        ("certremoval jobs", "the removal jobs of the past on the command line"),
        ("certremoval verify", "check what the tool promises about them"),
        ("certremoval demo", "new passwords, and the sample files written anew; the rest stays"),
    )
    return "\n".join([*lines, _table(None, rows, width=0)])


def _people(count: int) -> str:
    return {0: "nobody", 1: "1 person"}.get(count, f"{count} people")


def _preview_command(sample: Sample) -> str:
    return shlex.join(["certremoval", "preview", _shown_path(sample.path), *sample.options])


def _story_command(story: Story, path: Path) -> str:
    """Return the command that runs the story; one unit stands for the nine people."""
    return shlex.join(
        [
            *("certremoval", "remove", _shown_path(path), "--title", story.title, "--as", story.administrator),
            *("--leave-out-unit", "=".join(story.left_out_unit), "--skip-problems"),
        ]
    )


def _shown_path(path: Path) -> str:
    """Return the path from where the command was run, if the file lies below it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _indented(text: str, *, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, _NARROWEST), initial_indent="    ", subsequent_indent="    ")


def _table(header: Sequence[str] | None, rows: Iterable[Sequence[str]], *, width: int) -> str:
    """Return rows in columns; the last is wrapped to what ``width`` leaves for it, or never if that is 0."""
    all_rows = [*([header] if header else []), *rows]
    widths = [max(map(len, column)) for column in list(zip(*all_rows, strict=True))[:-1]]
    before = sum(widths) + 2 * len(widths)
    lines = []
    for row in all_rows:
        first = "".join(f"{cell:<{cell_width + 2}}" for cell, cell_width in zip(row, widths, strict=False))
        last = textwrap.wrap(row[-1], max(width - before, _NARROWEST)) if width else [row[-1]]
        lines.append(f"{first}{last[0]}")
        lines += [" " * before + further for further in last[1:]]
    return "\n".join(lines)
