"""Child processes, kept running: started again when they end, and ended together."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

LOOK_EVERY = 0.2
STEADY_AFTER = 20.0
"""A child that has lived so many seconds has started well."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a child is started again; they double each time."""
PATIENCE = 20.0
"""Seconds that children have to end in good order."""
TRIES = 3
"""How often in a row a child that we cannot do without may end before it has started well."""


class CannotStart(Exception):
    """A child that we cannot do without ends again and again as soon as it is started."""


@dataclass(slots=True)
class Child:
    """One child process. ``needed``: without it there is no point in going on."""

    name: str
    command: Sequence[str]
    needed: bool = False
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches it by way of the supervisor.

        Its standard input is a pipe whose other end only we hold: when we are gone it notices and ends.
        """
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, pass_fds=self.descriptors, start_new_session=True
        )
        self.started = time.monotonic()


@dataclass(slots=True)
class Supervisor:
    """Keeps its children running until it is asked to stop. ``say`` takes lines for people."""

    children: Sequence[Child]
    say: Callable[[str], None]
    stops: int = field(default=0)

    def run(self) -> None:
        """Start all and watch them; return when all have ended. Raises CannotStart."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            numbers.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._asked) for number in numbers}
        try:
            while not self.stops:
                for child in self.children:
                    self._look_after(child)
                time.sleep(LOOK_EVERY)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.stops += 1

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None or self.stops:
                return
            self._note_end(child, code, now)
        elif child.start_at <= now:
            child.start()

    def _note_end(self, child: Child, code: int, now: float) -> None:
        if child.process is not None and child.process.stdin is not None:
            child.process.stdin.close()
        child.process = None
        child.failures = 1 if now - child.started > STEADY_AFTER else child.failures + 1
        if child.needed and child.failures >= TRIES:
            raise CannotStart(f"The {child.name} does not start. What it says about it stands above.")
        pause = min(FIRST_PAUSE * 2 ** (child.failures - 1), LONGEST_PAUSE)
        child.start_at = now + pause
        reason = f"was ended by signal {-code}" if code < 0 else f"has ended with code {code}"
        self.say(f"The {child.name} {reason}. It is started again in {pause:g} s.")

    def _end_all(self) -> None:
        """Ask all children to end, and wait; a second Ctrl-C, or patience at its end, ends them at once."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        asked, deadline = self.stops, time.monotonic() + PATIENCE
        while any(process.poll() is None for process in running):
            if self.stops > asked or time.monotonic() > deadline:
                for process in running:
                    process.kill()
            time.sleep(0.05)
        for process in running:
            if process.stdin is not None:
                process.stdin.close()
