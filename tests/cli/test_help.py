"""Help: every command says what it does, shows it, and names its exit codes; the document does so too."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

import certremoval
from certremoval.cli.main import OVERVIEW
from tests.cli.conftest import Run

OURS = sorted(name for name, app in get_commands().items() if app == "certremoval.cli")
EVERYWHERE = {"-h", "--help", "--json"}
DJANGOS = ("--settings", "--pythonpath", "--traceback", "--verbosity", "--no-color", "--skip-checks")
DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_overview_names_every_command_of_ours(run: Run) -> None:
    listed = {name for commands in OVERVIEW.values() for name in commands}
    ours = {name for name, app in get_commands().items() if app.startswith("certremoval.")}

    assert ours <= listed
    assert listed - ours <= {"migrate", "createsuperuser"}
    for typed in (["--help"], ["help"], []):
        ended = run(*typed)
        assert ended.code == 0
        assert all(f"  {name} " in ended.out for name in listed)


@pytest.mark.parametrize("name", OURS)
def test_each_command_tells_what_it_does_shows_it_and_names_its_exit_codes(run: Run, name: str) -> None:
    ended = run(name, "--help")

    assert ended.code == 0
    assert ended.out.startswith(f"usage: certremoval {name} ")
    assert f"Example:\n  certremoval {name}" in ended.out
    assert "\n  130  interrupted" in ended.out
    assert not [option for option in DJANGOS if option in ended.out]


def test_the_worker_hides_the_options_of_django_too(run: Run) -> None:
    ended = run("worker", "--help")

    assert "Exit codes:" in ended.out
    assert not [option for option in DJANGOS if option in ended.out]
    assert "parent" not in ended.out


def test_version_is_ours(run: Run) -> None:
    expected = f"certremoval {certremoval.__version__}\n"

    assert run("--version").out == expected
    assert run("jobs", "--version").out == f"{certremoval.__version__}\n"


def test_an_unknown_command_is_a_mistake_of_usage_with_a_suggestion(run: Run) -> None:
    ended = run("previw")

    assert ended.code == 2
    assert "Did you mean preview?" in ended.err


def test_an_unknown_option_is_told_in_one_line(run: Run) -> None:
    ended = run("verify", "--quick")

    assert ended.code == 2
    assert ended.err == "Unrecognized arguments: --quick. certremoval verify --help tells all.\n"


@pytest.mark.parametrize("name", [*OURS, "worker"])
def test_the_document_names_every_option(name: str) -> None:
    sections = DOCUMENT.read_text(encoding="utf-8").split("\n## ")
    section = next((one for one in sections if one.startswith(f"`certremoval {name}")), None)
    assert section is not None, f"docs/commands.md has no section on {name}"

    app = "certremoval.worker" if name == "worker" else "certremoval.cli"
    parser = load_command_class(app, name).create_parser("certremoval", name)
    options = {
        option
        for action in parser._actions
        if action.help != "==SUPPRESS=="
        for option in action.option_strings
        if option not in EVERYWHERE and option.startswith("--") and option not in DJANGOS
    }
    assert sorted(option for option in options if f"`{option}" not in section) == []
    assert f"certremoval {name}" in section.partition("\n")[2], "it shows no example"
