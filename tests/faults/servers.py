"""A PostgreSQL server that a test may restart, and fill the disk of. The one of ``DATABASE_URL`` is everybody's."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
"""Where Debian keeps the server's programs; None if it has none."""


@dataclass(frozen=True)
class Server:
    """A server of our own. Durable: what it said is stored must be there after it was killed."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address of its database for administration."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p {self.port}"
        self._run("pg_ctl", "start", "--wait", "--timeout=60", f"--log={self.folder}/log", f"--options={options}")

    def stop(self, mode: str) -> None:
        """Stop it: ``fast`` ends all sessions, ``immediate`` is what a crash leaves."""
        self._run("pg_ctl", "stop", "--wait", "--timeout=60", f"--mode={mode}")

    def make(self) -> None:
        """Make its files."""
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")

    def _run(self, program: str, *arguments: str) -> None:
        assert PROGRAMS is not None
        # Into a file: the server keeps what pg_ctl writes to open for as long as it lives.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [*_as_server(), str(PROGRAMS / program), f"--pgdata={self.folder}/data", *arguments],
                cwd=self.folder,
                env={**os.environ, "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                timeout=120,
            )
            said.seek(0)
            assert done.returncode == 0, f"{program} {arguments}: {said.read().decode()}"


def _as_server() -> list[str]:
    """Root may not run PostgreSQL: its unprivileged account does."""
    if os.getuid() != 0:
        return []
    account = _account()
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]


def _account() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


@contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """A running server with its files in that folder; gone at the end."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if os.getuid() == 0:
        os.chown(folder, _account().pw_uid, _account().pw_gid)
        for above in folder.parents:
            # pytest's folders are for their owner alone; the server's account has to pass through.
            if str(above).startswith("/tmp/"):
                above.chmod(above.stat().st_mode | 0o011)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(folder, port)
    server.make()
    server.start()
    try:
        yield server
    finally:
        with suppress(AssertionError):
            server.stop("immediate")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of so many megabytes, mounted on that folder. Raises OSError where it cannot be made."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
        raise OSError("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
