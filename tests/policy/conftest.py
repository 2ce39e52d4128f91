"""A superuser, who sets what holds for everybody, and an administrator, who does not."""

from __future__ import annotations

import pytest

from certremoval.organization.models import User


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create(user_id="S-1", first_name="Ada", last_name="Root", is_superuser=True)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create(user_id="A-1", first_name="Ben", last_name="Ito")
