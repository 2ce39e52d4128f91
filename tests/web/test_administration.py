"""The administration: giving a permission on one screen, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.access.rules import visible_creators
from certremoval.certifications.models import Operation
from certremoval.organization.models import Group, GroupMembership, OrganizationalUnit, OUType, UnitMembership, User
from certremoval.removals.models import Job, JobState
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
        "people": "000123",
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
    return {"kind": "organizational_units", "unit": unit.unit_id, **more}


def test_one_screen_gives_a_person_the_permission_for_a_division(place: Place, window: Client) -> None:
    answer = window.post(GIVE, form(place, division(place.food, include_subordinates="on")))

    assert answer.status_code == 302, words(answer.content.decode())
    grant = Grant.objects.get()
    assert grant.role.name == "CSV Bulk Certification Removal - Manage: Division Food Production and below"
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
    values = {name: "Food Production (Division F)" if value == "food" else value for name, value in values.items()}
    page = window.post(GIVE, form(place, values))
    assert page.status_code == 200
    assert mistake in words(page.content.decode())
    assert not Role.objects.exists()


def test_what_is_not_about_jobs_cannot_be_restricted(place: Place, window: Client) -> None:
    page = window.post(GIVE, form(place, division(place.food), permission="certification_view"))
    assert "cannot be restricted to some of them" in words(page.content.decode())
    assert window.post(GIVE, form(place, permission="certification_view")).status_code == 302


def test_a_role_is_chosen_or_named_and_a_name_is_used_once(place: Place, window: Client) -> None:
    window.post(GIVE, form(place, division(place.food), role_name="Food"))
    role = Role.objects.get(name="Food")
    both = window.post(GIVE, form(place, division(place.food), role=role.pk, role_name="Bakery"))
    assert "not both" in words(both.content.decode())
    again = window.post(GIVE, form(place, division(place.food), role_name="Food"))
    assert "There is a role of this name." in words(again.content.decode())
    for _ in range(2):
        assert window.post(GIVE, form(place, division(place.food))).status_code == 302
    assert Role.objects.filter(name="CSV Bulk Certification Removal - Manage: Division Food Production (2)").exists()


def test_what_is_typed_is_kept_where_there_is_a_mistake(place: Place, window: Client) -> None:
    page = window.post(
        GIVE, form(place, {"kind": "organizational_units", "unit": "Fod"}, people="Ana Ruiz (000123)", role_name="R")
    )
    text = page.content.decode()
    assert "Fod is no organizational unit here." in words(text)
    for kept in ('value="Fod"', "Ana Ruiz (000123)", 'value="R"'):
        assert kept in text


def test_a_role_gives_a_permission_once(place: Place, window: Client) -> None:
    role = Role.objects.create(name="R")
    Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
    page = window.post(GIVE, form(place, division(place.food), role=role.pk))
    assert "This role gives the permission already." in words(page.content.decode())


def user_form(**values: Any) -> dict[str, Any]:
    return {"user_id": "K-9", "first_name": "Ayşe", "last_name": "Şahin", "is_active": "on", **values}


def test_a_user_is_made_with_a_place_and_can_sign_in(place: Place, window: Client) -> None:
    sent = user_form(new_password="a long enough one 7", **{f"place_{place.division.pk}": "Food Production"})

    answer = window.post("/admin/organization/user/add/", sent)

    assert answer.status_code == 302, words(answer.content.decode())
    user = User.objects.get(user_id="K-9")
    assert user.last_name_key == "sahin"
    assert user.lookalike_key
    assert user.check_password("a long enough one 7")
    assert [(one.type, one.unit) for one in user.memberships.all()] == [(place.division, place.food)]


def test_who_moves_sits_in_the_new_unit_alone_and_can_be_taken_out(place: Place, window: Client) -> None:
    address, at = f"/admin/organization/user/{place.ben.pk}/change/", f"place_{place.division.pk}"
    shown = read(window, address)
    assert 'value="Bakery (Division B)"' in shown

    assert window.post(address, user_form(user_id="ben", **{at: "F"})).status_code == 302
    assert place.ben.memberships.get().unit == place.food
    assert window.post(address, user_form(user_id="ben", **{at: ""})).status_code == 302
    assert not place.ben.memberships.exists()


def test_only_units_of_the_type_are_taken_and_suggested(place: Place, window: Client) -> None:
    location = OUType.objects.create(name="Location", is_custom=False)
    OrganizationalUnit.objects.create(type=location, unit_id="L", name="Food Market")
    page = window.post("/admin/organization/user/add/", user_form(**{f"place_{place.division.pk}": "Food Market"}))
    assert "Food Market is no organizational unit here." in words(page.content.decode())
    where = "/admin/autocomplete/?app_label=organization&model_name=unitmembership&field_name=unit&term=food"
    assert suggested(window, f"{where}&of_type={place.division.pk}") == ["Food Production (Division F)"]
    assert suggested(window, where) == ["Food Production (Division F)", "Food Market (Location L)"]


def test_a_user_gets_groups_and_roles_each_on_a_line(place: Place, window: Client) -> None:
    night = Group.objects.create(group_id="N", name="Night (shift)")
    GroupMembership.objects.create(group=Group.objects.create(group_id="O", name="Old"), user=place.ben)
    role = Role.objects.create(name="Auditor")
    address = f"/admin/organization/user/{place.ben.pk}/change/"
    assert "Old (O)" in words(read(window, address))
    sent = user_form(user_id="ben", groups="Night (shift) (N)", roles="Auditor", **{f"place_{place.division.pk}": "B"})

    assert window.post(address, sent).status_code == 302

    assert list(place.ben.member_of.all()) == [night]
    assert list(place.ben.roles.all()) == [role]
    page = window.post(address, {**sent, "groups": "Night (shift) (N)\nNowhere", "roles": "Auditor\nNobody"})
    assert "Nowhere is no group here." in words(page.content.decode())
    assert "Nobody is no role here." in words(page.content.decode())
    assert "Night (shift) (N)\nNowhere" in page.content.decode(), "what was typed is kept"


def test_the_last_active_superuser_stays_one(place: Place, window: Client) -> None:
    root = User.objects.get(user_id="root")
    address = f"/admin/organization/user/{root.pk}/change/"
    for sent in (user_form(user_id="root"), user_form(user_id="root", is_superuser="on", is_active="")):
        page = window.post(address, sent)
        assert "This is the last active superuser." in words(page.content.decode())
    User.objects.create_superuser("another")
    assert window.post(address, user_form(user_id="root")).status_code == 302


def test_a_user_without_a_password_cannot_sign_in_and_a_weak_one_is_refused(window: Client) -> None:
    assert window.post("/admin/organization/user/add/", user_form()).status_code == 302
    assert not User.objects.get(user_id="K-9").has_usable_password()
    assert window.post("/admin/organization/user/add/", user_form(user_id="K-8", new_password="123")).status_code == 200


def suggested(window: Client, address: str) -> list[str]:
    return [one["text"] for one in window.get(address).json()["results"]]


PEOPLE = "/admin/autocomplete/?app_label=organization&model_name=groupmembership&field_name=user&term="


def test_people_are_searched_as_on_the_people_page_and_never_deleted(place: Place, window: Client) -> None:
    found = window.get("/admin/organization/user/?q=ruiz+a").content.decode()
    assert "000123" in found
    assert "ben" not in words(found[found.index("result_list") :])
    assert window.get(f"/admin/organization/user/{place.ana.pk}/delete/").status_code == 403
    assert suggested(window, f"{PEOPLE}rui") == ["Ana Ruiz (000123)"]


@pytest.mark.parametrize("term", ["", "%00", "x" * 10_000, "%ED%A0%80", "%E2%80%AE"])
def test_nothing_is_suggested_for_what_no_name_can_be(place: Place, window: Client, term: str) -> None:
    assert suggested(window, PEOPLE + term) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("000123", ["000123"]),
        ("  Ana Ruiz (000123) \r\n\r\nben\r\nben", ["000123", "ben"]),
        ("(odd) (x) (y (z))", ["y (z)"]),
        ("Ana Ruiz (ben)", None),
        ("123", None),
        ("\0", None),
        ("x" * 10_000, None),
    ],
)
def test_people_are_named_by_user_id_or_as_suggested(
    place: Place, window: Client, typed: str, found: list[str] | None
) -> None:
    User.objects.create_user("y (z)", first_name="(odd)", last_name="(x)")
    answer = window.post(GIVE, form(place, division(place.food), people=typed))
    if found is None:
        assert "is nobody here. Choose one of the people suggested" in words(answer.content.decode())
        assert not Role.objects.exists()
    else:
        members = Role.objects.get().members.order_by("pk").values_list("user_id", flat=True)
        assert list(members) == found


def test_members_come_into_a_group_and_go_out_however_many_stay(place: Place, window: Client) -> None:
    group = Group.objects.create(group_id="N", name="Night shift")
    many = [User(user_id=f"m{number}", last_name_key=f"m{number:04}") for number in range(1_100)]
    User.objects.bulk_create(many)
    GroupMembership.objects.bulk_create(GroupMembership(group=group, user=one) for one in many)
    address = f"/admin/organization/group/{group.pk}/change/"
    page = words(read(window, address))
    assert "1,100 people, first by name: m0 (m0), m1 (m1)" in page
    assert "m60 (m60)" not in page

    sent = {"group_id": "N", "name": "Night shift", "add_people": "ben\nm5", "take_out": "m7"}
    assert window.post(address, sent).status_code == 302

    assert group.memberships.count() == 1_100
    assert not group.memberships.filter(user__user_id="m7").exists()
    again = words(window.post(address, {**sent, "add_people": "m8", "take_out": "m7\nm8"}).content.decode())
    assert "m7 (m7) is not in this group." in again
    assert "m8 (m8) is named in both." in again


def test_a_role_has_the_members_that_are_written(place: Place, window: Client) -> None:
    role = Role.objects.create(name="R")
    role.members.add(place.ana)
    address = f"/admin/access/role/{role.pk}/change/"
    assert "Ana Ruiz (000123)" in words(read(window, address))
    assert window.post(address, {"name": "R", "members": "Ben Ito (ben)"}).status_code == 302
    assert list(role.members.all()) == [place.ben]


@pytest.mark.parametrize("parent", ["B", "Food Production (Division F)"])
def test_a_circle_of_units_is_refused(place: Place, window: Client, parent: str) -> None:
    sent = {"type": place.division.pk, "unit_id": "F", "name": "Food", "is_active": "on", "parent": parent}
    page = window.post(f"/admin/organization/organizationalunit/{place.food.pk}/change/", sent)
    assert page.status_code == 200
    assert "The parent is below this unit, or is the unit itself." in words(page.content.decode())


def test_a_parent_of_another_type_is_refused_and_so_is_another_type(place: Place, window: Client) -> None:
    location = OUType.objects.create(name="Location", is_custom=False)
    sent = {"type": location.pk, "unit_id": "L", "name": "Leeds", "is_active": "on", "parent": "F"}
    page = window.post("/admin/organization/organizationalunit/add/", sent)
    assert "The parent is of another type." in words(page.content.decode())
    page = window.post(f"/admin/organization/organizationalunit/{place.bakery.pk}/change/", {**sent, "parent": ""})
    assert "A unit keeps its type" in words(page.content.decode())


def test_what_people_sit_in_or_belong_to_is_not_deleted(place: Place, window: Client) -> None:
    night = Group.objects.create(group_id="N", name="Night shift")
    GroupMembership.objects.create(group=night, user=place.ben)
    for address in (
        f"organizationalunit/{place.food.pk}",
        f"outype/{place.division.pk}",
        f"group/{night.pk}",
    ):
        assert window.post(f"/admin/organization/{address}/delete/", {"post": "yes"}).status_code == 403
    GroupMembership.objects.all().delete()
    assert window.post(f"/admin/organization/group/{night.pk}/delete/", {"post": "yes"}).status_code == 302


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
    assert "CSV Bulk Certification Removal - Manage: Division Food Production and below" in page
    asked = words(read(window, f"{address}?about=ben"))
    assert "Yes: jobs of Ben Ito are seen." in asked
    assert "No: jobs of root are not seen." in words(read(window, f"{address}?about=root"))
    assert "nobody is nobody here." in words(read(window, f"{address}?about=nobody"))
    assert "There is no job #77." in words(read(window, f"{address}?about=%2377"))
    assert "There is no job #" in words(read(window, f"{address}?about=%23abc"))
    for odd in ("%00", "%23" + "9" * 400, "x" * 10_000, "%E2%80%AE"):
        assert window.get(f"{address}?about={odd}").status_code == 200


def test_lists_ask_no_more_for_more_rows(place: Place, window: Client) -> None:
    """What one list asks with three rows, it asks with thirty."""
    asked: dict[str, list[int]] = {}
    for size in (3, 30):
        for number in range(size):
            more = f"{size}-{number}"
            user = User.objects.create_user(f"u{more}")
            unit = OrganizationalUnit.objects.create(type=place.division, unit_id=more, name=more, parent=place.food)
            UnitMembership.objects.create(user=user, type=place.division, unit=unit)
            role = Role.objects.create(name=more)
            role.members.add(user)
            grant = Grant.objects.create(role=role, permission=Permission.REMOVAL_MANAGE)
            Constraint.objects.create(grant=grant, kind="organizational_units", unit=unit)
        for model in ("organization/user", "organization/organizationalunit", "access/role", "access/grant"):
            with CaptureQueriesContext(connection) as queries:
                read(window, f"/admin/{model}/")
            asked.setdefault(model, []).append(len(queries))
    assert all(few == many for few, many in asked.values()), asked


@pytest.mark.parametrize("query", ["p=abc", "p=-1", "p=9999999999999999999999", "o=x.y", "q=%00", "all=x", "x=1"])
@pytest.mark.parametrize("model", ["organization/user", "organization/organizationalunit", "access/grant"])
def test_odd_addresses_are_no_faults(window: Client, model: str, query: str) -> None:
    answer = window.get(f"/admin/{model}/?{query}", follow=True)
    assert answer.status_code == 200
    assert window.get(f"/admin/{model}/{'9' * 30}/change/", follow=True).status_code == 200
    assert window.get(f"/admin/{model}/a%00b/change/", follow=True).status_code in (200, 404)


def test_a_draft_is_shown_to_its_creator_alone(place: Place, window: Client) -> None:
    window.post(GIVE, form(place, reaches_everybody="on"))
    operation = Operation.objects.create(
        title="D", actor=place.ben, actor_user_id="ben", actor_name="Ben Ito", created_at=timezone.now()
    )
    draft = Job.objects.create(operation=operation, state=JobState.DRAFT)
    page = words(read(window, f"/people/{place.ana.pk}/sees/?about=%23{draft.pk}"))
    assert f"#{draft.pk} is a draft of Ben Ito" in page


def test_password_and_signing_out_are_where_everybody_has_them(window: Client) -> None:
    assert window.get("/admin/password_change/").headers["Location"] == "/preferences/"
    assert window.get("/admin/logout/").status_code == 302
    assert window.get("/admin/").status_code == 200
    window.post("/admin/logout/")
    assert window.get("/admin/").status_code == 302
