"""Whether anybody notices a large job: a page's write, lists and small jobs, while it is planned and processed.

Real processes: ``certremoval serve`` with one worker. Times of small jobs are the database's own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from benchmarks import databases, filling, measuring

PAUSE = 0.05
"""Seconds between two requests of the same kind."""
PASSWORD = "not-a-secret-1"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fairness", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the large file")
    parser.add_argument("--ids", choices=filling.IDS, default="random", help="order of ids")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--idle", type=float, default=15.0, help="seconds that are measured before anything runs")
    parser.add_argument("--folder", type=Path, help="where the database is made (a temporary one)")
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="fairness-") as folder:
        database = databases.make_empty(options.database, Path(folder), "fairness")
        _tell(f"filling {options.rows:,} lines")
        measuring.run("filling", str(options.rows), options.ids, folder, environment=database.environment)
        try:
            with _serving(database) as address:
                phases = _measure(database, address, options.idle)
        finally:
            databases.drop(database)
    if options.output:
        told = {"database": options.database, "rows": options.rows, "ids": options.ids, "phases": phases}
        options.output.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print("\n".join(table(phases)))


def _measure(database: databases.Database, address: str, idle: float) -> dict[str, dict[str, Any]]:
    pages = _Pages(address)
    recorder = _Recorder()
    threads = [
        threading.Thread(target=recorder.repeat, args=("a page's write", _writer(database)), daemon=True),
        threading.Thread(target=recorder.repeat, args=("page that writes", pages.save_preferences), daemon=True),
        threading.Thread(target=recorder.repeat, args=("list of jobs", pages.open_jobs), daemon=True),
    ]
    for thread in threads:
        thread.start()
    phases: dict[str, dict[str, Any]] = {}
    recorder.begin()
    time.sleep(idle)
    phases["nothing runs"] = recorder.end()

    large = measuring.run("fairness", "draft", str(database.folder), environment=database.environment)["job"]
    recorder.begin()
    small = _small_job(database, 0)
    _until(database, large, "draft")
    phases["planning"] = {**recorder.end(), **_waited(database, small)}

    measuring.run("fairness", "submit", str(large), environment=database.environment)
    recorder.begin()
    time.sleep(3)  # the worker is in the midst of the large one
    small = _small_job(database, 1)
    _until(database, large, "processed")
    phases["processing"] = {**recorder.end(), **_waited(database, small)}
    recorder.stop()
    for thread in threads:
        thread.join(30)
    return phases


def _small_job(database: databases.Database, which: int) -> int:
    told = measuring.run("fairness", "small", str(database.folder), str(which), environment=database.environment)
    return int(told["job"])


def _until(database: databases.Database, job: int, state: str) -> None:
    while True:
        ((now,),) = databases.query(database, f"SELECT state FROM jobs WHERE id = {job}")
        if now == state:
            return
        if now in ("failed", "cancelled"):
            raise RuntimeError(f"job {job} is {now}")
        time.sleep(0.5)


def _waited(database: databases.Database, job: int) -> dict[str, Any]:
    """Return how long a small job waited for its start, and for its end (seconds)."""
    _until(database, job, "processed")
    seconds = (
        "(julianday({end}) - julianday(submitted_at)) * 86400"
        if database.kind == "sqlite"
        else "EXTRACT(EPOCH FROM {end} - submitted_at)"
    )
    both = ", ".join(seconds.format(end=end) for end in ("started_at", "ended_at"))
    ((started, ended),) = databases.query(database, f"SELECT {both} FROM jobs WHERE id = {job}")
    return {"small job starts": float(started), "small job ends": float(ended)}


class _Recorder:
    """Collects how long things took, by kind."""

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = {}
        self._stopped = threading.Event()

    def repeat(self, name: str, act: Callable[[], object]) -> None:
        """Do it again and again until stopped."""
        while not self._stopped.is_set():
            began = time.perf_counter()
            act()
            self._taken.setdefault(name, []).append(time.perf_counter() - began)
            time.sleep(PAUSE)

    def begin(self) -> None:
        """Forget what was measured."""
        self._taken = {}

    def end(self) -> dict[str, Any]:
        """Return, by kind, how often, and how long (seconds): median, 99th percentile, longest."""
        return {name: _spread(taken) for name, taken in sorted(self._taken.items())}

    def stop(self) -> None:
        """Stop repeating."""
        self._stopped.set()


def _spread(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    last = len(ordered) - 1
    return {
        "times": len(ordered),
        "median": ordered[last // 2],
        "p99": ordered[round(last * 0.99)],
        "longest": ordered[last],
    }


def _writer(database: databases.Database) -> Callable[[], object]:
    """Return the write that a page does, without the page: take the write lock, change a row, commit."""
    statement = "UPDATE users SET theme = 'dark' WHERE user_id = 'admin'"
    local = threading.local()

    def write_sqlite() -> None:
        import sqlite3

        from certremoval.database.sqlite.base import Cursor

        if not hasattr(local, "db"):
            connection = sqlite3.connect(database.file, isolation_level=None, timeout=30)
            connection.executescript(
                "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=128000; PRAGMA busy_timeout=0"
            )
            local.db = connection.cursor(factory=Cursor)
            local.db.patience, local.db.database = 30.0, str(database.file)
        local.db.execute("BEGIN IMMEDIATE")
        local.db.execute(statement)
        local.db.execute("COMMIT")

    def write_postgresql() -> None:
        import psycopg

        if not hasattr(local, "db"):
            local.db = psycopg.connect(database.url, autocommit=True)
        local.db.execute(statement)

    return write_sqlite if database.kind == "sqlite" else write_postgresql


class _Pages:
    """A signed-in administrator's browser, as far as HTTP goes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._get("/sign-in/")
        self._post("/sign-in/", {"username": "admin", "password": PASSWORD})
        self._get("/preferences/")  # signing in changed the token

    def open_jobs(self) -> None:
        """Open the list of jobs."""
        self._get("/certification-removal/")

    def save_preferences(self) -> None:
        """Save the preferences, as they are."""
        self._post("/preferences/", {"theme": "dark", "time_zone": "UTC"})

    def _get(self, path: str) -> str:
        with self._opener.open(self._address + path, timeout=60) as answer:
            page: str = answer.read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if found:
            self._token = found[1]
        return page

    def _post(self, path: str, fields: dict[str, str]) -> None:
        data = urlencode({**fields, "csrfmiddlewaretoken": self._token}).encode()
        request = Request(self._address + path, data, {"Referer": self._address + path})
        with self._opener.open(request, timeout=60) as answer:
            answer.read()


@contextmanager
def _serving(database: databases.Database) -> Iterator[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CERTREMOVAL", "DATABASE"))}
    with (database.folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "certremoval", "serve", "--port", "0", "--workers", "1"],
            env={**inherited, **measuring.LIMITS, **database.environment, "PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        for _ in range(600):
            found = re.search(r"http://localhost:\d+", (database.folder / "serve.log").read_text())
            if found:
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("the web server does not start: " + (database.folder / "serve.log").read_text())
        yield found[0].replace("localhost", "127.0.0.1")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def table(phases: dict[str, dict[str, Any]]) -> list[str]:
    """Return the figures as a table in Markdown."""
    kinds = [kind for kind, value in phases["nothing runs"].items() if isinstance(value, dict)]
    heads = [f"{kind}: median / p99 / longest (ms)" for kind in kinds]
    lines = [f"| while | {' | '.join(heads)} | 10-line job starts / ends |", "|---|" + "---:|" * (len(kinds) + 1)]
    for phase, found in phases.items():
        cells = [
            " / ".join(f"{found[kind][what] * 1000:.0f}" for what in ("median", "p99", "longest")) for kind in kinds
        ]
        starts, ends = found.get("small job starts"), found.get("small job ends")
        cells.append("" if starts is None else f"{starts:.1f} s / {ends:.1f} s")
        lines.append(f"| {phase} | {' | '.join(cells)} |")
    return lines


# --- in a process with the product's environment


def _act(what: str, *arguments: str) -> dict[str, int]:
    from certremoval.organization.models import User
    from certremoval.removals import drafts, submitting
    from certremoval.removals.jobs import find_job
    from certremoval.removals.options import PlanOptions

    actor = User.objects.get(user_id="admin")
    if what == "draft":
        with (Path(arguments[0]) / "removal.csv").open("rb") as source:
            job = drafts.upload_draft(actor, source, name="removal.csv", title="Large", options=PlanOptions())
    elif what == "submit":
        draft = find_job(actor, int(arguments[0]))
        job = submitting.submit(actor, draft.pk, plan_number=draft.plan_number, typed=draft.remove_count)
    else:
        job = _submit_small(actor, Path(arguments[0]), int(arguments[1]))
    return {"job": job.id}


def _submit_small(actor: Any, folder: Path, which: int) -> Any:
    """Remove ten people of the large file's own; which of the two jobs gets there first does not matter."""
    from certremoval.removals.options import PlanOptions
    from certremoval.removals.submitting import remove_file

    with (folder / "removal.csv").open(encoding="utf-8") as file:
        lines = [next(file), *islice(file, which * 10, which * 10 + 10)]
    small = folder / "small.csv"
    small.write_text("".join(lines), encoding="utf-8")
    with small.open("rb") as source:
        return remove_file(actor, source, name="small.csv", title="Small", options=PlanOptions(), skip_problems=True)


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_act(*sys.argv[1:])))
