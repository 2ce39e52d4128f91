"""An installation of its own for each test: real commands, real processes, a real database.

SQLite in a temporary folder; a scratch database on the server when ``DATABASE_URL`` names PostgreSQL. Only processes
that a test has started are ever ended, by the object that started them.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import pytest

from certremoval.database.sqlite.giving_way import waiting

SERVER = os.environ.get("DATABASE_URL", "")
ON_POSTGRESQL = SERVER.startswith("postgres")
PEOPLE = 40_000
AGREED = ("--yes", "--confirm", str(PEOPLE))
"""What is said on the command line to whom everyone is many."""
SECONDS = 60.0
"""The longest that a test waits for anything. Nothing takes so long; a slow machine may."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("processes")


class Database(Protocol):
    """What an installation keeps its data in."""

    @property
    def environment(self) -> dict[str, str]: ...

    def query(self, statement: str) -> list[tuple[Any, ...]]: ...

    def freeze(self, process: subprocess.Popen[str]) -> None:
        """Stop a worker in its tracks, in the midst of its job."""


@dataclass(frozen=True)
class SqliteFolder:
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"CERTREMOVAL_DATA": str(self.folder)}

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        file = self.folder / "certremoval.sqlite3"
        connection = sqlite3.connect(file, timeout=SECONDS, isolation_level=None)
        # Who writes says that it waits, so that a job gives way; else it may be over before the lock is ours.
        says_so = nullcontext() if statement.startswith("SELECT") else waiting(str(file))
        try:
            with says_so:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def freeze(self, process: subprocess.Popen[str]) -> None:
        # While we hold the one write lock it can only wait for it: a worker that froze with it would stop everybody.
        file = self.folder / "certremoval.sqlite3"
        connection = sqlite3.connect(file, timeout=SECONDS, isolation_level=None)
        try:
            with waiting(str(file)):  # so that the job gives way; else it may be over before the lock is ours
                connection.execute("BEGIN IMMEDIATE")
            process.send_signal(signal.SIGSTOP)
            connection.execute("ROLLBACK")
        finally:
            connection.close()


@dataclass(frozen=True)
class PostgresqlDatabase:
    folder: Path
    name: str
    server: str = SERVER

    @property
    def environment(self) -> dict[str, str]:
        return {"CERTREMOVAL_DATA": str(self.folder), "DATABASE_URL": self._address(self.name)}

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        return self._ask(self.name, statement)

    def freeze(self, process: subprocess.Popen[str]) -> None:
        # In the midst of a chunk, most likely: the server ends the session when the lease has passed.
        process.send_signal(signal.SIGSTOP)

    def make(self, template: str = "template1") -> None:
        self._ask("postgres", f"CREATE DATABASE {self.name} TEMPLATE {template}")

    def drop(self) -> None:
        self._ask("postgres", f"DROP DATABASE {self.name} WITH (FORCE)")

    def _ask(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self._address(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _address(self, database: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{database}"))


@dataclass
class Installation:
    """Runs the product's commands on its database."""

    database: Database
    folder: Path
    extra: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, **popen: Any) -> subprocess.Popen[str]:
        """Start a command, in a session of its own."""
        return self.start_python("-m", "certremoval", *arguments, **popen)

    def start_python(self, *arguments: str, **popen: Any) -> subprocess.Popen[str]:
        """Start Python with the environment of the installation."""
        # What is started this often is compiled once, also where the environment of the tests asks for no bytecode.
        ours = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        environment |= {**self.database.environment, **self.extra, "PYTHONUNBUFFERED": "1", "COLUMNS": "100"}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            start_new_session=True,
            **{**streams, "encoding": "utf-8", **popen},
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def json(self, *arguments: str) -> Any:
        """Run a command that is to be done, and return its answer."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def end_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.communicate()

    # --- what the tests speak of

    @property
    def everyone(self) -> str:
        """A removal file with everyone on the certification."""
        return str(self.folder / "everyone.csv")

    def submit(self) -> int:
        """Queue the removal of everyone; return the job's number."""
        answer = self.json("remove", self.everyone, "--title", "Everyone", *AGREED)
        assert answer["accepted"]
        return int(answer["id"])

    def checkpoint(self, job: int) -> int:
        return int(self.database.query(f"SELECT checkpoint FROM jobs WHERE id = {job}")[0][0])

    def state(self, job: int) -> str:
        return str(self.database.query(f"SELECT state FROM jobs WHERE id = {job}")[0][0])

    def wait_until_begun(self, job: int) -> None:
        """Return when some of the job is done; fail if all of it is."""
        eventually(lambda: self.checkpoint(job) > 0)
        assert self.state(job) == "in_progress", "the job was done before the test could disturb it"

    def wait_until_processed(self, job: int) -> None:
        eventually(lambda: self.state(job) == "processed")

    def assert_everyone_removed_once(self, job: int) -> None:
        """Nobody is left, everybody has one record, and every promise holds."""
        answer = self.json("job", str(job))
        assert answer["counts"]["removed"] == PEOPLE
        assert self.database.query("SELECT COUNT(*) FROM enrollments") == [(0,)]
        assert self.database.query("SELECT COUNT(*), COUNT(DISTINCT enrollment_id) FROM removal_records") == [
            (PEOPLE, PEOPLE)
        ]
        verified = self.run("verify")
        assert verified.returncode == 0, verified.stdout


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail if it does not in time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A set-up installation with one superuser and many people on one certification; copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    with _empty(folder) as database:
        installation = Installation(database, folder)
        try:
            fill(installation)
            yield installation
        finally:
            installation.end_all()


def fill(installation: Installation) -> None:
    """Set the installation up: a superuser, and many people on one certification."""
    folder = installation.folder
    ids = [f"{number:06}" for number in range(1, PEOPLE + 1)]
    files = {
        "users": ["User ID,First Name,Last Name,Email,Active", *(f"{one},Ana,Ruiz,,yes" for one in ids)],
        "certifications": ["Certification ID,Title,Version,Active", "FORKLIFT-3Y,Forklift Operator Safety,1,yes"],
        "enrollments": [
            "Certification ID,User ID,Status,Version,Assigned Date,Due Date,Certified Date,Expiration Date",
            *(f"FORKLIFT-3Y,{one},Certified,1,2026-01-01,,," for one in ids),
        ],
        "everyone": ["Certification ID,User ID", *(f"FORKLIFT-3Y,{one}" for one in ids)],
    }
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    assert installation.run("migrate", "--verbosity", "0").returncode == 0
    for kind in ("users", "certifications", "enrollments"):
        loaded = installation.run("load", kind, str(folder / f"{kind}.csv"))
        assert loaded.returncode == 0, loaded.stderr
    made = installation.run("createsuperuser", "--noinput", "--user_id", "admin", "--email", "")
    assert made.returncode == 0, made.stderr


@contextmanager
def copied(template: Installation, folder: Path) -> Iterator[Installation]:
    """An installation that begins as the template is; dropped at the end."""
    shutil.copytree(template.folder, folder, dirs_exist_ok=True)
    name = template.database.name if isinstance(template.database, PostgresqlDatabase) else ""
    with _empty(folder, name) as database:
        installation = Installation(database, folder)
        try:
            yield installation
        finally:
            installation.end_all()


@contextmanager
def _empty(folder: Path, template: str = "template1") -> Iterator[SqliteFolder | PostgresqlDatabase]:
    """A database without tables, or a copy; dropped at the end."""
    if not ON_POSTGRESQL:
        yield SqliteFolder(folder)
        return
    database = PostgresqlDatabase(folder, f"processes_{secrets.token_hex(6)}")
    database.make(template)
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture
def bare_installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation whose database has no tables yet."""
    with _empty(tmp_path) as database:
        installation = Installation(database, tmp_path)
        try:
            yield installation
        finally:
            installation.end_all()


@pytest.fixture
def installation(template: Installation, tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation: one superuser (``admin``), 40,000 people on FORKLIFT-3Y."""
    with copied(template, tmp_path) as installation:
        yield installation
