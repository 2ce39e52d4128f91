"""The standard streams as they really are: missing, closed by their reader, not in UTF-8."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO


def open_missing_streams() -> None:
    """Put an empty device where the caller has closed a stream (``>&-``), so that writing to it is no error."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process


def accept_every_character() -> None:
    r"""Let a stream that is not in UTF-8 show ``\u015e`` for a letter that it lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def close_quietly() -> None:
    """Flush what is left. Where the reader has gone, drop it, or Python complains at its end and exits with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            drop(stream)
        except (OSError, ValueError):
            pass


def drop(stream: TextIO) -> None:
    """Send what is still to be written to nowhere."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
