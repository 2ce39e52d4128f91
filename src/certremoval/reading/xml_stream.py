"""XML in a stream, by expat: no document types and entities, no token or depth without bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO
from xml.parsers import expat

from certremoval.problems import UnreadableFile
from certremoval.reading.refusals import damaged_workbook

BLOCK = 1 << 16

# One tag with its attributes is held whole, and parsed anew with each block until it ends.
_LONGEST_TOKEN = 1 << 20
DEEPEST = 64
"""How deep the elements of a workbook are nested at most; the parser keeps all that are open."""

# The two editions of the format.
_SPREADSHEETS = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
}


class XmlStream:
    """A parser fed block by block. Names come as they are written, with their prefix.

    Namespaces are left to ``names_under_root``: the parser's own handling makes a sheet take a fifth longer.
    """

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self._fed = 0

    def feed(self, block: bytes) -> None:
        """Parse the next block; b"" ends the document. Raises UnreadableFile."""
        try:
            self.parser.Parse(block, not block)
        except (expat.ExpatError, LookupError, UnicodeError) as error:
            raise damaged_workbook(f"XML: {error}") from None
        except ValueError as error:
            # What pyexpat says of an encoding that it cannot read.
            raise damaged_workbook(f"XML: {error}") from None
        self._fed += len(block)
        if self._fed - self.parser.CurrentByteIndex > _LONGEST_TOKEN:
            raise damaged_workbook("XML: a tag without end")


def names_under_root(root: str, name: str, attributes: dict[str, str], elements: Sequence[str]) -> dict[str, str]:
    """Return how elements of a part are written there, to their names, by the first element of the part.

    Raises UnreadableFile if that is not ``root`` of a spreadsheet.
    """
    prefix, colon, local = name.rpartition(":")
    if local != root or attributes.get(f"xmlns{colon}{prefix}") not in _SPREADSHEETS:
        raise damaged_workbook(f"{name} where {root} belongs")
    return {f"{prefix}{colon}{element}": element for element in elements}


def elements(part: IO[bytes]) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Yield the path (local names from the root) and attributes of each element of a small part.

    Raises UnreadableFile for what is not well-formed.
    """
    found: list[tuple[tuple[str, ...], dict[str, str]]] = []
    path: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) >= DEEPEST:
            raise too_deep()
        path.append(name.rpartition(":")[2])
        found.append((tuple(path), attributes))

    stream = XmlStream()
    stream.parser.StartElementHandler = start
    stream.parser.EndElementHandler = lambda name: path.pop() and None
    while True:
        block = part.read(BLOCK)
        stream.feed(block)
        yield from found
        found.clear()
        if not block:
            return


def too_deep() -> UnreadableFile:
    """Return the refusal of a part nested deeper than any workbook's."""
    return damaged_workbook("XML: nested too deeply")


def _refuse_doctype(*_: object) -> UnreadableFile:
    raise damaged_workbook("XML: a document type is not allowed")
