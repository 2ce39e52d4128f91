"""What the environment says: read once, checked whole, every mistake listed at the same time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import dj_database_url
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRETS = ("CERTREMOVAL_SECRET_KEY", "DATABASE_URL")
"""Variables that may be given as a file instead: ``CERTREMOVAL_SECRET_KEY_FILE=/run/secrets/key``."""


class Environment(BaseSettings):
    """The settings that an installation can change. ``docs/settings.md`` explains them."""

    model_config = SettingsConfigDict(env_prefix="CERTREMOVAL_", extra="ignore")

    data: Path = Field(default=Path("data"), description="Folder of the embedded default: database and secret key.")
    database_url: str = Field(default="", validation_alias="DATABASE_URL", description="SQLite or PostgreSQL.")
    secret_key: str = Field(default="", description="Signs sessions; made and kept in the data folder if unset.")
    debug: bool = Field(default=False, description="Show tracebacks in the browser. Never on a real installation.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        default=["localhost", "127.0.0.1", "[::1]"], description="Host names that pages answer to, parted by commas."
    )
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
    def _known_database(cls, value: str) -> str:
        if value and value.split(":", 1)[0] not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("write sqlite:////absolute/file, sqlite:///relative/file or postgresql://user@host/name")
        return value

    def database(self) -> dict[str, Any]:
        """Return Django's settings of the one database."""
        url = self.database_url or f"sqlite:///{(self.data / 'certremoval.sqlite3').absolute()}"
        database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
        if database["ENGINE"] == "django.db.backends.sqlite3":
            # IMMEDIATE: a transaction that will write takes the write lock at its start, where waiting is possible;
            # a lock taken half-way cannot be waited for. The cache is small so that memory stays flat (16 MB).
            database["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
            }
            # Tests use several connections and processes, which an in-memory database does not allow.
            database["TEST"] = {"NAME": str(Path(database["NAME"]).with_suffix(".test.sqlite3"))}
        else:
            database["CONN_HEALTH_CHECKS"] = True
        return database

    def secret(self) -> str:
        """Return the secret key; make one and keep it in the data folder if none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret-key"
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text(encoding="ascii")


def read_environment() -> Environment:
    """Read and check the environment; make the data folder.

    Ends the process with exit code 2 and one line for each wrong variable, because nothing can run without.
    """
    mistakes: list[str] = []
    given: dict[str, str] = {}
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if path and name not in os.environ:
            try:
                given[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                mistakes.append(f"{name}_FILE: {path} cannot be read ({error.strerror})")
    environment = None
    try:
        os.environ.update(given)
        environment = Environment()
    except ValidationError as error:
        for item in error.errors():
            field = str(item["loc"][0])
            name = field if field.isupper() else f"CERTREMOVAL_{field.upper()}"
            mistakes.append(f"{name}: {item['msg']}; it is {item['input']!r}")
    finally:
        for name in given:
            del os.environ[name]
    if environment is not None and not mistakes:
        try:
            environment.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            mistakes.append(f"CERTREMOVAL_DATA: the folder {environment.data} cannot be made ({error.strerror})")
    if environment is None or mistakes:
        raise SystemExit(_usage("\n".join(["The environment has mistakes:", *(f"  {line}" for line in mistakes)])))
    return environment


def _usage(text: str) -> int:
    """Print to stderr and return the exit code of wrong usage."""
    import sys

    print(text, file=sys.stderr)
    return 2
