from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, connection

from certremoval.worker.drafts import DraftChecker
from certremoval.worker.loop import (
    LeftToOthers,
    check_next_draft,
    database_sentence,
    run_next_job,
    send_next_mail,
    work,
)
from certremoval.worker.mail import MailSender
from certremoval.worker.purging import NowAndThen
from certremoval.worker.stopping import SIGNALS, Stop, stop_on_signals, stop_with_parent

logger = logging.getLogger("certremoval.worker")


class Command(BaseCommand):
    """Run jobs, check the files of drafts, send e-mail."""

    help = (
        "Run removal jobs, check the files of drafts and send e-mail, until stopped: a worker alone, for further"
        " machines (certremoval serve starts workers of its own). Any number may run at once; they share the work by"
        " the database. Ctrl-C or SIGTERM lets the rows at hand be finished and the job go on with another worker; a"
        " second one ends at once, which loses nothing either."
        " Exit codes: 0 stopped, 1 failed, 2 usage. Example: certremoval worker"
    )
    requires_system_checks = ()  # they load all pages; a worker needs none of them
    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
    }

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the ways to run."""
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--once", action="store_true", help="do what is due now, then end")
        way.add_argument("--drafts-of-parent", action="store_true", help=argparse.SUPPRESS)
        parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until asked to stop."""
        if options["drafts_of_parent"]:
            check_drafts_for_parent()
        elif options["once"]:
            do_what_is_due()
        else:
            run_worker(with_parent=options["with_parent"])


def run_worker(*, with_parent: bool) -> None:
    """Run jobs in this process and check drafts in a second one. ``with_parent``: end when the parent is gone."""
    stop = Stop()
    stop_on_signals(stop)
    if with_parent:
        stop_with_parent(stop.ask)
    checker = DraftChecker()
    logger.info("Worker %s is there.", os.getpid())
    try:
        work(lambda: run_next_job(stop.asked), stop)
    finally:
        checker.end()
        connection.close()
    logger.info("Worker %s has stopped.", os.getpid())


def check_drafts_for_parent() -> None:
    """Check drafts, and send e-mail, until the worker that started this process ends, or says so; in between, purge.

    What a draft has come to is thrown away then: nothing is lost, and checking a large file would take too long.
    """
    stop = Stop()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.ask()
        sys.exit(0)

    for number in SIGNALS:
        signal.signal(number, leave)
    stop_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    now_and_then, sender, left = NowAndThen(), MailSender(stop), LeftToOthers()
    try:
        work(lambda: check_next_draft(left) or now_and_then.purge(), stop)
    finally:
        sender.end()


def do_what_is_due() -> None:
    """Check the drafts, run the jobs and send the e-mails that are there now."""
    stop, left = Stop(), LeftToOthers()
    stop_on_signals(stop)
    try:
        while not stop.asked() and (check_next_draft(left) or run_next_job(stop.asked) or send_next_mail()):
            pass
    except (DatabaseError, InterfaceError) as error:
        raise CommandError(database_sentence(error)) from error
