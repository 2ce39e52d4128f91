"""What an installation may say in its environment, and what happens when it says it wrongly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from certremoval.config.environment import Environment, read_environment


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Stand in an empty folder, with no variable of ours set."""
    for name in list(os.environ):
        if name.startswith(("CERTREMOVAL_", "DATABASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def mistakes(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Read the environment, which must end the process as wrong usage; return its lines."""
    with pytest.raises(SystemExit) as ended:
        read_environment()
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, *lines = printed.err.splitlines()
    assert first == "The environment has mistakes:"
    return [line.strip() for line in lines]


# --- nothing set


def test_nothing_need_be_set(tmp_path: Path) -> None:
    environment = read_environment()

    assert (tmp_path / "data").is_dir()
    assert environment.database()["NAME"] == str(tmp_path / "data" / "certremoval.sqlite3")
    assert environment.debug is False


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CERTREMOVAL_DATA", "CERTREMOVAL_LEASE_SECONDS", "CERTREMOVAL_ALLOWED_HOSTS", "DATABASE_URL"):
        monkeypatch.setenv(name, "")

    assert read_environment() == Environment()
    assert read_environment().data == Path("data")


def test_host_names_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTREMOVAL_ALLOWED_HOSTS", "removals.example.org, 10.0.0.7 ,")

    assert read_environment().allowed_hosts == ["removals.example.org", "10.0.0.7"]


# --- mistakes


def test_all_mistakes_are_listed_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CERTREMOVAL_LEASE_SECONDS", "soon")
    monkeypatch.setenv("CERTREMOVAL_MAX_ROWS", "0")
    monkeypatch.setenv("CERTREMOVAL_DEBUG", "perhaps")
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost/certremoval")
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY_FILE", str(tmp_path / "nowhere"))

    lines = mistakes(capsys)

    assert sorted(line.split(":")[0] for line in lines) == [
        "CERTREMOVAL_DEBUG",
        "CERTREMOVAL_LEASE_SECONDS",
        "CERTREMOVAL_MAX_ROWS",
        "CERTREMOVAL_SECRET_KEY_FILE",
        "DATABASE_URL",
    ]
    (lease,) = (line for line in lines if line.startswith("CERTREMOVAL_LEASE_SECONDS"))
    assert lease.endswith("it is 'soon'")
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_made_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CERTREMOVAL_DATA", str(tmp_path / "file" / "data"))

    (line,) = mistakes(capsys)

    assert line.startswith(f"CERTREMOVAL_DATA: the folder {tmp_path}/file/data cannot be used")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:hunter2@localhost/certremoval",
        "postgresql",
        "postgresql://admin:hunter2@localhost:port/certremoval",
        "sqlite:",
        "sqlite://",
        "sqlite://:memory:",
        "sqlite:///:memory:",
        "sqlite://relative/hunter2.sqlite3",
    ],
)
def test_a_database_that_cannot_serve_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    (line,) = mistakes(capsys)

    assert line == (
        "DATABASE_URL: write sqlite:////absolute/file, sqlite:///relative/file or postgresql://user@host/name"
    )


def test_a_broker_that_is_no_address_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTREMOVAL_CELERY_BROKER", ":hunter2@localhost")

    assert mistakes(capsys) == [
        "CERTREMOVAL_CELERY_BROKER: write redis://host:6379/0, or another address that Celery knows"
    ]


# --- the database


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:////srv/removals/data.sqlite3", "/srv/removals/data.sqlite3"),
        ("sqlite:///removals/data.sqlite3", "removals/data.sqlite3"),
        ("sqlite:////srv/with%20space/data.sqlite3", "/srv/with space/data.sqlite3"),
    ],
    ids=["absolute", "relative", "quoted"],
)
def test_sqlite_is_named_by_its_file(monkeypatch: pytest.MonkeyPatch, url: str, name: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    database = read_environment().database()

    assert database["ENGINE"] == "certremoval.database.sqlite"
    assert database["NAME"] == name
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_postgresql_is_named_by_its_address(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://admin:p%40ss@db.example.org:5433/removals?sslmode=require")

    database = read_environment().database()

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", 5433, "removals")
    assert (database["USER"], database["PASSWORD"]) == ("admin", "p@ss")
    assert database["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("lease", [4, 60, 86_400])
def test_a_dead_connection_to_postgresql_is_noticed_within_the_lease_and_within_a_minute(
    monkeypatch: pytest.MonkeyPatch, lease: int
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/removals")
    monkeypatch.setenv("CERTREMOVAL_LEASE_SECONDS", str(lease))

    options = read_environment().database()["OPTIONS"]

    silent = options["keepalives_idle"] + options["keepalives_count"] * options["keepalives_interval"]
    assert 0 < silent <= min(lease, 60)
    assert 0 < options["tcp_user_timeout"] / 1_000 <= min(lease, 60)
    assert 0 < options["connect_timeout"] <= min(lease, 60)


def test_what_the_address_of_postgresql_says_of_its_connections_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/removals?connect_timeout=3&keepalives_idle=7")

    options = read_environment().database()["OPTIONS"]

    assert (int(options["connect_timeout"]), int(options["keepalives_idle"])) == (3, 7)


def test_the_folder_may_hold_what_means_something_in_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "100% ours #1?"
    monkeypatch.setenv("CERTREMOVAL_DATA", str(folder))

    assert read_environment().database()["NAME"] == str(folder / "certremoval.sqlite3")


# --- secrets in files


def test_secrets_may_be_given_as_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    (tmp_path / "url").write_text("sqlite:////srv/data.sqlite3\n")
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))

    environment = read_environment()

    assert environment.secret() == "from a file"
    assert environment.database()["NAME"] == "/srv/data.sqlite3"
    assert "CERTREMOVAL_SECRET_KEY" not in os.environ, "child processes must not inherit what was in the file"
    assert "DATABASE_URL" not in os.environ


def test_the_variable_itself_wins_over_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file")
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY", "from the variable")

    assert read_environment().secret() == "from the variable"


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe", "is not a text in UTF-8")]
)
def test_a_file_without_a_secret_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: bytes,
    complaint: str,
) -> None:
    (tmp_path / "key").write_bytes(content)
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert mistakes(capsys) == [f"CERTREMOVAL_SECRET_KEY_FILE: {tmp_path}/key {complaint}"]


# --- the secret key that is made


def test_a_secret_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    key = read_environment().secret()

    assert len(key) >= 50
    assert read_environment().secret() == key
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_no_secret_key_is_made_where_one_is_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CERTREMOVAL_SECRET_KEY", "given")

    assert read_environment().secret() == "given"
    assert list((tmp_path / "data").iterdir()) == []


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """Each waits for the same line on its input, so that they come to the key together."""
    start = (
        "import sys; from certremoval.config.environment import read_environment; print('ready', flush=True);"
        "sys.stdin.readline(); print(read_environment().secret())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}

    assert keys == {(tmp_path / "data" / "secret-key").read_text()}
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"], "no draft is left behind"


# --- e-mail


def test_without_a_mail_server_there_is_no_e_mail() -> None:
    environment = read_environment()
    assert (environment.email_host, environment.email_use_tls, environment.email_port) == ("", True, 587)


def test_a_mail_server_needs_an_address_to_send_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CERTREMOVAL_EMAIL_HOST", "mail.example.org")
    (line,) = mistakes(capsys)
    assert line.startswith("CERTREMOVAL_EMAIL_FROM: set it to the address that e-mail comes from")
    monkeypatch.setenv("CERTREMOVAL_EMAIL_FROM", "certremoval@example.org")
    assert read_environment().email_from == "certremoval@example.org"


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "A <a@example.org>", "a@example.org\nBcc: b@c", "a b@c"])
def test_an_address_to_send_from_is_one_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    monkeypatch.setenv("CERTREMOVAL_EMAIL_FROM", address)
    assert any(line.startswith("CERTREMOVAL_EMAIL_FROM: write one address") for line in mistakes(capsys))


@pytest.mark.parametrize("site", ["removals.example.org", "ftp://x", "https://", "https://x/y", "https://x\n.evil.org"])
def test_the_address_of_the_site_is_a_host(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], site: str
) -> None:
    monkeypatch.setenv("CERTREMOVAL_SITE_URL", site)
    assert any(line.startswith("CERTREMOVAL_SITE_URL: write https://host") for line in mistakes(capsys))


def test_the_address_of_the_site_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTREMOVAL_SITE_URL", "https://removals.example.org:8443/")
    assert read_environment().site_url == "https://removals.example.org:8443"


def test_the_password_of_the_mail_server_may_lie_in_a_file_and_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    monkeypatch.setenv("CERTREMOVAL_EMAIL_PASSWORD_FILE", str(tmp_path / "password"))
    assert read_environment().email_password == "s3cret"
    monkeypatch.setenv("CERTREMOVAL_MAX_ROWS", "0")
    assert "s3cret" not in "\n".join(mistakes(capsys))
