"""What a load says it has done, or would do."""

from __future__ import annotations

import sys

from certremoval.cli.reports import lines_of, moment
from certremoval.cli.text import shown, table, width_of
from certremoval.loading.report import HeldPerson, LoadReport
from certremoval.removals.words import number, users

MOST_SHOWN = 20


def accepted_lines(report: LoadReport) -> list[str]:
    """Return what became of an accepted file, and who is held back."""
    later = report.dry_run
    counts = [
        f"{number(report.created)} {'to be created' if later else 'created'}",
        f"{number(report.updated)} {'to be updated' if later else 'updated'}",
        f"{number(report.unchanged)} unchanged",
    ]
    if report.removed is not None and not report.snapshot:
        counts.append(f"{number(report.removed)} {'to be taken out' if later else 'taken out'}")
    if report.holds is not None and report.holds.held_back:
        counts.append(f"{number(report.holds.held_back)} held back")
    lines = [f"{shown(report.file_name)}: {lines_of(report.rows)}: {', '.join(counts)}."]
    if report.snapshot:
        lines += gone_lines(report)
        if report.operation is not None:
            lines.append(f"To put them back: certremoval undo --operation {report.operation}")
    lines += _hold_lines(report)
    if report.ignored_columns:
        lines.append(f"Columns that were not used: {', '.join(map(shown, report.ignored_columns))}.")
    lines += [shown(note) for note in report.notes]
    return [*lines, "Nothing was changed; this was a dry run."] if later else lines


def gone_lines(report: LoadReport) -> list[str]:
    """Return whom a snapshot takes off: how many, which limits that passes, the first names."""
    removed = report.removed or 0
    if not removed:
        return ["The file names everybody who is on a certification: nobody is taken off."]
    done = report.operation is not None
    taken_off = ("was" if removed == 1 else "were") if done else "would be"
    lines = [f"{users(removed)} {taken_off} taken off: the file does not name them."]
    if report.limits and not done:
        lines += [*map(shown, report.limits), f"So the number must be typed: --confirm {removed}."]
    if report.limits_of_approval and not done:
        lines += [*map(shown, report.limits_of_approval), "That needs approval, for which a load cannot wait."]
    people = report.gone[:MOST_SHOWN]
    headings = ("  User ID", "Name", "Certification", "Status")
    rows = [(f"  {one.user_id}", one.name, one.certification_title, one.status) for one in people]
    lines += table(headings, rows, width_of(sys.stdout), shrinking=2)
    return [*lines, *_more(removed - len(people))]


def _hold_lines(report: LoadReport) -> list[str]:
    holds = report.holds
    if holds is None:
        return []
    lines = []
    if holds.held_back:
        lines.append(f"{users(holds.held_back)} held back: removed and not put back, and so not enrolled.")
        people = holds.people[:MOST_SHOWN]
        headings = ("  Line", "User ID", "Name", "Certification", "Removed", "By", "Kept off")
        lines += table(headings, [_held_cells(one) for one in people], width_of(sys.stdout), shrinking=3)
        lines += _more(holds.held_back - len(people))
        lines.append(
            "--readd enrolls them all the same, but for those kept off until a day or for good. A lift on the pages, or"
            " an undo of their removal, lets anybody on again."
        )
    if holds.readded:
        enrolled = "would be enrolled" if report.dry_run else "were enrolled" if holds.readded != 1 else "was enrolled"
        lines.append(f"{users(holds.readded)} {enrolled} again, held back until now.")
    return [*lines, *ended_lines(report, later=report.dry_run)]


def ended_lines(report: LoadReport, *, later: bool = True) -> list[str]:
    """Return how many people a full file holds back no more, or would if it is done ``later``."""
    if report.holds is None or not report.holds.ended:
        return []
    longer = "would be held back no more" if later else "held back no more"
    return [f"{users(report.holds.ended)} {longer}: the file does not name them."]


def _held_cells(one: HeldPerson) -> tuple[str, ...]:
    how_long = "for good" if one.for_good else f"until {one.until.isoformat()}" if one.until is not None else ""
    return (
        f"  {number(one.line)}",
        one.user_id,
        one.name,
        one.certification_title,
        moment(one.removed_at),
        one.operation_title,
        how_long,
    )


def _more(count: int) -> list[str]:
    return [f"  and {number(count)} more"] if count > 0 else []
