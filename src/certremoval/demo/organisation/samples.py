"""Sample removal files to play with, besides that of the story."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from certremoval.demo.organisation import cast
from certremoval.demo.organisation.certifications import FORKLIFT, MANUAL_HANDLING
from certremoval.demo.organisation.choosing import Chooser, Want, anybody
from certremoval.demo.organisation.people import Person
from certremoval.demo.organisation.story import HEADER as STORY_HEADER
from certremoval.demo.organisation.story import LOST_ZEROS, Story
from certremoval.reading import write_xlsx

_LEAVERS_OF = (FORKLIFT, MANUAL_HANDLING, "FIRST-AID-3Y", "ADR")
_CYRILLIC_K = "\u041a"


@dataclass(frozen=True, slots=True)
class Sample:
    """A removal file in the folder, with so many data ``lines``.

    ``removes`` is how many people it would remove once its problems are skipped and nobody is left out by choice;
    ``shows`` says in one sentence what it is good for, ``options`` what the command line needs for it.
    """

    path: Path
    shows: str
    lines: int
    removes: int
    options: tuple[str, ...] = ()


def write_rows(path: Path, rows: Iterable[Iterable[str]], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> None:
    """Write a file as a spreadsheet would: lines end with CRLF, and cells are quoted only where they must be."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(rows)


def has_western_accent(person: Person) -> bool:
    """Say whether the name needs Windows-1252: more than ASCII, and nothing that it cannot write."""
    return not person.name.isascii() and _fits_windows(person)


def _fits_windows(person: Person) -> bool:
    try:
        person.name.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


class Samples:
    """Waits at the chooser for the people of the sample files, and then writes them."""

    def __init__(self, chooser: Chooser, *, today: date) -> None:
        def want(certification_id: str, size: int, division: str, fits: Callable[[Person], bool] = anybody) -> Want:
            return chooser.add(Want(certification_id, size, today.isoformat(), division=division, fits=fits))

        self._accented = want("FOOD-HYG-2", 4, "FOOD", has_western_accent)
        self._plain = want("FOOD-HYG-2", 30, "FOOD", _fits_windows)
        self._leavers = [want(certification_id, 10, "LOG") for certification_id in _LEAVERS_OF]
        self._by_mail = want("PCI-AWARE", 20, "RET")

    def write(self, folder: Path, story: Story) -> tuple[Sample, ...]:
        """Write all sample files into the folder, that of the story first, and the list of those to leave out."""
        (folder / story.left_out_file_name).write_text("".join(f"{one}\n" for one in story.left_out_user_ids), "utf-8")
        return (
            _write_story(folder, story),
            self._write_semicolons(folder),
            self._write_leavers(folder),
            self._write_workbook(folder),
            self._write_by_mail(folder),
            _write_only_problems(folder),
        )

    def _write_semicolons(self, folder: Path) -> Sample:
        path = folder / "bakery-semicolon-windows-1252.csv"
        people = sorted((*self._accented.chosen, *self._plain.chosen), key=lambda one: one.name)
        rows = [("Name", "User ID", "Certification ID"), *((p.name, p.user_id, p.certification_id) for p in people)]
        write_rows(path, rows, encoding="cp1252", delimiter=";")
        shows = (
            "Semicolons and Windows-1252, as older spreadsheets in Europe write: refused with an offer until told so."
        )
        return Sample(path, shows, len(people), len(people), ("--encoding", "windows-1252"))

    def _write_leavers(self, folder: Path) -> Sample:
        path = folder / "leavers-several-certifications.csv"
        rows = self._leaver_rows()
        write_rows(path, rows)
        return Sample(path, "Several certifications in one file, without a problem.", len(rows) - 1, len(rows) - 1)

    def _write_workbook(self, folder: Path) -> Sample:
        path = folder / "leavers-several-certifications.xlsx"
        rows = self._leaver_rows()
        with path.open("wb") as file:
            write_xlsx(file, rows, sheet="Leavers")
        shows = "The same people as a workbook; its cells are text, so that ids keep their zeros."
        return Sample(path, shows, len(rows) - 1, len(rows) - 1)

    def _leaver_rows(self) -> list[tuple[str, str, str]]:
        chosen = [one for want in self._leavers for one in want.chosen]
        return [("User ID", "Certification ID", "Name"), *((p.user_id, p.certification_id, p.name) for p in chosen)]

    def _write_by_mail(self, folder: Path) -> Sample:
        path = folder / "people-by-e-mail.csv"
        chosen = self._by_mail.chosen
        # Letter case does not matter in a mail address, and people write it as they like.
        rows = [
            ("Certification ID", "E-mail"),
            *((one.certification_id, one.email.title() if number % 5 == 0 else one.email)
              for number, one in enumerate(chosen)),
        ]  # fmt: skip
        write_rows(path, rows)
        options = ("--user-column", "E-mail", "--match", "email")
        return Sample(path, "People known by their e-mail address, in a column of another name.", len(chosen),
                      len(chosen), options)  # fmt: skip


def _write_story(folder: Path, story: Story) -> Sample:
    path = folder / story.file_name
    write_rows(path, [STORY_HEADER, *((story.certification_id, line.user_id, line.name) for line in story.lines)])
    shows = "The story: nine people are to be left out by name, and 18 lines have a problem or nothing to do."
    return Sample(path, shows, len(story.lines), story.counts["remove"])


def _write_only_problems(folder: Path) -> Sample:
    """Write one line for each kind of problem; nobody would be removed."""
    path = folder / "only-problems.csv"
    docks = cast.USER_IDS["anna-docks"]
    rows = [
        (FORKLIFT, LOST_ZEROS[0].lstrip("0"), "zeros lost"),
        (FORKLIFT, "7.01882E+16", "rounded by a spreadsheet"),
        (FORKLIFT, docks.replace("K", _CYRILLIC_K), "a letter that looks like K"),
        (FORKLIFT, "000 214", "a space inside"),
        (FORKLIFT, "#N/A", "a formula that found nothing"),
        (FORKLIFT, "", "no User ID"),
        ("", cast.USER_IDS["learner"], "no certification"),
        ("FORKLFT-3Y", cast.USER_IDS["sahin"], "certification misspelt"),
        (FORKLIFT.lower(), cast.USER_IDS["nguyen"], "ids compare exactly"),
        (FORKLIFT, cast.USER_IDS["jon-bell"], "not on this certification"),
        (FORKLIFT, cast.USER_IDS["wang"], "one cell too many", "?"),
    ]
    write_rows(path, [STORY_HEADER, *rows])
    return Sample(path, "A problem in every line: nobody would be removed.", len(rows), 0)
