"""Leaving people out by status, unit or name: who is, which choice is told, and choices that name nobody."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from certremoval.organization.models import User
from certremoval.problems import InvalidRequest
from certremoval.reading import read_table
from certremoval.removals.options import PlanOptions
from certremoval.removals.planning import preview
from certremoval.removals.results import result_file
from tests.removals.conftest import (
    FORKLIFT,
    Plan,
    enroll,
    make_unit,
    people,
    plan,
    removal_file,
    remove,
)

pytestmark = pytest.mark.django_db


def left_out(made: Plan) -> list[str]:
    """The User IDs left out."""
    return [row.user_text for row in sorted(made.rows, key=lambda row: row.line) if row.outcome == "left_out"]


def refusal(**options: object) -> list[str]:
    """What is said of choices that name nothing."""
    with pytest.raises(InvalidRequest) as refused:
        preview(people("A"), name="people.csv", options=PlanOptions(**options))  # type: ignore[arg-type]
    assert {problem.code for problem in refused.value.problems} == {"invalid_request"}
    return [problem.message for problem in refused.value.problems]


@pytest.fixture(autouse=True)
def cast() -> None:
    enroll(FORKLIFT, "A", "B", status="Certified")
    enroll(FORKLIFT, "C", status="In Progress")
    enroll(FORKLIFT, "D", status="On the Moon")


def test_by_status() -> None:
    made = plan(people("A", "B", "C", "D"), leave_out_statuses=("Certified", "On the Moon"))

    assert left_out(made) == ["A", "B", "D"]
    assert made.summary.counts["remove"] == 1
    assert made.summary.statuses == {"In Progress": 1}


def test_by_name() -> None:
    assert left_out(plan(people("A", "B", "C"), leave_out_users=("B", "A", "B"))) == ["A", "B"]


def test_by_name_whatever_the_column_matches() -> None:
    User.objects.filter(user_id="A").update(email="a@example.com")

    made = plan(people("A@example.com"), match="email", leave_out_users=("A",))

    assert made.outcomes == {2: "left_out"}


def test_by_unit_with_all_below_it() -> None:
    top = make_unit("Division", "D-1", "A")
    middle = make_unit("Division", "D-11", parent=top)
    make_unit("Division", "D-111", "B", parent=middle)
    make_unit("Division", "D-2", "C")

    assert left_out(plan(people("A", "B", "C", "D"), leave_out_units=(("Division", "D-1"),))) == ["A", "B"]
    assert left_out(plan(people("A", "B", "C", "D"), leave_out_units=(("Division", "D-11"),))) == ["B"]
    assert left_out(plan(people("A", "B", "C", "D"), leave_out_units=(("Division", "D-2"), ("division", "D-11")))) == [
        "B",
        "C",
    ]


def test_a_unit_is_of_its_type() -> None:
    make_unit("Division", "1", "A")
    make_unit("Location", "1", "B")

    assert left_out(plan(people("A", "B"), leave_out_units=(("Location", "1"),))) == ["B"]


def test_by_a_closed_unit_and_of_a_custom_type() -> None:
    unit = make_unit("Shift", "NIGHT", "A")
    unit.is_active = False
    unit.save()

    assert left_out(plan(people("A", "B"), leave_out_units=(("Shift", "NIGHT"),))) == ["A"]


def test_it_does_not_leave_anybody_out_of_another_file() -> None:
    plan(people("A"), leave_out_users=("A",))

    assert plan(people("A")).outcomes == {2: "remove"}


def test_one_person_on_several_certifications_is_left_out_of_each() -> None:
    enroll("LOTO", "A")

    made = plan(removal_file([(FORKLIFT, "A"), ("LOTO", "A")]), leave_out_users=("A",))

    assert set(made.outcomes.values()) == {"left_out"}


class TestChoicesThatNameNothing:
    def test_a_status(self) -> None:
        (message,) = refusal(leave_out_statuses=("Certfied", "Certified"))

        assert message.startswith("Certfied is no status that anybody has. Known are Certified, ")

    def test_statuses_compare_exactly(self) -> None:
        assert len(refusal(leave_out_statuses=("certified",))) == 1

    def test_a_status_that_we_know_need_not_be_there(self) -> None:
        assert left_out(plan(people("A"), leave_out_statuses=("Revoked",))) == []

    def test_a_user(self) -> None:
        assert refusal(leave_out_users=("A", "K-9")) == [
            "K-9 is nobody here. Compare it with the User ID on the person's page."
        ]

    def test_a_unit(self) -> None:
        make_unit("Division", "D-1")

        assert refusal(leave_out_units=(("Division", "D-9"), ("Planet", "D-1"))) == [
            "Division D-9 is no unit here. Write TYPE=ID, as in Division=D-10.",
            "Planet D-1 is no unit here. Write TYPE=ID, as in Division=D-10.",
        ]

    def test_all_are_told(self) -> None:
        assert len(refusal(leave_out_units=(("X", "Y"),), leave_out_users=("K-9",), leave_out_statuses=("Z",))) == 3

    def test_it_stops_a_job(self, root: User) -> None:
        with pytest.raises(InvalidRequest):
            remove(root, people("A"), leave_out_users=("K-9",))


class TestWhichChoiceIsTold:
    def detail(self, root: User, **options: Any) -> str:
        """The words of the result file for A."""
        job = remove(root, people("A"), **options)
        table = read_table(BytesIO(b"".join(result_file(job))), name="result", known_columns=("User ID",))
        (row,) = table.rows()
        assert row.cells[-2] == "left_out"
        return row.cells[-1]

    def test_status(self, root: User) -> None:
        assert self.detail(root, leave_out_statuses=("Certified",)) == "Left out: status Certified"

    def test_unit_that_was_chosen(self, root: User) -> None:
        north = make_unit("Division", "D-1", name="North")
        make_unit("Division", "D-11", "A", name="Harbour", parent=north)

        assert self.detail(root, leave_out_units=(("Division", "D-1"),)) == "Left out: Division North"

    def test_name(self, root: User) -> None:
        assert self.detail(root, leave_out_users=("A",)) == "Left out by name"

    def test_the_nearest_choice_of_several(self, root: User) -> None:
        make_unit("Division", "D-1", "A", name="North")
        units = (("Division", "D-1"),)

        assert (
            self.detail(root, leave_out_units=units, leave_out_statuses=("Certified",)) == "Left out: status Certified"
        )
        assert (
            self.detail(root, leave_out_units=units, leave_out_statuses=("Certified",), leave_out_users=("A",))
            == "Left out by name"
        )
