"""Passwords of the demonstration: made anew at each run, to be read and typed by people."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from certremoval.demo.organisation import Administrator
from certremoval.organization.models import User

_WORD_LIST = """
    acorn amber anchor apple arrow aspen autumn badger bamboo barley basket beacon birch bottle bramble bridge
    bronze butter button candle canyon carbon carrot castle cedar cherry chimney cinder clover cobalt comet copper
    coral cotton cricket crystal daisy delta desert dolphin donkey dragon eagle ember falcon fennel ferry field
    flint forest fossil garden garnet ginger glacier granite grape harbor hazel heron hollow honey indigo island
    ivory jasmine juniper kettle lagoon lantern laurel lemon lilac linen lobster magnet maple marble meadow melon
    mint mirror moss mustard nectar needle nutmeg oasis ocean olive onion orange orchid otter oyster paddle panda
    paper parsley peach pebble pepper pigeon pine planet plum pocket pollen poplar pumpkin quartz rabbit radish
    raven reed ribbon river rocket saddle saffron salmon sandal shadow silver sparrow spruce summer sunset tulip
    turtle valley velvet violet walnut willow window winter yellow zebra
"""
_WORDS = _WORD_LIST.split()


def set_passwords(administrators: Iterable[Administrator]) -> dict[str, str]:
    """Give those who are still there a new password each run; return the passwords by User ID.

    People with one label share a password.
    """
    by_label: dict[str, str] = {}
    passwords: dict[str, str] = {}
    for administrator in administrators:
        user = User.objects.filter(user_id=administrator.user_id).first()
        if user is None:
            continue
        password = by_label.setdefault(administrator.password, _readable_password())
        user.set_password(password)
        user.save(update_fields=["password"])
        passwords[administrator.user_id] = password
    return passwords


def _readable_password() -> str:
    """Return three words and four digits: 34 bits, which is enough for people who are invented."""
    words = (secrets.choice(_WORDS) for _ in range(3))
    return "-".join((*words, f"{secrets.randbelow(10_000):04}"))
