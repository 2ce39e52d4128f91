"""Approval in a browser: a job waits, another administrator looks, approves or declines; what is ticked before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from certremoval.access.models import Grant, Permission, Role
from certremoval.organization.models import User
from certremoval.policy.settings import change_setting
from certremoval.removals.models import Job, JobState
from tests.browser.conftest import OpenPage
from tests.browser.small import IDS, action, create_by_file, submit, written
from tests.removals.conftest import enrolled, make_user, people, remove, run


@pytest.fixture
def grace(ada: User) -> User:
    """Approves; with a superuser they are two who could."""
    superuser = User.objects.create_superuser("root")
    change_setting(superuser, "most_unapproved", 3)
    user = make_user("grace", "Grace Obi")
    role = Role.objects.create(name="Approvers")
    role.members.add(user)
    Grant.objects.create(role=role, permission=Permission.REMOVAL_APPROVE)
    return user


def test_a_job_waits_and_another_administrator_approves_it(
    ada: User, grace: User, open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = open_page(ada)
    create_by_file(page, written(tmp_path_factory.mktemp("files"), *IDS[:4]))
    expect(page.get_by_role("heading", name="Checks before this runs")).to_be_visible()
    expect(page.get_by_text("More than 3 people at once.")).to_be_visible()
    submit(page, "Remove 4 users")
    expect(page.get_by_text("Queued, waits for approval")).to_be_visible()
    expect(page.get_by_role("link", name="Approve")).to_have_count(0)

    theirs = open_page(grace, "/")
    expect(theirs.get_by_role("heading", name="Waiting for you (1)")).to_be_visible()
    theirs.get_by_role("link", name="Changed roles").click()
    theirs.wait_for_load_state()
    theirs.get_by_role("link", name="Approve, remove 4 users").click()
    dialog = theirs.get_by_role("dialog", name="Approve: remove 4 users?")
    expect(dialog.get_by_text("Not yet", exact=True)).to_be_focused()
    dialog.get_by_role("button", name="Approve, remove 4 users").click()
    expect(theirs.get_by_text("Approved: 4 users will be removed.")).to_be_visible()

    run(Job.objects.get())
    assert enrolled() == list(IDS[4:])


def test_it_is_declined_with_a_reason_without_script_too(ada: User, grace: User, open_page: OpenPage) -> None:
    job = remove(ada, people(*IDS[:4]), title="Changed roles")
    page = open_page(grace, f"/certification-removal/{job.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="Decline", exact=True).click()
    page.get_by_label("Why? Its creator reads this").fill("Not agreed with the site")
    page.get_by_role("button", name="Decline this job").click()
    expect(page.get_by_text("Declined by Grace Obi: Not agreed with the site")).to_be_visible()

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert enrolled() == list(IDS)


def test_the_same_list_again_is_ticked_before_it_runs(
    ada: User, open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = written(tmp_path_factory.mktemp("files"), *IDS[:2])
    remove(ada, people(*IDS[:2]), title="The first time")
    page = open_page(ada)
    create_by_file(page, file, title="The second time")
    expect(page.get_by_text("and it has not run yet.")).to_be_visible()
    action(page, "Remove 2 users").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="It is to be run again.").check()
    dialog.get_by_role("button", name="Remove 2 users").click()
    expect(page.get_by_role("heading", name="Facts")).to_be_visible()
    assert Job.objects.filter(state=JobState.QUEUED).count() == 2
