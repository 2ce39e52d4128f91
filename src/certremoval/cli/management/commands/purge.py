from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.text import counted
from certremoval.policy.settings import current_policy
from certremoval.removals.retention import DRAFT_DAYS, PurgeReport, purge, what_is_due
from certremoval.removals.words import number


class Command(BaseCommand):
    """Delete what is kept no longer."""

    help = """
        Delete what is kept no longer: the files and the lines of jobs that ended longer ago than the setting says (730
        days, if nobody has set it), drafts that were last checked more than 7 days ago, and what interrupted uploads
        have left. Who was removed, by whom and why stays for good, and so do the jobs with their counts; a purged job
        can still be undone.

        Workers do the same by themselves, once an hour. Interrupted, the next purge goes on where it stopped.
    """
    example = """
certremoval purge --dry-run
certremoval purge
    """
    exits = {0: "what was due is deleted; with --dry-run: it is told", 1: "the database refused it"}

    def arguments(self, parser: CommandParser) -> None:
        """Add the way to look first."""
        parser.add_argument("--dry-run", action="store_true", help="tell what would be deleted; delete nothing")

    def act(self, options: Mapping[str, Any]) -> int:
        """Purge, or tell what would be."""
        dry_run, days = options["dry_run"], current_policy().details_kept_days
        report = what_is_due() if dry_run else purge()
        if self.json_asked:
            self.answer(
                {
                    "dry_run": dry_run,
                    "details_kept_days": days,
                    "jobs": report.jobs,
                    "lines": report.lines,
                    "files": report.files,
                    "bytes": report.bytes,
                    "drafts": report.drafts,
                }
            )
        else:
            self.tell(*_lines(report, dry_run=dry_run, days=days))
        return 0


def _lines(report: PurgeReport, *, dry_run: bool, days: int | None) -> list[str]:
    kept = "for ever" if days is None else f"for {number(days)} {'day' if days == 1 else 'days'} after a job has ended"
    rule = f"Files and lines are kept {kept}, drafts for {DRAFT_DAYS} days."
    if not report.did_anything:
        return [f"Nothing is due. {rule}"]
    went = [
        (report.jobs, "job: its lines and its file" if report.jobs == 1 else "jobs: their lines and files"),
        (report.drafts, "draft" if report.drafts == 1 else "drafts"),
        (report.lines, "line" if report.lines == 1 else "lines"),
        (report.files, "file" if report.files == 1 else "files"),
        (report.bytes, "bytes of them"),
    ]
    return [
        "This would be deleted:" if dry_run else "Deleted:",
        *counted(went),
        "",
        f"{rule} Who was removed, by whom and why stays in Removal Records.",
        *(["Nothing was deleted; this was a dry run."] if dry_run else []),
    ]
