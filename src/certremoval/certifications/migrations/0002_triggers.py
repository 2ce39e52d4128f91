"""The revision of enrollments is raised, and records are append-only, by the database itself."""

from django.db import migrations

from certremoval.certifications import triggers

TABLES = ("removal_records", "restorations")


def create(apps, schema_editor):
    triggers.create_revision_trigger(schema_editor.connection)
    triggers.create_append_only_triggers(schema_editor.connection, tables=TABLES)


def drop(apps, schema_editor):
    triggers.drop_append_only_triggers(schema_editor.connection, tables=TABLES)
    triggers.drop_revision_trigger(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("certifications", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
