"""Files that a page hands out, as streams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from certremoval.reading import csv_pieces, xlsx_pieces

Format = Literal["csv", "xlsx"]
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(pieces: Iterable[bytes], *, name: str, content_type: str) -> HttpResponseBase:
    """Answer with a file to be kept, never shown in the page's own place: what others uploaded may be anything."""
    answer = StreamingHttpResponse(pieces, content_type=content_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, file_name(name)) or "attachment"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def table_download(rows: Iterable[Sequence[str]], *, name: str, format: Format) -> HttpResponseBase:
    """Answer with rows as CSV or XLSX; ``name`` has no ending. The first row is the header."""
    pieces = csv_pieces(rows) if format == "csv" else xlsx_pieces(rows)
    return download(pieces, name=f"{name}.{format}", content_type=CONTENT_TYPES[format])


def file_name(text: str) -> str:
    """Return a name that every system takes for a file of it: no separators, no control characters, not endless."""
    stem, dot, ending = text.rpartition(".")
    if not ending or len(ending) > 5:
        stem, dot, ending = text, "", ""
    plain = re.sub(r'[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+', "-", stem).strip(" .-")
    return f"{plain[:100] or 'file'}{dot}{ending}"
