"""What all our commands share: one form of help, of answers, of refusals, and the exit codes.

Contract: 0 done or accepted, 1 refused or failed, 2 usage, 130 interrupted. With ``--json`` standard output holds one
JSON object and nothing else; sentences for people go to standard error then.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandParser

import certremoval
from certremoval.cli import streams
from certremoval.cli.failures import INTERRUPTED, USAGE, Failure, failure_of
from certremoval.cli.text import width_of, wrapped
from certremoval.problems import Problem

MOST_PROBLEMS_SHOWN = 20


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Wraps sentences to the terminal, and leaves examples as they are, to be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines: list[str] = []
        for line in textwrap.dedent(text).strip().splitlines():
            if lines and line and lines[-1] and not line.startswith(" ") and not lines[-1].startswith(" "):
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        return "\n".join(line if line.startswith("  certremoval") else wrapped(line, width) for line in lines)


class Parser(CommandParser):
    """Tells a mistake in one sentence instead of all options; as JSON too, where that was asked for."""

    _wants_json = False

    def parse_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse; a mistake ends the process with exit code 2."""
        given = sys.argv[1:] if args is None else args
        self._wants_json = "--json" in given
        for text in map(str, given):
            if any("\ud800" <= letter <= "\udfff" for letter in text):
                shown = text.encode("utf-8", "replace").decode()
                self.error(f"{shown} is not written in UTF-8, as all text here is. Check the terminal's settings")
        return super().parse_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        message = f"{message[:1].upper()}{message[1:]}."
        if self._wants_json:
            sys.stdout.write(json.dumps(refusal([Problem("invalid_request", message)])) + "\n")
        self.exit(USAGE, f"{message} {self.prog} --help tells all.\n")


def refusal(problems: Sequence[Problem], counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Return the contract's JSON of something that was not done."""
    return {"accepted": False, "problems": [problem.as_json() for problem in problems], "counts": dict(counts or {})}


class Command(BaseCommand):
    """One command. A subclass says what it does (``help``), shows it (``example``) and acts."""

    example: ClassVar[str] = ""
    exits: ClassVar[Mapping[int, str]] = {0: "done", 1: "refused or failed"}
    has_json: ClassVar[bool] = True
    requires_system_checks = ()  # they load all pages, and are a matter for tests

    json_asked = False
    _called_from_command_line: bool  # Django sets it

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def act(self, options: Mapping[str, Any]) -> int:
        """Do it; return the exit code."""
        raise NotImplementedError

    # --- what a subclass says things with

    def tell(self, *lines: str) -> None:
        """Write lines to standard output, for people."""
        width = width_of(sys.stdout)
        self._write(self.stdout, "\n".join(wrapped(line, width) for line in lines))

    def answer(self, data: Mapping[str, Any]) -> None:
        """Write the one JSON object to standard output."""
        try:
            text = json.dumps(data, ensure_ascii=False, indent=2)
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            text = json.dumps(data, indent=2)
        self._write(self.stdout, text)

    def note(self, *lines: str) -> None:
        """Write lines to standard error, for people."""
        width = width_of(sys.stderr)
        self._write(self.stderr, "\n".join(wrapped(line, width) for line in lines))

    def refuse(self, failure: Failure) -> int:
        """Tell why nothing was done; return the exit code."""
        self.note(failure.message)
        further = [problem.message for problem in failure.problems if problem.message != failure.message]
        if self.json_asked:
            self.answer(refusal(failure.problems))
        elif further:
            self.note(*further)
        return failure.exit_code

    def _write(self, stream: Any, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            # Whoever read has seen enough. What was done is done, and the exit code still says it.
            streams.drop(sys.stderr if stream is self.stderr else sys.stdout)

    # --- Django's side

    def get_version(self) -> str:
        """Return our version, not Django's."""
        return certremoval.__version__

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser; Django's own options work but do not clutter the help."""
        parser = Parser(
            prog=f"certremoval {subcommand}",
            description=self.help,
            epilog=self._epilog(),
            formatter_class=HelpFormatter,
            allow_abbrev=False,
            called_from_command_line=self._called_from_command_line,
            **kwargs,
        )
        hidden = argparse.SUPPRESS
        parser.add_argument("--version", action="version", version=self.get_version(), help=hidden)
        parser.add_argument("-v", "--verbosity", default=1, type=int, choices=[0, 1, 2, 3], help=hidden)
        for name in ("--settings", "--pythonpath"):
            parser.add_argument(name, help=hidden)
        for name in ("--traceback", "--no-color", "--force-color"):
            parser.add_argument(name, action="store_true", help=hidden)
        self.arguments(parser)
        if self.has_json:
            parser.add_argument(
                "--json", action="store_true", help="answer with one JSON object on standard output, and nothing else"
            )
        return parser

    def _epilog(self) -> str:
        lines = ["Example:", *(f"  {line}" for line in self.example.strip().splitlines()), "", "Exit codes:"]
        exits = {**self.exits, 2: "not usable as typed, nothing was done", 130: "interrupted"}
        return "\n".join([*lines, *(f"  {code:<3}  {meaning}" for code, meaning in sorted(exits.items()))])

    def handle(self, *args: Any, **options: Any) -> None:
        """Act; turn what goes wrong into words and an exit code."""
        self.json_asked = bool(options.get("json"))
        self.stderr.style_func = None
        streams.accept_every_character()
        try:
            with _engine_silent(unless=options["traceback"]), _ended_like_ctrl_c():
                code = self.act(options)
        except KeyboardInterrupt:
            code = self.refuse(Failure(INTERRUPTED, "Interrupted.", (Problem("interrupted", "Interrupted."),)))
        except Exception as error:
            failure = failure_of(error)
            if failure is None or options["traceback"]:
                raise
            code = self.refuse(failure)
        if code:
            sys.exit(code)


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Let SIGTERM and a closed terminal interrupt as Ctrl-C does, so that what was begun is taken back."""
    numbers = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _engine_silent(*, unless: bool) -> Iterator[None]:
    """Keep the engine's log, which is a worker's, off the terminal of somebody who typed a command."""
    logger = logging.getLogger("certremoval")
    level = logger.level
    if not unless:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
