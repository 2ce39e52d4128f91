"""The web server, on a socket that the supervisor has opened: ``python -m certremoval.cli.serving.web_server FD``."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

PROCESSES, THREADS = 2, 8
"""Two processes, so that one long answer leaves the other half of the pages quick; threads wait for the database."""

ENDS_WITHIN = 10
"""Seconds that answers under way have when the server stops."""


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn with our pages."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        values: dict[str, Any] = {
            "bind": f"fd://{self._descriptor}",
            "worker_class": "gthread",
            "workers": PROCESSES,
            "threads": THREADS,
            "graceful_timeout": ENDS_WITHIN,
            "loglevel": "warning",
            "proc_name": "certremoval",
            "control_socket_disable": True,  # newer versions open a socket for commands, which nobody here gives
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the pages."""
        from certremoval.config.wsgi import application

        return application


def stop_with_supervisor() -> None:
    """Stop when the supervisor is gone, however it ended: our standard input is a pipe that it holds."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watches the supervisor", daemon=True).start()


if __name__ == "__main__":
    stop_with_supervisor()
    WebServer(int(sys.argv[1])).run()
