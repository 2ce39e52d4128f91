"""On what was measured: the machine, without naming it, and the database server."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import databases

SETTINGS = (
    *("shared_buffers", "work_mem", "maintenance_work_mem", "effective_cache_size"),
    *("fsync", "synchronous_commit", "full_page_writes", "wal_level"),
    *("max_wal_size", "checkpoint_timeout", "autovacuum", "jit"),
)
"""Of PostgreSQL: what its figures hang on most."""


def machine() -> dict[str, Any]:
    """Describe the machine, and the PostgreSQL server where there is one."""
    told: dict[str, Any] = {
        "date": datetime.now(tz=UTC).date().isoformat(),
        "processor": _value_of("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(int(_value_of("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    if "postgresql" in databases.KINDS:
        told["postgresql"] = _server()
    return told


def _value_of(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return ""


def _server() -> dict[str, str]:
    import psycopg

    with psycopg.connect(databases.SERVER, autocommit=True) as session:
        return {
            "version": session.info.parameter_status("server_version") or "",
            **{name: session.execute(f"SHOW {name}".encode()).fetchall()[0][0] for name in SETTINGS},
        }
