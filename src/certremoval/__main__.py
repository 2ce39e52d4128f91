"""``python -m certremoval``: the same as ``certremoval``."""

from certremoval.cli.main import main

main()
