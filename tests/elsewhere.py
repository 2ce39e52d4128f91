"""What other processes do meanwhile: threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def elsewhere(act: Callable[[], object]) -> None:
    """Run with a connection of its own, and wait for it; what it raises is raised here."""
    at_once(act)


def at_once(*acts: Callable[[], object], seconds: float = 30) -> None:
    """Run each with a connection of its own, all beginning at the same moment; what one raises is raised here."""
    together = threading.Barrier(len(acts), timeout=30)
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait()
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive(), "it waits for us"
    if failures:
        raise failures[0]
