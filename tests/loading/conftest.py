"""What holds and full files are tried on: Ana and Ben, whom a load has put on Forklift."""

from __future__ import annotations

import pytest

from certremoval.organization.models import User
from tests.loading.files import ANA, BEN, ENROLLMENTS, accepted
from tests.removals.conftest import FORKLIFT, certification, make_user


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("ROOT", first_name="Rosa", last_name="Oort")


@pytest.fixture
def on_forklift(db: None) -> None:
    make_user("ana", "Ana Ruiz")
    make_user("ben", "Ben Ito")
    certification(FORKLIFT, "Forklift")
    accepted("enrollments", ENROLLMENTS, ANA, BEN)
