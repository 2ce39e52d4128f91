"""Removed people stay removed: until when an operation holds them back, and what ended it."""

from django.db import migrations, models

from certremoval.certifications import triggers

TABLES = ("hold_ends",)


def create(apps, schema_editor):
    triggers.create_append_only_triggers(schema_editor.connection, tables=TABLES)


def drop(apps, schema_editor):
    triggers.drop_append_only_triggers(schema_editor.connection, tables=TABLES)


class Migration(migrations.Migration):
    dependencies = [("certifications", "0003_indexes_of_lists")]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="held_for_good",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="operation", name="held_until", field=models.DateField(null=True)),
        migrations.AddIndex(
            model_name="removalrecord",
            index=models.Index(fields=["certification_key", "id"], name="records_of_certification"),
        ),
        migrations.CreateModel(
            name="HoldEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.BigIntegerField(null=True, unique=True)),
                ("operation_id", models.BigIntegerField(null=True, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("lift", "Lifted"),
                            ("readd", "Enrolled again by a load"),
                            ("snapshot", "No longer named by a full file"),
                        ],
                        max_length=20,
                    ),
                ),
                ("actor_key", models.BigIntegerField(null=True)),
                ("actor_user_id", models.CharField(blank=True, db_default="", default="", max_length=255)),
                ("actor_name", models.CharField(blank=True, db_default="", default="", max_length=511)),
                ("ended_at", models.DateTimeField()),
            ],
            options={
                "db_table": "hold_ends",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(record_id__isnull=False, operation_id__isnull=True)
                        | models.Q(record_id__isnull=True, operation_id__isnull=False),
                        name="ends_one_or_all",
                    )
                ],
            },
        ),
        migrations.RunPython(create, drop),
    ]
