"""The pages, served for real: by a thread of the tests, on the tests' database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test.testcases import LiveServerThread


def _as_it_is(application: Any) -> Any:
    """Add nothing that serves static files: the product does so itself (WhiteNoise), and is to be tested so."""
    return application


@contextmanager
def served_pages() -> Iterator[str]:
    """Serve the pages; yield their address, without a slash at the end."""
    thread = LiveServerThread("127.0.0.1", static_handler=_as_it_is)  # type: ignore[arg-type]
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    try:
        if thread.error is not None:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
