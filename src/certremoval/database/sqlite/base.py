"""Waiting for SQLite's write lock without missing the moments at which it is free.

A job's chunks hold the lock for about 40 ms and leave it free for 5 (``removals/pace.py``). SQLite's own wait asks
again after 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50 and then each 100 ms, so that it misses most of these moments: a
page's write waited up to 0.4 s beside a large job, now about as long as one chunk takes (docs/decisions/0012). Whoever
waits says so, and jobs give way (:mod:`certremoval.database.sqlite.giving_way`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db.backends.sqlite3 import base

from certremoval.database.sqlite.giving_way import waiting

POLL_SECONDS = 0.002


class Cursor(base.SQLiteCursorWrapper):
    """Tries a statement again for as long as another connection has the database.

    Only outside a transaction, where a statement that was refused has done nothing; ``BEGIN IMMEDIATE`` is such a
    one. Within a transaction the lock is held already, or cannot be waited for.
    """

    patience = 0.0
    """Seconds."""
    database = ""
    """The file."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute as Django does. Raises sqlite3.OperationalError when the patience is at its end."""
        return self._patiently(lambda: super(Cursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Execute as Django does; outside a transaction, in one of its own, so that it is done wholly or not at all."""
        parameters = list(param_list)
        if self.connection.in_transaction:
            return super().executemany(query, parameters)
        self.execute("BEGIN IMMEDIATE")
        try:
            done = super().executemany(query, parameters)
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")
        return done

    def _patiently(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except sqlite3.OperationalError as error:
            if not self._may_try_again(error):
                raise
        deadline = time.monotonic() + self.patience
        with waiting(self.database):
            while True:
                time.sleep(POLL_SECONDS)
                try:
                    return act()
                except sqlite3.OperationalError as error:
                    if not self._may_try_again(error) or time.monotonic() >= deadline:
                        raise

    def _may_try_again(self, error: sqlite3.OperationalError) -> bool:
        # An extended code says in its lowest byte what it is a case of.
        busy = (error.sqlite_errorcode or 0) & 0xFF == sqlite3.SQLITE_BUSY
        return busy and not self.connection.in_transaction


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with cursors that wait by themselves for as long as the option ``timeout`` says (seconds)."""

    patience = 0.0
    """Seconds that statements wait."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; SQLite itself waits while the connection is made, and not after that."""
        self.patience = float(conn_params.get("timeout", 5.0))
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    def create_cursor(self, name: Any = None) -> Any:
        """Return a cursor that waits."""
        cursor = self.connection.cursor(factory=Cursor)
        cursor.patience, cursor.database = self.patience, str(self.settings_dict["NAME"])
        return cursor
