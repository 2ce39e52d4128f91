"""Each administrator shows one thing about permissions, and what their constraints name exists."""

from __future__ import annotations

import pytest

from certremoval.demo.organisation import ADMINISTRATORS, Administrator, Constraint
from certremoval.demo.organisation.units import CUSTOM_TYPES, STANDARD_TYPES

from .conftest import Written

BY_KEY = {one.key: one for one in ADMINISTRATORS}


def constraints_of(one: Administrator, word: str = "removal_manage") -> tuple[Constraint, ...]:
    (permission,) = [p for role in one.roles for p in role.permissions if p.word == word]
    return permission.constraints


def test_all_are_active_people_of_the_organisation(any_size: Written) -> None:
    for one in ADMINISTRATORS:
        row = any_size.users[one.user_id]
        assert row["Active"] == "yes"
        assert f"{row['First Name']} {row['Last Name']}" == one.name


def test_there_is_one_superuser() -> None:
    assert [one.key for one in ADMINISTRATORS if one.superuser] == ["system"]


def test_admin_a_sits_in_logistics_and_is_constrained_to_food_production(halden: Written) -> None:
    admin_a = BY_KEY["admin-a"]
    assert halden.users[admin_a.user_id]["Division"].startswith("LOG")
    assert constraints_of(admin_a) == (
        Constraint("organizational_units", units=(("Division", "FOOD"),), include_subordinates=True),
    )


def test_admin_a_has_jobs_to_see_and_jobs_of_colleagues_not_to_see(halden: Written) -> None:
    creators = [job.created_by for job in halden.organisation.past_jobs]
    divisions = {creator: halden.users[creator]["Division"] for creator in creators}
    assert BY_KEY["admin-a"].user_id in creators
    assert len({creator for creator, division in divisions.items() if division.startswith("FOOD")}) == 2
    colleagues = {creator for creator, division in divisions.items() if division.startswith("LOG")}
    assert colleagues > {BY_KEY["admin-a"].user_id}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("own-units", "user_organizational_units"),
        ("own-location", "user_organizational_units"),
        ("custom-units", "custom_organizational_units"),
        ("units", "organizational_units"),
        ("groups", "groups"),
    ],
)
def test_each_constraint_kind_has_an_administrator(key: str, kind: str) -> None:
    assert [constraint.kind for constraint in constraints_of(BY_KEY[key])] == [kind]


def test_constraints_name_what_exists(halden: Written) -> None:
    units = {(row["Type"], row["ID"]) for row in halden.rows["organizational_units"]}
    groups = {row["Group ID"] for row in halden.rows["groups"]}
    for one in ADMINISTRATORS:
        for constraint in (c for role in one.roles for p in role.permissions for c in p.constraints):
            named = (constraint.unit_types, constraint.units, constraint.groups)
            assert sum(map(bool, named)) == 1
            assert set(constraint.units) <= units
            assert set(constraint.groups) <= groups
            assert set(constraint.unit_types) <= {*STANDARD_TYPES, *CUSTOM_TYPES}
            allowed = {"organizational_units": STANDARD_TYPES, "custom_organizational_units": CUSTOM_TYPES}
            assert all(kind in allowed[constraint.kind] for kind, _ in constraint.units)


def test_who_runs_the_story_is_unconstrained(halden: Written) -> None:
    assert BY_KEY["unconstrained"].user_id == halden.organisation.story.administrator
    assert constraints_of(BY_KEY["unconstrained"]) == ()


def test_the_approver_and_the_auditor_make_no_jobs() -> None:
    words = {
        key: {p.word for role in BY_KEY[key].roles for p in role.permissions}
        for key in ("approver", "auditor", "owner", "learner")
    }
    assert words == {
        "approver": {"removal_approve"},
        "auditor": {"removal_view", "certification_view"},
        "owner": set(),
        "learner": set(),
    }


def test_the_owner_owns_and_the_learner_does_not(halden: Written) -> None:
    owned = {
        owner: row["Certification ID"] for row in halden.rows["certifications"] for owner in row["Owners"].split("|")
    }
    assert BY_KEY["owner"].user_id in owned
    assert BY_KEY["learner"].user_id not in owned


def test_roles_of_one_name_are_one_role() -> None:
    roles = {role for one in ADMINISTRATORS for role in one.roles}
    assert len({role.name for role in roles}) == len(roles)
