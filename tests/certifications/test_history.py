"""What was removed of one person, and put back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certremoval.access.models import REMOVAL_PERMISSIONS, Permission
from certremoval.certifications.history import removal_history
from certremoval.certifications.models import Certification
from certremoval.organization.models import Group, GroupMembership, User
from certremoval.problems import NotFound, NotPermitted
from tests.certifications.conftest import MAY_2, Story

pytestmark = pytest.mark.django_db


def test_a_removal_that_was_put_back_in_full(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)

    entry = story.history()[-1].as_json()

    assert json.loads(json.dumps(entry)) == {
        "record_id": story.first.pk,
        "user": {"user_id": "000123", "name": "Ana Ruiz"},
        "certification": {"certification_id": "FORKLIFT-3Y", "title": "Forklift"},
        "removed": {
            "at": "2026-05-02T08:15:00Z",
            "by": {"user_id": "ben", "name": "Ben Ito"},
            "reason": "Role change",
            "operation": {
                "id": story.bens.pk,
                "title": "Warehouse South closes",
                "comment": "Comment of Warehouse South closes",
            },
        },
        "before": {
            "status": "Certified",
            "version": "2",
            "period": "",
            "identifier": "F-7",
            "assigned_date": None,
            "due_date": "2026-06-01",
            "certified_date": None,
            "expiration_date": None,
        },
        "put_back": {
            "at": "2026-05-03T08:15:00Z",
            "by": {"user_id": "bea", "name": "Bea Ito"},
            "reason": "Mistake",
            "operation": {"id": story.undo.pk, "title": "Back again", "comment": "Comment of Back again"},
        },
    }


def test_the_newest_first_of_this_person_alone(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)

    assert [(entry.certification_id, entry.put_back is None) for entry in story.history()] == [
        ("LOTO", True),
        ("FORKLIFT-3Y", False),
    ]


def test_names_stay_as_they_were_then(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    for user in (story.ana, story.ben):
        User.objects.filter(pk=user.pk).update(last_name="Married")
    Certification.objects.update(title="Renamed")

    entry = story.history()[-1]

    assert (entry.person.name, entry.removed.by.name, entry.certification_title) == ("Ana Ruiz", "Ben Ito", "Forklift")


def test_of_a_hidden_job_date_actor_and_reason_show_and_nothing_else(story: Story) -> None:
    """The viewer sees Bea's jobs and not Ben's: each act is judged for itself."""
    beas = Group.objects.create(group_id="B", name="B")
    GroupMembership.objects.create(group=beas, user=story.bea)
    story.grant(Permission.REMOVAL_UNDO, kind="groups", group=beas)

    loto, forklift = story.history()

    assert forklift.removed.operation is None
    assert (forklift.removed.at, forklift.removed.by.user_id, forklift.removed.reason) == (MAY_2, "ben", "Role change")
    assert "Warehouse South" not in json.dumps(forklift.as_json())
    assert forklift.put_back is not None
    assert forklift.put_back.operation is not None
    assert forklift.put_back.operation.title == "Back again"
    assert loto.removed.operation is not None


def test_a_hidden_restoration_shows_who_and_when(story: Story) -> None:
    bens = Group.objects.create(group_id="B", name="B")
    GroupMembership.objects.create(group=bens, user=story.ben)
    story.grant(Permission.REMOVAL_VIEW, kind="groups", group=bens)

    forklift = story.history()[-1]

    assert forklift.put_back is not None
    assert (forklift.put_back.by.user_id, forklift.put_back.operation) == ("bea", None)
    assert forklift.removed.operation is not None


@pytest.mark.parametrize("permission", [*REMOVAL_PERMISSIONS, Permission.CERTIFICATION_VIEW])
def test_each_of_these_permissions_opens_the_whole_history(story: Story, permission: Permission) -> None:
    story.grant(permission)
    assert len(story.history()) == 2


def test_viewing_certifications_shows_no_titles_of_jobs(story: Story) -> None:
    story.grant(Permission.CERTIFICATION_VIEW)
    assert [entry.removed.operation for entry in story.history()] == [None, None]


def test_a_superuser_sees_all_and_an_inactive_one_nothing(story: Story) -> None:
    story.viewer.is_superuser = True
    assert all(entry.removed.operation for entry in story.history())

    story.viewer.is_active = False
    with pytest.raises(NotPermitted):
        story.history()


def test_an_owner_sees_what_concerns_the_owned_certification(story: Story) -> None:
    story.forklift.owners.add(story.viewer)

    (entry,) = story.history()

    assert (entry.certification_id, entry.removed.operation) == ("FORKLIFT-3Y", None)


def test_others_are_refused_at_once_also_of_themselves(story: Story) -> None:
    with pytest.raises(NotPermitted, match=r"Certification - View, which viewer does not hold"):
        removal_history(story.viewer, "000123")
    with pytest.raises(NotPermitted):
        removal_history(story.ana, "000123")


def test_who_may_not_ask_does_not_learn_who_exists(story: Story) -> None:
    with pytest.raises(NotPermitted):
        removal_history(story.viewer, "nobody")


def test_an_unknown_person_is_told_before_the_first_entry(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    with pytest.raises(NotFound, match="123 is nobody here"):
        removal_history(story.viewer, "123")


def test_a_person_without_removals_has_no_entries(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)
    assert list(removal_history(story.viewer, "ben")) == []


def test_a_long_history_comes_in_batches_each_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the records share one moment, as those of one chunk do; and two jobs may write out of order."""
    monkeypatch.setattr("certremoval.certifications.history._BATCH_RECORDS", 3)
    story.grant(Permission.REMOVAL_VIEW)
    for number in range(8):
        story.record(story.ana, story.forklift, story.bens, MAY_2 + timedelta(days=9 - max(number, 4)))

    entries = story.history()

    found = [(entry.removed.at, entry.record_id) for entry in entries]
    assert len(found) == 10
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 10


def test_queries_do_not_grow_with_the_history(story: Story) -> None:
    story.grant(Permission.REMOVAL_VIEW)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            story.history()
        return len(captured)

    before = queries()
    for _ in range(20):
        story.record(story.ana, story.forklift, story.operation(story.ben, "One more", ""), MAY_2)
    assert queries() == before <= 8
