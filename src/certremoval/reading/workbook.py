"""The zip of a workbook: its parts, its sheets, its styles. Sheets themselves are read in sheet.py."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from certremoval.reading import number_formats
from certremoval.reading.file_kinds import zip_refusal
from certremoval.reading.limits import Limits
from certremoval.reading.refusals import damaged_workbook, file_format, listed
from certremoval.reading.shared_strings import SharedStrings
from certremoval.reading.xml_stream import elements

# All that zipfile is known to raise for bytes that are no sound zip.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

_LONGEST_DIRECTORY = 1_000_000
_MOST_SHEETS = 10_000
_MOST_RELATIONS = 10_000
_MOST_STYLES = 70_000
_LONGEST_FORMAT = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of cells: its name and the part that holds it."""

    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


class Workbook:
    """A workbook whose zip and list of sheets have been read. Raises UnreadableFile for one that is none."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._parts = _Parts(source, limits)
        self.path = self._find_main_part()
        self._relations = self._read_relations(self.path)
        self.since_1904 = False
        self.sheets = self._read_sheets()

    def choose_sheet(self, name: str | None) -> Sheet:
        """Return the sheet of that name, else the first visible one. Raises UnreadableFile for an unknown name."""
        if name is None:
            return next((sheet for sheet in self.sheets if sheet.is_visible), self.sheets[0])
        for wanted, names in ((name, str), (name.strip().casefold(), lambda text: text.strip().casefold())):
            for sheet in self.sheets:
                if names(sheet.name) == wanted:
                    return sheet
        found = listed([sheet.name for sheet in self.sheets])
        raise file_format(f"No sheet is called {name}. We found {found}. Choose one of them.", value=name)

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """Open a part for reading."""
        with self._parts.open(part) as stream:
            yield stream

    def formats(self) -> list[str]:
        """Return the number format of each cell style."""
        part = self._related("/styles")
        if part is None:
            return ["General"]
        own: dict[int, str] = {}
        codes: list[int] = []
        with self._parts.open(part) as stream:
            for path, attributes in elements(stream):
                if path == ("styleSheet", "numFmts", "numFmt"):
                    own[_number(attributes, "numFmtId")] = attributes.get("formatCode", "General")[:_LONGEST_FORMAT]
                elif path == ("styleSheet", "cellXfs", "xf"):
                    codes.append(_number(attributes, "numFmtId"))
                if len(codes) + len(own) > _MOST_STYLES:
                    raise damaged_workbook("too many styles")
        return [own.get(code) or number_formats.BUILT_IN.get(code, "General") for code in codes] or ["General"]

    def strings(self) -> SharedStrings:
        """Return the texts that cells refer to by number."""
        part = self._related("/sharedStrings")
        if part is None:
            return SharedStrings.none()
        with self._parts.open(part) as stream:
            return SharedStrings.read(stream, self._limits)

    def _find_main_part(self) -> str:
        for relation in self._read_relations("").values():
            path = relation.target.lower()
            is_main = relation.kind.endswith("/officeDocument") and path.endswith(".xml")
            if is_main and not path.startswith(("word/", "ppt/")) and self._parts.has(path):
                return relation.target
        if self._parts.has("xl/workbook.xml"):
            return "xl/workbook.xml"
        raise zip_refusal(self._parts.names, self._parts.mimetype())

    def _read_relations(self, part: str) -> dict[str, _Relation]:
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self._parts.has(path):
            return {}
        relations: dict[str, _Relation] = {}
        with self._parts.open(path) as stream:
            for (*_, element), attributes in elements(stream):
                if element == "Relationship" and attributes.get("TargetMode") != "External":
                    target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", ""))).lstrip("/")
                    relations[attributes.get("Id", "")] = _Relation(attributes.get("Type", ""), target)
                    if len(relations) > _MOST_RELATIONS:
                        raise damaged_workbook("too many relations")
        return relations

    def _read_sheets(self) -> tuple[Sheet, ...]:
        sheets: list[Sheet] = []
        with self._parts.open(self.path) as stream:
            for path, attributes in elements(stream):
                if path == ("workbook", "workbookPr"):
                    self.since_1904 = attributes.get("date1904") in ("1", "true")
                elif path == ("workbook", "sheets", "sheet"):
                    relation = self._relations.get(_relation_id(attributes))
                    # Sheets of charts and macros are in the list too, and hold no cells.
                    if relation and relation.kind.endswith("/worksheet"):
                        visible = attributes.get("state", "visible") == "visible"
                        sheets.append(Sheet(attributes.get("name", ""), relation.target, visible))
                        if len(sheets) > _MOST_SHEETS:
                            raise damaged_workbook("too many sheets")
        if not sheets:
            raise damaged_workbook("no sheet is in it")
        return tuple(sheets)

    def _related(self, kind: str) -> str | None:
        return next((relation.target for relation in self._relations.values() if relation.kind.endswith(kind)), None)


class _Parts:
    """The entries of a zip, found without letter case as the format asks."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(cast(BinaryIO, _BoundedReads(source)))
        except _ZIP_ERRORS:
            raise damaged_workbook() from None
        self._limits = limits
        self._entries = {entry.filename.lower().lstrip("/"): entry for entry in self._zip.infolist()}
        self.names = set(self._entries)
        if len(self._entries) != len(self._zip.infolist()):
            raise damaged_workbook("two of its parts have the same name")

    def has(self, part: str) -> bool:
        return part.lower() in self._entries

    def mimetype(self) -> bytes:
        if not self.has("mimetype"):
            return b""
        with self.open("mimetype") as stream:
            return stream.read(200)

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        entry = self._entries.get(part.lower())
        if entry is None:
            raise damaged_workbook(f"its part {part} is missing")
        if entry.flag_bits & 1:
            raise file_format("This workbook is protected by a password. Save it without one.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged_workbook("it is compressed in a way that workbooks are not")
        if entry.file_size > self._limits.max_expanded_bytes:
            limit = self._limits.max_expanded_bytes / 1_000_000
            raise file_format(
                f"This workbook unpacks to {entry.file_size / 1_000_000:,.0f} MB; the limit is {limit:,.0f} MB. "
                "Split it, or delete sheets and columns that are not needed."
            )
        try:
            stream = self._zip.open(entry)
        except _ZIP_ERRORS:
            raise damaged_workbook() from None
        with stream:
            yield cast(IO[bytes], _PartStream(stream))


class _PartStream:
    """A part of the zip; whatever is wrong with its bytes is UnreadableFile."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _ZIP_ERRORS:
            raise damaged_workbook() from None


class _BoundedReads(io.RawIOBase):
    """A file of which zipfile reads no more at once than a sound directory of parts has."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_DIRECTORY:
            raise zipfile.BadZipFile("directory too long")
        return self._source.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _relation_id(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise damaged_workbook(f"{name} is no number")
    return int(text)
