"""Several machines on one PostgreSQL: no folder is shared, and a pooler may stand before the database."""

from __future__ import annotations

import http.cookiejar
import re
import secrets
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.processes.conftest import ON_POSTGRESQL, PEOPLE, Installation, PostgresqlDatabase, eventually
from tests.processes.services import needs, running

pytestmark = pytest.mark.skipif(not ON_POSTGRESQL, reason="an embedded database is one machine's")

PASSWORD = "a password of the tests alone"
SET_PASSWORD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "certremoval.config.settings"
import django
django.setup()
from certremoval.organization.models import User
admin = User.objects.get(user_id="admin")
admin.set_password(sys.argv[1])
admin.save()
"""


@dataclass
class Browser:
    """A signed-in browser, without script."""

    address: str
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(self.address + path))[1]

    def send_form(self, path: str, *, page: str, **fields: str) -> tuple[str, str]:
        """Fill in the form of a page and send it to ``path``; return where that led, and the page there."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page))
        assert found
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
            + ('; filename="everyone.csv"' if name == "file" else "")
            + f"\r\n\r\n{value}\r\n"
            for name, value in {"csrfmiddlewaretoken": found[1], **fields}.items()
        ]
        return self._open(
            urllib.request.Request(
                self.address + path,
                data=("".join(parts) + f"--{boundary}--\r\n").encode(),
                headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
            )
        )

    def _open(self, request: urllib.request.Request) -> tuple[str, str]:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        with opener.open(request, timeout=60) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()


@dataclass(frozen=True)
class BehindPooler(PostgresqlDatabase):
    """A database that the product reaches through a pooler, and the test directly."""

    pooler: str = ""

    @property
    def environment(self) -> dict[str, str]:
        through = urllib.parse.urlsplit(self.pooler)._replace(path=f"/{self.name}")
        return {**super().environment, "DATABASE_URL": urllib.parse.urlunsplit(through)}


class Machines:
    """Machines that share the installation's database and nothing else."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        assert isinstance(installation.database, PostgresqlDatabase)
        password = installation.start_python("-c", SET_PASSWORD, PASSWORD)
        assert password.wait(60) == 0
        self.database = installation.database
        self.installation = installation
        self._folder = folder
        self._all: list[Installation] = []

    def another(self, **environment: str) -> Installation:
        """Give a machine with an empty folder."""
        folder = self._folder / f"machine-{len(self._all) + 1}"
        folder.mkdir()
        machine = Installation(replace(self.database, folder=folder), folder, extra=environment)
        self._all.append(machine)
        return machine

    def end_all(self) -> None:
        for machine in self._all:
            machine.end_all()


@pytest.fixture
def machines(installation: Installation, tmp_path: Path) -> Iterator[Machines]:
    machines = Machines(installation, tmp_path)
    try:
        yield machines
    finally:
        machines.end_all()


def serve(machine: Installation, *, workers: int) -> Browser:
    """Start the pages of a machine, and a browser that looks at them."""
    process = machine.start("serve", "--port", "0", "--workers", str(workers))
    assert process.stdout is not None
    found = re.search(r"http://[^/]+:\d+", process.stdout.readline())
    assert found, process.communicate()[1]
    return Browser(found[0].replace("localhost", "127.0.0.1"))


def work(machine: Installation) -> subprocess.Popen[str]:
    return machine.start("worker", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sign_in(browser: Browser) -> None:
    path, _ = browser.send_form("/sign-in/", page="/sign-in/", username="admin", password=PASSWORD)
    assert path == "/"


def upload_everyone(browser: Browser, installation: Installation) -> int:
    """Upload a file that is too large to be checked at once; return the draft's number."""
    content = Path(installation.everyone).read_text(encoding="utf-8")
    new = "/certification-removal/new/"
    path, page = browser.send_form(new, page=new, title="Everyone", file=content)
    found = re.fullmatch(r"/certification-removal/(\d+)/", path)
    assert found, page
    return int(found[1])


def submit(browser: Browser, job: int) -> None:
    confirm = f"/certification-removal/{job}/confirm/"
    browser.send_form(f"/certification-removal/{job}/submit/", page=confirm, plan="1", changed="0", number=str(PEOPLE))


def test_a_draft_that_one_machine_took_is_checked_and_processed_on_others(
    machines: Machines, installation: Installation
) -> None:
    browser = serve(machines.another(), workers=0)
    sign_in(browser)
    job = upload_everyone(browser, installation)
    checking = work(machines.another())
    eventually(lambda: installation.state(job) == "draft")
    checking.terminate()
    assert checking.wait(60) == 0

    submit(browser, job)
    work(machines.another())
    installation.wait_until_processed(job)

    results = browser.get(f"/certification-removal/{job}/results.csv").splitlines()
    assert len(results) == PEOPLE + 1
    assert {line.split(",")[2] for line in results[1:]} == {"removed"}
    installation.assert_everyone_removed_once(job)


def test_pages_of_two_machines_serve_one_session_if_they_share_the_secret_key(machines: Machines) -> None:
    key = secrets.token_urlsafe(48)
    first, second = (serve(machines.another(CERTREMOVAL_SECRET_KEY=key), workers=0) for _ in range(2))
    with_its_own_key = serve(machines.another(), workers=0)
    second.cookies = with_its_own_key.cookies = first.cookies
    sign_in(first)

    assert "Sign out" in second.get("/")
    # Last: whoever finds the session signed by another key ends it.
    assert "Sign out" not in with_its_own_key.get("/")


@needs("pgbouncer")
def test_everything_runs_behind_a_pooler_that_gives_out_two_connections_by_the_transaction(
    installation: Installation, tmp_path: Path
) -> None:
    assert isinstance(installation.database, PostgresqlDatabase)
    name = installation.database.name
    # Sessions that are given out have to be put on our time zone each time.
    installation.database.query(f"ALTER DATABASE {name} SET timezone TO 'Asia/Tokyo'")
    with running("with-pgbouncer", "DATABASE_URL", {"POOL": "2"}) as pooler:
        installation.database = BehindPooler(installation.folder, name, pooler=pooler)
        machines = Machines(installation, tmp_path)
        try:
            browser = serve(machines.another(), workers=2)
            work(machines.another())
            sign_in(browser)
            job = upload_everyone(browser, installation)
            previews = [installation.start("preview", installation.everyone, "--json") for _ in range(3)]
            eventually(lambda: installation.state(job) == "draft")
            submit(browser, job)
            installation.wait_until_processed(job)
            for preview in previews:
                assert preview.wait(60) == 0, preview.communicate()[1]

            assert "Everyone" in browser.get("/certification-removal/")
            for page in ("/", "/certifications/", "/people/", "/removal-records/", f"/certification-removal/{job}/"):
                browser.get(page)
            results = browser.get(f"/certification-removal/{job}/results.csv").splitlines()
            assert {line.split(",")[2] for line in results[1:]} == {"removed"}
            ended = installation.database.query(
                f"SELECT to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM jobs WHERE id = {job}"
            )
            assert installation.json("job", str(job))["processed_at"].startswith(ended[0][0])
            again = installation.json("remove", installation.everyone, "--title", "Again", "--yes", "--wait")
            assert again["counts"]["already_removed"] == PEOPLE
            assert installation.run("history", "000001").returncode == 0
            installation.assert_everyone_removed_once(job)

            undo = int(installation.json("undo", str(job), "--yes")["id"])
            installation.wait_until_processed(undo)
            assert installation.json("job", str(undo))["counts"]["restored"] == PEOPLE
            # A load needs one of the two connections for itself, from its staging to its end, beside all others.
            enrollments = str(installation.folder / "enrollments.csv")
            loaded = installation.json("load", "enrollments", enrollments)
            assert loaded["counts"]["unchanged"] == PEOPLE, loaded
            assert installation.run("verify").returncode == 0
        finally:
            machines.end_all()
