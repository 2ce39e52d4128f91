"""Measuring: a piece of work in a process of its own, so that its memory is its own and nothing is warm by chance."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Watch:
    """Takes the time of stages within a process, and the most memory that each of them held."""

    stages: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of the block: seconds of the clock, and of the processor in this process."""
        began, processor = time.perf_counter(), time.process_time()
        yield
        self.note(name, time.perf_counter() - began, time.process_time() - processor)

    def note(self, name: str, seconds: float, processor: float) -> None:
        """Keep what a stage took that ends now; its memory is the most since the stage before, or the start."""
        self.stages[name] = {"seconds": seconds, "processor": processor, "memory_mb": peak_memory_mb()}
        forget_peak_memory()

    def tell(self, **more: Any) -> None:
        """Print what was measured, for the process that started this one."""
        print(json.dumps({"stages": self.stages, **more}), flush=True)


def peak_memory_mb() -> float:
    """Return the most memory that this process held since its peak was last forgotten (MB, Linux).

    Not from ``getrusage``, which tells of a child what its parent held before it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status")


def forget_peak_memory() -> None:
    """Begin anew with the peak, at what the process holds now. Where that is refused, the next peak counts all."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def inherited() -> dict[str, str]:
    """Return this process's environment without what would lead the product to another database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CERTREMOVAL", "DATABASE"))}


def environment_of(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment of a process that runs a part of the benchmarks on a database."""
    return {**inherited(), "DJANGO_SETTINGS_MODULE": "certremoval.config.settings", **LIMITS, **environment}


def run(module: str, *arguments: str, environment: dict[str, str]) -> dict[str, Any]:
    """Run ``python -m benchmarks.MODULE`` and return what it told; {} if it tells nothing."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        env=environment_of(environment),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    last = (done.stdout.strip().splitlines() or ["{}"])[-1]
    told: dict[str, Any] = json.loads(last)
    return told


LIMITS = {"CERTREMOVAL_MAX_ROWS": "20000000", "CERTREMOVAL_MAX_FILE_BYTES": "2000000000"}
"""So that sizes beyond the product's limits can be measured."""
