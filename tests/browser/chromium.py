"""Which browser the tests drive, and how it is started. ``scripts/set-up-browser`` installs it."""

from __future__ import annotations

import os
import shutil

MISSING = "there is no Chromium: run scripts/set-up-browser as root, or name one with CHROMIUM=/path/to/chromium"

ARGUMENTS = (
    "--disable-gpu",
    # A browser of ours asks nobody but our own pages.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-default-browser-check",
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),  # root has no other choice
)


def find_chromium() -> str | None:
    """Return the program: what ``CHROMIUM`` names, or the best there is; None if there is none.

    Chromium without its own windows (Debian's ``chromium-headless-shell``) draws and runs pages as the other does, in
    three fifths of the time.
    """
    names = [named] if (named := os.environ.get("CHROMIUM")) else ["chromium-headless-shell", "chromium"]
    return next((program for name in names if (program := shutil.which(name))), None)
