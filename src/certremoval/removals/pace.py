"""How much is done in one transaction, so that nobody waits for us."""

from __future__ import annotations

import time

from django.db import connection

from certremoval.database.dialect import dialect
from certremoval.database.sqlite.giving_way import give_way

CHUNK_SECONDS = 0.04
PAUSE_SECONDS = 0.005
SMALLEST, LARGEST = 500, 10_000


class Pace:
    """The size of the next chunk, adapted to how long the last one took.

    SQLite has one write lock: chunks are held to about 40 ms with a pause after each, or a page's write waits for
    seconds (measured), and the next one begins only when nobody waits for the lock. PostgreSQL has row locks, so there
    the chunk is as large as it is ever allowed to be.

    ``largest`` bounds the size further: for the demonstration's half-done jobs, and for tests.
    """

    def __init__(self, *, largest: int = LARGEST) -> None:
        self._adapts = dialect() == "sqlite"
        self._smallest, self._largest = min(SMALLEST, largest), largest
        self.size = min(2_000, largest) if self._adapts else largest
        self._begun = 0.0

    def begin(self) -> None:
        """Note that a chunk begins."""
        self._begun = time.monotonic()

    def end(self) -> None:
        """Note that the chunk has ended; adapt the size and pause."""
        if not self._adapts:
            return
        seconds = max(time.monotonic() - self._begun, 0.001)
        factor = min(max(CHUNK_SECONDS / seconds, 0.5), 1.5)
        self.size = min(max(int(self.size * factor), self._smallest), self._largest)
        time.sleep(PAUSE_SECONDS)
        give_way(str(connection.settings_dict["NAME"]))
