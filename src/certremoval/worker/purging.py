"""What a worker does by itself now and then: it purges what is kept no longer."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

from certremoval.removals.retention import purge

logger = logging.getLogger("certremoval.worker")

EVERY = 60 * 60.0
FIRST_WITHIN = 10 * 60.0
"""Seconds after its start within which a process looks for the first time; by chance, so that many do not all at once.
If they do, no harm is done: each row is deleted once."""
AT_ONCE = 1.0
"""Seconds for which it purges before it looks again whether a file waits to be checked."""


class NowAndThen:
    """Purges once an hour, a second at a time, for as long as there is something due; for the loop of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock() + random.uniform(0, FIRST_WITHIN)

    def purge(self) -> bool:
        """Purge for a moment, if it is time to; True if more is due, so that whoever asks comes back at once."""
        begun = self._clock()
        if begun < self._next:
            return False
        report = purge(stop=lambda: self._clock() - begun >= AT_ONCE)
        if report.did_anything:
            logger.info(
                "Purged: %s jobs, %s drafts, %s lines, %s files of %s bytes.",
                report.jobs,
                report.drafts,
                report.lines,
                report.files,
                report.bytes,
            )
        if report.finished:
            self._next = self._clock() + EVERY
        return not report.finished
