"""Files that are neither text nor a workbook, under whatever name."""

from __future__ import annotations

import io
import zipfile

import pytest

from .files import refusal_of, rows_of, zipped


def ole(*names: str) -> bytes:
    """The container of old Office files, with a directory of these names in its second sector."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (1).to_bytes(4, "little")
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return bytes(header) + bytes(512) + directory


def ole_of_large_sectors(name: str) -> bytes:
    """The same with sectors of 4,096 bytes, and the directory in the third."""
    data = ole(name)
    header = data[:30] + (12).to_bytes(2, "little") + data[32:]
    return header[:512].ljust(2 * 4096, b"\0") + data[1024:]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (ole_of_large_sectors("EncryptedPackage"), "This workbook is protected by a password."),
        (ole("Workbook"), "This is an old .xls workbook. Save it as .xlsx or as CSV UTF-8."),
        (ole("Book"), "This is an old .xls workbook."),
        (ole("EncryptionInfo", "EncryptedPackage"), "This workbook is protected by a password."),
        (ole("WordDocument"), "old Word document"),
        (ole(), "old .xls workbook or another old Office file"),
        (ole()[:20], "old .xls workbook or another old Office file"),
        (b"%PDF-1.7\n", "This is a PDF document. Send a CSV UTF-8 file or an .xlsx workbook."),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"GIF89a", "an image"),
        (b"\x1f\x8b\x08", "a compressed archive"),
        (b"7z\xbc\xaf\x27\x1c", "a compressed archive"),
        (b"Rar!\x1a\x07", "a compressed archive"),
        (b"SQLite format 3\0", "a database file"),
        (b"{\\rtf1", "a text document (RTF)"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "a web page, even if its name ends in .xls"),
        (b"<HTML><table>", "a web page"),
        (b'<?xml version="1.0"?><Workbook>', "an XML file"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "OpenDocument spreadsheet (.ods)"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument file, but no spreadsheet"),
        (zipped({"xl/workbook.bin": "x"}), "binary workbook (.xlsb)"),
        (zipped({"word/document.xml": "<x/>"}), "a Word document"),
        (zipped({"ppt/presentation.xml": "<x/>"}), "PowerPoint"),
        (zipped({"Index/Document.iwa": "x"}), "Numbers"),
        (zipped({"people.csv": "User ID"}), "a zip archive, but no workbook. Unpack it"),
        (zipped({}), "a zip archive, but no workbook"),
        (bytes(range(256)) * 20, "NUL"),
        (b"PK\x03\x04" + bytes(300), "damaged or was not transferred completely"),
    ],
)  # fmt: skip
def test_it_is_said_what_the_file_is_and_what_to_send(data: bytes, words: str) -> None:
    problem = refusal_of(data)
    assert problem.code == "file_format"
    assert words in problem.message


def test_a_word_document_with_its_relations_is_told_apart() -> None:
    relations = (
        '<Relationships><Relationship Id="r" Target="word/document.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    )
    data = zipped({"_rels/.rels": relations, "word/document.xml": "<document/>"})
    assert "a Word document" in refusal_of(data).message


@pytest.mark.parametrize("header", [b"PK,User ID", b"Workbook,User ID", b"BZh,User ID", b"%,User ID", b"<x>,User ID"])
def test_a_heading_that_begins_like_another_kind_of_file_is_text(header: bytes) -> None:
    assert len(rows_of(header + b"\na,b\n")) == 1


def test_an_encrypted_zip_is_said_to_be_protected() -> None:
    data = bytearray(zipped({"xl/workbook.xml": "<x/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert "password" in refusal_of(bytes(data)).message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_compressed_otherwise_is_not_unpacked(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 100)
    assert "compressed in a way" in refusal_of(out.getvalue()).message
