"""What a file that is not plain looks like: headings, the columns that name people, sheets, the encoding, questions."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from certremoval.organization.models import User
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job
from certremoval.removals.options import PlanOptions
from certremoval.removals.shapes import (
    COLUMNS_COMPARED,
    ROWS_SAMPLED,
    ColumnMatch,
    EncodingOffer,
    FileShape,
    file_shape,
    is_plain,
    match_rate,
)
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user, people, removal_file

pytestmark = pytest.mark.django_db


def drafted(actor: User, source: io.BytesIO | bytes, **options: Any) -> Job:
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    return check_now(upload_draft(actor, file, name="people", options=PlanOptions(**options)), at_most=10_000_000)


def shape_of(actor: User, source: io.BytesIO | bytes, **options: Any) -> FileShape:
    return file_shape(drafted(actor, source, **options))


@pytest.fixture(autouse=True)
def cast() -> None:
    certification()
    make_user("K-1", "Ana Ruiz", email="Ana@example.com", username="ana")
    make_user("K-2", "Jon Bell", email="jon@example.com", username="jon")
    make_user("K-3", email="jon@example.com")
    enroll(FORKLIFT, "K-1", "K-2")


class TestAPlainFile:
    def test_nothing_is_asked(self, root: User) -> None:
        job = drafted(root, people("K-1", "NOBODY"))

        assert is_plain(job)
        assert file_shape(job) == FileShape(
            headings=("Certification ID", "User ID"),
            sample=((FORKLIFT, "K-1"), (FORKLIFT, "NOBODY")),
            matches=(ColumnMatch("User ID", "user_id", 1, 2),),
        )

    def test_its_match_rate(self, root: User) -> None:
        """A row names a known person whatever else is wrong with it; the same unknown person twice is none."""
        make_user("K-9")
        rows = [
            (FORKLIFT, "K-1"),
            (FORKLIFT, "K-1"),
            (FORKLIFT, "K-2"),
            (FORKLIFT, "K-9"),
            ("NONE", "K-1"),
            (FORKLIFT, "NOBODY"),
            (FORKLIFT, "NOBODY"),
            (FORKLIFT, ""),
        ]

        assert match_rate(drafted(root, removal_file(rows), leave_out_users=("K-2",))) == (5, 8)


class TestColumns:
    FILE = (
        b"Personnel No.,Mail,Login,Manager,Note\n"
        b"K-1,ANA@example.com,ana,K-3,\n"
        b"K-2,jon@example.com,nobody,K-3,K-1\n"
        b" K-3 ,lost@example.com,,,\n"
    )

    def test_the_column_is_asked_for_and_the_best_is_first(self, root: User) -> None:
        shape = shape_of(root, self.FILE, certification=FORKLIFT)

        assert shape.asks == {"column", "match"}
        assert shape.asks_anything
        assert shape.headings == ("Personnel No.", "Mail", "Login", "Manager", "Note")
        assert shape.sample[1] == ("K-2", "jon@example.com", "nobody", "K-3", "K-1")
        assert shape.matches == (
            ColumnMatch("Personnel No.", "user_id", 3, 3),
            ColumnMatch("Mail", "email", 2, 3),
            ColumnMatch("Manager", "user_id", 1, 1),
            ColumnMatch("Note", "user_id", 1, 1),
            ColumnMatch("Login", "username", 1, 2),
        )
        assert not shape.lacks_certification

    def test_the_certification_is_wanting_too(self, root: User) -> None:
        shape = shape_of(root, self.FILE)

        assert shape.lacks_certification
        assert shape.asks == {"column", "match"}

    def test_the_certification_alone(self, root: User) -> None:
        shape = shape_of(root, b"User ID\nK-1\n")

        assert (shape.lacks_certification, len(shape.asks), shape.asks_anything) == (True, 0, True)

    def test_the_answer_makes_the_file_plain(self, root: User) -> None:
        job = drafted(root, self.FILE, certification=FORKLIFT, user_column="Mail", match="email")

        assert is_plain(job)
        assert file_shape(job).asks == set()
        assert match_rate(job) == (1, 3)  # two people have the address of the second line

    def test_a_column_in_which_nobody_is_known(self, root: User) -> None:
        """The file is no refused one, but it is asked whether another column or key was meant."""
        job = drafted(root, b"User ID,Mail\nRuiz,ana@example.com\nBell,x\n", certification=FORKLIFT)

        assert not job.file_problems
        assert not is_plain(job)
        assert file_shape(job).asks == {"column", "match"}

    def test_nobody_is_known_and_all_are_named_twice(self, root: User) -> None:
        assert not is_plain(drafted(root, people("NOBODY", "NOBODY", "NOBODY")))

    def test_a_column_named_twice_cannot_be_chosen(self, root: User) -> None:
        shape = shape_of(root, b"User ID,user id,Mail,Mail,,Login\nK-1,K-2,a,b,c,ana\n", certification=FORKLIFT)

        assert shape.asks == {"column", "match"}
        assert shape.headings == ("User ID", "user id", "Mail", "Login")
        assert shape.sample == (("K-1", "K-2", "a", "ana"),)
        assert shape.matches == (ColumnMatch("Login", "username", 1, 1),)

    def test_the_column_of_the_certifications_is_no_column_of_people(self, root: User) -> None:
        make_user(FORKLIFT)

        shape = shape_of(root, f"Certification ID,Who\n{FORKLIFT},K-1\n".encode())

        assert [one.heading for one in shape.matches] == ["Who"]

    def test_short_and_long_rows(self, root: User) -> None:
        shape = shape_of(root, b"A,B\nK-1\n,K-2,more\n", certification=FORKLIFT)

        assert shape.sample == (("K-1", ""), ("", "K-2"))
        assert shape.matches == (ColumnMatch("A", "user_id", 1, 1), ColumnMatch("B", "user_id", 1, 1))

    def test_the_first_thousand_rows_are_looked_at(self, root: User) -> None:
        rows = [("x",)] * ROWS_SAMPLED + [("K-1",)]

        assert shape_of(root, removal_file(rows, header=["Who"]), certification=FORKLIFT).matches == ()
        assert shape_of(root, removal_file(rows[1:], header=["Who"]), certification=FORKLIFT).matches == (
            ColumnMatch("Who", "user_id", 1, 2),
        )

    def test_few_queries_however_many_rows_and_columns(self, root: User) -> None:
        def queries(rows: int, columns: int) -> int:
            cells = [[f"{row}-{column}" for column in range(columns)] for row in range(rows)]
            job = drafted(root, removal_file(cells, header=[f"C{column}" for column in range(columns)]))
            with CaptureQueriesContext(connection) as captured:
                file_shape(job)
            return len(captured)

        assert queries(1, 1) == queries(150, COLUMNS_COMPARED) == queries(2, 200)


class TestEncodings:
    def test_windows_1252_is_offered_with_the_lines_that_it_changes(self, root: User) -> None:
        text = f"User ID,Name\nK-1,Ana\nK-2,Jürgen Müller\n{'x,y' * 3}\nK-3,Nuñez\n"

        shape = shape_of(root, text.encode("windows-1252"), certification=FORKLIFT)

        assert shape.asks == {"encoding"}
        assert shape.encoding_offer == EncodingOffer("windows-1252", lines=(3, 5), words=("Jürgen", "Nuñez"))
        assert shape.encoding == "windows-1252"
        assert shape.headings == ("User ID", "Name")
        assert shape.sample == (("K-2", "Jürgen Müller"), ("K-3", "Nuñez"))
        assert shape.matches[0] == ColumnMatch("User ID", "user_id", 3, 4)

    def test_in_the_heading_too(self, root: User) -> None:
        shape = shape_of(root, "Prüfnr.;Name\nK-1;Ana\n".encode("windows-1252"), certification=FORKLIFT)

        assert shape.asks == {"encoding", "column", "match"}
        assert shape.headings == ("Prüfnr.", "Name")
        assert shape.sample == (("K-1", "Ana"),)

    def test_the_answer_makes_the_file_plain(self, root: User) -> None:
        source = "User ID,Name\nK-1,Müller\n".encode("windows-1252")

        job = drafted(root, source, certification=FORKLIFT, encoding="windows-1252")

        assert is_plain(job)
        assert file_shape(job).encoding_offer is None
        assert file_shape(job).sample == (("K-1", "Müller"),)

    def test_utf_16_without_a_mark(self, root: User) -> None:
        source = ("User ID,Name\n" + "K-1,Ana\n" * 20).encode("utf-16-le")

        shape = shape_of(root, source, certification=FORKLIFT)

        assert shape.asks == {"encoding"}
        assert shape.encoding_offer == EncodingOffer("utf-16-le")
        assert shape.sample[0] == ("K-1", "Ana")

    def test_many_lines_are_not_all_told(self, root: User) -> None:
        source = ("User ID,Name\n" + "K-1,é\n" * 50).encode("windows-1252")

        offer = shape_of(root, source, certification=FORKLIFT).encoding_offer

        assert offer is not None
        assert offer.lines == (2, 3, 4, 5, 6)


class TestSheets:
    def workbook(self, **sheets: list[list[str]]) -> io.BytesIO:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            sheet.sheet_state = "hidden" if name.startswith("Hidden") else "visible"
            for row in rows:
                sheet.append(row)
        file = io.BytesIO()
        book.save(file)
        file.seek(0)
        return file

    def test_the_first_sheet_is_another_list(self, root: User) -> None:
        source = self.workbook(Cover=[["About", "By"], ["Leavers", "HR"]], Hidden=[["x"]], List=[["User ID"], ["K-1"]])

        shape = shape_of(root, source, certification=FORKLIFT)

        assert shape.asks == {"sheet", "column", "match"}
        assert (shape.sheets, shape.sheet) == (("Cover", "List"), "Cover")
        assert is_plain(drafted(root, source, certification=FORKLIFT, sheet="List"))

    def test_an_empty_first_sheet(self, root: User) -> None:
        source = self.workbook(Cover=[], List=[["User ID"], ["K-1"]])

        shape = shape_of(root, source, certification=FORKLIFT)

        assert (list(shape.asks), shape.sheets, shape.headings) == (["sheet"], ("Cover", "List"), ())

    def test_a_sheet_that_is_not_there(self, root: User) -> None:
        source = self.workbook(One=[["User ID"], ["K-1"]], Two=[["User ID"], ["K-2"]])

        shape = shape_of(root, source, certification=FORKLIFT, sheet="Three")

        assert (list(shape.asks), shape.sheet) == (["sheet"], "One")

    def test_one_sheet_is_no_question(self, root: User) -> None:
        shape = shape_of(root, self.workbook(List=[["Who"], ["K-1"]]), certification=FORKLIFT)

        assert shape.asks == {"column", "match"}

    def test_the_first_sheet_is_plain(self, root: User) -> None:
        source = self.workbook(List=[["User ID"], ["K-1"]], Other=[["User ID"], ["K-2"]])

        assert shape_of(root, source, certification=FORKLIFT).asks == set()


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize(
        "source",
        [
            b"",
            b"PK\x03\x04 damaged",
            b"%PDF-1.7",
            b"User ID\nK-\0",
            b'User ID\n"K-1',
            b"\n\n\n",
            b"\xff\xfe\x00",
            b"User ID\n",
            b"\x00\xd8" * 50,
            b"a" * 1_100_000,
        ],
        ids=lambda source: repr(source[:20]),
    )
    def test_it_never_raises(self, root: User, source: bytes) -> None:
        job = drafted(root, source, certification=FORKLIFT)

        assert job.file_problems
        shape = file_shape(job)
        assert not shape.matches
        assert match_rate(job) == (0, 0)

    def test_a_file_that_is_not_kept_any_more(self, root: User) -> None:
        job = drafted(root, people("K-1"))
        job.file = None

        assert file_shape(job) == FileShape()

    @settings(max_examples=60, deadline=None)
    @given(source=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
    def test_any_bytes(self, source: bytes) -> None:
        root = User.objects.filter(user_id="ANY").first() or User.objects.create_superuser("ANY")

        shape = shape_of(root, source)

        assert len(shape.sample) <= 5
        assert all(len(row) == len(shape.headings) for row in shape.sample)
