from __future__ import annotations

import argparse
import errno
import ipaddress
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connections

from certremoval.cli.command import Command as BaseCommand
from certremoval.cli.failures import REFUSED, UsageError
from certremoval.cli.serving.supervisor import CannotStart, Child, Supervisor

PYTHON = sys.executable


class Command(BaseCommand):
    """Web server and workers in one."""

    help = """
        Bring the database up to date, then run the web server and the workers until Ctrl-C. What ends is started
        again; when this command ends, all of it ends: rows at hand are finished, and jobs go on at the next start.
    """
    example = """
certremoval serve
certremoval serve --host 0.0.0.0 --port 80 --workers 2
    """
    exits = {0: "stopped by Ctrl-C or SIGTERM", 1: "could not start: the port is taken, the database is away"}
    has_json = False

    def arguments(self, parser: CommandParser) -> None:
        """Add address and number of workers."""
        parser.add_argument("--host", metavar="H", default="127.0.0.1", help="address (default: %(default)s)")
        parser.add_argument(
            "--port", metavar="P", type=_port, default=8000, help="port; 0 takes a free one (default: %(default)s)"
        )
        parser.add_argument(
            "--workers", metavar="N", type=_count, default=1, help="processes that run jobs (default: %(default)s)"
        )

    def act(self, options: Mapping[str, Any]) -> int:
        """Serve until asked to stop."""
        host, port = options["host"], options["port"]
        try:
            listener = _listen(host, port)
        except OSError as error:
            return self._cannot_listen(host, port, error)
        with closing(listener):
            call_command("migrate", interactive=False, verbosity=0)
            connections.close_all()
            self._greet(host, listener.getsockname()[1], options["workers"])
            supervisor = Supervisor(_children(listener.fileno(), options["workers"]), self.note)
            try:
                supervisor.run()
            except CannotStart as error:
                self.note(str(error))
                return REFUSED
        self.note("Stopped.")
        return 0

    def _greet(self, host: str, port: int, workers: int) -> None:
        name = f"[{host}]" if ":" in host else "localhost" if host in ("127.0.0.1", "0.0.0.0") else host
        self.tell(f"Certification Removal Tool: http://{name}:{port}/")
        self.tell(f"{workers} worker{'' if workers == 1 else 's'}. Ctrl-C stops it.")
        if not _is_local(host) and all(map(_is_local, settings.ALLOWED_HOSTS)):
            self.note(
                "Pages answer to this machine's own names only. Set CERTREMOVAL_ALLOWED_HOSTS to the name under which"
                " others reach it."
            )

    def _cannot_listen(self, host: str, port: int, error: OSError) -> int:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"{host} is no address of this machine. Name one as 127.0.0.1 or 0.0.0.0.") from error
        if isinstance(error, PermissionError):
            advice = "this account may not use it. Choose one above 1023, as --port 8000."
        elif error.errno == errno.EADDRINUSE:
            advice = "another program has it. Stop that, or choose another port with --port."
        else:
            advice = f"{error.strerror or error}."
        self.note(f"Port {port} on {host} cannot be used: {advice}")
        return REFUSED


def _listen(host: str, port: int) -> socket.socket:
    """Open the socket that the web server takes over: so a taken port is told at once, and none is lost at restarts."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


def _children(descriptor: int, workers: int) -> list[Child]:
    web = (PYTHON, "-m", "certremoval.cli.serving.web_server", str(descriptor))
    worker = (PYTHON, "-m", "certremoval", "worker", "--with-parent")
    names = [f"worker {number}" for number in range(1, workers + 1)] if workers > 1 else ["worker"] * workers
    return [
        Child("web server", web, needed=True, descriptors=(descriptor,)),
        *(Child(name, worker) for name in names),
    ]


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port. Name a number up to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text} is no number of workers. Name one up to 100; 0 runs the pages alone")
    return int(text)
