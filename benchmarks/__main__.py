"""``python -m benchmarks [engine|fairness|lists|picture] …``; each has ``--help``. Without a name: engine."""

from __future__ import annotations

import sys
from importlib import import_module

PARTS = ("engine", "fairness", "lists", "picture")

if __name__ == "__main__":
    _arguments = sys.argv[1:]
    _part = _arguments.pop(0) if _arguments and _arguments[0] in PARTS else "engine"
    import_module(f"benchmarks.{_part}").main(_arguments)
