"""What a file is, by its first bytes; its name says nothing."""

from __future__ import annotations

import re
from typing import BinaryIO, Literal

from certremoval.problems import UnreadableFile
from certremoval.reading.refusals import SAVE_AS_CSV, file_format

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_UNPACK = "Unpack it, and send the .xlsx or CSV file that is in it."
_SEND_TABLE = "Send a CSV UTF-8 file or an .xlsx workbook."
_OTHER_KINDS = (
    (re.compile(rb"\s*%PDF-"), f"This is a PDF document. {_SEND_TABLE}"),
    (re.compile(rb"\x89PNG\r\n|GIF8[79]a|\xff\xd8\xff|II\*\0|MM\0\*"), f"This is an image. {_SEND_TABLE}"),
    (re.compile(rb"\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a|\x28\xb5\x2f\xfd"),
     f"This is a compressed archive. {_UNPACK}"),
    (re.compile(rb"SQLite format 3\0"), f"This is a database file. {_SEND_TABLE}"),
    (re.compile(rb"\{\\rtf"), f"This is a text document (RTF). {_SEND_TABLE}"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|table|head|body|meta)\b", re.IGNORECASE),
     f"This is a web page, even if its name ends in .xls. Open it in a spreadsheet. {SAVE_AS_CSV}"),
    (re.compile(rb"(\xef\xbb\xbf)?\s*<\?xml\b"), f"This is an XML file. Open it in a spreadsheet. {SAVE_AS_CSV}"),
)  # fmt: skip


def kind_of(source: BinaryIO) -> Literal["text", "zip"]:
    """Return whether the file is text or a zip, which a workbook is. Raises UnreadableFile for what is neither."""
    source.seek(0)
    head = source.read(512)
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_OLE):
        raise _ole_refusal(source)
    for pattern, message in _OTHER_KINDS:
        if pattern.match(head):
            raise file_format(message)
    return "text"


def zip_refusal(names: set[str], mimetype: bytes) -> UnreadableFile:
    """Return the refusal of a zip that is no .xlsx workbook, by the names (in small letters) in it."""
    if b"opendocument.spreadsheet" in mimetype:
        return file_format("This is an OpenDocument spreadsheet (.ods). Save it as .xlsx or as CSV UTF-8.")
    if b"opendocument" in mimetype:
        return file_format(f"This is an OpenDocument file, but no spreadsheet. {_SEND_TABLE}")
    if "xl/workbook.bin" in names:
        return file_format("This is a binary workbook (.xlsb). Save it as .xlsx or as CSV UTF-8.")
    if any(name.startswith("word/") for name in names):
        return file_format(f"This is a Word document. {_SEND_TABLE}")
    if any(name.startswith("ppt/") for name in names):
        return file_format(f"This is a PowerPoint presentation. {_SEND_TABLE}")
    if "index/document.iwa" in names:
        return file_format("This is a Numbers spreadsheet. Export it as .xlsx or as CSV UTF-8.")
    return file_format(f"This is a zip archive, but no workbook. {_UNPACK}")


def _ole_refusal(source: BinaryIO) -> UnreadableFile:
    """Tell an old workbook from an encrypted new one: both come in the same container."""
    source.seek(0)
    header = source.read(512)
    # The directory: sector size and first sector are in the header; names in it are UTF-16.
    shift = min(int.from_bytes(header[30:32], "little"), 12)
    source.seek((int.from_bytes(header[48:52], "little") + 1) << shift)
    directory = source.read(4096)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return file_format("This workbook is protected by a password. Save it without one, as .xlsx or as CSV UTF-8.")
    if "Workbook".encode("utf-16-le") in directory or "Book".encode("utf-16-le") in directory:
        return file_format(f"This is an old .xls workbook. {SAVE_AS_CSV}")
    if "WordDocument".encode("utf-16-le") in directory:
        return file_format(f"This is an old Word document. {_SEND_TABLE}")
    return file_format(f"This is an old .xls workbook or another old Office file. {SAVE_AS_CSV}")
