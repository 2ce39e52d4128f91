"""Superusers are found at once among a million people: the preview of a large removal asks who may approve it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0003_notices_by_mail"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(condition=models.Q(("is_superuser", True)), fields=["id"], name="superusers"),
        ),
    ]
