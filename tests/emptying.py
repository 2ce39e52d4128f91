"""All tables emptied, as after each test that commits."""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import connection

from certremoval.certifications.triggers import append_only_suspended

NEVER_CHANGED = ("django_content_type", "auth_permission")
"""What Django itself derives from the models when it migrates. To empty and derive them again takes most of a flush."""


def empty_database() -> None:
    """Empty the tables, the append-only ones too: their triggers are dropped for as long as it takes."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = [table for table in tables if table not in NEVER_CHANGED]
    with append_only_suspended():
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), emptied))
