"""A thread that sends e-mail beside the checking of drafts: a mail server that does not answer delays nobody."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connection

from certremoval.worker.loop import send_next_mail, work
from certremoval.worker.stopping import Stop

PATIENCE = 5.0
"""Seconds that an e-mail which is being sent has to be done when the process ends; else it is tried again later."""


class MailSender:
    """Sends what is due until asked to stop. No thread where this installation sends no e-mail."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._thread = threading.Thread(target=self._send, name="sends e-mail", daemon=True)
        if settings.ENVIRONMENT.email_host:
            self._thread.start()

    def end(self) -> None:
        """Stop, and wait for what is being sent, for a while."""
        self._stop.ask()
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _send(self) -> None:
        try:
            work(send_next_mail, self._stop)
        finally:
            connection.close()
