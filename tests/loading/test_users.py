"""Loading people."""

from __future__ import annotations

import pytest

from certremoval.organization.models import UnitMembership, User
from certremoval.reading import lookalike_key
from tests.loading.files import UNITS, USERS, accepted, counts, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def _units() -> None:
    accepted(
        "organizational_units",
        UNITS,
        "Division,LOG,Logistics,,yes",
        "Division,WS,Warehouse South,LOG,no",
        "Cost Center,0410,Docks,,yes",
        "Legal Entity,LE,Halden Ltd,,yes",
    )


def places(user_id: str) -> dict[str, str]:
    return {
        membership.type.name: membership.unit.unit_id
        for membership in UnitMembership.objects.filter(user__user_id=user_id)
    }


def test_people_are_loaded() -> None:
    report = accepted("users", USERS, " 000123 ,Ana,Ruiz,Ana@Example.org,yes", "123,王,,,NO")

    assert counts(report) == (2, 0, 0)
    ana, wang = User.objects.order_by("user_id")
    assert (ana.user_id, ana.first_name, ana.last_name, ana.email) == ("000123", "Ana", "Ruiz", "Ana@Example.org")
    assert (ana.email_key, ana.lookalike_key) == ("ana@example.org", lookalike_key("000123"))
    assert (ana.is_active, ana.is_superuser, ana.last_login, ana.username) == (True, False, None, "")
    assert (wang.full_name, wang.is_active) == ("王", False)


def test_nobody_can_sign_in_with_a_password_that_was_never_set() -> None:
    accepted("users", USERS, "A,Ana,Ruiz,,yes")

    ana = User.objects.get()
    assert not ana.has_usable_password()
    assert not ana.check_password("!")


def test_a_password_and_rights_survive_a_load() -> None:
    User.objects.create_superuser("A", password="correct horse")
    accepted("users", USERS, "A,Ana,Ruiz,a@example.org,yes")

    ana = User.objects.get()
    assert ana.check_password("correct horse")
    assert ana.is_superuser
    assert ana.email == "a@example.org"


def test_user_ids_are_matched_exactly() -> None:
    accepted("users", USERS, "K-1,Ana,,,yes")

    assert accepted("users", USERS, "k-1,Ben,,,yes", "K-01,Cy,,,yes").created == 2


@pytest.mark.usefixtures("_units")
def test_places_in_the_trees_come_from_columns_headed_by_the_types() -> None:
    header = f"{USERS},division,COST CENTER,Legal Entity"
    accepted("users", header, "A,Ana,,,yes,WS,0410,LE", "B,Ben,,,yes,LOG,,")

    assert places("A") == {"Division": "WS", "Cost Center": "0410", "Legal Entity": "LE"}
    assert places("B") == {"Division": "LOG"}


@pytest.mark.usefixtures("_units")
def test_a_missing_column_leaves_values_and_a_blank_cell_clears_them() -> None:
    everything = f"{USERS},Username,Manager ID,Division,Cost Center"
    accepted("users", everything, "A,Ana,Ruiz,a@x,yes,ana,B,WS,0410", "B,Ben,,,yes,ben,,,")

    assert counts(accepted("users", USERS, "A,Ana,Ruiz,a@x,yes")) == (0, 0, 1)
    assert counts(accepted("users", f"{USERS},Division", "A,Ana,,,yes,")) == (0, 1, 0)
    ana = User.objects.get(user_id="A")
    assert (ana.last_name, ana.email, ana.username, ana.manager) == ("", "", "ana", User.objects.get(user_id="B"))
    assert places("A") == {"Cost Center": "0410"}

    accepted("users", everything, "A,Ana,,,yes,,,,")
    ana.refresh_from_db()
    assert (ana.username, ana.manager, places("A")) == ("", None, {})


@pytest.mark.usefixtures("_units")
def test_equal_rows_are_not_touched_and_a_row_counts_once() -> None:
    header = f"{USERS},Manager ID,Division,Cost Center"
    lines = ["A,Ana,Ruiz,,yes,B,WS,0410", "B,Ben,,,yes,,LOG,", "C,Cy,,,yes,A,,0410"]
    accepted("users", header, *lines)
    before = list(UnitMembership.objects.order_by("id").values())

    assert counts(accepted("users", header, *lines)) == (0, 0, 3)
    assert list(UnitMembership.objects.order_by("id").values()) == before

    report = accepted("users", header, "A,Anna,Ruiz,,yes,C,LOG,0410", "B,Ben,,,yes,,,", "C,Cy,,,yes,A,,0410")
    assert counts(report) == (0, 2, 1)
    assert (places("A"), places("B")) == ({"Division": "LOG", "Cost Center": "0410"}, {})


def test_a_manager_may_be_stored_or_in_the_file_before_or_after() -> None:
    header = f"{USERS},Manager ID"
    accepted("users", USERS, "OLD,Olga,,,yes")
    accepted("users", header, "A,Ana,,,yes,Z", "B,Ben,,,yes,OLD", "Z,Zoe,,,yes,A", "S,Sam,,,yes,S")

    managers = {user.user_id: user.manager and user.manager.user_id for user in User.objects.all()}
    assert managers == {"OLD": None, "A": "Z", "B": "OLD", "Z": "A", "S": "S"}
    assert counts(accepted("users", header, "A,Ana,,,yes,OLD", "B,Ben,,,yes,OLD")) == (0, 1, 1)


@pytest.mark.usefixtures("_units")
def test_every_problem_by_line() -> None:
    long = "x" * 256
    assert refused(
        "users",
        f"{USERS},Username,Manager ID,Division",
        "A,Ana,,,yes,,,WS",
        ",Ben,,,yes,,,WS",
        f"{long},Cy,,,yes,,,",
        f"D,{long},{long},{long},2,{long},{long},{long}",
        "E,Eve,,,,,NOBODY,NOWHERE",
        "A,Ana,,,yes,,,ws",
    ) == [
        (3, "User ID", "blank", ""),
        (4, "User ID", "invalid", long),
        (5, "Active", "invalid", "2"),
        (5, "Division", "invalid", long),
        (5, "Email", "invalid", long),
        (5, "First Name", "invalid", long),
        (5, "Last Name", "invalid", long),
        (5, "Manager ID", "invalid", long),
        (5, "Username", "invalid", long),
        (6, "Active", "blank", ""),
        (6, "Division", "unknown_unit", "NOWHERE"),
        (6, "Manager ID", "unknown_user", "NOBODY"),
        (7, "Division", "unknown_unit", "ws"),
        (7, "User ID", "duplicate", "A"),
    ]
    assert not User.objects.exists()


@pytest.mark.usefixtures("_units")
def test_a_unit_of_another_type_is_unknown() -> None:
    assert refused("users", f"{USERS},Division", "A,Ana,,,yes,0410") == [(2, "Division", "unknown_unit", "0410")]
