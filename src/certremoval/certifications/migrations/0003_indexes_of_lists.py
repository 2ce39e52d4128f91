"""Operations and removal records in the orders in which the pages list them."""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("certifications", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(fields=["actor", "created_at"], name="operations_by_actor"),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                django.db.models.functions.text.Lower("title"), models.F("id"), name="operations_by_title"
            ),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                django.db.models.functions.text.Lower("actor_name"), models.F("id"), name="operations_by_actor_name"
            ),
        ),
        migrations.AddIndex(
            model_name="removalrecord",
            index=models.Index(fields=["removed_at", "id"], name="records_by_time"),
        ),
    ]
