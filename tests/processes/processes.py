"""Looking at processes below one that a test has started (Linux)."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def children_of(parent: int) -> list[int]:
    """Return the process ids of a process's children."""
    try:
        found = list(Path(f"/proc/{parent}/task").glob("*/children"))
        return [int(child) for children in found for child in children.read_text().split()]
    except OSError:
        return []


def kill_child(parent: int, child: int) -> None:
    """Kill a child of a process that the test has started, and no other process that got its id."""
    held = os.pidfd_open(child)
    try:
        assert child in children_of(parent)
        signal.pidfd_send_signal(held, signal.SIGKILL)
    finally:
        os.close(held)


def runs(process: int) -> bool:
    """Tell whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
