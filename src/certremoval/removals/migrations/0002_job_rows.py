"""The three tables that the engine fills and reads by SQL alone, made by hand.

On SQLite they are clustered by their key (WITHOUT ROWID). Each is written in the order of its key and has no other
index: writing a million rows appends, and nothing is written twice. (An index across the order of the file and the
order of work cost five times as much as the rows themselves.)
"""

from django.db import migrations, models

ROWS = """
    job_id bigint NOT NULL,
    plan_number integer NOT NULL,
    line bigint NOT NULL,
    position bigint NOT NULL,
    outcome varchar(30) NOT NULL,
    certification_text text NOT NULL,
    user_text text NOT NULL,
    certification_key bigint NULL,
    user_key bigint NULL,
    status text NULL,
    related_line bigint NULL,
    record_id bigint NULL,
    suggestion text NULL,
    detail text NULL,
    PRIMARY KEY (job_id, plan_number, line)
"""
STEPS = """
    job_id bigint NOT NULL,
    plan_number integer NOT NULL,
    position bigint NOT NULL,
    certification_key bigint NOT NULL,
    user_key bigint NOT NULL,
    enrollment_id bigint NOT NULL,
    revision bigint NOT NULL,
    PRIMARY KEY (job_id, plan_number, position)
"""
DRIFT = """
    job_id bigint NOT NULL,
    position bigint NOT NULL,
    outcome varchar(30) NOT NULL,
    PRIMARY KEY (job_id, position)
"""


def create(apps, schema_editor):
    clustered = " WITHOUT ROWID" if schema_editor.connection.vendor == "sqlite" else ""
    for table, columns in (("job_rows", ROWS), ("job_steps", STEPS), ("job_drift", DRIFT)):
        schema_editor.execute(f"CREATE TABLE {table} ({columns}){clustered}")


def drop(apps, schema_editor):
    for table in ("job_drift", "job_steps", "job_rows"):
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("removals", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, drop)],
            state_operations=[
                migrations.CreateModel(
                    name="JobDrift",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "job_id", "position", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("job_id", models.BigIntegerField()),
                        ("position", models.PositiveBigIntegerField()),
                        ("outcome", models.CharField(max_length=30)),
                    ],
                    options={
                        "db_table": "job_drift",
                    },
                ),
                migrations.CreateModel(
                    name="JobRow",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "job_id",
                                "plan_number",
                                "line",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("job_id", models.BigIntegerField()),
                        ("plan_number", models.PositiveIntegerField()),
                        ("line", models.PositiveBigIntegerField()),
                        ("position", models.PositiveBigIntegerField()),
                        ("outcome", models.CharField(max_length=30)),
                        (
                            "certification_text",
                            models.TextField(help_text="The Certification ID of the line, trimmed."),
                        ),
                        ("user_text", models.TextField(help_text="What names the user on the line, trimmed.")),
                        ("certification_key", models.BigIntegerField(null=True)),
                        ("user_key", models.BigIntegerField(null=True)),
                        ("status", models.TextField(help_text="Of the enrollment when planned.", null=True)),
                        (
                            "related_line",
                            models.BigIntegerField(help_text="The earlier line that this one repeats.", null=True),
                        ),
                        (
                            "record_id",
                            models.BigIntegerField(help_text="The removal record that the row is about.", null=True),
                        ),
                        ("suggestion", models.TextField(help_text="An id that would be right.", null=True)),
                        (
                            "detail",
                            models.TextField(help_text="What the reader found, or why left out: JSON.", null=True),
                        ),
                    ],
                    options={
                        "db_table": "job_rows",
                    },
                ),
                migrations.CreateModel(
                    name="JobStep",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "job_id",
                                "plan_number",
                                "position",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("job_id", models.BigIntegerField()),
                        ("plan_number", models.PositiveIntegerField()),
                        ("position", models.PositiveBigIntegerField()),
                        ("certification_key", models.BigIntegerField()),
                        ("user_key", models.BigIntegerField()),
                        ("enrollment_id", models.BigIntegerField()),
                        ("revision", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "job_steps",
                    },
                ),
            ],
        ),
    ]
