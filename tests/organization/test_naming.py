"""How names are compared: the key, and that everything that writes names writes it."""

from __future__ import annotations

import unicodedata

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from hypothesis import given
from hypothesis import strategies as st

from certremoval.organization.models import User
from certremoval.organization.naming import LONGEST_KEY, fold_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Kowalska", "kowalska"),
        ("Şahin", "sahin"),
        ("Nguyễn", "nguyen"),
        ("  van  der Linden-Koning ", "van der linden-koning"),
        ("O'Neill", "o'neill"),
        ("Łukasz", "lukasz"),
        ("Søren", "soren"),
        ("Weiß", "weiss"),
        ("İpek", "ipek"),
        ("Işık", "isik"),
        ("王", "王"),
        ("", ""),
    ],
)
def test_letter_case_and_marks_do_not_count(name: str, key: str) -> None:
    assert fold_name(name) == key


@given(st.text())
def test_a_key_is_its_own_key_and_fits(name: str) -> None:
    key = fold_name(name)
    assert len(key) <= LONGEST_KEY
    assert fold_name(key) == key
    assert not any(unicodedata.combining(letter) for letter in key)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_quick_way_for_plain_letters_says_the_same(name: str) -> None:
    assert fold_name(name) == fold_name(name + "é").removesuffix("e").rstrip()


@pytest.mark.django_db
def test_people_stand_in_the_same_order_on_both_databases() -> None:
    """By code point: after folding, a hyphen comes before letters and z before 王, whatever the database's language."""
    for number, last_name in enumerate(["王", "Zoe", "van-a", "vana", "Ärmel", "arm"]):
        User.objects.create_user(f"K-{number}", last_name=last_name)

    names = User.objects.order_by("last_name_key").values_list("last_name", flat=True)

    assert list(names) == ["arm", "Ärmel", "van-a", "vana", "Zoe", "王"]


@pytest.mark.django_db(transaction=True)
def test_people_who_were_there_before_get_their_keys() -> None:
    """The migration fills them in; going back and forth loses nobody."""
    User.objects.create_user("K-1", first_name="Ayşe", last_name="Şahin")
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("organization", "0001_initial")])
        MigrationExecutor(connection).migrate(newest)
    finally:
        MigrationExecutor(connection).migrate(newest)

    user = User.objects.get()
    assert (user.first_name_key, user.last_name_key) == ("ayse", "sahin")
