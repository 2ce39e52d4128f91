"""People ticked on a page, and pasted lists: both become a file like an uploaded one."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certremoval.certifications.models import Operation
from certremoval.organization.models import User
from certremoval.problems import InvalidRequest, NothingToDo, NotPermitted
from certremoval.reading import read_table, trim_id
from certremoval.removals.drafts import check_now, draft_of_pasted, draft_of_people
from certremoval.removals.files import open_stored_file
from certremoval.removals.making import FileRefused
from certremoval.removals.models import Job, JobRow, JobState, StoredFile
from certremoval.removals.options import PlanOptions
from certremoval.removals.pasted import pasted_user_ids
from tests.removals.conftest import FORKLIFT, certification, enroll, make_user

pytestmark = pytest.mark.django_db


def stored_rows(job: Job) -> list[tuple[int, list[str]]]:
    """The draft's file as our reader reads it: the header, then (line, cells)."""
    assert job.file is not None
    with open_stored_file(job.file) as source:
        table = read_table(BytesIO(source.read()), name=job.file.name, known_columns=("User ID",))
    return [(table.header_line, list(table.header)), *((row.line, list(row.cells)) for row in table.rows())]


def planned(job: Job) -> dict[int, str]:
    """The outcome of each line, once the draft is checked."""
    checked = check_now(job)
    assert checked.state == JobState.DRAFT
    return dict(JobRow.objects.filter(job_id=job.pk).order_by("line").values_list("line", "outcome"))


class TestPeopleChosenOnAPage:
    def test_they_become_a_file_of_two_columns(self, root: User) -> None:
        enroll(FORKLIFT, "000123", "K-2")
        enroll("LOTO", "K-2")
        rows = [(FORKLIFT, "000123"), ("LOTO", "K-2")]

        job = draft_of_people(root, iter(rows), name="Forklift, ticked.csv", title="Leavers", comment="c")

        assert job.file is not None
        assert (job.state, job.file.name) == (JobState.CHECKING, "Forklift, ticked.csv")
        assert (job.operation.title, job.operation.comment) == ("Leavers", "c")
        assert stored_rows(job) == [
            (1, ["Certification ID", "User ID"]),
            (2, [FORKLIFT, "000123"]),
            (3, ["LOTO", "K-2"]),
        ]
        assert planned(job) == {2: "remove", 3: "remove"}

    def test_for_the_certification_that_they_were_chosen_on(self, root: User) -> None:
        enroll(FORKLIFT, "K-1")

        job = draft_of_people(root, [(FORKLIFT, "K-1"), ("LOTO", "K-1")], name="x.csv", certification=FORKLIFT)

        assert PlanOptions.from_json(job.options) == PlanOptions(certification=FORKLIFT)
        assert planned(job) == {2: "remove", 3: "certification_mismatch"}

    @pytest.mark.parametrize(
        "user_id", ["=1+1", "-5", "@home", "'=x", 'say "K"', "a,b;c|d", "a\tb", "O'Neill", "١٢٣", "\u200fא1"]
    )
    def test_an_id_comes_back_as_it_is(self, root: User, user_id: str) -> None:
        enroll("ISO/IEC 27001", trim_id(user_id))

        job = draft_of_people(root, [("ISO/IEC 27001", trim_id(user_id))], name="x.csv")

        assert planned(job) == {2: "remove"}

    def test_nobody(self, root: User) -> None:
        with pytest.raises(NothingToDo, match="Nobody is chosen"):
            draft_of_people(root, iter(()), name="x.csv")
        assert not Job.objects.exists()
        assert not StoredFile.objects.exists()

    def test_without_the_permission_nothing_is_read(self) -> None:
        def rows() -> Iterator[tuple[str, str]]:
            pytest.fail("read")
            yield FORKLIFT, "K-1"

        with pytest.raises(NotPermitted):
            draft_of_people(make_user("OUTSIDER"), rows(), name="x.csv")

    @pytest.mark.parametrize("text", ["a\0b", "\ud800"])
    def test_a_character_that_is_none(self, root: User, text: str) -> None:
        with pytest.raises(InvalidRequest, match="holds a character that is none"):
            draft_of_people(root, [(FORKLIFT, "K-1"), (FORKLIFT, text)], name="x.csv")
        assert not Job.objects.exists()


class TestAPastedList:
    @pytest.fixture(autouse=True)
    def cast(self) -> None:
        enroll(FORKLIFT, "K-1", "K-2", "K-3")

    def test_one_user_id_a_line(self, root: User) -> None:
        job = draft_of_pasted(
            root, "K-1\nK-2\r\nNOBODY\n", certification=FORKLIFT, title="Leavers", comment="c", reason="r"
        )

        assert job.file is not None
        assert (job.file.name, job.operation.title) == ("Pasted list.csv", "Leavers")
        assert (job.operation.comment, job.operation.reason) == ("c", "r")
        assert PlanOptions.from_json(job.options) == PlanOptions(certification=FORKLIFT)
        assert planned(job) == {2: "remove", 3: "remove", 4: "unknown_user"}

    def test_lines_are_those_of_the_list_below_a_heading(self, root: User) -> None:
        """Empty lines between people keep their places, so that a problem names the line that one counts to."""
        job = draft_of_pasted(root, "K-1\n\n  \nK-2\n\n", certification=FORKLIFT)

        assert planned(job) == {2: "remove", 5: "remove"}

    @pytest.mark.parametrize("text", ["", " \n\t\n\u200b", "User ID", " user id \n\n"])
    def test_nobody(self, root: User, text: str) -> None:
        with pytest.raises(InvalidRequest, match="The list is empty"):
            draft_of_pasted(root, text, certification=FORKLIFT)
        assert not Operation.objects.exists()

    @pytest.mark.parametrize("text", ["K-1\nK-\0", "\ud800"])
    def test_a_character_that_is_none(self, root: User, text: str) -> None:
        with pytest.raises(InvalidRequest, match="holds a character that is none"):
            draft_of_pasted(root, text, certification=FORKLIFT)
        assert not Operation.objects.exists()

    def test_too_large(self, root: User, settings: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"max_file_bytes": 10})

        with pytest.raises(FileRefused) as refused:
            draft_of_pasted(root, "K-1\nK-2", certification=FORKLIFT)

        assert [problem.code for problem in refused.value.problems] == ["file_too_large"]
        assert not StoredFile.objects.exists()

    def test_without_the_permission(self) -> None:
        with pytest.raises(NotPermitted):
            draft_of_pasted(make_user("OUTSIDER"), "K-1", certification=FORKLIFT)

    def test_for_a_certification_that_does_not_exist(self, root: User) -> None:
        job = check_now(draft_of_pasted(root, "K-1", certification="FORKLFT-3Y"))

        assert [problem["suggestion"] for problem in job.file_problems] == [FORKLIFT]


class TestWhatPartsTwoIds:
    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("K-1\nK-2", ["K-1", "K-2"]),
            ("K-1\rK-2\r\nK-3\n", ["K-1", "K-2", "K-3"]),
            ("  K-1 \n\u200bK-2\ufeff\n\xa0K-3", ["K-1", "K-2", "K-3"]),
            ("User ID\nK-1\nK-2", ["K-1", "K-2"]),
            ("\n\nuser id\nK-1", ["K-1"]),
            # Copied from a spreadsheet: the cells beside the id follow it.
            ("User ID\tName\nK-1\tAna Ruiz\nK-2\tJon Bell", ["K-1", "K-2"]),
            # One id holds what would part two.
            ("Smith, John\nBell; Jon", ["Smith, John", "Bell; Jon"]),
            ("K 1\nK\u20282\nK\x0b3\nK\x854", ["K 1", "K\u20282", "K\x0b3", "K\x854"]),
            # A list that is one line.
            ("K-1, K-2;K-3\tK-4,", ["K-1", "K-2", "K-3", "K-4"]),
            ("User ID, K-1, K-2", ["K-1", "K-2"]),
            ("K-1", ["K-1"]),
            ("K-1 K-2", ["K-1 K-2"]),
            (", ;\t", [", ;"]),
        ],
    )
    def test_by_example(self, text: str, ids: list[str]) -> None:
        assert pasted_user_ids(text) == ids

    def test_one_line_that_is_somebodys_id(self) -> None:
        make_user("Smith, John")

        assert pasted_user_ids("Smith, John") == ["Smith, John"]
        assert pasted_user_ids("Smith, John, Bell") == ["Smith", "John", "Bell"]

    @settings(max_examples=60, deadline=None)
    @given(
        ids=st.lists(st.text(st.characters(exclude_characters="\r\n\t\0", exclude_categories=["Cs"])), min_size=2),
        end=st.sampled_from(["\n", "\r\n", "\r"]),
    )
    def test_any_list_comes_back(self, ids: list[str], end: str) -> None:
        trimmed = [trim_id(user_id) for user_id in ids]
        assume(trimmed[0] and trimmed[-1] and trimmed[0].casefold() != "user id")

        assert pasted_user_ids(end.join(ids)) == trimmed


def test_any_pasted_line_is_planned_under_its_own_number(root: User) -> None:
    certification()
    for user_id in ("K-1", "a,b", "=1+1", "'-x", 'q"q', "K\u20282", "x;y|z"):
        enroll(FORKLIFT, user_id)
    text = "K-1\n\na,b\n=1+1\n'-x\n'=z\nq\"q\nK\u20282\nx;y|z"

    job = draft_of_pasted(root, text, certification=FORKLIFT)

    assert planned(job) == {2: "remove", 4: "remove", 5: "remove", 6: "remove", 7: "unknown_user"} | dict.fromkeys(
        (8, 9, 10), "remove"
    )
