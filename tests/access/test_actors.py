"""For whom a command acts."""

from __future__ import annotations

from typing import Any

import pytest

from certremoval.access.actors import NoActor, acting_administrator
from certremoval.organization.models import User

pytestmark = pytest.mark.django_db


def superuser(user_id: str, **values: Any) -> User:
    return User.objects.create_superuser(user_id, first_name="Sam", last_name=user_id, **values)


def advice(user_id: str | None) -> str:
    with pytest.raises(NoActor) as nobody:
        acting_administrator(user_id)
    return nobody.value.message


def test_left_out_it_is_the_one_active_superuser() -> None:
    only = superuser("root")
    superuser("gone", is_active=False)
    User.objects.create_user("ada")

    assert acting_administrator(None) == only


def test_left_out_with_no_superuser_there_is_advice() -> None:
    superuser("gone", is_active=False)
    User.objects.create_user("ada")

    assert "--as USER_ID" in advice(None)
    assert "createsuperuser" in advice(None)


def test_left_out_with_several_they_are_named() -> None:
    for user_id in ("one", "two"):
        superuser(user_id)
    assert advice(None) == "There is more than one superuser (one, two). Say who acts, with --as USER_ID."

    for user_id in ("three", "four"):
        superuser(user_id)
    assert "(one, two, three and others)" in advice(None)


def test_named_it_is_that_user_whatever_they_may_do() -> None:
    superuser("root")
    ada = User.objects.create_user("ada")

    assert acting_administrator("ada") == ada


def test_a_user_id_is_compared_exactly_and_a_look_alike_is_only_told() -> None:
    User.objects.create_user("000123", first_name="Ana", last_name="Ruiz")

    assert advice("123") == "--as 123: 123 is nobody here, but 000123 (Ana Ruiz) is. Did you mean them?"
    assert advice("77") == "--as 77: 77 is nobody here. Compare it with the User ID on the person's page."


def test_an_empty_user_id_is_nobody_and_not_left_out() -> None:
    superuser("root")

    assert "is nobody here" in advice("")


def test_the_inactive_do_not_act() -> None:
    User.objects.create_user("ada", first_name="Ada", last_name="Ito", is_active=False)

    assert advice("ada") == "--as ada: Ada Ito (ada) is inactive. Name an active administrator."
