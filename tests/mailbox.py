"""A mail server that holds what it is sent, on a port of its own; it can stand still at any step, or refuse."""

from __future__ import annotations

import email
import email.message
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What was taken. ``stand_still_at`` (a word of the dialogue, or ``taken``) holds the answer to it back."""

    port: int = 0
    taken: list[email.message.EmailMessage] = field(default_factory=list)
    stand_still_at: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    refuse: Callable[[str], str] = lambda line: ""

    def step(self, word: str) -> None:
        if self.stand_still_at == word:
            self.reached.set()
            self.go_on.wait(60)


class _Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):  # the other end is gone
            self._talk(self.server.mailbox)  # type: ignore[attr-defined]

    def _talk(self, mailbox: Mailbox) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode("ascii").strip():
            word = line.split(":")[0].split(" ")[0].upper()
            mailbox.step(word)
            if refusal := mailbox.refuse(line):
                self._say(refusal)
            elif word == "DATA":
                self._say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part)
                if part == b"":
                    return
                message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                assert isinstance(message, email.message.EmailMessage)
                mailbox.taken.append(message)
                mailbox.step("taken")
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode("ascii"))


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Serve for as long as the block runs."""
    box = Mailbox()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        mailbox = box

    with Server(("127.0.0.1", 0), _Dialogue) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            box.go_on.set()
            server.shutdown()
            thread.join()
