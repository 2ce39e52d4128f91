"""What the program takes is documented: every variable of the environment, every command."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.utils.translation import override
from pydantic.fields import FieldInfo

from certremoval.config.environment import SECRETS, Environment
from certremoval.policy.settings import DEFAULTS, KINDS, value_words
from tests.packaging.conftest import ROOT

SETTINGS = ROOT / "docs" / "settings.md"
COMMANDS = ROOT / "docs" / "commands.md"


def variable(name: str, field: FieldInfo) -> str:
    """Name the variable that a field of ``Environment`` is read from."""
    return str(field.validation_alias or f"CERTREMOVAL_{name.upper()}")


def as_written(default: Any) -> str:
    """Write a default as one would set it."""
    if isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, list) else str(default)


VARIABLES = {variable(name, field): as_written(field.default) for name, field in Environment.model_fields.items()}
OUR_COMMANDS = sorted(name for name, app in get_commands().items() if str(app).startswith("certremoval."))


def documented_variables() -> dict[str, list[str]]:
    """Read the table of docs/settings.md: variable -> the other cells of its row."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|(.*)\|$", SETTINGS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split(" | ")] for name, cells in rows}


def documented_commands() -> set[str]:
    """Collect every ``certremoval NAME`` of docs/commands.md; none where there is no such page."""
    text = COMMANDS.read_text(encoding="utf-8") if COMMANDS.exists() else ""
    return set(re.findall(r"\bcertremoval ([a-z][a-z_-]*)", text))


def test_every_variable_is_documented_and_no_other() -> None:
    assert sorted(documented_variables()) == sorted([*VARIABLES, *(f"{name}_FILE" for name in SECRETS)])


@pytest.mark.parametrize("name", [name for name, default in VARIABLES.items() if default])
def test_the_documented_default_is_the_default(name: str) -> None:
    meaning, default, _example = documented_variables()[name]

    assert meaning
    assert default == f"`{VARIABLES[name]}`"


def test_every_command_of_ours_is_documented() -> None:
    missing = [name for name in OUR_COMMANDS if name not in documented_commands()]

    assert not missing, f"docs/commands.md does not say what these do: {', '.join(missing)}"


def test_every_command_of_ours_says_what_it_is_for() -> None:
    silent = [name for name in OUR_COMMANDS if not load_command_class(get_commands()[name], name).help]

    assert not silent, f"--help has no first sentence: {', '.join(silent)}"


def test_every_setting_of_the_pages_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| ([^|]+) \| `([a-z_]+)` \| [^|]+ \| ([^|]+) \|$", SETTINGS.read_text("utf-8"), re.MULTILINE)
    with override("en"):
        expected = {
            name: (str(kind.words), value_words(name, getattr(DEFAULTS, name)).lower()) for name, kind in KINDS.items()
        }
    assert {name: (words, default.strip("`")) for words, name, default in rows} == expected
