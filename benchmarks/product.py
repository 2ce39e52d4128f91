"""The product's stages, measured: ``python -m benchmarks.product STAGE FOLDER``.

Each stage is what the command line runs, called as it calls it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.measuring import Watch


def reading(folder: Path, name: str = "removal.csv") -> None:
    """Read a file to staged rows, and nothing else."""
    from certremoval.removals.options import PlanOptions
    from certremoval.removals.rows import RemovalRows, open_removal_table

    watch, options = Watch(), PlanOptions()
    with (folder / name).open("rb") as source, watch.stage("reading"):
        rows = RemovalRows(open_removal_table(source, name=name, options=options), options)
        count = sum(1 for _columns, batch in rows.staged() for _ in batch)
    watch.tell(rows=count)


def planning(folder: Path) -> None:
    """Plan the file and keep the plan as a queued job, as ``certremoval remove --yes`` does."""
    from certremoval.organization.models import User
    from certremoval.removals.options import PlanOptions
    from certremoval.removals.planning import PlanSummary
    from certremoval.removals.submitting import remove_file

    watch = Watch()
    began, processor = time.perf_counter(), time.process_time()

    def confirm(summary: PlanSummary) -> bool:
        nonlocal began, processor
        watch.note("planning", time.perf_counter() - began, time.process_time() - processor)
        began, processor = time.perf_counter(), time.process_time()
        return True

    with (folder / "removal.csv").open("rb") as source:
        job = remove_file(
            User.objects.get(user_id="admin"),
            source,
            name="removal.csv",
            title="Benchmark",
            options=PlanOptions(),
            confirm=confirm,
        )
    watch.note("keeping", time.perf_counter() - began, time.process_time() - processor)
    watch.tell(job=job.id, rows=job.remove_count)


def previewing(folder: Path, name: str) -> None:
    """Plan a file and write nothing, as ``certremoval preview`` does: all of planning, without keeping."""
    from certremoval.organization.models import User
    from certremoval.removals.options import PlanOptions
    from certremoval.removals.planning import preview

    watch = Watch()
    with (folder / name).open("rb") as source, watch.stage("planning"):
        summary = preview(source, name=name, options=PlanOptions(), actor=User.objects.get(user_id="admin"))
    assert summary.accepted, summary.file_problems
    watch.tell(rows=summary.remove_count)


def processing(folder: Path) -> None:
    """Process the queued job, as a worker does."""
    from certremoval.database.write_log import write_back_before_others
    from certremoval.removals.models import Job
    from certremoval.removals.processing import claim_next_job, run_slice

    watch = Watch()
    write_back_before_others()
    with watch.stage("processing"):
        held = claim_next_job()
        assert held is not None
        run_slice(held)
    job = Job.objects.get(pk=held.job_id)
    assert (job.state, job.checkpoint, job.changed_count) == ("processed", job.remove_count, 0)
    watch.tell(rows=job.remove_count)


def result(folder: Path) -> None:
    """Write the result file."""
    from certremoval.removals.models import Job
    from certremoval.removals.results import result_file

    watch = Watch()
    with watch.stage("result"), (folder / "result.csv").open("wb") as target:
        for piece in result_file(Job.objects.select_related("file").get()):
            target.write(piece)
    watch.tell()


def restoring(folder: Path) -> None:
    """Undo the job: plan and keep it as ``certremoval undo --yes`` does, then process it as a worker does."""
    from certremoval.database.write_log import write_back_before_others
    from certremoval.organization.models import User
    from certremoval.removals.models import Job
    from certremoval.removals.processing import claim_job, run_slice
    from certremoval.removals.undoing import undo_job

    watch = Watch()
    with watch.stage("undo planning"):
        undo = undo_job(User.objects.get(user_id="admin"), Job.objects.get().pk)
    write_back_before_others()
    with watch.stage("undo processing"):
        held = claim_job(undo.pk)
        assert held is not None
        run_slice(held)
    undo.refresh_from_db()
    assert (undo.state, undo.checkpoint, undo.changed_count) == ("processed", undo.remove_count, 0)
    watch.tell(rows=undo.remove_count)


def verify(folder: Path) -> None:
    """See that every promise holds, so that a quick wrong answer counts for nothing."""
    from certremoval.removals.verifying import verify as breaches

    assert breaches() == []
    Watch().tell()


if __name__ == "__main__":
    import django

    django.setup()
    globals()[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
