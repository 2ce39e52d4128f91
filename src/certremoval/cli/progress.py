"""How far a long work is, on standard error: one moving line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from typing import TextIO

from certremoval.cli.text import is_terminal

STAGES = {"reading": "Reading", "checking": "Checking", "keeping": "Saving"}
BAR = 24
MOVES_AFTER, SPEAKS_AFTER = 0.1, 5.0
"""Seconds between two states of the moving line, and between two lines in a log."""


class Progress:
    """Told by the engine how far it is; shows it no more often than somebody can read."""

    def __init__(self, stream: TextIO, *, work: str = "Removing") -> None:
        self._stream, self._work = stream, work
        self._moving = is_terminal(stream) and os.environ.get("TERM") != "dumb"
        self._begun = self._shown = time.monotonic()
        self._first_done: int | None = None
        self._on_screen = False

    def stage(self, stage: str, rows: int) -> None:
        """Show that the file is being read, checked or saved."""
        self._show(f"{STAGES.get(stage, stage)}: {rows:,} lines")

    def removing(self, done: int, total: int) -> None:
        """Show how many of the people to be removed, or put back, are done."""
        now = time.monotonic()
        if self._first_done is None:
            self._first_done, self._begun = done, now
        text = f"{done:,} of {total:,}"
        left = self._seconds_left(done, total, now)
        if left is not None:
            text += f", {spoken_seconds(left)} left"
        share = done / total if total else 1.0
        room = shutil.get_terminal_size().columns - len(text) - len(f"{self._work} 100 %  ") - BAR - 4
        bar = f"[{'#' * round(share * BAR):.<{BAR}}] " if self._moving and room > 0 else ""
        self._show(f"{self._work} {bar}{share:4.0%}  {text}")

    def end(self) -> None:
        """Take the moving line away."""
        if self._on_screen:
            self._write("\r\x1b[K")
            self._on_screen = False

    def _seconds_left(self, done: int, total: int, now: float) -> float | None:
        moved, seconds = done - (self._first_done or 0), now - self._begun
        return None if moved <= 0 or seconds < 1 else (total - done) * seconds / moved

    def _show(self, text: str) -> None:
        now = time.monotonic()
        if now - self._shown < (MOVES_AFTER if self._moving else SPEAKS_AFTER):
            return
        self._shown = now
        if self._moving:
            self._write(f"\r{text[: shutil.get_terminal_size().columns - 1]}\x1b[K")
            self._on_screen = True
        else:
            self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        # Nobody who has closed standard error is to stop the work by it.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def spoken_seconds(seconds: float) -> str:
    """Return a duration as in "12 s" or "3 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
