"""What another process does meanwhile: a thread with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def elsewhere(act: Callable[[], object]) -> None:
    """Run with a connection of its own, and wait for it; what it raises is raised here."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "it waits for us"
    if failures:
        raise failures[0]
