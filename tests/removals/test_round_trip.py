"""A result or problems file, put right in a spreadsheet and sent again, does only what is left.

Whoever has a file with problems removes the good lines, opens what comes back, corrects cells and sends it again: lines
that are done are recognised, nobody is removed twice, and the file keeps its shape however often it goes round.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from certremoval.certifications.models import Enrollment, RemovalRecord
from certremoval.organization.models import User
from certremoval.removals.actions import cancel
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job
from certremoval.removals.pace import Pace
from certremoval.removals.processing import claim_job, run_slice
from certremoval.removals.results import problems_file, result_file
from certremoval.removals.words import REFUSING_OUTCOMES
from tests.removals.conftest import (
    FORKLIFT,
    certification,
    enroll,
    enrolled,
    make_user,
    people,
    remove,
    run,
)

pytestmark = pytest.mark.django_db

LONG = "12345678901234567"
"""An id that a spreadsheet rounds to 1.23457E+16."""

Cells = list[list[str]]
"""A sheet: the heading first, every row as wide as the widest, as spreadsheets keep and save them."""


def opened(content: bytes) -> Cells:
    """Open a file of ours as a spreadsheet does: nothing is taken off a cell, short rows are filled."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _delimited(delimiter: str, encoding: str) -> Callable[[Cells], bytes]:
    def saved(cells: Cells) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(cells)
        # What the encoding does not have, a spreadsheet writes as a question mark.
        return text.getvalue().encode(encoding, "replace")

    return saved


def _workbook(cells: Cells) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, values in enumerate(cells, 1):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


SAVED: dict[str, tuple[Callable[[Cells], bytes], dict[str, Any]]] = {
    "CSV UTF-8": (_delimited(",", "utf-8-sig"), {}),
    "CSV with semicolons in Windows-1252": (_delimited(";", "cp1252"), {"encoding": "windows-1252"}),
    "Unicode text: UTF-16 with tabs": (_delimited("\t", "utf-16"), {}),
    "XLSX": (_workbook, {}),
}
"""The ways in which a spreadsheet saves, and what must be said when such a file is sent."""

HEADER = ["Note", "Certification ID", "User ID"]

TYPED: dict[str, tuple[str, str, str]] = {
    # What is wrong, the certification and the user as typed, and the outcome that follows.
    "=K-1": ("=K-1", FORKLIFT, "remove"),
    "K-2": ("K-2", FORKLIFT, "remove"),
    "no user": ("", FORKLIFT, "blank"),
    "no certification": ("K-4", "", "blank"),
    "lost zeros": ("123", FORKLIFT, "unknown_user"),
    "rounded": ("1.23457E+16", FORKLIFT, "unknown_user"),
    "no such certification": ("K-5", "FORKLFT-3Y", "unknown_certification"),
    "somebody else": ("OFF", FORKLIFT, "not_enrolled"),
    "too many cells": ("K-8", FORKLIFT, "invalid"),
    "twice": ("K-2", FORKLIFT, "duplicate"),
    "long ago": ("OLD", FORKLIFT, "already_removed"),
    "kept": ("KEPT", FORKLIFT, "left_out"),
    "changes": ("CHANGED", FORKLIFT, "changed_since_preview"),
    "goes": ("GONE", FORKLIFT, "gone_since_preview"),
    "late": ("LAST", FORKLIFT, "not_reached"),
}
"""The lines of the first file, by their notes."""

MEANT = {
    "no user": "K-3",
    "no certification": "K-4",
    "lost zeros": "000123",
    "rounded": LONG,
    "no such certification": "K-5",
    "somebody else": "K-7",
    "too many cells": "K-8",
}
"""Who was meant on the lines with a problem: what somebody types when they put it right."""

DONE_AT_FIRST = {"=K-1", "K-2"}
LEFT = {*MEANT.values(), "CHANGED", "LAST"}
EVERYBODY = {*DONE_AT_FIRST, *LEFT, "OLD", "GONE"}


def first_file(origin: str) -> bytes:
    """Return the file with every kind of problem; of a workbook, with a cell that shows another id than it holds."""
    rows = [[f"@{note} Zoë", on, user] for note, (user, on, _outcome) in TYPED.items()]
    (surplus,) = (row for row in rows if row[2] == "K-8")
    if origin == "CSV":
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADER, *(row + (["Bell"] if row is surplus else []) for row in rows)])
        return text.getvalue().encode()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *rows):
        sheet.append(row)
    for at, row in enumerate(rows, 2):
        sheet.cell(at, 3).data_type = "s"
        if row is surplus:
            sheet.cell(at, 3).value, sheet.cell(at, 3).number_format = 8, '"K-"0'
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def send(actor: User, content: bytes, **options: Any) -> Job:
    """Send a file. What a spreadsheet calls it does not matter: a workbook is known by its bytes."""
    return remove(actor, BytesIO(content), **options)


def result(job: Job) -> bytes:
    job.refresh_from_db()
    return b"".join(result_file(job))


def note_of(row: list[str]) -> str:
    return row[0].lstrip("'@").removesuffix(" Zoë").removesuffix(" Zo?")


def outcomes(content: bytes) -> dict[str, str]:
    """The outcome of each line of a result or problems file, by its note."""
    header, *rows = opened(content)
    assert [heading for heading in header if heading] == [*HEADER, "Outcome", "Detail"]
    return {note_of(row): row[3] for row in rows}


def put_right(cells: Cells) -> Cells:
    """Type who was meant on each line with a problem, as somebody does who reads Detail."""
    for row in cells[1:]:
        if row[3] in REFUSING_OUTCOMES:
            row[1], row[2] = FORKLIFT, MEANT[note_of(row)]
            row[5:] = [""] * len(row[5:])
    return cells


def run_some(job: Job, rows: int) -> None:
    held = claim_job(job.pk)
    assert held is not None
    run_slice(held, stop=lambda: True, pace=Pace(largest=rows))


def cast(actor: User) -> None:
    """Who is on the certification; LAST comes last in every order of work, and LEFT OVER is in no file."""
    certification("LOTO")
    enroll(FORKLIFT, "=K-1", "K-2", "K-3", "K-4", "K-5", "K-7", "K-8", "OLD", "KEPT", "CHANGED", "GONE", "000123")
    enroll(FORKLIFT, LONG, "LEFT OVER", "LAST")
    make_user("OFF", "Łukasz Bell")
    run(remove(actor, people("OLD"), title="Long ago"))


@pytest.fixture
def sent(request: pytest.FixtureRequest, root: User) -> Job:
    """The first file, sent with its problems skipped: some changed meanwhile, and it was cancelled before its end."""
    cast(root)
    job = send(root, first_file(request.param), skip_problems=True, leave_out_users=("KEPT",))
    Enrollment.objects.filter(user__user_id="CHANGED").update(status="Expired")
    run(remove(root, people("GONE"), title="Another job"))
    run_some(job, job.remove_count - 1)
    cancel(root, job.pk)
    return job


def taken_off() -> Counter[str]:
    """How often each was removed."""
    return Counter(RemovalRecord.objects.values_list("user_id", flat=True))


both_origins = pytest.mark.parametrize("sent", ["CSV", "XLSX"], indirect=True)
every_way = pytest.mark.parametrize("way", SAVED)


@both_origins
class TestTheResultFile:
    def test_tells_of_every_line(self, sent: Job) -> None:
        expected = {note: "removed" if outcome == "remove" else outcome for note, (_, _, outcome) in TYPED.items()}
        assert outcomes(result(sent)) == expected

    @every_way
    def test_put_right_and_sent_again_only_what_is_left_is_removed(self, sent: Job, way: str, root: User) -> None:
        save, options = SAVED[way]

        again = send(root, save(put_right(opened(result(sent)))), leave_out_users=("KEPT",), **options)

        assert again.planned == {
            "remove": len(LEFT),
            "already_removed": len(DONE_AT_FIRST) + len({"OLD", "GONE"}),
            "duplicate": 1,
            "left_out": 1,
        }
        run(again)
        assert taken_off() == Counter(EVERYBODY)
        assert enrolled() == ["KEPT", "LEFT OVER"]

    @every_way
    def test_however_often_it_goes_round_it_keeps_its_shape_and_removes_nobody(
        self, sent: Job, way: str, root: User
    ) -> None:
        save, options = SAVED[way]
        options = {**options, "leave_out_users": ("KEPT",)}
        job = run(send(root, save(put_right(opened(result(sent)))), **options))
        first = [row[:3] for row in opened(result(job))]

        for _ in range(2):
            job = run(send(root, save(opened(result(job))), **options))
            assert set(outcomes(result(job)).values()) == {"already_removed", "duplicate", "left_out"}
            assert [row[:3] for row in opened(result(job))] == first, "guards are neither lost nor doubled"
        assert taken_off() == Counter(EVERYBODY)

    @every_way
    def test_sent_again_as_it_is_it_is_refused_for_its_problems_alone(self, sent: Job, way: str, root: User) -> None:
        save, options = SAVED[way]
        before = taken_off()

        with pytest.raises(FileRefused) as refusal:
            send(root, save(opened(result(sent))), **options)

        # What was surplus stands below a heading without a name, once a spreadsheet has made all rows equally wide.
        refused = {code for code in refusal.value.summary.planned if code in REFUSING_OUTCOMES}
        assert {"blank", "unknown_user", "unknown_certification", "not_enrolled"} <= refused <= set(REFUSING_OUTCOMES)
        assert taken_off() == before

    @every_way
    def test_who_was_left_out_is_removed_once_nobody_leaves_them_out(self, sent: Job, way: str, root: User) -> None:
        save, options = SAVED[way]

        run(send(root, save(put_right(opened(result(sent)))), **options))

        assert taken_off() == Counter({*EVERYBODY, "KEPT"})


@both_origins
class TestTheProblemsFile:
    @every_way
    def test_put_right_and_sent_again_those_lines_alone_are_removed(self, sent: Job, way: str, root: User) -> None:
        save, options = SAVED[way]
        content = b"".join(problems_file(sent))
        assert set(outcomes(content)) == set(MEANT)
        before = set(taken_off())

        again = run(send(root, save(put_right(opened(content))), **options))

        assert again.planned == {"remove": len(MEANT)}
        assert taken_off() == Counter({*before, *MEANT.values()})

    @every_way
    def test_after_it_the_result_file_has_only_the_rest_left(self, sent: Job, way: str, root: User) -> None:
        """Who put right the problems in one file, and sends the other one too, does nothing twice."""
        save, options = SAVED[way]
        run(send(root, save(put_right(opened(b"".join(problems_file(sent))))), **options))

        again = run(send(root, save(put_right(opened(result(sent)))), leave_out_users=("KEPT",), **options))

        assert again.planned["remove"] == len({"CHANGED", "LAST"})
        assert taken_off() == Counter(EVERYBODY)


@every_way
def test_lines_of_another_certification_than_the_one_started_from(way: str, root: User) -> None:
    save, options = SAVED[way]
    enroll("LOTO", "K-1")
    enroll(FORKLIFT, "K-1", "K-2", "LEFT OVER")
    content = f"Note,Certification ID,User ID\n1,LOTO,K-1\n2,,K-2\n3,{FORKLIFT},NOBODY\n".encode()
    first = run(send(root, content, skip_problems=True, certification=FORKLIFT))
    assert outcomes(result(first)) == {"1": "certification_mismatch", "2": "removed", "3": "unknown_user"}

    cells = opened(result(first))
    cells[1][1] = FORKLIFT
    del cells[3]
    again = run(send(root, save(cells), certification=FORKLIFT, **options))

    assert again.planned == {"remove": 1, "already_removed": 1}
    assert enrolled() == ["LEFT OVER"]
    assert enrolled("LOTO") == ["K-1"]


@every_way
def test_an_address_that_two_people_have_is_put_right_by_user_ids(way: str, root: User) -> None:
    """More than one has it: the lines are typed anew with User IDs, and sent as such."""
    save, options = SAVED[way]
    enroll(FORKLIFT, *(make_user(one, email=f"{one[0]}@example.org").user_id for one in ("A-1", "A-2", "B-1")))
    content = f"Note,Certification ID,User ID\n1,{FORKLIFT},A@example.org\n2,{FORKLIFT},b@example.org\n".encode()
    first = run(send(root, content, skip_problems=True, match="email"))
    assert outcomes(result(first)) == {"1": "ambiguous_user", "2": "removed"}

    cells = opened(b"".join(problems_file(first)))
    assert [row[2] for row in cells[1:]] == ["A@example.org"]
    cells[1][2] = "A-2"
    run(send(root, save(cells), **options))

    assert enrolled() == ["A-1"]
    again = send(root, save(opened(result(first))), skip_problems=True, match="email", **options)
    assert again.planned == {"ambiguous_user": 1, "already_removed": 1}


# --- any mix

PEOPLE = [f"=P{number}" if number % 3 else f"00{number}" for number in range(6)]
DAMAGES: dict[str, Callable[[str], tuple[str, str]]] = {
    "none": lambda one: (FORKLIFT, one),
    "spaces": lambda one: (f" {FORKLIFT}\u200b", f"\xa0{one} "),
    "blank": lambda one: (FORKLIFT, ""),
    "no certification": lambda one: ("", one),
    "misspelt": lambda one: (FORKLIFT, f"{one}?"),
    "lost zeros": lambda one: (FORKLIFT, one.lstrip("0") or "0"),
    "unknown certification": lambda one: ("FORKLFT", one),
    "somebody else": lambda one: (FORKLIFT, "OFF"),
}
lines_of_files = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(DAMAGES))), min_size=1, max_size=8)
rounds = st.lists(
    st.tuples(st.sampled_from(list(SAVED)), st.booleans(), st.integers(0, 5), st.sets(st.integers(0, 7))), max_size=3
)
"""How it is saved, whether it is the result or the problems file, when it is cancelled, what is put right."""


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        before = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(before)


class TestAnyMix:
    @settings(max_examples=25, deadline=None)
    @given(lines=lines_of_files, rounds=rounds)
    def test_in_the_end_exactly_those_meant_are_removed_once(
        self, lines: list[tuple[str, str]], rounds: list[tuple[str, bool, int, set[int]]]
    ) -> None:
        with taken_back():
            somebody = User.objects.create_superuser("SOMEBODY")
            enroll(FORKLIFT, *PEOPLE, "LEFT OVER")
            make_user("OFF")
            sheet = [HEADER, *([str(at), *DAMAGES[damage](one)] for at, (one, damage) in enumerate(lines))]
            content = _delimited(",", "utf-8")(sheet)
            options: dict[str, Any] = {}
            meant = {str(at): one for at, (one, _damage) in enumerate(lines)}
            # What is the same as a line with a problem has one of its own once that line is put right: so it goes on.
            endless = itertools.repeat(("CSV UTF-8", True, 99, set(range(8))), len(lines) + 1)
            for way, whole, reached, typed in itertools.chain(rounds, endless):
                job = send(somebody, content, skip_problems=True, **options)
                if job.remove_count:
                    run_some(job, max(1, min(reached, job.remove_count)))
                job.refresh_from_db()
                if job.ended_at is None:
                    cancel(somebody, job.pk)
                cells = opened(result(job))
                problems = opened(b"".join(problems_file(job)))
                assert problems[1:] == [row for row in cells[1:] if row[3] in REFUSING_OUTCOMES]
                sheet = cells if whole else problems
                for row in sheet[1:]:
                    if row[3] in REFUSING_OUTCOMES and int(row[0]) in typed:
                        row[1], row[2] = FORKLIFT, meant[row[0]]
                if not whole:
                    # The lines that had none come from the result file, as they are.
                    sheet += [row for row in cells[1:] if row[3] not in REFUSING_OUTCOMES]
                save, options = SAVED[way]
                content = save(sheet)
                assert max(taken_off().values(), default=0) <= 1

            last = send(somebody, content, **options)  # nothing is skipped: no problem is left
            if last.remove_count:
                run(last)
            assert taken_off() == Counter(set(meant.values()))
            assert set(enrolled()) == {*PEOPLE, "LEFT OVER"} - set(meant.values())
            assert set(outcomes(result(last)).values()) <= {"removed", "already_removed", "duplicate"}
