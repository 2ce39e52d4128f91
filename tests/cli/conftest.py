"""Commands as they are typed, in this process: what they print where, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from certremoval.certifications.models import Certification, Enrollment
from certremoval.cli.main import main
from certremoval.organization.models import User
from certremoval.removals.models import Job


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


class Terminal(io.StringIO):
    """Standard input with somebody at it, who types ``answer``."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command. ``answer``: somebody sits at the terminal and types this when asked."""

    def run(*arguments: object, answer: str | None = None) -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO() if answer is None else Terminal(answer))
        monkeypatch.setenv("COLUMNS", "120")
        capsys.readouterr()
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ended(code, out, err)

    return run


@dataclass(frozen=True)
class World:
    """One superuser, one learner, three people on Forklift Operator Safety, and files that name them."""

    folder: Path
    admin: User
    learner: User

    def file(self, *users: str, name: str = "leavers.csv", certification: str = "FORKLIFT-3Y") -> Path:
        """Make a removal file with these User IDs."""
        path = self.folder / name
        lines = ["Certification ID,User ID", *(f"{certification},{user}" for user in users)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def on_forklift(self) -> set[str]:
        """Who is on the certification."""
        return set(Enrollment.objects.values_list("user__user_id", flat=True))

    def jobs(self) -> int:
        return Job.objects.count()


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> World:
    """Ana (000123, certified), Jon (000124, expired) and Kim (000125, certified, inactive) are on FORKLIFT-3Y."""
    forklift = Certification.objects.create(certification_id="FORKLIFT-3Y", title="Forklift Operator Safety")
    Certification.objects.create(certification_id="LOTO", title="Lockout")
    people = [
        ("000123", "Ana", "Certified", True),
        ("000124", "Jon", "Expired", True),
        ("000125", "Kim", "Certified", False),
    ]
    for user_id, name, status, active in people:
        user = User.objects.create_user(user_id, first_name=name, last_name="Ruiz", is_active=active)
        Enrollment.objects.create(certification=forklift, user=user, status=status)
    return World(
        folder=tmp_path,
        admin=User.objects.create_superuser("admin", first_name="Dana", last_name="Osei"),
        learner=User.objects.create_user("learner", first_name="Tom", last_name="Barlow"),
    )


@pytest.fixture
def many(world: World) -> Path:
    """A file with 6 of the 25 people who are on the certification: 24 %."""
    forklift = Certification.objects.get(certification_id="FORKLIFT-3Y")
    users = [f"U-{number}" for number in range(22)]
    for user_id in users:
        Enrollment.objects.create(certification=forklift, user=User.objects.create_user(user_id), status="Expired")
    return world.file(*users[:6])
