"""By what people are sorted and searched, and how they like the pages."""

from django.db import migrations, models

from certremoval.organization.naming import fold_name

BATCH = 5_000
KEYS = ("first_name_key", "last_name_key")


def compare_by_code_point(apps, schema_editor):
    """Let PostgreSQL compare the keys as SQLite does, so that the beginning of a name is one range of an index."""
    if schema_editor.connection.vendor == "postgresql":
        for key in KEYS:
            schema_editor.execute(f'ALTER TABLE users ALTER COLUMN {key} TYPE varchar(255) COLLATE "C"')


def fill_name_keys(apps, schema_editor):
    user_model = apps.get_model("organization", "User")
    last = 0
    while users := list(user_model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for user in users:
            user.first_name_key, user.last_name_key = fold_name(user.first_name), fold_name(user.last_name)
        user_model.objects.bulk_update(users, KEYS, batch_size=200)
        last = users[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_name_key",
            field=models.CharField(db_default="", default="", editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="user",
            name="last_name_key",
            field=models.CharField(db_default="", default="", editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                db_default="system",
                default="system",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="In which the pages show times, as in Europe/Warsaw; empty is UTC.",
                max_length=64,
            ),
        ),
        migrations.RunPython(compare_by_code_point, migrations.RunPython.noop),
        migrations.RunPython(fill_name_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["last_name_key", "first_name_key", "id"], name="users_by_name"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["first_name_key", "last_name_key", "id"], name="users_by_first_name"),
        ),
    ]
