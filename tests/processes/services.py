"""Servers that a test starts by the scripts that people use, on free ports of 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
PATH = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin"


def needs(program: str) -> pytest.MarkDecorator:
    """Skip tests where a server's program is not installed, and say how it is."""
    reason = f"there is no {program}: scripts/set-up-services installs it"
    return pytest.mark.skipif(shutil.which(program, path=PATH) is None, reason=reason)


@contextmanager
def running(script: str, variable: str, environment: Mapping[str, str] = {}) -> Iterator[str]:
    """Run a server by ``scripts/with-…`` while the block runs; give what it sets ``variable`` to."""
    process = subprocess.Popen(
        [SCRIPTS / script, "sh", "-c", f'echo "${variable}"; exec cat'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address, process.communicate()[1]
        yield address
    finally:
        process.communicate(timeout=60)  # closes its input, at which cat and then the server ends
