"""Every page there is, and how it can look: the table that the tests of all pages go through.

A page is named by its URL name. Whoever adds a name to the addresses adds a row here (a test says so), or writes down
why it is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, expect

from certremoval.organization.models import User
from tests.browser.world import (
    FORKLIFT,
    ONE_LONG_WORD,
    RIGHT_TO_LEFT,
    SCRIPT,
    SLASHES,
    World,
)

ENDLESS = "x" * 10_000

NO_PAGES = {
    "sign-out": "takes a POST alone",
    "job-results": "a download",
    "job-file": "a download",
    "job-problems": "a download",
    "job-resume": "takes a POST; opened, it leads to the job",
    "job-undo": "takes a POST; opened, it leads to the job",
    "put-back": "takes a POST alone",
    "hold-lift": "takes a POST alone",
    "operation-undo": "takes a POST alone",
    "notices-seen": "takes a POST alone",
    "template": "a download",
    "draft-change": "takes a POST alone",
    "draft-title": "takes a POST alone",
    "draft-submit": "takes a POST alone",
    "certification-export": "a download",
    "certification-bulk-remove": "takes a POST alone",
    "person-enrollments": "a download",
    "person-removals": "a download",
    "removal-records-export": "a download",
    "healthz": "for machines",
    "readyz": "for machines",
    "admin:login": "leads to sign-in",
    "admin:logout": "takes a POST alone",
    "admin:password_change": "leads to preferences",
    "admin:password_change_done": "Django's own",
    "admin:autocomplete": "data for a field",
    "admin:jsi18n": "a script",
    "admin:view_on_site": "leads elsewhere",
    "admin:app_list": "a part of admin:index",
}


@dataclass(frozen=True)
class Visit:
    """One look at a page: who looks, at which address, what they get, and what they do before we look."""

    name: str
    what: str
    address: Callable[[World], str]
    who: str = "root"
    status: int = 200
    then: Callable[[Page, World], None] | None = None

    def __str__(self) -> str:
        return f"{self.name}, {self.what}" if self.what else self.name


def opened_dialog(address_name: str) -> Callable[[Page, World], None]:
    """Open the dialog of a link to an address."""

    def then(page: Page, world: World) -> None:
        part = reverse(address_name, kwargs={"job_id": 0}).split("/0/")[1]
        page.locator(f'a[data-dialog][href$="/{part}"]').first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

    return then


def unfold(page: Page, world: World) -> None:
    """Open all that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")


def _at(name: str, query: str = "", **keys: Callable[[World], object]) -> Callable[[World], str]:
    def address(world: World) -> str:
        return reverse(name, kwargs={key: of(world) for key, of in keys.items()}) + query

    return address


def _job(name: str, which: str, query: str = "") -> Callable[[World], str]:
    return _at(name, query, job_id=lambda world: world.jobs[which].pk)


def _draft(name: str, which: str, query: str = "") -> Callable[[World], str]:
    return _at(name, query, job_id=lambda world: world.drafts[which].pk)


def _certification(name: str, which: str, query: str = "") -> Callable[[World], str]:
    return _at(name, query, key=lambda world: world.certifications[which].pk)


def _admin(name: str, of: Callable[[World], object] | None = None) -> Callable[[World], str]:
    def address(world: World) -> str:
        return reverse(f"admin:{name}", args=[of(world)] if of else None)

    return address


def _query(**values: str) -> str:
    return "?" + urlencode(values, quote_via=quote)


def _new_for(world: World) -> str:
    return reverse("new-job") + f"?certification={world.certifications[SLASHES].pk}"


def _remove_person(world: World) -> str:
    keys = {"key": world.certifications[FORKLIFT].pk, "user_key": world.person.pk}
    return reverse("certification-remove-person", kwargs=keys)


def _timeline(certification_id: str, of: Callable[[World], User]) -> Callable[[World], str]:
    def address(world: World) -> str:
        keys = {"key": of(world).pk, "certification_key": world.certifications[certification_id].pk}
        return reverse("person-certification", kwargs=keys)

    return address


VISITS = (
    Visit("sign-in", "", _at("sign-in"), who=""),
    Visit("tools", "", _at("tools")),
    Visit("tools", "of a learner", _at("tools"), who="learner"),
    Visit("tools", "of an owner", _at("tools"), who="owner"),
    Visit("preferences", "", _at("preferences")),
    Visit("notices", "", _at("notices")),
    Visit("notices", "older", _at("notices", "?before=8")),
    Visit("notices", "of a job that is hidden", _at("notices"), who="learner"),
    Visit("notices", "none", _at("notices"), who="owner"),
    # --- the tool
    Visit("jobs", "", _at("jobs")),
    Visit("jobs", "constrained, empty", _at("jobs"), who="ada"),
    Visit("jobs", "read only", _at("jobs"), who="auditor"),
    Visit("jobs", "refused", _at("jobs"), who="learner", status=403),
    Visit("jobs", "page 2", _at("jobs", "?page=2")),
    Visit("jobs", "nothing found", _at("jobs", _query(search=SCRIPT + "nothing"))),
    Visit("jobs", "endless search", _at("jobs", _query(search=ENDLESS)), status=422),
    Visit("jobs", "right to left", _at("jobs", _query(search=RIGHT_TO_LEFT, certification=SLASHES, mine="1"))),
    Visit("jobs", "start after end", _at("jobs", "?from=2026-05-12&to=2026-05-03"), status=422),
    Visit("jobs", "wrong input", _at("jobs", "?on=31-02&from=x&status=lost&page=-1&sort=%3Cb%3E"), status=422),
    Visit("job", "processed", _job("job", "processed"), then=unfold),
    Visit("job", "processed, read only", _job("job", "processed"), who="auditor"),
    Visit("job", "running", _job("job", "running")),
    Visit("job", "queued", _job("job", "queued")),
    Visit("job", "failed", _job("job", "failed")),
    Visit("job", "cancelled", _job("job", "cancelled")),
    Visit("job", "not there", lambda world: reverse("job", kwargs={"job_id": 10**9}), status=404),
    Visit("job", "hidden", _job("job", "processed"), who="ada", status=404),
    Visit("job", "undone", _job("job", "undone"), then=unfold),
    Visit("job", "of an undo", _job("job", "undo"), then=unfold),
    Visit("job", "undone, read only", _job("job", "undone"), who="auditor"),
    Visit("job-reschedule", "", _job("job-reschedule", "queued")),
    Visit("job-reschedule", "dialog", _job("job", "queued"), then=opened_dialog("job-reschedule")),
    Visit("job", "waiting", _job("job", "waiting")),
    Visit("job", "waiting, read only", _job("job", "waiting"), who="auditor"),
    Visit("job", "declined", _job("job", "declined")),
    Visit("job-approve", "", _job("job-approve", "waiting")),
    Visit("job-approve", "dialog", _job("job", "waiting"), then=opened_dialog("job-approve")),
    Visit("job-decline", "", _job("job-decline", "waiting")),
    Visit("job-decline", "dialog", _job("job", "waiting"), then=opened_dialog("job-decline")),
    Visit("job-decline", "of a declined job", _job("job-decline", "declined"), status=409),
    Visit("draft-confirm", "checks to be answered", _draft("draft-confirm", "sent before")),
    Visit("job", "draft, sent before", _draft("job", "sent before"), then=unfold),
    Visit("job-cancel", "", _job("job-cancel", "running")),
    Visit("job-cancel", "dialog", _job("job", "running"), then=opened_dialog("job-cancel")),
    Visit("job-cancel", "of a processed job", _job("job-cancel", "processed"), status=409),
    Visit("job-lift", "", _job("job-lift", "processed")),
    Visit("job-lift", "dialog", _job("job", "processed"), then=opened_dialog("job-lift")),
    Visit("job-lift", "refused", _job("job-lift", "processed"), who="auditor", status=403),
    Visit("job", "lifted", _job("job", "lifted")),
    # --- create
    Visit("new-job", "", _at("new-job")),
    Visit("new-job", "of a certification", _new_for),
    Visit("new-job", "refused", _at("new-job"), who="auditor", status=403),
    Visit("draft-replace", "", _draft("draft-replace", "good")),
    Visit("draft-discard", "", _draft("draft-discard", "problems")),
    Visit("draft-discard", "dialog", _draft("job", "problems"), then=opened_dialog("draft-discard")),
    Visit("draft-confirm", "", _draft("draft-confirm", "good")),
    Visit("draft-confirm", "dialog", _draft("job", "good"), then=opened_dialog("draft-confirm")),
    Visit("draft-confirm", "of problems", _draft("draft-confirm", "problems")),
    Visit("job", "draft", _draft("job", "good"), then=unfold),
    Visit("job", "draft, problems", _draft("job", "problems"), then=unfold),
    Visit("job", "draft, nobody", _draft("job", "nobody")),
    Visit("job", "draft, all problems", _draft("job", "all problems")),
    Visit("job", "draft, other columns", _draft("job", "other columns"), then=unfold),
    Visit("job", "draft, unreadable", _draft("job", "unreadable"), then=unfold),
    Visit("job", "draft, empty file", _draft("job", "empty")),
    Visit("job", "draft, some left out", _draft("job", "left out"), then=unfold),
    Visit("job", "draft, checking", _draft("job", "checking")),
    Visit("job", "draft of an undo", _draft("job", "undo"), then=unfold),
    Visit("job", "draft of an undo, nobody", _draft("job", "undo, nobody")),
    Visit("job", "draft of an undo, checking", _draft("job", "undo, checking")),
    Visit("draft-confirm", "of an undo", _draft("draft-confirm", "undo")),
    Visit("draft-confirm", "of an undo, dialog", _draft("job", "undo"), then=opened_dialog("draft-confirm")),
    Visit("draft-discard", "of an undo", _draft("draft-discard", "undo")),
    Visit("job", "draft, endless search", _draft("job", "good", _query(search=ENDLESS)), status=422),
    # --- certifications
    Visit("certifications", "", _at("certifications")),
    Visit("certifications", "searched", _at("certifications", _query(search=SCRIPT))),
    Visit("certifications", "nothing found", _at("certifications", _query(search=RIGHT_TO_LEFT))),
    Visit("certifications", "endless search", _at("certifications", _query(search=ENDLESS)), status=422),
    Visit("certifications", "of an owner", _at("certifications"), who="owner"),
    Visit("certifications", "refused", _at("certifications"), who="learner", status=403),
    Visit("certification", "", _certification("certification", FORKLIFT)),
    Visit("certification", "of slashes and script", _certification("certification", SLASHES)),
    Visit("certification", "of one long word", _certification("certification", ONE_LONG_WORD)),
    Visit("certification", "empty", _certification("certification", "EMPTY")),
    Visit("certification", "read only", _certification("certification", FORKLIFT), who="auditor"),
    Visit("certification", "of its owner", _certification("certification", FORKLIFT), who="owner"),
    Visit("certification", "hidden", _certification("certification", SLASHES), who="owner", status=404),
    Visit("certification-held-back", "", _certification("certification-held-back", FORKLIFT)),
    Visit("certification-held-back", "of script", _certification("certification-held-back", SLASHES)),
    Visit("certification-held-back", "nobody", _certification("certification-held-back", "EMPTY")),
    Visit(
        "certification-held-back", "wrong", _certification("certification-held-back", FORKLIFT, "?after=-1"), status=422
    ),
    Visit("certification-held-back", "read only", _certification("certification-held-back", FORKLIFT), who="auditor"),
    Visit("certification-remove-person", "", _remove_person),
    Visit("certification-remove-person", "refused", _remove_person, who="auditor", status=403),
    # --- people and records
    Visit("people", "", _at("people")),
    Visit("people", "found", _at("people", _query(search="ruiz"))),
    Visit("people", "nothing found", _at("people", _query(search=SCRIPT + RIGHT_TO_LEFT))),
    Visit("people", "endless search", _at("people", _query(search=ENDLESS)), status=422),
    Visit("people", "refused", _at("people"), who="learner", status=403),
    Visit("person", "", _at("person", key=lambda world: world.person.pk)),
    Visit("person", "removed", _at("person", key=lambda world: world.removed_person.pk)),
    Visit("person", "removed, job hidden", _at("person", key=lambda world: world.removed_person.pk), who="ada"),
    Visit("person", "of nothing", _at("person", key=lambda world: world.learner.pk)),
    Visit("person-certification", "", _timeline(FORKLIFT, lambda world: world.removed_person)),
    Visit("person-certification", "job hidden", _timeline(FORKLIFT, lambda world: world.removed_person), who="ada"),
    Visit("person-certification", "on it", _timeline(SLASHES, lambda world: world.removed_person)),
    Visit("person-certification", "of one long word", _timeline(ONE_LONG_WORD, lambda world: world.person)),
    Visit("person-certification", "of its owner", _timeline(FORKLIFT, lambda world: world.person), who="owner"),
    Visit("person-certification", "hidden", _timeline(SLASHES, lambda world: world.person), who="owner", status=404),
    Visit("person-certification", "nothing known", _timeline("EMPTY", lambda world: world.learner)),
    Visit("person-sees", "of a superuser", _at("person-sees", key=lambda world: world.root.pk)),
    Visit("person-sees", "of the constrained", _at("person-sees", key=lambda world: world.ada.pk)),
    Visit("person-sees", "of a learner", _at("person-sees", key=lambda world: world.learner.pk)),
    Visit("removal-records", "", _at("removal-records")),
    Visit("removal-records", "none", _at("removal-records", "?from=2001-01-01&to=2001-01-02")),
    Visit("removal-records", "wrong input", _at("removal-records", "?from=2026-05-12&to=31-02&page=-1"), status=422),
    Visit("removal-records", "refused", _at("removal-records"), who="learner", status=403),
    # --- settings
    Visit("settings", "", _at("settings")),
    Visit("settings", "refused", _at("settings"), who="ada", status=403),
    Visit("settings-certification", "its own", _certification("settings-certification", SLASHES)),
    Visit("settings-certification", "one long word", _certification("settings-certification", ONE_LONG_WORD)),
    Visit("settings-changes", "", _at("settings-changes")),
    Visit("settings-changes", "none earlier", _at("settings-changes", "?before=1")),
    Visit("settings-reasons", "", _at("settings-reasons"), then=unfold),
    # --- administration
    Visit("admin:index", "", _admin("index")),
    Visit("admin:index", "refused", _admin("index"), who="ada", status=403),
    *(
        Visit(f"admin:{model}_{action}", "", _admin(f"{model}_{action}", of if action == "change" else None))
        for model, of in (
            ("organization_user", lambda world: world.ada.pk),
            ("organization_organizationalunit", lambda world: world.unit.pk),
            ("organization_outype", lambda world: world.unit.type_id),
            ("organization_group", lambda world: world.group.pk),
            ("access_role", lambda world: world.grant.role_id),
            ("access_grant", lambda world: world.grant.pk),
        )
        for action in ("changelist", "add", "change")
    ),
    # Of all models these two are the same page.
    Visit("admin:access_role_history", "", _admin("access_role_history", lambda world: world.grant.role_id)),
    Visit("admin:access_role_delete", "", _admin("access_role_delete", lambda world: world.grant.role_id)),
)


def address_names() -> Iterator[str]:
    """Yield the name of each address of the site; those of the administration begin with ``admin:``."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else prefix)
            elif pattern.name:
                yield f"{prefix}{pattern.name}"

    yield from walk(get_resolver().url_patterns, "")
