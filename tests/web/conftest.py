"""The cast of the pages: an administrator, an auditor, a learner; and browsers in which they are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from certremoval.access.models import Grant, Permission, Role
from certremoval.organization.models import User

SignedIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    def client(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return client


def holder(user_id: str, permission: Permission) -> User:
    user = User.objects.create_user(user_id, first_name=user_id.capitalize(), last_name="Ito")
    role = Role.objects.create(name=f"Role of {user_id}")
    role.members.add(user)
    Grant.objects.create(role=role, permission=permission)
    return user


@pytest.fixture
def ada(db: None) -> User:
    """An administrator of the tool, over everybody's jobs."""
    return holder("ada", Permission.REMOVAL_MANAGE)


@pytest.fixture
def auditor(db: None) -> User:
    """Reads jobs and nothing else."""
    return holder("auditor", Permission.REMOVAL_VIEW)


@pytest.fixture
def learner(db: None) -> User:
    """Holds nothing."""
    return User.objects.create_user("learner", first_name="Lee", last_name="Ito")
