"""What the environment says: read once, checked whole, every mistake listed at the same time."""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Annotated, Any

import dj_database_url
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRETS = ("CERTREMOVAL_SECRET_KEY", "CERTREMOVAL_CELERY_BROKER", "CERTREMOVAL_EMAIL_PASSWORD", "DATABASE_URL")
"""Variables that may be given as a file instead: ``CERTREMOVAL_SECRET_KEY_FILE=/run/secrets/key``."""

SQLITE = "certremoval.database.sqlite"
POSTGRESQL = "django.db.backends.postgresql"

_ADDRESS = re.compile(r"[!-;=?A-~]+@[A-Za-z0-9.-]+")
_SITE = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?")


def _parsed(address: str, **options: Any) -> dict[str, Any]:
    """Return Django's settings of the database that an address names. Raises ValueError."""
    database: dict[str, Any] = dict(dj_database_url.parse(address, **options))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["ENGINE"] = SQLITE
    return database


def _noticed_within(lease_seconds: int) -> dict[str, Any]:
    """Return libpq's options by which a connection over a dead network ends within half a lease, at most half a minute.

    Without them whoever waits for an answer waits for two hours, and what was sent is repeated for a quarter of one:
    the system's defaults. Keepalives are for who waits, ``tcp_user_timeout`` (milliseconds) is for what was sent.
    """
    within = min(lease_seconds, 60)
    return {
        "connect_timeout": max(within // 6, 2),  # less means 2, too
        "keepalives_idle": max(within // 4, 1),
        "keepalives_interval": max(within // 12, 1),
        "keepalives_count": 3,
        "tcp_user_timeout": max(within * 500, 2_000),
    }


class Environment(BaseSettings):
    """The settings that an installation can change. ``docs/settings.md`` explains them."""

    model_config = SettingsConfigDict(env_prefix="CERTREMOVAL_", env_ignore_empty=True, extra="ignore")

    data: Path = Field(default=Path("data"), description="Folder of the embedded default: database and secret key.")
    database_url: str = Field(default="", validation_alias="DATABASE_URL", description="SQLite or PostgreSQL.")
    secret_key: str = Field(default="", description="Signs sessions; made and kept in the data folder if unset.")
    debug: bool = Field(default=False, description="Show tracebacks in the browser. Never on a real installation.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"], description="Host names that pages answer to, parted by commas."
    )
    celery_broker: str = Field(default="", description="Where Celery's workers get their messages; unset: no Celery.")
    email_host: str = Field(default="", description="Mail server for notices; unset: no e-mail.")
    email_port: int = Field(default=587, ge=1, le=65_535, description="Its port; 465 speaks TLS from the first byte.")
    email_user: str = Field(default="", description="Whom the mail server knows us as; unset: nobody.")
    email_password: str = Field(default="", description="The password of that user.")
    email_use_tls: bool = Field(default=True, description="Encrypt what is said to the mail server.")
    email_from: str = Field(
        default="", validate_default=True, description="The address that e-mail comes from; needed with a mail server."
    )
    site_url: str = Field(default="", description="Where the pages are reached, for links in e-mail; unset: no links.")
    lease_seconds: int = Field(default=60, ge=1, description="How long a silent worker keeps a job.")
    max_attempts: int = Field(default=5, ge=1, description="Crashes without progress before a job fails.")
    max_file_bytes: int = Field(default=100_000_000, ge=1, description="Largest file taken, in bytes.")
    max_rows: int = Field(default=5_000_000, ge=1, description="Most lines taken from one file.")
    max_cell_chars: int = Field(default=32_767, ge=1, description="Longest cell taken, in characters.")

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: Any) -> Any:
        return [host.strip() for host in value.split(",") if host.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _usable_database(cls, value: str) -> str:
        try:
            database: dict[str, Any] = _parsed(value) if value else {"ENGINE": SQLITE}
        except ValueError:
            database = {}
        on_sqlite = database.get("ENGINE") == SQLITE
        # Web server and workers are several processes: they cannot share a database in memory.
        file_missing = on_sqlite and (database.get("HOST") or database.get("NAME") == ":memory:")
        if file_missing or not (on_sqlite or database.get("ENGINE") == POSTGRESQL):
            raise ValueError("write sqlite:////absolute/file, sqlite:///relative/file or postgresql://user@host/name")
        return value

    @field_validator("celery_broker")
    @classmethod
    def _usable_broker(cls, value: str) -> str:
        if value and not value.partition("://")[0].isidentifier():
            raise ValueError("write redis://host:6379/0, or another address that Celery knows")
        return value

    @field_validator("email_from")
    @classmethod
    def _usable_sender(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("email_host"):
            raise ValueError("set it to the address that e-mail comes from, as certremoval@example.org")
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("write one address and nothing else, as certremoval@example.org")
        return value

    @field_validator("site_url")
    @classmethod
    def _usable_site(cls, value: str) -> str:
        if value and not _SITE.fullmatch(value):
            raise ValueError("write https://host, without a path, as https://removals.example.org")
        return value.rstrip("/")

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the one database."""
        database: dict[str, Any]
        if self.database_url:
            database = _parsed(self.database_url, conn_max_age=600)
        else:
            # Not by way of an address: a folder's name may hold what means something in one (# ? %).
            database = {"ENGINE": SQLITE, "NAME": str((self.data / "certremoval.sqlite3").absolute())}
            database["CONN_MAX_AGE"] = 600
        if database["ENGINE"] == SQLITE:
            # IMMEDIATE: a transaction that will write takes the write lock at its start, where waiting is possible;
            # a lock taken half-way cannot be waited for. The cache is small so that memory stays flat (16 MB). Who
            # writes the log back, and when: database/write_log.py.
            database["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
                    " PRAGMA wal_autocheckpoint=128000;"
                ),
            }
            # Tests use several connections and processes, which an in-memory database does not allow.
            database["TEST"] = {"NAME": str(Path(database["NAME"]).with_suffix(".test.sqlite3"))}
        else:
            database["CONN_HEALTH_CHECKS"] = True
            # What the address itself says (?connect_timeout=3) stays.
            database["OPTIONS"] = {**_noticed_within(self.lease_seconds), **database.get("OPTIONS", {})}
            # A pooler that gives out a connection for each transaction (pgbouncer) knows no cursor that outlives one.
            # Nothing here needs one: long lists are read by key, a page at a time. Prepared statements, which it does
            # not know either, Django leaves off by itself.
            database["DISABLE_SERVER_SIDE_CURSORS"] = True
        return database

    def secret(self) -> str:
        """Return the secret key; make one and keep it in the data folder if none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret-key"
        if not path.exists():
            # Written whole under another name, then linked, which only one process can: whoever comes second, and
            # whoever reads meanwhile, finds a complete key.
            descriptor, draft = mkstemp(prefix="secret-key.", dir=self.data)
            try:
                with open(descriptor, "w", encoding="ascii") as file:
                    file.write(secrets.token_urlsafe(48))
                with suppress(FileExistsError):
                    os.link(draft, path)
            finally:
                os.unlink(draft)
        return path.read_text(encoding="ascii")


def read_environment() -> Environment:
    """Read and check the environment; make the data folder.

    Ends the process with exit code 2 and one line for each wrong variable, because nothing can run without.
    """
    mistakes: list[str] = []
    given: dict[str, str] = {}
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if path and not os.environ.get(name):
            try:
                given[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                mistakes.append(f"{name}_FILE: {path} cannot be read ({error.strerror})")
            except UnicodeDecodeError:
                mistakes.append(f"{name}_FILE: {path} is not a text in UTF-8")
            else:
                if not given[name]:
                    mistakes.append(f"{name}_FILE: {path} is empty")
    environment = None
    try:
        os.environ.update(given)
        environment = Environment()
    except ValidationError as error:
        for item in error.errors():
            field = str(item["loc"][0])
            name = field if field.isupper() else f"CERTREMOVAL_{field.upper()}"
            value = "" if name in SECRETS else f"; it is {item['input']!r}"  # a password may stand in it
            mistakes.append(f"{name}: {item['msg'].removeprefix('Value error, ')}{value}")
    finally:
        for name in given:
            del os.environ[name]
    if environment is not None and not mistakes:
        try:
            environment.data.mkdir(parents=True, exist_ok=True)
            environment.secret()
        except OSError as error:
            mistakes.append(f"CERTREMOVAL_DATA: the folder {environment.data} cannot be used ({error.strerror})")
    if environment is None or mistakes:
        sys.stderr.write("\n".join(["The environment has mistakes:", *(f"  {line}" for line in mistakes)]) + "\n")
        raise SystemExit(2)
    return environment
