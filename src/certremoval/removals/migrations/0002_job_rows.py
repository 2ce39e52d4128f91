"""The two tables that the engine fills and reads by SQL alone, made by hand.

On SQLite they are clustered by their key (WITHOUT ROWID): a job's rows then lie together and in order, and writing
them appends. The second index serves what is read in the order of the file: results and problems.
"""

from django.db import migrations, models

COLUMNS = """
    job_id bigint NOT NULL,
    plan_number integer NOT NULL,
    position bigint NOT NULL,
    line bigint NOT NULL,
    outcome varchar(30) NOT NULL,
    certification_text text NOT NULL,
    user_text text NOT NULL,
    certification_key bigint NULL,
    user_key bigint NULL,
    enrollment_id bigint NULL,
    revision bigint NULL,
    status text NULL,
    related_line bigint NULL,
    record_id bigint NULL,
    detail text NULL
"""


def create(apps, schema_editor):
    clustered = " WITHOUT ROWID" if schema_editor.connection.vendor == "sqlite" else ""
    for statement in (
        f"CREATE TABLE job_rows ({COLUMNS}, PRIMARY KEY (job_id, plan_number, position)){clustered}",
        "CREATE INDEX job_rows_by_line ON job_rows (job_id, plan_number, line)",
        "CREATE TABLE job_drift (job_id bigint NOT NULL, position bigint NOT NULL, outcome varchar(30) NOT NULL,"
        f" PRIMARY KEY (job_id, position)){clustered}",
    ):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE job_drift")
    schema_editor.execute("DROP TABLE job_rows")


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
                        ("line", models.PositiveBigIntegerField()),
                        ("outcome", models.CharField(max_length=30)),
                        (
                            "certification_text",
                            models.TextField(help_text="The Certification ID of the line, trimmed."),
                        ),
                        ("user_text", models.TextField(help_text="What names the user on the line, trimmed.")),
                        ("certification_key", models.BigIntegerField(null=True)),
                        ("user_key", models.BigIntegerField(null=True)),
                        ("enrollment_id", models.BigIntegerField(null=True)),
                        ("revision", models.BigIntegerField(null=True)),
                        ("status", models.TextField(help_text="Of the enrollment when planned.", null=True)),
                        (
                            "related_line",
                            models.BigIntegerField(help_text="The earlier line that this one repeats.", null=True),
                        ),
                        (
                            "record_id",
                            models.BigIntegerField(help_text="The removal record that the row is about.", null=True),
                        ),
                        ("detail", models.TextField(help_text="What Python knows of the row: JSON.", null=True)),
                    ],
                    options={
                        "db_table": "job_rows",
                    },
                ),
            ],
        ),
    ]
