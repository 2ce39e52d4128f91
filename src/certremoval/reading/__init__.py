"""Reading people's files: bytes to a header and rows of (line, cells), in a stream; and writing them.

Knows nothing of users or certifications: which column holds what, and which cells are usable, is its
callers' to say. A file that cannot be read raises ``UnreadableFile`` and nothing else.
"""

from certremoval.reading.cell_text import guard, trim_id, unguard
from certremoval.reading.columns import find_columns, is_surplus_fault
from certremoval.reading.csv_writing import csv_pieces, write_csv
from certremoval.reading.limits import Limits
from certremoval.reading.lookalikes import lookalike_key, rounded_range
from certremoval.reading.read import file_too_large, read_table, size_words
from certremoval.reading.rows import Row, RowBatch, SuspectCell
from certremoval.reading.table import Table
from certremoval.reading.xlsx_writing import MAX_SHEET_ROWS, write_xlsx, xlsx_pieces

__all__ = [
    "MAX_SHEET_ROWS",
    "Limits",
    "Row",
    "RowBatch",
    "SuspectCell",
    "Table",
    "csv_pieces",
    "file_too_large",
    "find_columns",
    "guard",
    "is_surplus_fault",
    "lookalike_key",
    "read_table",
    "rounded_range",
    "size_words",
    "trim_id",
    "unguard",
    "write_csv",
    "write_xlsx",
    "xlsx_pieces",
]
