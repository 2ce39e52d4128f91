"""The two promises that the database itself keeps.

*Revision*: every change of an enrollment's value raises its ``revision``, whoever writes it and however. A plan that
was made before then no longer fits, and the person is left alone. A write that changes nothing raises nothing, so
that a nightly load of equal values disturbs no plan.

*Append-only*: removal records, restorations and the ends of holds are never changed or deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_VALUES = (
    "certification_id",
    "user_id",
    "status",
    "version",
    "period",
    "identifier",
    "assigned_date",
    "due_date",
    "certified_date",
    "expiration_date",
)
APPEND_ONLY = ("removal_records", "restorations", "hold_ends")
"""All tables to which rows are only ever added."""


def _revision_sqlite() -> list[str]:
    differs = " OR ".join(f"OLD.{value} IS NOT NEW.{value}" for value in _VALUES)
    # The guard on NEW.revision ends the recursion, and lets a writer raise the number further (a restore does).
    return [
        f"""
        CREATE TRIGGER enrollment_revision AFTER UPDATE ON enrollments FOR EACH ROW
        WHEN NEW.revision < OLD.revision OR (NEW.revision = OLD.revision AND ({differs}))
        BEGIN
            UPDATE enrollments SET revision = OLD.revision + 1 WHERE id = NEW.id;
        END
        """
    ]


def _revision_postgresql() -> list[str]:
    differs = ", ".join(f"OLD.{value}" for value in _VALUES), ", ".join(f"NEW.{value}" for value in _VALUES)
    return [
        f"""
        CREATE FUNCTION raise_enrollment_revision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.revision < OLD.revision
               OR (NEW.revision = OLD.revision AND ({differs[0]}) IS DISTINCT FROM ({differs[1]})) THEN
                NEW.revision := OLD.revision + 1;
            END IF;
            RETURN NEW;
        END $$
        """,
        """
        CREATE TRIGGER enrollment_revision BEFORE UPDATE ON enrollments
        FOR EACH ROW EXECUTE FUNCTION raise_enrollment_revision()
        """,
    ]


def _append_only_sqlite(tables: Sequence[str]) -> list[str]:
    return [
        f"""
        CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
        """
        for table in tables
        for verb in ("UPDATE", "DELETE")
    ]


def _append_only_postgresql(tables: Sequence[str]) -> list[str]:
    return [
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """,
        *(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
            for table in tables
        ),
    ]


def _execute(statements: list[str], on: BaseDatabaseWrapper) -> None:
    with on.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def create_revision_trigger(on: BaseDatabaseWrapper) -> None:
    """Create what raises ``revision``."""
    _execute(_revision_sqlite() if on.vendor == "sqlite" else _revision_postgresql(), on)


def drop_revision_trigger(on: BaseDatabaseWrapper) -> None:
    """Undo :func:`create_revision_trigger`."""
    if on.vendor == "sqlite":
        _execute(["DROP TRIGGER enrollment_revision"], on)
    else:
        _execute(["DROP TRIGGER enrollment_revision ON enrollments", "DROP FUNCTION raise_enrollment_revision()"], on)


def create_append_only_triggers(on: BaseDatabaseWrapper, *, tables: Sequence[str] = APPEND_ONLY) -> None:
    """Create what refuses UPDATE and DELETE of these tables."""
    _execute(_append_only_sqlite(tables) if on.vendor == "sqlite" else _append_only_postgresql(tables), on)


def drop_append_only_triggers(on: BaseDatabaseWrapper, *, tables: Sequence[str] = APPEND_ONLY) -> None:
    """Undo :func:`create_append_only_triggers`."""
    if on.vendor == "sqlite":
        _execute([f"DROP TRIGGER {table}_no_{verb}" for table in tables for verb in ("update", "delete")], on)
    else:
        _execute([f"DROP TRIGGER {table}_append_only ON {table}" for table in tables], on)


@contextmanager
def append_only_suspended() -> Iterator[None]:
    """Drop the append-only triggers for a while: tests alone, which empty all tables."""
    drop_append_only_triggers(connection)
    try:
        yield
    finally:
        create_append_only_triggers(connection)
