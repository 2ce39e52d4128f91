"""Who may open and do what: every address, by GET and by POST, each kind of viewer. An address without a row fails.

Ben, of Division B-Docks below B, of Halden Polska below Halden, and in the night shift, made a job that has ended, one
that failed, and a draft. Forklift is Olga's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.models import Certification, RemovalRecord
from certremoval.organization.models import User
from certremoval.removals.drafts import check_now, upload_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.web.administration.registered import administration
from tests.emptying import empty_database
from tests.loading.files import ENROLLMENTS, accepted
from tests.removals.conftest import FORKLIFT, enroll, make_group, make_unit, make_user, people, remove, run

pytestmark = pytest.mark.django_db

INSIDE = (
    "inside a division",
    "inside a division below",
    "inside a custom unit",
    "inside a custom unit below",
    "inside a group",
    "inside the own division",
    "inside the own division below",
    "inside the own custom unit below",
    "inside one of two",
)
OUTSIDE = (
    "outside",
    "outside: above without subordinates",
    "outside: custom unit above without subordinates",
    "outside: own division above without subordinates",
    "outside: sits beside, sees another",
)
UNCONSTRAINED = ("unconstrained", "superuser")
MANAGES = (*INSIDE, *OUTSIDE, *UNCONSTRAINED, "ben")
UNDOES_BENS = ("undo only", "undo inside a group")
APPROVES_BENS = ("approve only", "approve inside a group")
READS_BENS = ("view only", *UNDOES_BENS, *APPROVES_BENS, "view inside a group")
READS = (*READS_BENS, "view outside", "undo outside", "approve outside")
VIEWERS = ("anonymous", "learner", *MANAGES, *READS, "certification view", "certification manage", "owner", "inactive")

SEES_BENS = {*INSIDE, *UNCONSTRAINED, *READS_BENS, "ben"}
HAS_A_REMOVAL_PERMISSION = {*MANAGES, *READS}
SEES_PEOPLE = {*MANAGES, "certification view", "certification manage"}
SEES_FORKLIFT = {*SEES_PEOPLE, "owner"}


@dataclass(frozen=True)
class Row:
    """One address: who gets 200 (or is led on, 302), and what the others get who signed in."""

    allowed: frozenset[str]
    refused: int
    refused_otherwise: tuple[frozenset[str], int] = (frozenset(), 0)

    def status(self, viewer: str, *, good: int) -> int:
        if viewer in self.allowed:
            return good
        some, status = self.refused_otherwise
        return status if viewer in some else self.refused


def row(allowed: set[str] | tuple[str, ...], refused: int, otherwise: dict[int, set[str]] | None = None) -> Row:
    ((status, some),) = (otherwise or {0: set[str]()}).items()
    return Row(frozenset(allowed), refused, (frozenset(some), status))


ALL = set(VIEWERS) - {"anonymous", "inactive"}
CONTROLS = {"ben", *UNCONSTRAINED}
UNDOES = {*UNDOES_BENS, "superuser"}
LIFTS = {"superuser", "certification manage", "owner"}
SEES_THE_SYSTEMS = {"ben", "unconstrained", "view only", "approve only"}
"""Those beside them who see what nobody but the system did."""
APPROVES = {*APPROVES_BENS, "superuser"}

GET: dict[str, tuple[str, Row]] = {
    "tools": ("", row(ALL, 403)),
    "preferences": ("", row(ALL, 403)),
    "notices": ("", row(ALL, 403)),
    "jobs": ("", row(HAS_A_REMOVAL_PERMISSION, 403)),
    "job": ("ended", row(SEES_BENS, 404)),
    "job-results": ("ended", row(SEES_BENS, 404)),
    "job-file": ("ended", row(SEES_BENS, 404)),
    "job-problems": ("ended", row(SEES_BENS, 404)),
    "job-cancel": ("failed", row(CONTROLS, 404, {403: SEES_BENS - CONTROLS})),
    "job-reschedule": ("queued", row(CONTROLS, 404, {403: SEES_BENS - CONTROLS})),
    "job-approve": ("waiting", row(APPROVES, 404, {403: SEES_BENS - APPROVES})),
    "job-decline": ("waiting", row(APPROVES, 404, {403: SEES_BENS - APPROVES})),
    "new-job": ("", row(MANAGES, 403)),
    "template": ("file", row(MANAGES, 403)),
    "job-resume": ("failed", row(SEES_BENS, 404)),
    "draft-replace": ("draft", row({"ben"}, 404)),
    "draft-discard": ("draft", row({"ben"}, 404)),
    "draft-confirm": ("draft", row({"ben"}, 404)),
    "job-undo": ("ended", row(SEES_BENS, 404)),
    "certifications": ("", row(SEES_FORKLIFT, 403)),
    "certification": ("certification", row(SEES_FORKLIFT, 403)),
    "certification-export": ("certification file", row(SEES_FORKLIFT, 403)),
    "certification-remove-person": (
        "certification person",
        row({"superuser", "certification manage", "owner"}, 403),
    ),
    "certification-held-back": ("certification", row(SEES_FORKLIFT, 403)),
    "job-lift": ("ended", row({"superuser"}, 404, {403: SEES_BENS - {"superuser"}})),
    "people": ("", row(SEES_PEOPLE, 403)),
    "person": ("person", row(SEES_PEOPLE, 403)),
    "person-removals": ("person file", row(SEES_PEOPLE, 403)),
    "person-enrollments": ("person file", row(SEES_PEOPLE, 403)),
    "person-certification": ("person and certification", row(SEES_FORKLIFT, 403)),
    "person-sees": ("person", row({"superuser"}, 403)),
    "removal-records": ("", row(HAS_A_REMOVAL_PERMISSION, 403)),
    "removal-records-export": ("file", row(HAS_A_REMOVAL_PERMISSION, 403)),
    "settings": ("", row({"superuser"}, 403)),
    "settings-certification": ("certification", row({"superuser"}, 403)),
    "settings-changes": ("", row({"superuser"}, 403)),
    "settings-reasons": ("", row({"superuser"}, 403)),
}
LEADS_ON = {"job-resume", "job-undo"}
"""Opened, these lead to another page."""
POST: dict[str, tuple[str, Row]] = {
    "preferences": ("", row(ALL, 403)),
    "notices-seen": ("", row(ALL, 403)),
    "new-job": ("", row(MANAGES, 403)),
    "job-cancel": ("failed", row(CONTROLS, 404, {403: SEES_BENS - CONTROLS})),
    "job-resume": ("failed", row(CONTROLS, 404, {403: SEES_BENS - CONTROLS})),
    "job-reschedule": ("queued", row(CONTROLS, 404, {403: SEES_BENS - CONTROLS})),
    "job-approve": ("waiting", row(APPROVES, 404, {403: SEES_BENS - APPROVES})),
    "job-decline": ("waiting", row(APPROVES, 404, {403: SEES_BENS - APPROVES})),
    "draft-change": ("draft", row({"ben"}, 404)),
    "draft-title": ("draft", row({"ben"}, 404)),
    "draft-replace": ("draft", row({"ben"}, 404)),
    "draft-discard": ("draft", row({"ben"}, 404)),
    "draft-submit": ("draft", row({"ben"}, 404)),
    "job-undo": ("ended", row(UNDOES, 404, {403: SEES_BENS - UNDOES})),
    "put-back": ("record", row(UNDOES, 403)),
    "operation-undo": ("operation", row({"undo only", "superuser"}, 404, {403: SEES_THE_SYSTEMS})),
    "hold-lift": ("record", row(LIFTS, 404, {403: SEES_FORKLIFT - LIFTS})),
    "job-lift": ("ended", row({"superuser"}, 404, {403: SEES_BENS - {"superuser"}})),
    "certification-bulk-remove": ("certification", row(MANAGES, 403)),
    "certification-remove-person": (
        "certification person",
        row({"superuser", "certification manage", "owner"}, 403),
    ),
    "settings": ("", row({"superuser"}, 403)),
    "settings-certification": ("certification", row({"superuser"}, 403)),
    "settings-reasons": ("", row({"superuser"}, 403)),
}
OPEN_TO_ALL = {"sign-in", "sign-out", "healthz", "readyz"}


def test_every_address_has_a_row() -> None:
    names = {
        pattern.name for pattern in get_resolver("certremoval.web.urls").url_patterns if isinstance(pattern, URLPattern)
    }
    assert names == {*GET, *POST, *OPEN_TO_ALL}


class World:
    """What there is to be seen, and each viewer."""

    def __init__(self) -> None:
        self.ben = make_user("ben", "Ben Ito")
        self.root = User.objects.create_superuser("root")
        enroll(FORKLIFT, "K-1", "K-2")
        above = make_unit("Division", "B")
        docks = make_unit("Division", "B-Docks", "ben", parent=above)
        halden = make_unit("Legal Entity", "H")
        polska = make_unit("Legal Entity", "HP", "ben", parent=halden)
        night_shift = make_group("N", "ben")
        forklift = Certification.objects.get()
        below = {"include_subordinates": True}
        self.viewers: dict[str, User] = {"superuser": self.root, "ben": self.ben, "learner": make_user("learner")}
        self.give("ben", Permission.REMOVAL_MANAGE)
        for viewer, values in {
            "inside a division": {"kind": "organizational_units", "unit": docks},
            "inside a division below": {"kind": "organizational_units", "unit": above, **below},
            "inside a custom unit": {"kind": "custom_organizational_units", "unit": polska},
            "inside a custom unit below": {"kind": "custom_organizational_units", "unit": halden, **below},
            "inside a group": {"kind": "groups", "group": night_shift},
            "inside the own division": {"kind": "user_organizational_units", "ou_type": docks.type},
            "inside the own division below": {
                "kind": "user_organizational_units",
                "ou_type": docks.type,
                **below,
            },
            "inside the own custom unit below": {
                "kind": "user_organizational_units",
                "ou_type": halden.type,
                **below,
            },
            "outside": {"kind": "groups", "group": make_group("M")},
            "outside: above without subordinates": {"kind": "organizational_units", "unit": above},
            "outside: custom unit above without subordinates": {
                "kind": "custom_organizational_units",
                "unit": halden,
            },
            "outside: own division above without subordinates": {
                "kind": "user_organizational_units",
                "ou_type": docks.type,
            },
            "outside: sits beside, sees another": {
                "kind": "organizational_units",
                "unit": make_unit("Division", "A"),
            },
        }.items():
            self.give(viewer, Permission.REMOVAL_MANAGE, values)
        self.give(
            "inside one of two",
            Permission.REMOVAL_MANAGE,
            {"kind": "groups", "group": make_group("O")},
            {"kind": "groups", "group": night_shift},
        )
        for unit, viewers in {
            docks: ("inside the own division", "outside: sits beside, sees another"),
            above: ("inside the own division below", "outside: own division above without subordinates"),
        }.items():
            for viewer in viewers:
                unit.memberships.create(user=self.viewers[viewer], type=unit.type)
        halden.memberships.create(user=self.viewers["inside the own custom unit below"], type=halden.type)
        self.give("unconstrained", Permission.REMOVAL_MANAGE)
        self.give("view only", Permission.REMOVAL_VIEW)
        self.give("view inside a group", Permission.REMOVAL_VIEW, {"kind": "groups", "group": night_shift})
        self.give("view outside", Permission.REMOVAL_VIEW, {"kind": "groups", "group": make_group("V")})
        self.give("inactive", Permission.REMOVAL_MANAGE)
        self.give("undo only", Permission.REMOVAL_UNDO)
        self.give("undo inside a group", Permission.REMOVAL_UNDO, {"kind": "groups", "group": night_shift})
        self.give("undo outside", Permission.REMOVAL_UNDO, {"kind": "groups", "group": make_group("U")})
        self.give("approve only", Permission.REMOVAL_APPROVE)
        self.give("approve inside a group", Permission.REMOVAL_APPROVE, {"kind": "groups", "group": night_shift})
        self.give("approve outside", Permission.REMOVAL_APPROVE, {"kind": "groups", "group": make_group("P")})
        self.give("certification view", Permission.CERTIFICATION_VIEW)
        self.give("certification manage", Permission.CERTIFICATION_MANAGE)
        self.viewers["owner"] = make_user("owner")
        forklift.owners.add(self.viewers["owner"])
        ended = run(remove(self.ben, people("K-1", "NOBODY"), title="Bens ended", skip_problems=True))
        failed = remove(self.ben, people("K-2"), title="Bens failed")
        Job.objects.filter(pk=failed.pk).update(state=JobState.FAILED, error="The database refused the work.")
        queued = remove(self.ben, people("K-2"), title="Bens queued")
        waiting = remove(self.ben, people("K-2"), title="Bens waiting")
        Job.objects.filter(pk=waiting.pk).update(state=JobState.AWAITING_APPROVAL)
        draft = upload_draft(self.ben, people("K-2"), name="x.csv", title="Bens draft", options=PlanOptions())
        assert check_now(draft).state == JobState.DRAFT
        person = User.objects.get(user_id="K-2")
        self.arguments: dict[str, dict[str, object]] = {
            "": {},
            "ended": {"job_id": ended.pk},
            "failed": {"job_id": failed.pk},
            "queued": {"job_id": queued.pk},
            "waiting": {"job_id": waiting.pk},
            "draft": {"job_id": draft.pk},
            "operation": {"operation_id": self.snapshot()},
            "record": {"record_id": RemovalRecord.objects.get(user_id="K-1").pk},
            "file": {"format": "csv"},
            "certification": {"key": forklift.pk},
            "certification file": {"key": forklift.pk, "format": "csv"},
            "certification person": {"key": forklift.pk, "user_key": person.pk},
            "person": {"key": person.pk},
            "person and certification": {"key": person.pk, "certification_key": forklift.pk},
            "person file": {"key": person.pk, "format": "xlsx"},
        }
        self.form = {
            "again": "yes",
            "title": "T",
            "preview": draft.plan_number,
            "changed": "0",
            "said": ["same_people"],
            "reason": "Not agreed",
            "user": [person.pk],
            "who": "ticked",
            "time_zone": "UTC",
            "theme": "dark",
            "most_untyped": "7",
            "text": "Changed roles",
        }

    def snapshot(self) -> int:
        """Load a full file that names all but K-3; return the operation by which K-3 was taken off."""
        lines = [f"{FORKLIFT},{one.user_id},Certified,,,,," for one in User.objects.filter(user_id__in=["K-1", "K-2"])]
        enroll(FORKLIFT, "K-3")
        report = accepted("enrollments", ENROLLMENTS, *lines, snapshot=True)
        assert report.operation is not None
        return report.operation

    def give(self, viewer: str, permission: Permission, *constraints: dict[str, object]) -> None:
        user = self.viewers.setdefault(viewer, User.objects.filter(user_id=viewer).first() or make_user(viewer))
        role = Role.objects.create(name=f"{viewer}: {permission}")
        role.members.add(user)
        grant = Grant.objects.create(role=role, permission=permission)
        for values in constraints:
            Constraint.objects.create(grant=grant, **values)


@pytest.fixture(scope="module")
def seen_by(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, dict[str, str]]]:
    """The world and the session of each viewer, made once: what a test changes in them is rolled back after it."""
    with django_db_blocker.unblock():
        try:
            world = World()
            sessions = {viewer: session_of(user) for viewer, user in world.viewers.items()}
            User.objects.filter(user_id="inactive").update(is_active=False)  # while they were signed in
            yield world, sessions
        finally:
            empty_database()


def session_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def world(seen_by: tuple[World, dict[str, str]], db: None) -> World:
    world, _ = seen_by
    return world


@pytest.fixture
def browsers(seen_by: tuple[World, dict[str, str]], db: None) -> dict[str, Client]:
    _, sessions = seen_by
    browsers = {viewer: Client() for viewer in ("anonymous", *sessions)}
    for viewer, session in sessions.items():
        browsers[viewer].cookies[settings.SESSION_COOKIE_NAME] = session
    return browsers


def signed_in_answers(answers: dict[str, HttpResponse]) -> dict[str, int]:
    """Return the statuses of those who are signed in; nobody else got anything but the way to sign in."""
    for viewer in ("anonymous", "inactive"):
        assert answers[viewer].status_code == 302
        assert answers[viewer].headers["Location"].startswith("/sign-in/?next=")
    return {viewer: answer.status_code for viewer, answer in answers.items() if viewer in ALL}


@pytest.mark.parametrize("name", GET)
def test_who_may_open(name: str, world: World, browsers: dict[str, Client]) -> None:
    arguments, expected = GET[name]
    address = reverse(name, kwargs=world.arguments[arguments])

    answers: dict[str, Any] = {viewer: browser.get(address) for viewer, browser in browsers.items()}

    good = 302 if name in LEADS_ON else 200
    assert signed_in_answers(answers) == {viewer: expected.status(viewer, good=good) for viewer in ALL}


@pytest.mark.parametrize("name", POST)
def test_who_may_act(name: str, world: World, browsers: dict[str, Client]) -> None:
    """Each acts on the same: what one does is taken back before the next comes."""
    arguments, expected = POST[name]
    address = reverse(name, kwargs=world.arguments[arguments])

    answers: dict[str, Any] = {}
    for viewer, browser in browsers.items():
        form = {**world.form, "file": SimpleUploadedFile("x.csv", people("K-2").read())}
        with _taken_back():
            answers[viewer] = browser.post(address, form)

    assert signed_in_answers(answers) == {viewer: expected.status(viewer, good=302) for viewer in ALL}


@pytest.mark.parametrize("name", sorted({*GET} - {*POST}))
def test_what_shows_takes_nothing(name: str, world: World, browsers: dict[str, Client]) -> None:
    address = reverse(name, kwargs=world.arguments[GET[name][0]])
    for viewer in ("superuser", "ben", "learner"):
        assert browsers[viewer].post(address, world.form).status_code == 405


def administration_addresses() -> Iterator[str]:
    """Yield all addresses of the administration: one of each row of its tables."""
    yield "/admin/"
    for model, model_admin in administration._registry.items():
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        key = model._default_manager.values_list("pk", flat=True).first()
        assert key is not None, f"there is no {model._meta.verbose_name} to try with"
        for pattern in model_admin.get_urls():
            if pattern.name:
                yield base + str(pattern.pattern).replace("<path:object_id>", str(key))
        yield reverse("admin:app_list", args=[model._meta.app_label])
    yield from (reverse(f"admin:{name}") for name in ("autocomplete", "jsi18n", "password_change"))


def test_the_administration_is_for_superusers(world: World, browsers: dict[str, Client]) -> None:
    """Every address of it, by GET and POST: others are refused, and nothing is changed."""
    before = {model: model._default_manager.count() for model in administration._registry}
    addresses = list(administration_addresses())
    assert len(addresses) > 30
    for address in addresses:
        for act in ("get", "post"):
            for viewer in ("anonymous", "inactive"):
                answer = getattr(browsers[viewer], act)(address, follow=True)
                assert answer.redirect_chain[-1][0].startswith("/sign-in/?next="), (address, act, viewer)
            for viewer in ("learner", "owner", "unconstrained", "certification manage"):
                answer = getattr(browsers[viewer], act)(address, {"post": "yes"}, follow=True)
                assert answer.status_code == 403, (address, act, viewer)
    assert before == {model: model._default_manager.count() for model in administration._registry}


@contextmanager
def _taken_back() -> Iterator[None]:
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)


@pytest.mark.parametrize("name", sorted({*POST} - {*GET}))
def test_what_acts_is_not_a_link(name: str, world: World, browsers: dict[str, Client]) -> None:
    address = reverse(name, kwargs=world.arguments[POST[name][0]])
    assert browsers["ben"].get(address).status_code == 405


def test_a_post_without_its_token_does_nothing(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.ben)
    for name, (arguments, _) in POST.items():
        assert browser.post(reverse(name, kwargs=world.arguments[arguments]), world.form).status_code == 403
