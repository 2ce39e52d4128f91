"""The administration: giving a permission on one screen, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.access.rules import visible_creators
from certremoval.organization.models import Group, OrganizationalUnit, OUType, UnitMembership, User
from tests.web.conftest import SignedIn
from tests.web.pages import read, words

pytestmark = pytest.mark.django_db

GIVE = "/admin/access/grant/add/"


class Place:
    def __init__(self) -> None:
        self.division = OUType.objects.create(name="Division", is_custom=False)
        self.food = OrganizationalUnit.objects.create(type=self.division, unit_id="F", name="Food Production")
        self.bakery = OrganizationalUnit.objects.create(
            type=self.division, unit_id="B", name="Bakery", parent=self.food
        )
        self.ana = User.objects.create_user("000123", first_name="Ana", last_name="Ruiz")
        self.ben = User.objects.create_user("ben", first_name="Ben", last_name="Ito")
        UnitMembership.objects.create(user=self.ben, type=self.division, unit=self.bakery)


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def window(place: Place, signed_in: SignedIn) -> Client:
    return signed_in(User.objects.create_superuser("root"))


def form(place: Place, *constraints: dict[str, Any], **values: Any) -> dict[str, Any]:
    """What the screen sends."""
    sent: dict[str, Any] = {
        "people": [place.ana.pk],
        "role": "",
        "role_name": "",
        "permission": "removal_manage",
        "constraints-TOTAL_FORMS": len(constraints),
        "constraints-INITIAL_FORMS": 0,
        **values,
    }
    for number, constraint in enumerate(constraints):
        sent |= {f"constraints-{number}-{name}": value for name, value in constraint.items()}
    return sent


def division(unit: OrganizationalUnit, **more: Any) -> dict[str, Any]:
    return {"kind": "organizational_units", "unit": unit.pk, **more}


def test_one_screen_gives_a_person_the_permission_for_a_division(place: Place, window: Client) -> None:
    answer = window.post(GIVE, form(place, division(place.food, include_subordinates="on")))

    assert answer.status_code == 302, words(answer.content.decode())
    grant = Grant.objects.get()
    assert grant.role.name == "CSV Bulk Certification Removal - Manage: Ana Ruiz"
    assert list(grant.role.members.all()) == [place.ana]
    assert visible_creators(place.ana).includes(place.ben.pk)


def test_names_are_the_references(window: Client) -> None:
    page = read(window, GIVE)
    assert '<optgroup label="Learning - Administration">' in page
    for words_ in (
        "CSV Bulk Certification Removal - Manage",
        "Restrict to User&#x27;s Organization Units",
        "Restrict to Custom Organizational Units",
        "Restrict to Organizational Units",
        "Restrict to Groups",
    ):
        assert f">{words_}</option>" in page
    assert "Give a permission" in page


def test_nothing_reaches_everybody_unless_it_is_said(place: Place, window: Client) -> None:
    refused = window.post(GIVE, form(place))
    assert refused.status_code == 200
    assert "Without a restriction this permission reaches everybody's jobs." in words(refused.content.decode())
    assert not Grant.objects.exists()

    assert window.post(GIVE, form(place, reaches_everybody="on")).status_code == 302
    assert visible_creators(place.ana).everyone


def test_a_restriction_that_is_taken_away_does_not_open_everything(place: Place, window: Client) -> None:
    role = Role.objects.create(name="R")
    grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
    constraint = Constraint.objects.create(grant=grant, kind="organizational_units", unit=place.food)
    sent = form(place, division(place.food, id=constraint.pk, grant=grant.pk, DELETE="on"), role=role.pk)
    sent["constraints-INITIAL_FORMS"] = 1

    refused = window.post(f"/admin/access/grant/{grant.pk}/change/", sent)

    assert refused.status_code == 200
    assert Constraint.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({"kind": "groups"}, "Choose what the jobs are restricted to."),
        ({"kind": "custom_organizational_units", "unit": "food"}, "This unit is of a standard type."),
        ({"kind": "user_organizational_units", "unit": "food"}, "This kind of restriction names something else."),
    ],
)
def test_a_restriction_that_means_nothing_is_refused_beside_its_field(
    place: Place, window: Client, values: dict[str, Any], mistake: str
) -> None:
    values = {name: place.food.pk if value == "food" else value for name, value in values.items()}
    page = window.post(GIVE, form(place, values))
    assert page.status_code == 200
    assert mistake in words(page.content.decode())
    assert not Role.objects.exists()


def test_what_is_not_about_jobs_cannot_be_restricted(place: Place, window: Client) -> None:
    page = window.post(GIVE, form(place, division(place.food), permission="certification_view"))
    assert "cannot be restricted to some of them" in words(page.content.decode())
    assert window.post(GIVE, form(place, permission="certification_view")).status_code == 302


def test_a_role_gives_a_permission_once(place: Place, window: Client) -> None:
    role = Role.objects.create(name="R")
    Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
    page = window.post(GIVE, form(place, division(place.food), role=role.pk))
    assert "This role gives the permission already." in words(page.content.decode())


def user_form(**values: Any) -> dict[str, Any]:
    return {
        "user_id": "K-9",
        "first_name": "Ayşe",
        "last_name": "Şahin",
        "is_active": "on",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "group_memberships-TOTAL_FORMS": 0,
        "group_memberships-INITIAL_FORMS": 0,
        **values,
    }


def test_a_user_is_made_with_a_place_and_can_sign_in(place: Place, window: Client) -> None:
    sent = user_form(
        new_password="a long enough one 7", **{"memberships-TOTAL_FORMS": 1, "memberships-0-unit": place.food.pk}
    )

    answer = window.post("/admin/organization/user/add/", sent)

    assert answer.status_code == 302, words(answer.content.decode())
    user = User.objects.get(user_id="K-9")
    assert user.last_name_key == "sahin"
    assert user.lookalike_key
    assert user.check_password("a long enough one 7")
    assert user.memberships.get().type == place.division


def test_two_units_of_one_type_are_refused(place: Place, window: Client) -> None:
    more = {"memberships-TOTAL_FORMS": 2, "memberships-0-unit": place.food.pk, "memberships-1-unit": place.bakery.pk}
    page = window.post("/admin/organization/user/add/", user_form(**more))
    assert page.status_code == 200
    assert "there are two of Division" in words(page.content.decode())


def test_a_user_without_a_password_cannot_sign_in_and_a_weak_one_is_refused(window: Client) -> None:
    assert window.post("/admin/organization/user/add/", user_form()).status_code == 302
    assert not User.objects.get(user_id="K-9").has_usable_password()
    assert window.post("/admin/organization/user/add/", user_form(user_id="K-8", new_password="123")).status_code == 200


def test_people_are_searched_as_on_the_people_page_and_never_deleted(place: Place, window: Client) -> None:
    found = window.get("/admin/organization/user/?q=ruiz+a").content.decode()
    assert "000123" in found
    assert "ben" not in words(found[found.index("result_list") :])
    assert window.get(f"/admin/organization/user/{place.ana.pk}/delete/").status_code == 403
    choices = window.get("/admin/autocomplete/?app_label=access&model_name=role&field_name=members&term=rui").json()
    assert [one["text"] for one in choices["results"]] == ["Ana Ruiz (000123)"]


@pytest.mark.parametrize("parent", ["bakery", "food"])
def test_a_circle_of_units_is_refused(place: Place, window: Client, parent: str) -> None:
    sent = {
        "type": place.division.pk,
        "unit_id": "F",
        "name": "Food",
        "is_active": "on",
        "parent": getattr(place, parent).pk,
    }
    page = window.post(f"/admin/organization/organizationalunit/{place.food.pk}/change/", sent)
    assert page.status_code == 200
    assert "The parent is below this unit, or is the unit itself." in words(page.content.decode())


def test_a_parent_of_another_type_is_refused(place: Place, window: Client) -> None:
    location = OUType.objects.create(name="Location", is_custom=False)
    sent = {"type": location.pk, "unit_id": "L", "name": "Leeds", "is_active": "on", "parent": place.food.pk}
    page = window.post("/admin/organization/organizationalunit/add/", sent)
    assert "The parent is of another type." in words(page.content.decode())


def test_every_list_and_form_opens(place: Place, window: Client) -> None:
    role = Role.objects.create(name="R")
    grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_VIEW)
    group = Group.objects.create(group_id="N", name="Night shift")
    for model, key in {
        "organization/user": place.ana.pk,
        "organization/outype": place.division.pk,
        "organization/organizationalunit": place.food.pk,
        "organization/group": group.pk,
        "access/role": role.pk,
        "access/grant": grant.pk,
    }.items():
        for address in (f"/admin/{model}/", f"/admin/{model}/add/", f"/admin/{model}/{key}/change/"):
            assert window.get(address).status_code == 200, address


def test_whose_jobs_somebody_sees_is_explained(place: Place, window: Client) -> None:
    window.post(GIVE, form(place, division(place.food, include_subordinates="on")))
    address = f"/people/{place.ana.pk}/sees/"

    page = words(read(window, address))
    assert "Division Food Production and below" in page
    assert "CSV Bulk Certification Removal - Manage: Ana Ruiz" in page
    asked = words(read(window, f"{address}?about=ben"))
    assert "Yes: jobs of Ben Ito are seen." in asked
    assert "No: jobs of root are not seen." in words(read(window, f"{address}?about=root"))
    assert "nobody is nobody here." in words(read(window, f"{address}?about=nobody"))
    assert "There is no job #77." in words(read(window, f"{address}?about=%2377"))
