"""How much of a file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps that keep reading flat in memory and bounded in time.

    ``max_row_chars`` bounds one record (and one physical line), so that neither a file without line
    ends nor a quotation mark that never closes is collected in memory. ``max_expanded_bytes`` bounds
    what the parts of a workbook may unpack to: five million rows of a few columns pass, a zip bomb
    does not. ``max_shared_texts`` bounds the texts that a workbook keeps apart from its cells, whatever
    number of rows is taken.
    """

    max_file_bytes: int = 100_000_000
    max_rows: int = 5_000_000
    max_cell_chars: int = 32_767
    max_columns: int = 1_000
    max_row_chars: int = 1_000_000
    max_expanded_bytes: int = 2_000_000_000
    max_shared_texts: int = 50_000_000
