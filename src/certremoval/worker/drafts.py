"""The second process of a worker: it checks the files of drafts, so that this delays nobody's job."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from certremoval.worker.stopping import Stop

logger = logging.getLogger("certremoval.worker")

COMMAND = (sys.executable, "-m", "certremoval", "worker", "--drafts-of-parent")
STEADY_AFTER = 30.0
"""A process that has lived so many seconds has started well; one that ends sooner is started again more slowly."""
LONGEST_PAUSE = 30.0
PATIENCE = 10.0
"""Seconds that it has to end when the worker ends."""


class DraftChecker:
    """Keeps the second process running for as long as the worker runs.

    Its standard input is a pipe of which the worker holds the other end: when the worker is gone, however it ended,
    the process notices and ends too. It is in a group of its own, so that Ctrl-C reaches it by way of the worker.
    """

    def __init__(self) -> None:
        self._stop = Stop()
        self._starting = threading.Lock()
        self._process = self._start()
        self._thread = threading.Thread(target=self._keep_running, name="keeps the draft checker", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the process and wait until it has."""
        with self._starting:
            self._stop.ask()
            process = self._process
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
        self._thread.join(PATIENCE)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(COMMAND, stdin=subprocess.PIPE, start_new_session=True)

    def _keep_running(self) -> None:
        pause = 0.5
        while True:
            started = time.monotonic()
            code = self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            if self._stop.asked():
                return
            pause = 0.5 if time.monotonic() - started > STEADY_AFTER else min(pause * 2, LONGEST_PAUSE)
            logger.warning("The process that checks drafts has ended (%s). Starting it again in %.0f s.", code, pause)
            self._stop.pause(pause)
            with self._starting:
                if self._stop.asked():
                    return
                self._process = self._start()
