"""A history to be told: who was removed by whom, and put back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from certremoval.access.models import Constraint, Grant, Permission, Role
from certremoval.certifications.history import RemovalEntry, removal_history
from certremoval.certifications.models import Certification, Operation, RemovalRecord, Restoration
from certremoval.organization.models import User

MAY_2 = datetime(2026, 5, 2, 8, 15, tzinfo=UTC)


class Story:
    """Ana was taken off Forklift by Ben and put back by Bea, then taken off LOTO by Bea; Cy off Forklift by Ben."""

    def __init__(self) -> None:
        self.ana = User.objects.create_user("000123", first_name="Ana", last_name="Ruiz")
        self.cy = User.objects.create_user("cy", first_name="Cy", last_name="Ito")
        self.ben = User.objects.create_user("ben", first_name="Ben", last_name="Ito")
        self.bea = User.objects.create_user("bea", first_name="Bea", last_name="Ito")
        self.viewer = User.objects.create_user("viewer")
        self.forklift = Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift")
        self.loto = Certification.objects.create(certification_id="LOTO", title="Lockout")
        self.bens = self.operation(self.ben, "Warehouse South closes", "Role change")
        self.undo = self.operation(self.bea, "Back again", "Mistake", kind=Operation.Kind.RESTORE)
        self.beas = self.operation(self.bea, "Left the unit", "Moved")
        self.first = self.record(self.ana, self.forklift, self.bens, MAY_2)
        self.record(self.cy, self.forklift, self.bens, MAY_2)
        Restoration.objects.create(
            operation_id=self.undo.pk,
            record_id=self.first.pk,
            enrollment_id=self.first.enrollment_id,
            revision=2,
            restored_at=MAY_2 + timedelta(days=1),
        )
        self.record(self.ana, self.loto, self.beas, MAY_2 + timedelta(days=2))

    def operation(self, actor: User, title: str, reason: str, kind: str = Operation.Kind.REMOVAL) -> Operation:
        return Operation.objects.create(
            kind=kind,
            title=title,
            comment=f"Comment of {title}",
            reason=reason,
            actor=actor,
            actor_user_id=actor.user_id,
            actor_name=actor.full_name,
            created_at=MAY_2,
        )

    def record(self, user: User, certification: Certification, by: Operation, at: datetime) -> RemovalRecord:
        return RemovalRecord.objects.create(
            operation_id=by.pk,
            enrollment_id=RemovalRecord.objects.count() + 1,
            revision=1,
            certification_key=certification.pk,
            certification_id=certification.certification_id,
            certification_title=certification.title,
            user_key=user.pk,
            user_id=user.user_id,
            user_name=user.full_name,
            status="Certified",
            version="2",
            period="",
            identifier="F-7",
            due_date=date(2026, 6, 1),
            removed_at=at,
        )

    def grant(self, permission: Permission, **constraint: object) -> None:
        role = Role.objects.create(name=f"{permission} {Role.objects.count()}")
        role.members.add(self.viewer)
        grant = Grant.objects.create(role=role, permission=permission)
        if constraint:
            Constraint.objects.create(grant=grant, **constraint)

    def history(self) -> list[RemovalEntry]:
        return list(removal_history(self.viewer, "000123"))


@pytest.fixture
def story(db: None) -> Story:
    return Story()
