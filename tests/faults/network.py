"""A network between some machines and the database, which can go dead: nothing arrives, and nobody is told (Linux)."""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
from contextlib import suppress
from functools import partial
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

_ATTACH_FILTER, _DETACH_FILTER = 26, 27
"""SO_ATTACH_FILTER and SO_DETACH_FILTER of <asm-generic/socket.h>, which Python has no names for."""
_TAKE_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
"""A filter of one instruction: return 0, that is, let no byte of a packet through."""


class Network:
    """Connections to :attr:`url` reach the server of ``server``, for as long as the network lives."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._dead = False

    @property
    def url(self) -> str:
        """The address of the server by way of this network."""
        login, at, _ = self._server.netloc.rpartition("@")
        return urlunsplit(self._server._replace(netloc=f"{login}{at}127.0.0.1:{self._listener.getsockname()[1]}"))

    def __enter__(self) -> Network:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.come_back()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def go_dead(self) -> None:
        """Let nothing through any more: the kernel drops what comes, so that nothing is even acknowledged."""
        with self._lock:
            self._dead = True
            for one in (self._listener, *self._sockets):
                _drop_what_comes(one)

    def come_back(self) -> None:
        """Let new connections through. The old ones are unknown to it: both their ends are told so."""
        with self._lock:
            self._dead = False
            _take_what_comes(self._listener)
        self.reset()

    def reset(self) -> None:
        """Cut all connections, without a word from the server."""
        with self._lock:
            for one in self._sockets:
                with suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no goodbye: RST
                    one.shutdown(socket.SHUT_RD)  # whoever reads from it wakes, and closes it

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection((self._server.hostname or "", self._server.port or 5432))
            except OSError:
                return
            with self._lock:
                self._sockets |= {near, far}
                for one in (near, far):
                    # The one that was accepted has its listener's filter, if there was one then.
                    (_drop_what_comes if self._dead else _take_what_comes)(one)
            both_end = threading.Barrier(2, action=partial(self._close, near, far))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target, both_end), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, both_end: threading.Barrier) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RD)  # the other direction ends with this one
        both_end.wait()

    def _close(self, *pair: socket.socket) -> None:
        with self._lock:
            self._sockets -= set(pair)
        for one in pair:
            one.close()


def _drop_what_comes(one: socket.socket) -> None:
    program = struct.pack("HL", 1, ctypes.addressof(_TAKE_NOTHING))
    one.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)


def _take_what_comes(one: socket.socket) -> None:
    with suppress(OSError):  # it has no filter
        one.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)
