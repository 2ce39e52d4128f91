"""A result file put right in a spreadsheet and sent again, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from certremoval.certifications.models import RemovalRecord
from tests.cli.conftest import Run, World
from tests.removals.test_round_trip import SAVED, opened


@pytest.mark.parametrize("way", SAVED)
def test_only_what_is_left_is_removed(world: World, run: Run, way: str) -> None:
    save, options = SAVED[way]
    encoding = ["--encoding", str(options["encoding"])] if options else []
    first = run(
        "remove", world.file("000123", "124", ""), "--title", "Leavers", "--skip-problems", "--yes", "--wait", "--json"
    )
    assert (first.code, first.json["counts"]["removed"]) == (0, 1)
    written = world.folder / "result.csv"
    assert run("results", first.json["id"], "--output", written).code == 0
    cells = opened(written.read_bytes())
    assert [row[2] for row in cells] == ["Outcome", "removed", "unknown_user", "blank"]

    cells[2][1], cells[3][1] = "000124", "000125"
    right = world.folder / ("right.xlsx" if way == "XLSX" else "right.csv")
    right.write_bytes(save(cells))
    again = run("remove", right, *encoding, "--title", "Leavers again", "--yes", "--wait", "--json")

    assert again.code == 0
    counts = again.json["counts"]
    assert (counts["rows"], counts["removed"], counts["already_removed"]) == (3, 2, 1)
    assert world.on_forklift() == set()
    assert RemovalRecord.objects.count() == 3
    assert _sent_once_more(run, again.json["id"], world.folder / "third.csv") == {"already_removed"}


def _sent_once_more(run: Run, job: int, path: Path) -> set[str]:
    """Send the result of the last job as it is: accepted, with nothing to do. The outcomes that its result tells."""
    assert run("results", job, "--output", path).code == 0
    third = run("remove", path, "--title", "Once more", "--yes", "--wait", "--json")
    assert (third.code, third.json["counts"]["removed"]) == (0, 0)
    assert run("results", third.json["id"], "--output", path).code == 0
    header, *rows = opened(path.read_bytes())
    assert header == ["Certification ID", "User ID", "Outcome", "Detail"]
    return {row[2] for row in rows}
