"""A database of its own for each thing that is measured: a copy of one that was filled once.

SQLite is a folder that is copied. PostgreSQL is the server that ``DATABASE_URL`` names (``scripts/with-postgres``
starts one); a database is copied there with ``CREATE DATABASE … TEMPLATE``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SERVER = os.environ.get("DATABASE_URL", "")
KINDS = ("sqlite", "postgresql") if SERVER.startswith("postgres") else ("sqlite",)
"""The kinds of database that can be measured now."""


@dataclass(frozen=True, slots=True)
class Database:
    """One database. ``folder`` also holds the files that belong to it; ``name`` is the PostgreSQL database."""

    kind: str
    folder: Path
    name: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the product is told, to run on it."""
        if self.kind == "sqlite":
            return {"CERTREMOVAL_DATA": str(self.folder)}
        return {"CERTREMOVAL_DATA": str(self.folder), "DATABASE_URL": self.url}

    @property
    def url(self) -> str:
        """The PostgreSQL database's address."""
        return urlunsplit(urlsplit(SERVER)._replace(path=f"/{self.name}"))

    @property
    def file(self) -> Path:
        """The SQLite database's file."""
        return self.folder / "certremoval.sqlite3"


def make_empty(kind: str, folder: Path, name: str) -> Database:
    """Make a database without tables; runs beside each other on one server have each their own."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{name}_{os.getpid()}"
    if kind == "postgresql":
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _on_server(f"CREATE DATABASE {name}")
    return Database(kind, folder, name if kind == "postgresql" else "")


@contextmanager
def copied(original: Database, folder: Path) -> Iterator[Database]:
    """Yield a copy, dropped at the end."""
    folder.mkdir(parents=True)
    copy = Database(original.kind, folder, f"{original.name}_copy" if original.name else "")
    try:
        if copy.kind == "sqlite":
            shutil.copyfile(original.file, copy.file)
            os.sync()
        else:
            _on_server(f"DROP DATABASE IF EXISTS {copy.name} WITH (FORCE)")
            _on_server(f"CREATE DATABASE {copy.name} TEMPLATE {original.name} STRATEGY FILE_COPY")
            _on_server("CHECKPOINT")
        yield copy
    finally:
        drop(copy)


def drop(database: Database) -> None:
    """Delete a database and its folder."""
    if database.kind == "postgresql":
        _on_server(f"DROP DATABASE IF EXISTS {database.name} WITH (FORCE)")
    shutil.rmtree(database.folder, ignore_errors=True)


def query(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """Ask a database."""
    if database.kind == "sqlite":
        import sqlite3

        connection = sqlite3.connect(database.file)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    import psycopg

    with psycopg.connect(database.url, autocommit=True) as session:
        return session.execute(statement.encode()).fetchall()


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as session:
        session.execute(statement.encode())
