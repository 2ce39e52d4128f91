"""All tables emptied, as after each test that commits."""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import connection, transaction

from certremoval.certifications.triggers import append_only_suspended

NEVER_CHANGED = ("django_content_type", "auth_permission")
"""What Django itself derives from the models when it migrates. To empty and derive them again takes most of a flush."""

GROWN = 500_000
"""Bytes of a table in which PostgreSQL has kept so many deleted rows that reading it takes longer than a new file."""


def empty_database() -> None:
    """Empty the tables, the append-only ones too: their triggers are dropped for as long as it takes."""
    existing = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [table for table in existing if table not in NEVER_CHANGED]
    with append_only_suspended():
        if connection.vendor == "postgresql" and _largest() > GROWN:
            connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
            return
        # Of tables as small as those of most tests PostgreSQL deletes rows ten times as fast as it truncates.
        with transaction.atomic(), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')


def _largest() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(pg_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return int(cursor.fetchone()[0])
