"""Undo on the pages: from a job, from lines ticked, from one removal; its preview, its confirm page, its result."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from certremoval.access.models import Permission
from certremoval.certifications.models import Enrollment, RemovalRecord
from certremoval.certifications.removing import remove_person
from certremoval.organization.models import User
from certremoval.problems import WrongState
from certremoval.removals.drafts import check_now, replace_file, revise_draft
from certremoval.removals.models import Job, JobState
from certremoval.removals.options import PlanOptions
from certremoval.removals.undoing import undo_job
from tests.removals.conftest import FORKLIFT, enroll, enrolled, make_group, make_user, people, remove, run
from tests.removals.conftest import root as root
from tests.removals.test_undoing import give
from tests.web.conftest import SignedIn
from tests.web.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(root: User, signed_in: SignedIn) -> Client:
    return signed_in(root)


@pytest.fixture
def done(root: User) -> Job:
    """Three people are off: Ana, Jon, and Kim, whose certificate has run out since."""
    for user_id, name in (("K-1", "Ana Ruiz"), ("K-2", "Jon Bell"), ("K-3", "Kim Chen")):
        make_user(user_id, name)
    enroll(FORKLIFT, "K-1", "K-2")
    enroll(FORKLIFT, "K-3", expiration_date=date(2020, 5, 3))
    return run(remove(root, people("K-1", "K-2", "K-3"), title="Leavers"))


def at(job: Job, name: str = "job") -> str:
    return reverse(name, kwargs={"job_id": job.pk})


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return words(answer.content.decode())


def drafted(browser: Client, job: Job, **form: object) -> Job:
    """Press Undo, and return the draft that it leads to."""
    answer = browser.post(at(job, "job-undo"), form)
    assert answer.status_code == 302
    draft = Job.objects.get(state=JobState.DRAFT)
    assert answer.headers["Location"] == at(draft)
    return draft


def submitted(browser: Client, draft: Job) -> Job:
    """Answer the confirm page of a draft with its button, and let the job run."""
    form = {"plan": draft.plan_number, "changed": 0}
    assert browser.post(at(draft, "draft-submit"), form).status_code == 302
    return run(Job.objects.get(pk=draft.pk))


def test_a_job_is_undone_from_its_page(browser: Client, done: Job) -> None:
    assert "Undo and put 3 users back" in shown(browser, at(done))

    draft = drafted(browser, done)
    preview = shown(browser, at(draft))
    assert "3 users will be put back on Title of FORKLIFT-3Y" in preview
    assert "1 of them comes back as Certified with an expiry date that is past." in preview
    assert "This undoes Leavers" in preview
    asked = shown(browser, at(draft, "draft-confirm"))
    assert "Put 3 users back on Title of FORKLIFT-3Y?" in asked
    assert "all their values" in asked
    undo = submitted(browser, draft)

    assert enrolled() == ["K-1", "K-2", "K-3"]
    page = shown(browser, at(undo))
    assert "3 put back" in page
    assert "Undo and remove 3 users" in page
    undone = shown(browser, at(done))
    assert "Undo: Processed: 3 put back. Undo of Leavers" in undone
    assert "by Rosa Oort" in undone
    assert "Undo and put" not in undone


def test_those_ticked_alone(browser: Client, done: Job) -> None:
    # By key: a User ID may have changed since, or be somebody else's.
    User.objects.filter(user_id="K-2").update(user_id="K-2-new")
    draft = drafted(browser, done, ticked="1", user=[User.objects.get(user_id="K-2-new").pk])
    submitted(browser, draft)

    assert enrolled() == ["K-2-new"]
    assert "Undo and put 2 users back" in shown(browser, at(done))


def test_nobody_ticked_is_not_everybody(browser: Client, done: Job) -> None:
    answer = browser.post(at(done, "job-undo"), {"ticked": "1"})

    assert answer.status_code == 422
    assert "Nobody is chosen" in words(answer.content.decode())
    assert not Job.objects.filter(state=JobState.DRAFT).exists()


def test_the_preview_says_who_is_left_alone_and_why(browser: Client, root: User, done: Job) -> None:
    enroll(FORKLIFT, "K-1")
    User.objects.get(user_id="K-2").delete()

    preview = shown(browser, at(drafted(browser, done)))

    assert "1 user will be put back" in preview
    assert "Ana Ruiz K-1 Title of FORKLIFT-3Y On it again, left alone" in preview
    assert "Jon Bell K-2 Title of FORKLIFT-3Y No such user" in preview


def test_nobody_left_to_put_back(browser: Client, root: User, done: Job) -> None:
    run(undo_job(root, done.pk))
    draft = drafted(browser, done)

    preview = shown(browser, at(draft))
    assert "Nobody would be put back" in preview
    assert "There is nobody to put back, so there is nothing to submit." in preview
    assert browser.get(at(draft, "draft-confirm")).status_code == 302


def test_who_came_back_since_is_told_once(browser: Client, root: User, done: Job) -> None:
    draft = drafted(browser, done)
    enroll(FORKLIFT, "K-1")

    answer = browser.post(at(draft, "draft-submit"), {"plan": draft.plan_number, "changed": 0})

    assert answer.status_code == 409
    assert "1 of them came back since" in words(answer.content.decode())
    again = browser.post(at(draft, "draft-submit"), {"plan": draft.plan_number, "changed": 1})
    assert again.status_code == 302
    assert Job.objects.get(pk=draft.pk).state == JobState.QUEUED


def test_an_undo_is_neither_changed_nor_given_a_file(browser: Client, done: Job) -> None:
    draft = drafted(browser, done)
    assert browser.post(at(draft, "draft-change"), {"again": "1"}).status_code == 409
    assert browser.get(at(draft, "draft-replace")).status_code == 409
    assert (
        browser.post(at(draft, "draft-title"), {"title": "Back again", "comment": "", "reason": "x"}).status_code == 302
    )
    assert "Back again" in shown(browser, at(draft))
    assert browser.post(at(draft, "draft-discard")).status_code == 302
    assert not Job.objects.filter(state=JobState.DRAFT).exists()


def test_the_result_is_a_file_of_people(browser: Client, root: User, done: Job) -> None:
    undo = run(undo_job(root, done.pk))

    answer = browser.get(at(undo, "job-results"))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "FORKLIFT-3Y,K-1,Ana Ruiz,restored,Put back\r\n" in text
    assert "Undo%20of%20Leavers%20-%20result.csv" in answer.headers["Content-Disposition"].replace("+", "%20") or (
        "Undo of Leavers - result.csv" in answer.headers["Content-Disposition"]
    )


def test_one_person_is_put_back_from_their_history_and_from_the_register(browser: Client, root: User) -> None:
    (on,) = enroll(FORKLIFT, "K-1")
    remove_person(root, certification_key=on.certification_id, user_key=on.user_id)
    record = RemovalRecord.objects.get()
    address = reverse("put-back", kwargs={"record_id": record.pk})
    for page in (reverse("person", kwargs={"key": record.user_key}), reverse("removal-records")):
        assert f'action="{address}"' in browser.get(page).content.decode()

    assert browser.post(address).status_code == 302
    draft = Job.objects.get()
    assert "1 user will be put back" in shown(browser, at(draft))
    submitted(browser, draft)

    assert enrolled() == ["K-1"]
    for page in (reverse("person", kwargs={"key": record.user_key}), reverse("removal-records")):
        assert f'action="{address}"' not in browser.get(page).content.decode()
    assert browser.post(address).status_code == 409


def test_who_may_not_undo_sees_no_button(done: Job, signed_in: SignedIn) -> None:
    viewer = make_user("VIEWER")
    give(viewer, Permission.REMOVAL_VIEW)
    browser = signed_in(viewer)

    page = browser.get(at(done)).content.decode()
    assert "Undo and put" not in words(page)
    assert 'name="user"' not in page
    assert "/put-back/" not in browser.get(reverse("removal-records")).content.decode()
    assert browser.post(at(done, "job-undo")).status_code == 403
    assert Enrollment.objects.count() == 0


def test_the_creator_sees_that_their_job_was_undone_but_not_by_which_job_if_that_is_hidden(
    root: User, signed_in: SignedIn
) -> None:
    creator = make_user("CREATOR")
    give(creator, Permission.REMOVAL_MANAGE).constraints.create(kind="groups", group=make_group("G"))
    enroll(FORKLIFT, "K-1")
    job = run(remove(creator, people("K-1"), title="Mine"))
    undo = run(undo_job(root, job.pk, title="Of somebody else"))

    page = signed_in(creator).get(at(job)).content.decode()

    assert "Undo: Processed: 1 put back. by Rosa Oort" in words(page)
    assert "Of somebody else" not in page
    assert at(undo) not in page


def test_of_a_hidden_job_the_undo_does_not_tell_the_title(root: User, signed_in: SignedIn) -> None:
    enroll(FORKLIFT, "K-1")
    hidden = run(remove(root, people("K-1"), title="Secret closure"))
    undoer = make_user("UNDOER", "Una Berg")
    give(undoer, Permission.REMOVAL_UNDO)
    undo = run(undo_job(undoer, hidden.pk, title="Back again"))
    viewer = make_user("VIEWER")
    give(viewer, Permission.REMOVAL_VIEW).constraints.create(kind="groups", group=make_group("G", "UNDOER"))

    page = signed_in(viewer).get(at(undo)).content.decode()

    assert "Back again" in page
    assert "Secret closure" not in page
    assert at(hidden) not in page


def test_a_person_whose_user_is_gone_breaks_no_page(browser: Client, root: User, done: Job) -> None:
    undo = undo_job(root, done.pk)
    draft = drafted(browser, done)
    User.objects.get(user_id="K-1").delete()
    again = run(undo)

    assert "Ana Ruiz" in shown(browser, at(again))
    assert "K-1" in shown(browser, at(draft))
    assert "Jon Bell" in shown(browser, at(done))


def test_the_undo_of_an_undo_takes_no_other_file(browser: Client, root: User, done: Job) -> None:
    """Whoever may undo may not by that remove whom they like."""
    undo = run(undo_job(root, done.pk))
    enroll(FORKLIFT, "K-9")
    draft = drafted(browser, undo)
    page = shown(browser, at(draft))
    assert "3 users will be removed" in page
    assert "Replace file" not in page
    assert "Read the file differently" not in page

    assert browser.get(at(draft, "draft-replace")).status_code == 409
    with pytest.raises(WrongState):
        replace_file(root, draft.pk, people("K-9"), name="x.csv")
    with pytest.raises(WrongState):
        revise_draft(root, draft.pk, options=PlanOptions(match="email"))
    left_out = check_now(revise_draft(root, draft.pk, options=PlanOptions(leave_out_users=("K-1",))))
    assert left_out.remove_count == 2
