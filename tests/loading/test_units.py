"""Loading organizational units."""

from __future__ import annotations

import pytest

from certremoval.organization.models import OrganizationalUnit, OUType
from tests.loading.files import UNITS, accepted, attempt, counts, refused

pytestmark = pytest.mark.django_db


def tree() -> dict[str, str | None]:
    return dict(OrganizationalUnit.objects.values_list("unit_id", "parent__unit_id"))


def test_a_tree_is_loaded() -> None:
    report = accepted(
        "organizational_units", UNITS, "Division,LOG,Logistics,,yes", "Division,WN,Warehouse North,LOG,no"
    )

    assert counts(report) == (2, 0, 0)
    north = OrganizationalUnit.objects.get(unit_id="WN")
    assert (north.type.name, north.name, north.is_active) == ("Division", "Warehouse North", False)
    assert tree() == {"LOG": None, "WN": "LOG"}


def test_parents_may_follow_children() -> None:
    accepted("organizational_units", UNITS, "Division,C,C,B,1", "Division,B,B,A,1", "Division,A,A,,1")

    assert tree() == {"C": "B", "B": "A", "A": None}


def test_the_same_file_twice_changes_nothing() -> None:
    lines = (UNITS, "Division,WN,Warehouse North,LOG,yes", "Division,LOG,Logistics,,yes")
    accepted("organizational_units", *lines)

    assert counts(accepted("organizational_units", *lines)) == (0, 0, 2)


def test_only_what_differs_is_updated() -> None:
    accepted("organizational_units", UNITS, "Division,A,A,,yes", "Division,B,B,A,yes", "Division,C,C,B,yes")

    report = accepted("organizational_units", UNITS, "Division,A,A,,yes", "Division,B,B2,A,yes", "Division,C,C,A,yes")

    assert counts(report) == (0, 2, 1)
    assert tree() == {"A": None, "B": "A", "C": "A"}


def test_a_blank_parent_puts_a_unit_at_the_top() -> None:
    accepted("organizational_units", UNITS, "Division,A,A,,yes", "Division,B,B,A,yes")
    accepted("organizational_units", UNITS, "Division,B,B,,yes")

    assert tree() == {"A": None, "B": None}


def test_ids_are_unique_within_a_type_only() -> None:
    accepted("organizational_units", UNITS, "Division,1,One,,yes", "Location,1,Uno,,yes", "Location,2,Due,1,yes")

    assert OrganizationalUnit.objects.get(unit_id="2").parent == OrganizationalUnit.objects.get(
        type__name="Location", unit_id="1"
    )


def test_a_parent_is_sought_in_the_same_type() -> None:
    assert refused("organizational_units", UNITS, "Division,1,One,,yes", "Location,2,Due,1,yes") == [
        (3, "Parent ID", "unknown_parent", "1")
    ]


def test_a_type_that_is_not_standard_becomes_custom_and_is_named() -> None:
    report = accepted(
        "organizational_units", UNITS, "Divison,A,A,,yes", "Division,A,A,,yes", "cost center,0410,Docks,,yes"
    )

    assert len(report.notes) == 1
    assert "Divison is a new custom OU type" in report.notes[0]
    assert {of_type.name: of_type.is_custom for of_type in OUType.objects.all()} == {
        "Divison": True,
        "Division": False,
        "Cost Center": False,
    }
    assert accepted("organizational_units", UNITS, "DIVISON,B,B,A,yes").notes == ()


@pytest.mark.parametrize("name", ["User ID", "email", "Manager id"])
def test_a_type_cannot_bear_the_name_of_another_column_of_the_users_file(name: str) -> None:
    assert refused("organizational_units", UNITS, f"{name},A,A,,yes") == [(2, "Type", "invalid", name)]


def test_every_problem_by_line() -> None:
    long = "n" * 256
    assert refused(
        "organizational_units",
        UNITS,
        "Division,A,A,,yes",
        ",B,B,,yes",
        "Division,,B,,yes",
        "Division,C,,,yes",
        "Division,D,D,NOWHERE,maybe",
        "Division,E,E,,",
        f"Division,F,{long},,yes",
        "Division,A,Again,,yes",
        "Division,G,G,,yes,surplus",
    ) == [
        (3, "Type", "blank", ""),
        (4, "ID", "blank", ""),
        (5, "Name", "blank", ""),
        (6, "Active", "invalid", "maybe"),
        (6, "Parent ID", "unknown_parent", "NOWHERE"),
        (7, "Active", "blank", ""),
        (8, "Name", "invalid", long),
        (9, "ID", "duplicate", "A"),
        (10, None, "invalid", "surplus"),
    ]
    assert not OUType.objects.exists()


def test_a_cycle_in_the_file_is_a_problem_on_each_of_its_lines_and_on_no_other() -> None:
    report = attempt(
        "organizational_units",
        UNITS,
        "Division,A,A,C,yes",
        "Division,B,B,A,yes",
        "Division,C,C,B,yes",
        "Division,BELOW,Below,A,yes",
        "Division,TOP,Top,,yes",
        "Division,SELF,Self,SELF,yes",
    )

    assert [(problem.line, problem.code, problem.value) for problem in report.problems] == [
        (2, "cycle", "C"),
        (3, "cycle", "A"),
        (4, "cycle", "B"),
        (7, "cycle", "SELF"),
    ]
    assert "A would lie below itself: A, C, B go round in a circle" in report.problems[0].message
    assert "B would lie below itself: B, A, C go round in a circle" in report.problems[1].message
    assert "SELF is its own parent" in report.problems[3].message


def test_a_cycle_through_stored_units_is_a_problem() -> None:
    accepted("organizational_units", UNITS, "Division,A,A,,yes", "Division,B,B,A,yes", "Division,C,C,B,yes")

    assert refused("organizational_units", UNITS, "Division,A,A,C,yes") == [(2, "Parent ID", "cycle", "C")]
    assert tree() == {"A": None, "B": "A", "C": "B"}


def test_two_units_may_change_places() -> None:
    accepted("organizational_units", UNITS, "Division,A,A,,yes", "Division,B,B,A,yes")
    accepted("organizational_units", UNITS, "Division,A,A,B,yes", "Division,B,B,,yes")

    assert tree() == {"A": "B", "B": None}


def test_a_tree_may_be_deep() -> None:
    depth = 5000
    lines = (f"Division,{level},L,{level - 1 or ''},yes" for level in range(1, depth + 1))

    assert accepted("organizational_units", UNITS, *lines).created == depth
