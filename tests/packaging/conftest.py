"""A wheel of this checkout, installed into a virtual environment of its own that sees our dependencies."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(command: Sequence[object], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed; return what it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as ``pip install .`` does, but with the locked hatchling instead of a fetched one."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet"]
    run([*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, ROOT], cwd=folder)
    (built,) = folder.glob("certremoval-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an empty virtual environment; return its folder.

    The dependencies come from ours by a ``.pth`` line. Ours has the checkout by such a line too, but those are not
    followed from there: what is imported is the wheel.
    """
    folder = tmp_path_factory.mktemp("installed") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", folder], cwd=ROOT)
    ours = sysconfig.get_path("purelib")
    theirs = sysconfig.get_path("purelib", vars={"base": str(folder)})
    (Path(theirs) / "dependencies.pth").write_text(ours + "\n")
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "--quiet"]
    run([*pip, "install", "--no-deps", "--no-index", wheel], cwd=ROOT)
    return folder


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """Give the environment of somebody who has set nothing of ours."""
    ours = ("CERTREMOVAL_", "DATABASE_URL", "DJANGO_", "PYTHONPATH", "PYTHONHOME", "COV_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
