"""Settings, reasons, and the record of their changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=255, unique=True)),
                ("is_active", models.BooleanField(default=True)),
                ("position", models.PositiveIntegerField(default=0, help_text="The order in which they are offered.")),
            ],
            options={
                "db_table": "reasons",
            },
        ),
        migrations.CreateModel(
            name="PolicyChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The setting, or reason.", max_length=50)),
                ("certification_key", models.BigIntegerField(default=0)),
                ("certification_id", models.CharField(blank=True, default="", max_length=255)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("actor_user_id", models.CharField(max_length=255)),
                ("actor_name", models.CharField(max_length=511)),
                ("changed_at", models.DateTimeField(db_index=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "policy_changes",
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50)),
                ("certification_key", models.BigIntegerField(default=0)),
                ("value", models.JSONField(null=True)),
            ],
            options={
                "db_table": "settings",
                "constraints": [models.UniqueConstraint(fields=("name", "certification_key"), name="set_once")],
            },
        ),
    ]
