"""Files that a command reads and writes."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from certremoval.cli.failures import UsageError
from certremoval.policy.file_limits import file_limits


@contextmanager
def open_source(path: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file to be read and give it with its name. Raises UsageError where there is none to read.

    It is copied first, up to the limit of file sizes: it is read more than once (facts, rows, storing), some things can
    be read only once (a pipe), and what is stored must be what was planned, even if somebody writes to the file.
    """
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}. Check its name and its folder.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder. Name one file in it.") from None
    except PermissionError:
        raise UsageError(f"{path} cannot be read: this account has no right to. Change the file's rights.") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    # A name that is not UTF-8 is kept readable: no database takes its bytes.
    name = os.fsencode(os.path.basename(path)).decode("utf-8", "replace")
    with tempfile.TemporaryFile() as copy:
        with file:
            _copy_up_to(file_limits().max_file_bytes + 1, file, copy)
        yield cast(BinaryIO, copy), name


def _copy_up_to(limit: int, source: BinaryIO, target: BinaryIO) -> None:
    while limit > 0 and (piece := source.read(min(limit, 256 * 1024))):
        target.write(piece)
        limit -= len(piece)
    target.seek(0)


def write_whole(path: str, pieces: Iterable[bytes]) -> int:
    """Write a file that is there complete or not at all; return its size. Raises UsageError where it cannot be made.

    The bytes go to a file of another name beside it, which then takes its place: whoever reads meanwhile, and
    whoever comes after a failure, finds the old file.
    """
    target = Path(os.path.realpath(path))
    with _refusals_told(path):
        if target.is_dir():
            raise UsageError(f"{path} is a folder. Name a file in it.")
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            return _write_all(open(target, "wb"), pieces)  # a device or pipe has no place to take
        draft = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
        file = open(draft, "xb")  # noqa: SIM115 - closed by _write_all
    try:
        size = _write_all(file, pieces)
        if target.exists():
            shutil.copymode(target, draft)
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    return size


def _write_all(file: BinaryIO, pieces: Iterable[bytes]) -> int:
    size = 0
    with file:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
    return size


@contextmanager
def _refusals_told(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise UsageError(f"{path} cannot be written: its folder does not exist. Make the folder first.") from None
    except PermissionError:
        raise UsageError(f"{path} cannot be written: this account has no right to. Name another folder.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from None


def copy_to(target: BinaryIO, pieces: Iterable[bytes]) -> None:
    """Hand over all pieces; stop without complaint when the reader has gone. Raises OSError where the disk is full."""
    with suppress(BrokenPipeError):
        for piece in pieces:
            target.write(piece)
        target.flush()
