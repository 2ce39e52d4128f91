"""What the administrators of the demonstration may do: roles, permissions and constraints as plain values.

Who they are is in ``cast``. Nothing here touches a database: whoever builds the demonstration makes one role
for each ``Role`` (by name), gives it its permissions, and gives the roles to the users.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from certremoval.demo.organisation import cast, units

ConstraintKind = Literal["user_organizational_units", "custom_organizational_units", "organizational_units", "groups"]
PermissionWord = Literal[
    "removal_manage", "removal_view", "removal_undo", "removal_approve", "certification_view", "certification_manage"
]
PasswordLabel = Literal["system", "administrator", "learner"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """Limits a permission to work of creators who are inside.

    Of the three collections, the one of the kind is filled: ``unit_types`` names OU types (the viewer's own units),
    ``units`` pairs of (OU type, OU id) of standard or custom types, ``groups`` Group IDs. ``include_subordinates``
    has a meaning for units only.
    """

    kind: ConstraintKind
    unit_types: tuple[str, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    groups: tuple[str, ...] = ()
    include_subordinates: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission of a role; its constraints are OR-ed, none means unconstrained."""

    word: PermissionWord
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions."""

    name: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Administrator:
    """Someone who can sign in to the demonstration.

    ``key`` is the key of ``cast``; ``shows`` says in one sentence what signing in as them is good for.
    ``password`` labels the password that they get: people with one label share it.
    """

    key: str
    user_id: str
    name: str
    shows: str
    roles: tuple[Role, ...] = ()
    superuser: bool = False
    password: PasswordLabel = "administrator"


_BY_KEY = {member.key: member for member in (*cast.ADMINISTRATORS, cast.STORY_ADMINISTRATOR)}


def _administrator(
    key: str, shows: str, *roles: Role, superuser: bool = False, password: PasswordLabel = "administrator"
) -> Administrator:
    member = _BY_KEY[key]
    name = f"{member.first_name} {member.last_name}".strip()
    return Administrator(key, member.user_id, name, shows, roles, superuser, password)


def _training_administrator(name: str, *constraints: Constraint) -> Role:
    return Role(name, (Permission("removal_manage", constraints), Permission("removal_undo", constraints)))


TRAINING_ADMINISTRATOR = _training_administrator("Training administrator")
FOOD_TRAINING_ADMINISTRATOR = _training_administrator(
    "Training administrator, Food Production",
    Constraint("organizational_units", units=((units.DIVISION, "FOOD"),), include_subordinates=True),
)
OWN_DIVISION_ADMINISTRATOR = _training_administrator(
    "Training administrator, own division",
    Constraint("user_organizational_units", unit_types=(units.DIVISION,), include_subordinates=True),
)
OWN_LOCATION_ADMINISTRATOR = _training_administrator(
    "Training administrator, own location", Constraint("user_organizational_units", unit_types=(units.LOCATION,))
)
POLISH_ENTITY_ADMINISTRATOR = _training_administrator(
    "Training administrator, Halden Polska",
    Constraint("custom_organizational_units", units=((units.LEGAL_ENTITY, "HPL"),)),
)
PUNE_AND_CARE_ADMINISTRATOR = _training_administrator(
    "Training administrator, Pune and Care Services",
    Constraint(
        "organizational_units", units=((units.LOCATION, "PNQ"), (units.DIVISION, "CARE")), include_subordinates=True
    ),
)
NIGHT_SHIFT_ADMINISTRATOR = _training_administrator(
    "Training administrator, night shift", Constraint("groups", groups=(units.NIGHT_SHIFT,))
)
REMOVAL_APPROVER = Role("Removal approver", (Permission("removal_approve"),))
AUDITOR = Role("Auditor", (Permission("removal_view"), Permission("certification_view")))
CERTIFICATION_MANAGER = Role("Certification manager", (Permission("certification_manage"),))

ADMINISTRATORS: tuple[Administrator, ...] = (
    _administrator("system", "System administrator: sees and may do everything.", superuser=True, password="system"),
    _administrator(
        "unconstrained",
        "Sees all jobs, runs “Warehouse South closes” and is one of its 412 people.",
        TRAINING_ADMINISTRATOR,
        CERTIFICATION_MANAGER,
    ),
    _administrator(
        "admin-a",
        "Sits in Logistics, constrained to Division Food Production: sees own jobs and those of Food Production's"
        " administrators, none of Logistics.",
        FOOD_TRAINING_ADMINISTRATOR,
    ),
    _administrator(
        "own-units",
        "Constrained to his own Division and below: sits in Food Production.",
        OWN_DIVISION_ADMINISTRATOR,
    ),
    _administrator(
        "own-location",
        "Constrained to her own Location: sits in Columbus (Food Production).",
        OWN_LOCATION_ADMINISTRATOR,
    ),
    _administrator(
        "custom-units", "Constrained to a custom unit, Legal Entity Halden Polska.", POLISH_ENTITY_ADMINISTRATOR
    ),
    _administrator(
        "units", "Constrained to two units: Location Pune, or Care Services and below.", PUNE_AND_CARE_ADMINISTRATOR
    ),
    _administrator("groups", "Constrained to the group Night shift.", NIGHT_SHIFT_ADMINISTRATOR),
    _administrator("approver", "Approves or declines what waits for approval; makes no jobs.", REMOVAL_APPROVER),
    _administrator("auditor", "Reads jobs, records and certifications; changes nothing.", AUDITOR),
    _administrator(
        "owner",
        "Owns Forklift Operator Safety, First Aid at Work and one Manual Handling: manages these and no others.",
    ),
    _administrator("learner", "An ordinary learner: no learning tools at all.", password="learner"),
)
