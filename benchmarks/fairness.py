"""Whether anybody notices a large job: a page's write, lists and small jobs, while it is planned and processed.

Real processes: ``certremoval serve`` with one worker. Small jobs of ten lines are submitted again and again; their
times are the database's own. A very large job is planned to its end, and processed no longer than ``--watch`` says.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from benchmarks import databases, filling, measuring
from benchmarks.machine import machine

PAUSE = 0.05
"""Seconds between two requests of the same kind."""
LOOK = 0.2
"""Seconds between two looks at how far the large job is."""
PASSWORD = "not-a-secret-1"
SMALL = 10
"""Lines of a small job."""


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fairness", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the large file")
    parser.add_argument("--ids", choices=filling.IDS, default="random", help="order of ids")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--idle", type=float, default=15.0, help="seconds that are measured before anything runs")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two jobs of ten lines")
    parser.add_argument(
        "--watch", type=float, help="seconds that the large job is processed at most; then it is cancelled"
    )
    parser.add_argument("--folder", type=Path, help="where the database is made (a temporary one)")
    parser.add_argument("--output", type=Path, help="a JSON file for the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="fairness-") as folder:
        database = databases.make_empty(options.database, Path(folder), "fairness")
        _tell(f"filling {options.rows:,} lines")
        measuring.run("filling", str(options.rows), options.ids, folder, environment=database.environment)
        try:
            with _serving(database) as address, _Clerk(database) as clerk:
                phases = _measure(database, address, clerk, options)
        finally:
            databases.drop(database)
    if options.output:
        case = {"database": options.database, "rows": options.rows, "ids": options.ids}
        told = {"machine": machine(), **case, "phases": phases}
        options.output.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print("\n".join(table(phases)))


def _measure(
    database: databases.Database, address: str, clerk: _Clerk, options: argparse.Namespace
) -> dict[str, dict[str, Any]]:
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
    time.sleep(options.idle)
    phases["nothing runs"] = {"pages": recorder.end()}

    _tell("planning")
    large = clerk.does("draft", str(database.folder))
    phases["planning"] = _phase(database, clerk, recorder, large, while_in=("checking",), every=options.every)

    _tell("processing")
    clerk.does("submit", str(large))
    phases["processing"] = _phase(
        database, clerk, recorder, large, while_in=RUNNING, every=options.every, at_most=options.watch
    )
    recorder.stop()
    for thread in threads:
        thread.join(30)
    return phases


RUNNING = ("queued", "in_progress")


def _phase(
    database: databases.Database,
    clerk: _Clerk,
    recorder: _Recorder,
    large: int,
    *,
    while_in: tuple[str, ...],
    every: float,
    at_most: float | None = None,
) -> dict[str, Any]:
    """Watch the large job while it is in one of these states, and submit small jobs meanwhile.

    After ``at_most`` seconds it is cancelled.
    """
    recorder.begin()
    began = time.monotonic()
    small: list[int] = []
    due = began
    while (state := _state(database, large)) in while_in:
        now = time.monotonic()
        if at_most is not None and now - began >= at_most:
            clerk.does("cancel", str(large))
        elif now >= due:
            small.append(clerk.does("small", str(database.folder)))
            due = now + every
        else:
            time.sleep(LOOK)
    told = {"seconds": time.monotonic() - began, "pages": recorder.end(), "large job": state}
    if state == "failed":
        raise RuntimeError(f"job {large} is failed")
    _tell(f"  {told['seconds']:.0f} s, {len(small)} small jobs, the large one is {state}")
    return {**told, "small jobs": _waited(database, small)}


def _state(database: databases.Database, job: int) -> str:
    ((state,),) = databases.query(database, f"SELECT state FROM jobs WHERE id = {job}")
    return str(state)


def _waited(database: databases.Database, jobs: list[int]) -> dict[str, Any]:
    """Return how many small jobs there were, and how long they waited at most for their start and end (seconds)."""
    seconds = (
        "(julianday({end}) - julianday(submitted_at)) * 86400"
        if database.kind == "sqlite"
        else "EXTRACT(EPOCH FROM {end} - submitted_at)"
    )
    both = ", ".join(seconds.format(end=end) for end in ("started_at", "ended_at"))
    taken = []
    for job in jobs:
        while (state := _state(database, job)) != "processed":
            if state not in RUNNING:
                raise RuntimeError(f"job {job} is {state}")
            time.sleep(LOOK)
        ((started, ended),) = databases.query(database, f"SELECT {both} FROM jobs WHERE id = {job}")
        taken.append((float(started), float(ended)))
    return {
        "times": len(taken),
        "starts": max((started for started, _ended in taken), default=None),
        "ends": max((ended for _started, ended in taken), default=None),
    }


class _Clerk:
    """A process that uploads, submits and cancels, started before anything is measured."""

    def __init__(self, database: databases.Database) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fairness"],
            env=measuring.environment_of(database.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def __enter__(self) -> _Clerk:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate(timeout=60)

    def does(self, *what: str) -> int:
        """Have something done, and return its job."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that submits jobs ended at {what}")
        return int(answer)


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
    with (database.folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "certremoval", "serve", "--port", "0", "--workers", "1"],
            env={**measuring.environment_of(database.environment), "PYTHONUNBUFFERED": "1"},
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
    kinds = list(phases["nothing runs"]["pages"])
    heads = [f"{kind}: median / p99 / longest (ms)" for kind in kinds]
    lines = [
        f"| while | {' | '.join(heads)} | 10-line jobs: how many; the slowest starts / ends after |",
        "|---|" + "---:|" * (len(kinds) + 1),
    ]
    for phase, found in phases.items():
        pages, small = found["pages"], found.get("small jobs")
        # A very short phase may end before anything of a kind was done in it.
        cells = [
            " / ".join(f"{pages[kind][what] * 1000:.0f}" for what in ("median", "p99", "longest"))
            if kind in pages
            else ""
            for kind in kinds
        ]
        cells.append(
            f"{small['times']}; {small['starts']:.1f} s / {small['ends']:.1f} s" if small and small["times"] else ""
        )
        lines.append(f"| {phase} | {' | '.join(cells)} |")
    return lines


# --- in a process with the product's environment


def _serve_as_clerk() -> None:
    """Do what each line of the input says, and answer with the job's key."""
    lines_used = 0
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        if what == "small":
            arguments.append(str(lines_used))
            lines_used += SMALL
        print(_act(what, *arguments), flush=True)


def _act(what: str, *arguments: str) -> int:
    from certremoval.organization.models import User
    from certremoval.problems import WrongState
    from certremoval.removals import actions, drafts, submitting
    from certremoval.removals.jobs import find_job
    from certremoval.removals.options import PlanOptions

    actor = User.objects.get(user_id="admin")
    if what == "draft":
        with (Path(arguments[0]) / "removal.csv").open("rb") as source:
            return drafts.upload_draft(actor, source, name="removal.csv", title="Large", options=PlanOptions()).id
    if what == "small":
        return _submit_small(actor, Path(arguments[0]), int(arguments[1]))
    job = find_job(actor, int(arguments[0]))
    if what == "submit":
        submitting.submit(actor, job.pk, plan_number=job.plan_number, typed=job.remove_count)
    else:
        with suppress(WrongState):  # it has just ended by itself
            actions.cancel(actor, job.pk)
    return job.id


def _submit_small(actor: Any, folder: Path, lines_used: int) -> int:
    """Remove ten people of the large file's own; which of the two jobs gets there first does not matter."""
    from certremoval.removals.options import PlanOptions
    from certremoval.removals.submitting import remove_file

    with (folder / "removal.csv").open(encoding="utf-8") as file:
        lines = [next(file), *islice(file, lines_used, lines_used + SMALL)]
    source = BytesIO("".join(lines).encode())
    return remove_file(actor, source, name="small.csv", title="Small", options=PlanOptions(), skip_problems=True).id


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    import django

    django.setup()
    _serve_as_clerk()
