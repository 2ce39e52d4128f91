"""``pip install .`` alone gives a working ``certremoval``, in any folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zipfile import ZipFile

from tests.packaging.conftest import ROOT, run

SOURCE = ROOT / "src"


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Templates, static files and migrations too; a file that only the checkout has fails at somebody's desk."""
    in_source = {
        path.relative_to(SOURCE).as_posix()
        for path in (SOURCE / "certremoval").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(wheel) as archive:
        in_wheel = {name for name in archive.namelist() if name.startswith("certremoval/")}

    assert "certremoval/py.typed" in in_wheel
    assert "certremoval/removals/migrations/0001_initial.py" in in_wheel
    assert sorted(in_source - in_wheel) == []
    assert sorted(in_wheel - in_source) == []


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        folders = {name.split("/")[0] for name in archive.namelist()}

    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"certremoval"}


def test_an_installed_certremoval_makes_its_database_in_an_empty_folder(
    installed: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    python, certremoval = installed / "bin" / "python", installed / "bin" / "certremoval"
    imported = run(
        [python, "-c", "import certremoval; print(certremoval.__file__)"], cwd=tmp_path, env=bare_environment
    )
    assert Path(imported.strip()).is_relative_to(installed), "the checkout is imported instead of the wheel"

    run([certremoval, "migrate", "--verbosity", "0"], cwd=tmp_path, env=bare_environment)
    run([certremoval, "migrate", "--check"], cwd=tmp_path, env=bare_environment)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    with sqlite3.connect(tmp_path / "data" / "certremoval.sqlite3") as database:
        migrated = {app for (app,) in database.execute("SELECT app FROM django_migrations")}
    database.close()
    assert {"organization", "access", "certifications", "removals"} <= migrated


def test_an_installed_certremoval_names_its_commands(
    installed: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    helped = run([installed / "bin" / "certremoval", "help", "--commands"], cwd=tmp_path, env=bare_environment)

    assert "migrate" in helped.split()
