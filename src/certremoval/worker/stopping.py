"""Being asked to stop: by a signal, or by the end of the process that started this one."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Whether this process was asked to stop, and a pause that ends as soon as it is.

    An Event would not do: a signal's handler runs in the thread that waits for it, and could wait for itself.
    """

    def __init__(self) -> None:
        self._asked = False
        self._reader, self._writer = os.pipe()

    def ask(self) -> None:
        """Ask; may be called by a signal's handler and by any thread."""
        if not self._asked:
            self._asked = True
            os.write(self._writer, b".")

    def asked(self) -> bool:
        """Tell whether it was asked."""
        return self._asked

    def pause(self, seconds: float) -> None:
        """Pause for so long, or until it is asked."""
        select.select([self._reader], [], [], seconds)


def stop_on_signals(stop: Stop) -> None:
    """Let the first SIGTERM or Ctrl-C ask, and the second end the process at once: the database then rolls back."""

    def handle(number: int, frame: FrameType | None) -> None:
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        stop.ask()

    for number in SIGNALS:
        signal.signal(number, handle)


def stop_with_parent(act: Callable[[], None]) -> None:
    """Call ``act`` when the process that holds the other end of our standard input is gone, however it ended.

    The end of a pipe is noticed on every system, also after kill -9, and a process id that is given anew deceives
    nobody.
    """

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        act()

    threading.Thread(target=watch, name="watches the parent process", daemon=True).start()
