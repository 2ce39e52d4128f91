"""A small organisation for the tests that do something: an administrator, and twelve people on one certification."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from certremoval.access.models import Grant, Permission, Role
from certremoval.certifications.models import Certification
from certremoval.organization.models import User
from tests.removals.conftest import FORKLIFT, certification, enroll, make_unit, make_user

NAMES = (
    "Ana Ruiz",
    "Jon Bell",
    "Mei Chen",
    "Omar Haddad",
    "Zoe Lindqvist",
    "Ida Sonne",
    "Luc Morel",
    "Eva Novak",
    "Tom Barlow",
    "Nia Owusu",
    "Max Huber",
    "Kai Tanaka",
)
IDS = tuple(f"{number:06}" for number in range(1, len(NAMES) + 1))


def make_small_organisation() -> User:
    """Make it and return Ada Ito, who removes people in bulk and one by one.

    Numbers 1 to 4 are In Progress, the others Certified; 7 to 9 sit in Warehouse South. 12 is inactive.
    """
    for user_id, name in zip(IDS, NAMES, strict=True):
        make_user(user_id, name, is_active=user_id != IDS[-1])
    certification(FORKLIFT, "Forklift Operator Safety")
    enroll(FORKLIFT, *IDS[:4], status="In Progress")
    enroll(FORKLIFT, *IDS[4:])
    make_unit("Division", "LOG-S", *IDS[6:9], name="Warehouse South")
    ada = make_user("ada", "Ada Ito")
    role = Role.objects.create(name="Training administrators")
    role.members.add(ada)
    for permission in (Permission.REMOVAL_MANAGE, Permission.CERTIFICATION_MANAGE):
        Grant.objects.create(role=role, permission=permission)
    return ada


def forklift() -> Certification:
    """Return the certification that they are on."""
    return Certification.objects.get(certification_id=FORKLIFT)


def written(folder: Path, *user_ids: str, name: str = "people.csv") -> Path:
    """Write a removal file for these people, and return where it is."""
    path = folder / name
    path.write_text("\r\n".join(["Certification ID,User ID", *(f"{FORKLIFT},{one}" for one in user_ids)]) + "\r\n")
    return path


def create_by_file(page: Page, file: Path, title: str = "Changed roles") -> None:
    """Fill in the form with a file, and come to the preview."""
    page.goto("/certification-removal/new/")
    page.get_by_label("Upload CSV").set_input_files(file)
    page.get_by_label("Job Title").fill(title)
    page.get_by_role("button", name="Check who would be removed").click()
    expect(page.get_by_role("heading", name=f"Preview: {title}")).to_be_visible()


def action(page: Page, words: str) -> Locator:
    """Return what can be done with a draft; it stands above the lines and below them.

    Once the page has its script: on a busy machine a link that opens a dialog would lead to its page before.
    """
    page.wait_for_load_state()
    return page.get_by_role("link", name=words, exact=True).first


def submit(page: Page, words: str, *, confirm: str = "") -> None:
    """Go from the preview through the dialog to the job; ``confirm`` is the dialog's button, if not called the same."""
    action(page, words).click()
    page.get_by_role("dialog").get_by_role("button", name=confirm or words).click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
